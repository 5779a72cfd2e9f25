//! The whole way of data, with the engine and without a window: export, archive, index, search, summary, pack; and what
//! bad input comes to.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may stop"
)]

use letopis_engine::model::Timestamp;
use letopis_engine::{
    Anchor, Clock, DraftRequest, Engine, Failure, ImportOptions, ImportReport, Job, Lang, OpenArchive, SearchFilter,
    SearchRequest, Secret, Sort, SummaryRequest,
};
use letopis_testkit::{Export, hostile_chat};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const PASSPHRASE: &str = "лес-шумит-7319-над-рекой";
/// 2026-09-01, a Tuesday.
const NOW: Timestamp = Timestamp(1_788_264_000);

struct Desk {
    dir: tempfile::TempDir,
    engine: Engine,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let engine = Engine::new(dir.path().join("archive"), Clock::fixed(NOW, jiff_utc()));
        engine.create(PASSPHRASE).unwrap();
        Desk { dir, engine }
    }

    fn archive(&self) -> Arc<OpenArchive> {
        self.engine.archive().unwrap()
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn import(&self, path: &Path) -> Result<ImportReport, Failure> {
        self.archive().import(path, &ImportOptions::default(), Lang::Ru, &mut Job::quiet())
    }

    fn found(&self, query: &str) -> Vec<String> {
        let request = SearchRequest { query, filter: SearchFilter::default(), sort: Sort::Oldest, offset: 0, limit: 100 };
        let answer = self.archive().search(&request).unwrap();
        answer.hits.into_iter().map(|hit| hit.message.content.text).collect()
    }
}

fn jiff_utc() -> letopis_engine::TimeZone {
    letopis_engine::TimeZone::UTC
}

fn kirill() -> Export {
    Export::single_chat("Кирилл · Промстрой", 555)
        .incoming("Анна, пришлите договор в новой редакции")
        .outgoing("Скину договор завтра")
        .incoming("По договору срок 15 дней. Ёлка!")
        .incoming("Договоры получили, с договором всё ясно")
        .outgoing("Спасибо!")
}

#[test]
fn an_export_is_read_searched_summed_up_and_handed_over() {
    let desk = Desk::new();
    let export = kirill();
    let path = desk.file("result.json", export.to_json());
    let first = desk.import(&path).unwrap();
    assert_eq!((first.messages, first.new_versions), (export.count() as u64, export.count() as u64));
    let again = desk.import(&path).unwrap();
    assert_eq!((again.new_versions, again.unchanged), (0, export.count() as u64));

    assert_eq!(desk.found("договор ").len(), 4);
    assert_eq!(desk.found("\"с договором\"").len(), 1);
    assert_eq!(desk.found("елка ").len(), 1);

    let archive = desk.archive();
    let summary = archive.summary(&SummaryRequest { from: Timestamp(0), to: NOW, ..SummaryRequest::default() }).unwrap();
    let cited = summary.sections.iter().flat_map(|(_, items)| items).flat_map(|item| &item.item.citations);
    let mut citations = 0;
    for (link, _) in cited {
        archive.message(*link).expect("every citation opens its message");
        citations += 1;
    }
    assert!(citations > 0, "a promise and a request were there to find");

    let manager = archive.managers().unwrap().first().unwrap().account.0.to_string();
    let draft = archive.draft(&DraftRequest { manager, chats: vec![], months: 3 }, Lang::Ru).unwrap();
    assert!(draft.clients.len() <= 1);
    let shown = archive.page(archive.chats().unwrap()[0].record.chat, Anchor::First, 10).unwrap();
    assert_eq!(shown.messages.len(), export.count());
}

#[test]
fn the_pack_holds_the_chats_and_opens_only_with_its_passphrase() {
    if letopis_handover::Viewer::built_in().is_none() {
        panic!("build the viewer first: cargo xtask test does it");
    }
    let desk = Desk::new();
    let archive = desk.archive();
    archive.load_demo(Lang::Ru, &mut Job::quiet()).unwrap();
    let draft = archive.draft(&DraftRequest { manager: "Анна".into(), chats: vec![], months: 1 }, Lang::Ru).unwrap();
    assert!(draft.clients.len() > 5);
    let file = desk.dir.path().join("handover.html");
    let written = archive.write_pack(&draft, "пароль пакета", &file, Lang::Ru, &mut Job::quiet()).unwrap();
    let html = std::fs::read(&file).unwrap();
    assert_eq!(written.bytes, html.len() as u64);
    assert!(!contains(&html, "Промстрой".as_bytes()), "nothing about clients in clear");
    let secret = |text: &str| letopis_handover::SecretString::from(text.to_owned());
    let pack = letopis_handover::open(&html, &secret("пароль пакета")).unwrap();
    assert_eq!(pack.clients.len(), draft.clients.len());
    assert!(pack.clients.iter().any(|c| c.messages.iter().any(|m| m.deleted.is_some())), "deleted originals travel too");
    assert!(letopis_handover::open(&html, &secret("не тот пароль")).is_err());
    let twice = archive.write_pack(&draft, "пароль пакета", &file, Lang::Ru, &mut Job::quiet());
    assert!(matches!(twice, Err(Failure::AlreadyExists(_))), "a file is never overwritten");
}

#[test]
fn no_word_and_no_passphrase_is_on_the_disk() {
    let desk = Desk::new();
    let canary = "канарейкаxyzzy";
    let export = kirill().incoming(&format!("слово {canary} {}", "канарейкаxyzzy ".repeat(200)));
    let path = desk.file("result.json", export.to_json());
    desk.import(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(desk.found(canary).len(), 1);
    let look = |when: &str| {
        for needle in [canary, "xyzzy", PASSPHRASE, "7319"] {
            for file in all_files(desk.dir.path()) {
                let bytes = std::fs::read(&file).unwrap();
                assert!(!contains(&bytes, needle.as_bytes()), "{when}: {} holds a secret", file.display());
                let wide: Vec<u8> = needle.encode_utf16().flat_map(u16::to_le_bytes).collect();
                assert!(!contains(&bytes, &wide), "{when}: {} holds a secret in UTF-16", file.display());
            }
        }
    };
    look("while open");
    desk.engine.lock();
    look("after");
}

#[test]
fn a_deleted_index_is_built_again() {
    let desk = Desk::new();
    let path = desk.file("result.json", kirill().to_json());
    desk.import(&path).unwrap();
    desk.engine.lock();
    std::fs::remove_dir_all(desk.dir.path().join("archive/index")).unwrap();
    let archive = desk.engine.unlock(&Secret::Passphrase(PASSPHRASE)).unwrap();
    assert!(archive.not_indexed().unwrap() > 0);
    archive.catch_up(&mut Job::quiet()).unwrap();
    assert_eq!(desk.found("договор ").len(), 4);
    assert_eq!(archive.verify(true, &mut Job::quiet()).unwrap().damaged, []);
}

#[test]
fn a_changed_index_is_moved_aside_and_built_again() {
    let desk = Desk::new();
    let path = desk.file("result.json", kirill().to_json());
    desk.import(&path).unwrap();
    desk.engine.lock();
    let meta = desk.dir.path().join("archive/index/meta.json");
    let mut bytes = std::fs::read(&meta).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&meta, bytes).unwrap();
    desk.engine.unlock(&Secret::Passphrase(PASSPHRASE)).unwrap().catch_up(&mut Job::quiet()).unwrap();
    assert_eq!(desk.found("договор ").len(), 4);
}

#[test]
fn bad_input_gets_a_sentence_and_the_archive_stays_whole() {
    let desk = Desk::new();
    let good = desk.file("result.json", kirill().to_json());
    desk.import(&good).unwrap();
    let before = desk.archive().totals().unwrap();
    let html = desk.file("messages.html", "<!DOCTYPE html><html></html>");
    let cases: Vec<(PathBuf, &str)> = vec![
        (desk.file("empty.json", ""), "пуст"),
        (desk.file("other.json", "{\"hello\": 1}"), "не экспорт Telegram"),
        (desk.file("picture.png", b"\x89PNG\r\n\x1a\n0000"), "не экспорт Telegram"),
        (html, "не экспорт Telegram"),
        (desk.dir.path().join("absent.json"), "нет"),
    ];
    for (path, part) in cases {
        let failure = desk.import(&path).expect_err("refused");
        let words = failure.words(Lang::Ru);
        assert!(words.contains(part), "{words}");
        assert!(words.contains(&path.display().to_string()), "names the place: {words}");
        assert!(!failure.words(Lang::En).chars().any(|c| ('а'..='я').contains(&c) && !path.to_string_lossy().contains(c)));
    }
    assert_eq!(desk.archive().totals().unwrap(), before);
    assert_eq!(desk.archive().verify(true, &mut Job::quiet()).unwrap().damaged, []);
}

#[test]
fn a_file_without_messages_leaves_no_ghost_chat() {
    let desk = Desk::new();
    let path = desk.file("ghost.json", r#"{"name":"Ghost","type":"personal_chat","id":5,"messages":["#);
    assert!(matches!(desk.import(&path), Err(Failure::NothingSalvaged(_))));
    assert!(desk.archive().chats().unwrap().is_empty());
}

#[test]
fn an_index_ahead_of_a_restored_archive_is_built_anew() {
    let desk = Desk::new();
    let archive = desk.dir.path().join("archive");
    desk.import(&desk.file("a.json", kirill().to_json())).unwrap();
    desk.engine.lock();
    let old = std::fs::read(archive.join("archive.db")).unwrap();
    desk.engine.unlock(&Secret::Passphrase(PASSPHRASE)).unwrap();
    desk.import(&desk.file("b.json", kirill().incoming("позднее слово").to_json())).unwrap();
    desk.engine.lock();
    std::fs::write(archive.join("archive.db"), old).unwrap();
    desk.engine.unlock(&Secret::Passphrase(PASSPHRASE)).unwrap();
    desk.import(&desk.file("c.json", kirill().incoming("иное слово").to_json())).unwrap();
    assert_eq!((desk.found("иное ").len(), desk.found("позднее ").len()), (1, 0));
    // The archive is an older one, and it is said so until the lead has seen it.
    assert!(desk.archive().rolled_back().unwrap().is_some());
    desk.archive().accept_head().unwrap();
    assert_eq!(desk.archive().verify(true, &mut Job::quiet()).unwrap().damaged, []);
}

#[test]
fn a_chat_whose_owner_appears_later_stays_one_chat() {
    let desk = Desk::new();
    let silent = Export::single_chat("Кирилл · Промстрой", 555).incoming("Есть кто живой? Договор нужен");
    desk.import(&desk.file("early.json", silent.to_json())).unwrap();
    let report = desk.import(&desk.file("late.json", silent.outgoing("Здравствуйте, договор пришлю").to_json())).unwrap();
    assert_eq!((report.new_versions, report.unchanged), (1, 1));
    assert_eq!(desk.archive().chats().unwrap().len(), 1);
    assert_eq!(desk.found("договор ").len(), 2);
}

#[test]
fn a_refused_pack_touches_no_file() {
    let desk = Desk::new();
    let archive = desk.archive();
    archive.load_demo(Lang::Ru, &mut Job::quiet()).unwrap();
    let neighbour = desk.file("handover.part", "чужой файл");
    let draft = archive.draft(&DraftRequest { manager: "Анна".into(), chats: vec![], months: 1 }, Lang::Ru).unwrap();
    let file = desk.dir.path().join("handover.html");
    let refused = archive.write_pack(&draft, "короткий".get(..8).unwrap(), &file, Lang::Ru, &mut Job::quiet());
    assert!(matches!(refused, Err(Failure::WeakPassphrase)));
    assert_eq!(std::fs::read_to_string(neighbour).unwrap(), "чужой файл");
    assert!(!file.exists() && all_files(desk.dir.path()).iter().all(|f| !f.to_string_lossy().contains(".letopis-")));
    assert!(matches!(archive.find_manager(""), Err(Failure::NoSuchManager)));
}

#[test]
fn a_truncated_file_gives_all_that_is_complete() {
    let desk = Desk::new();
    let json = kirill().to_json();
    let cut: Vec<u8> = json.as_bytes().iter().copied().take(json.len() * 3 / 4).collect();
    let report = desk.import(&desk.file("cut.json", cut)).unwrap();
    assert!(report.salvaged && report.messages > 0 && (report.messages as usize) < kirill().count());
    assert!(!report.skipped.is_empty(), "what was lost is said");
    let whole = desk.import(&desk.file("result.json", json)).unwrap();
    assert_eq!(whole.new_versions + whole.unchanged, kirill().count() as u64, "the whole file completes it");
}

#[test]
fn keys_and_locks_are_told_apart() {
    let desk = Desk::new();
    let second = Engine::new(desk.dir.path().join("archive"), Clock::fixed(NOW, jiff_utc()));
    assert!(matches!(second.unlock(&Secret::Passphrase(PASSPHRASE)), Err(Failure::OpenElsewhere)));
    desk.engine.lock();
    assert!(matches!(second.unlock(&Secret::Passphrase("другой пароль")), Err(Failure::WrongKey)));
    assert!(matches!(second.unlock(&Secret::Recovery("AAAA-AAAA")), Err(Failure::MistypedRecoveryKey)));
    assert!(second.unlock(&Secret::Passphrase(PASSPHRASE)).is_ok());
    assert!(matches!(second.create(PASSPHRASE), Err(Failure::AlreadyExists(_))));
    let nowhere = Engine::new(desk.dir.path().join("nothing"), Clock::fixed(NOW, jiff_utc()));
    assert!(matches!(nowhere.unlock(&Secret::Passphrase(PASSPHRASE)), Err(Failure::NoArchive(_))));
    assert!(matches!(nowhere.create("короткий".get(..8).unwrap()), Err(Failure::WeakPassphrase)));
}

#[test]
fn the_recovery_key_opens_the_archive() {
    let dir = tempfile::tempdir().unwrap();
    let engine = Engine::new(dir.path().join("a"), Clock::fixed(NOW, jiff_utc()));
    let words = engine.create(PASSPHRASE).unwrap();
    engine.lock();
    assert!(engine.unlock(&Secret::Recovery(&words.to_lowercase().replace('-', " "))).is_ok());
}

#[test]
fn hostile_messages_are_only_text() {
    let desk = Desk::new();
    let export = hostile_chat(777);
    let report = desk.import(&desk.file("result.json", export.to_json())).unwrap();
    assert_eq!(report.messages as usize, export.count());
    assert!(!desk.found("script ").is_empty());
    let archive = desk.archive();
    let chat = archive.chats().unwrap()[0].record.chat;
    assert_eq!(archive.page(chat, Anchor::First, 500).unwrap().messages.len(), export.count());
    archive.find_everywhere(&std::sync::atomic::AtomicBool::new(false)).unwrap();
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

fn all_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(all_files(&path)) } else { found.push(path) }
    }
    found
}
