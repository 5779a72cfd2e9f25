//! What the archive promises beyond keeping: evidence that holds, backups that come back, forgetting that forgets, an older
//! copy that is noticed, an archive of every released schema that opens.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

use letopis_engine::model::{
    AccountId, Change, ChatId, ChatType, Content, DeletionCause, Direction, KeptMedia, MessageId, MessageLink, PeerId, Sighting,
    Source, Timestamp,
};
use letopis_engine::{
    Access, Anchor, ChangeKind, Clock, Engine, Failure, Job, Lang, OpenArchive, SearchFilter, SearchRequest, Secret, Sort,
    TimeZone, restore,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const PASSPHRASE: &str = "лес-шумит-7319-над-рекой";
const NOW: i64 = 1_788_264_000;

struct Desk {
    dir: tempfile::TempDir,
    engine: Engine,
}

fn engine(folder: PathBuf, now: i64) -> Engine {
    Engine::new(folder, Clock::fixed(Timestamp(now), TimeZone::UTC))
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let engine = engine(dir.path().join("archive"), NOW);
        engine.create(PASSPHRASE).unwrap();
        let desk = Desk { dir, engine };
        desk.archive().append(&story()).unwrap();
        desk.archive().catch_up(&mut Job::quiet()).unwrap();
        desk
    }

    fn archive(&self) -> Arc<OpenArchive> {
        self.engine.archive().unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn found(&self, query: &str) -> usize {
        found(&self.archive(), query)
    }
}

fn found(archive: &OpenArchive, query: &str) -> usize {
    let request = SearchRequest { query, filter: SearchFilter::default(), sort: Sort::Oldest, offset: 0, limit: 100 };
    archive.search(&request).unwrap().hits.len()
}

fn kirill() -> ChatId {
    ChatId::new(Some(AccountId(4001)), PeerId::user(555))
}

fn olga() -> ChatId {
    ChatId::new(Some(AccountId(4001)), PeerId::user(777))
}

fn said(chat: ChatId, id: i64, text: &str) -> Change {
    Change::Posted(Box::new(Sighting {
        chat,
        message: MessageId(id),
        sender: Some(chat.peer()),
        sender_name: Some(if chat == kirill() { "Кирилл Громов".into() } else { "Ольга Лис".into() }),
        direction: Direction::In,
        sent_at: Some(Timestamp(NOW - 1_000_000 + id * 60)),
        edited_at: None,
        content: Content::text(text),
        reactions: vec![],
        seen_at: Timestamp(NOW - 1_000_000 + id * 60),
        source: Source::Live,
    }))
}

fn edited(chat: ChatId, id: i64, text: &str) -> Change {
    match said(chat, id, text) {
        Change::Posted(mut sighting) => {
            sighting.edited_at = Some(Timestamp(NOW - 900_000));
            sighting.seen_at = Timestamp(NOW - 900_000);
            Change::Posted(sighting)
        }
        other => other,
    }
}

fn story() -> Vec<Change> {
    let title = |chat, title: &str| Change::ChatSeen {
        chat,
        kind: ChatType::PersonalChat,
        title: Some(title.into()),
        source: Source::Live,
    };
    vec![
        Change::AccountSeen { account: AccountId(4001), manager: "Анна Белова".into(), source: Source::Live },
        title(kirill(), "Кирилл · Промстрой"),
        title(olga(), "Ольга · Лесной двор"),
        Change::PeerSeen { peer: PeerId::user(555), name: "Кирилл Громов".into(), source: Source::Live },
        said(kirill(), 1, "канарейкаxyzzy: скидка 12 %"),
        edited(kirill(), 1, "канарейкаxyzzy: скидка 8 %"),
        said(kirill(), 2, "Договор жду до пятницы <b>жирно</b>"),
        Change::Deleted {
            chat: kirill(),
            message: MessageId(2),
            from: Timestamp(NOW - 800_000),
            to: Timestamp(NOW - 790_000),
            cause: DeletionCause::Unknown,
            source: Source::Reconcile,
        },
        said(olga(), 5, "Договор подписали"),
    ]
}

fn link(chat: ChatId, id: i64) -> MessageLink {
    MessageLink::new(chat, MessageId(id))
}

fn attach(desk: &Desk, chat: ChatId, id: i64, bytes: &[u8]) -> [u8; 32] {
    let archive = desk.archive();
    let stored = archive.blobs().put(bytes).unwrap();
    let kept = KeptMedia {
        chat,
        message: MessageId(id),
        edited_at: None,
        sha256: stored.sha256,
        size: stored.len,
        seen_at: Timestamp(NOW),
        source: Source::Live,
    };
    archive.append(&[Change::MediaKept(Box::new(kept))]).unwrap();
    stored.sha256
}

/// Runs the verifier that a stranger wrote from the document; says whether it accepted.
fn stranger(folder: &Path, head: &[String]) -> (bool, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verify-evidence.mjs");
    let output = std::process::Command::new("node").arg(script).arg(folder).args(head).output().expect("Node 20 is needed");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("at file:"), "no stack trace: {said}");
    (output.status.success(), said)
}

#[test]
fn a_stranger_accepts_evidence_and_rejects_every_change() {
    let desk = Desk::new();
    attach(&desk, kirill(), 1, b"%PDF invented contract");
    let archive = desk.archive();
    let folder = desk.path("evidence");
    let written = archive.write_evidence(&[link(kirill(), 1), link(kirill(), 2)], &folder, None, "спор", Lang::Ru).unwrap();
    assert_eq!((written.messages, written.files, written.head), (2, 1, archive.tree_head().unwrap()));
    let text = letopis_engine::head_text(&written.head);
    let head: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let (accepted, told) = stranger(&folder, &head);
    assert!(accepted, "{told}");
    let html = std::fs::read_to_string(folder.join("index.html")).unwrap();
    assert!(html.contains("скидка 12 %") && html.contains("&lt;b&gt;жирно") && !html.contains("<b>жирно"), "{html}");

    let json = std::fs::read_to_string(folder.join("evidence.json")).unwrap();
    let foreign = ["7".to_owned(), "ab".repeat(32)];
    assert!(!stranger(&folder, &foreign).0, "a foreign head");
    let swapped = swap_paths(&json);
    for (name, changed) in [
        ("a word of the text", json.replace("скидка 12", "скидка 13")),
        ("a time", json.replacen("seen_at", "seen_At", 1)),
        ("a swapped proof", swapped),
        ("the root", json.replacen(&head[1], &"0".repeat(64), 1)),
        ("the size", json.replacen("\"size\": ", "\"size\": 1", 1)),
    ] {
        assert_ne!(changed, json, "{name}");
        std::fs::write(folder.join("evidence.json"), changed).unwrap();
        assert!(!stranger(&folder, &[]).0, "{name}");
    }
    std::fs::write(folder.join("evidence.json"), &json).unwrap();
    let file = std::fs::read_dir(folder.join("media")).unwrap().next().unwrap().unwrap().path();
    std::fs::write(file, b"%PDF invented contracT").unwrap();
    assert!(!stranger(&folder, &head).0, "a changed file");
}

fn swap_paths(json: &str) -> String {
    let mut pack: serde_json::Value = serde_json::from_str(json).unwrap();
    let versions = pack["messages"][0]["versions"].as_array_mut().unwrap();
    let (a, b) = (versions[0]["path"].clone(), versions[1]["path"].clone());
    versions[0]["path"] = b;
    versions[1]["path"] = a;
    serde_json::to_string_pretty(&pack).unwrap()
}

#[test]
fn every_changed_byte_of_the_proved_bytes_is_rejected() {
    let desk = Desk::new();
    let folder = desk.path("evidence");
    desk.archive().write_evidence(&[link(kirill(), 1)], &folder, None, "", Lang::En).unwrap();
    let whole = std::fs::read(folder.join("evidence.json")).unwrap();
    let begins = String::from_utf8(whole.clone()).unwrap().find("\"leaf\"").unwrap();
    // One run of Node a byte: a sample here, all places in the drill.
    for at in (begins..whole.len() - 60).step_by(whole.len() / 24) {
        let mut changed = whole.clone();
        changed[at] ^= 4;
        std::fs::write(folder.join("evidence.json"), changed).unwrap();
        let (accepted, told) = stranger(&folder, &[]);
        assert!(!accepted, "byte {at}: {told}");
    }
}

#[test]
fn evidence_under_an_earlier_head_leaves_out_what_came_later() {
    let desk = Desk::new();
    let archive = desk.archive();
    let early = archive.keep_head().unwrap();
    archive.append(&[edited(kirill(), 2, "поздняя правка")]).unwrap();
    let folder = desk.path("early");
    let written = archive.write_evidence(&[link(kirill(), 2)], &folder, Some(early.size), "", Lang::Ru).unwrap();
    assert_eq!(written.head, early);
    assert!(!std::fs::read_to_string(folder.join("evidence.json")).unwrap().contains("поздняя правка"));
    let head: Vec<String> = letopis_engine::head_text(&early).split(' ').map(str::to_owned).collect();
    assert!(stranger(&folder, &head).0);
    let refused = archive.write_evidence(&[link(kirill(), 2)], &folder, None, "", Lang::Ru);
    assert!(matches!(refused, Err(Failure::AlreadyExists(_))), "a folder is never overwritten");
    let unknown = archive.write_evidence(&[link(kirill(), 99)], &desk.path("none"), None, "", Lang::Ru);
    assert!(matches!(unknown, Err(Failure::NotFound)) && !desk.path("none").exists());
}

#[test]
fn a_backup_made_while_writing_goes_on_comes_back_whole() {
    let desk = Desk::new();
    attach(&desk, kirill(), 1, &vec![7u8; 300_000]);
    let archive = desk.archive();
    let file = desk.path("копия.letopis");
    let before = archive.tree_head().unwrap();
    let mut appended = false;
    let mut job = Job::new(Arc::default(), |_| {
        // In the middle of the copying somebody writes.
        if !std::mem::replace(&mut appended, true) {
            desk.archive().append(&[said(olga(), 6, "пришло во время копирования")]).unwrap();
        }
    });
    let written = archive.backup(&file, &mut job).unwrap();
    drop(job);
    assert_eq!((written.head, written.files), (before, 1));
    assert!(matches!(archive.backup(&file, &mut Job::quiet()), Err(Failure::AlreadyExists(_))));
    assert!(!contains(&std::fs::read(&file).unwrap(), "xyzzy".as_bytes()));

    let folder = desk.path("restored");
    let wrong = restore(&file, &Secret::Passphrase("не тот пароль"), &folder, &mut Job::quiet());
    assert!(matches!(wrong, Err(Failure::WrongKey)) && !folder.exists());
    assert_eq!(restore(&file, &Secret::Passphrase(PASSPHRASE), &folder, &mut Job::quiet()).unwrap(), before);
    let again = engine(folder.clone(), NOW);
    let restored = again.unlock(&Secret::Passphrase(PASSPHRASE)).unwrap();
    restored.catch_up(&mut Job::quiet()).unwrap();
    assert_eq!((found(&restored, "договор"), found(&restored, "копирования")), (2, 0));
    assert_eq!(restored.verify(true, &mut Job::quiet()).unwrap().damaged, []);
    assert_eq!(desk.found("копирования"), 0, "the index of the first archive is a follower");
    let taken = restore(&file, &Secret::Passphrase(PASSPHRASE), &folder, &mut Job::quiet());
    assert!(matches!(taken, Err(Failure::AlreadyExists(_))));
}

#[test]
fn a_damaged_backup_restores_nothing() {
    let desk = Desk::new();
    let file = desk.path("copy");
    desk.archive().backup(&file, &mut Job::quiet()).unwrap();
    let whole = std::fs::read(&file).unwrap();
    let folder = desk.path("restored");
    let places = (0..whole.len()).step_by(whole.len() / 40).chain([whole.len() - 1]);
    for at in places {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        std::fs::write(&file, &changed).unwrap();
        let refused = restore(&file, &Secret::Passphrase(PASSPHRASE), &folder, &mut Job::quiet()).expect_err("refused");
        let named =
            matches!(refused, Failure::BackupDamaged(_) | Failure::NotABackup(_) | Failure::WrongKey | Failure::NewerVersion);
        assert!(named && !folder.exists(), "byte {at}: {refused}");
        assert!(!refused.words(Lang::Ru).is_empty());
    }
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    assert!(restore(&file, &Secret::Passphrase(PASSPHRASE), &folder, &mut Job::quiet()).is_err());
    assert!(!folder.exists() && !desk.path("restored.letopis-part").exists());
}

#[test]
fn a_cancelled_backup_leaves_no_file_and_the_archive_goes_on() {
    let desk = Desk::new();
    let cancelled: Arc<std::sync::atomic::AtomicBool> = Arc::default();
    cancelled.store(true, std::sync::atomic::Ordering::Relaxed);
    let file = desk.path("copy");
    let refused = desk.archive().backup(&file, &mut Job::new(cancelled, |_| {}));
    assert!(matches!(refused, Err(Failure::Cancelled)), "{refused:?}");
    assert_eq!(std::fs::read_dir(desk.dir.path()).unwrap().count(), 1, "only the archive");
    desk.archive().backup(&file, &mut Job::quiet()).unwrap();
}

#[test]
fn yesterdays_database_beside_todays_head_is_noticed() {
    let desk = Desk::new();
    desk.engine.lock();
    let folder = desk.path("archive");
    let yesterday = std::fs::read(folder.join("archive.db")).unwrap();
    let archive = desk.engine.unlock(&Secret::Passphrase(PASSPHRASE)).unwrap();
    assert_eq!(archive.rolled_back().unwrap(), None);
    archive.append(&[said(kirill(), 9, "сегодня")]).unwrap();
    let today = archive.keep_head().unwrap();
    drop(archive);
    desk.engine.lock();
    std::fs::write(folder.join("archive.db"), yesterday).unwrap();
    let archive = desk.engine.unlock(&Secret::Passphrase(PASSPHRASE)).unwrap();
    let back = archive.rolled_back().unwrap().expect("noticed");
    assert_eq!((back.known, back.missing()), (today, 1));
    assert!(archive.verify(false, &mut Job::quiet()).unwrap().damaged.iter().any(|d| d.what.contains("rolled back")));
    // Another history of the same length is no better.
    archive.append(&[said(kirill(), 10, "другое сегодня")]).unwrap();
    archive.keep_head().unwrap();
    assert_eq!(archive.rolled_back().unwrap().expect("still noticed").missing(), 0);
    archive.accept_head().unwrap();
    assert_eq!(archive.rolled_back().unwrap(), None);
}

#[test]
fn forgetting_is_two_steps_and_a_hold_beats_it() {
    let desk = Desk::new();
    let archive = desk.archive();
    let shared = attach(&desk, kirill(), 1, b"the price list");
    attach(&desk, olga(), 5, b"the price list");
    let own = attach(&desk, kirill(), 2, b"only Kirill has this");
    archive.place_hold(kirill(), "спор в суде").unwrap();
    assert!(matches!(archive.plan_forgetting(kirill()), Err(Failure::OnHold)));
    let colleagues = ChatId::new(Some(AccountId(4002)), kirill().peer());
    archive.append(&[said(colleagues, 3, "тот же клиент у Игоря")]).unwrap();
    assert!(matches!(archive.plan_forgetting(colleagues), Err(Failure::OnHold)), "a hold is of the client");
    archive.lift_hold(kirill()).unwrap();
    let head = archive.tree_head().unwrap();
    let plan = archive.plan_forgetting(kirill()).unwrap();
    assert_eq!((plan.weighed.messages, plan.weighed.versions, plan.weighed.files), (2, 6, 1));
    assert!(matches!(archive.forget(kirill(), "00000000", "", &mut Job::quiet()), Err(Failure::NotConfirmed)));
    assert_eq!(desk.found("договор"), 2, "nothing was erased");

    let report = archive.forget(kirill(), &plan.code, "просьба клиента", &mut Job::quiet()).unwrap();
    assert_eq!((report.weighed, report.head), (plan.weighed, head), "the tree is the same");
    assert_eq!((desk.found("договор"), desk.found("канарейкаxyzzy")), (1, 0));
    assert!(archive.page(kirill(), Anchor::First, 10).unwrap().messages.is_empty());
    assert!(archive.blobs().open(&own).is_err() && archive.blobs().open(&shared).is_ok());
    assert_eq!(archive.verify(true, &mut Job::quiet()).unwrap().damaged, []);
    let stub = archive.erasures().unwrap().remove(0);
    assert_eq!((stub.chat, stub.versions, stub.why.as_str()), (kirill(), 6, "просьба клиента"));
    let again = archive.append(&[said(kirill(), 50, "опять он")]).unwrap();
    assert_eq!((again.new_versions, again.refused), (0, 1), "what was forgotten does not come back by itself");
    let log = archive.access_log(None, 10).unwrap();
    assert!(log.iter().any(|row| row.action == Access::Erased) && log.iter().any(|row| row.action == Access::PlacedHold));
}

#[test]
fn an_erased_version_still_proves_its_neighbours() {
    let desk = Desk::new();
    let archive = desk.archive();
    let plan = archive.plan_forgetting(kirill()).unwrap();
    archive.forget(kirill(), &plan.code, "", &mut Job::quiet()).unwrap();
    let folder = desk.path("evidence");
    archive.write_evidence(&[link(olga(), 5), link(kirill(), 1)], &folder, None, "", Lang::Ru).unwrap();
    let json = std::fs::read_to_string(folder.join("evidence.json")).unwrap();
    assert!(json.contains("подписали") && !json.contains("xyzzy"));
    assert!(stranger(&folder, &[]).0);
}

#[test]
fn retention_erases_what_is_old_unless_it_is_held() {
    let desk = Desk::new();
    let archive = desk.archive();
    archive.append(&[said(olga(), 15_000, "вчерашнее")]).unwrap();
    archive.place_hold(kirill(), "спор").unwrap();
    let plan = archive.weigh_retention(AccountId(4001), 7).unwrap();
    assert_eq!((plan.weighed.messages, plan.weighed.held.len()), (1, 1));
    assert_eq!(archive.apply_retention(&mut Job::quiet()).unwrap().messages, 0, "no rule yet");
    archive.set_retention(AccountId(4001), Some(7)).unwrap();
    assert_eq!(archive.apply_retention(&mut Job::quiet()).unwrap().messages, 1);
    assert_eq!((desk.found("подписали"), desk.found("вчерашнее"), desk.found("канарейкаxyzzy")), (0, 1, 1));
    let chat = archive.chats().unwrap().into_iter().find(|c| c.record.chat == olga()).unwrap().record;
    assert_eq!((chat.messages, chat.title.as_str()), (1, "Ольга · Лесной двор"));
    assert_eq!(archive.verify(true, &mut Job::quiet()).unwrap().damaged, []);
    archive.append(&[said(olga(), 16_000, "новое")]).unwrap();
    assert_eq!(archive.tree_head().unwrap().size, 7);
}

#[test]
fn the_feed_tells_edits_deletions_and_mass_deletions() {
    let desk = Desk::new();
    let archive = desk.archive();
    archive.append(&(100..140).map(|id| said(olga(), id, "сообщение")).collect::<Vec<_>>()).unwrap();
    let gone = |id| Change::Deleted {
        chat: olga(),
        message: MessageId(id),
        from: Timestamp(NOW - 70),
        to: Timestamp(NOW - 60),
        cause: DeletionCause::Unknown,
        source: Source::Live,
    };
    archive.append(&(100..140).map(gone).collect::<Vec<_>>()).unwrap();
    // A second witness of the same text is no edit.
    archive.append(&[edited(kirill(), 1, "канарейкаxyzzy: скидка 8 %")]).unwrap();
    let vanished =
        Change::ChatVanished { chat: kirill(), from: Timestamp(NOW - 30), to: Timestamp(NOW - 20), source: Source::Live };
    archive.append(&[vanished]).unwrap();
    let feed = archive.changes(Timestamp(0), None, 100).unwrap();
    let told: Vec<_> = feed.iter().map(|h| (h.kind, h.count, h.is_mass)).collect();
    assert_eq!(
        told,
        [
            (ChangeKind::ChatVanished, 2, true),
            (ChangeKind::Deleted, 40, true),
            (ChangeKind::Deleted, 1, false),
            (ChangeKind::Edited, 1, false)
        ]
    );
    assert_eq!(archive.changes(Timestamp(NOW - 100), None, 100).unwrap().len(), 2);
    let rest = archive.changes(Timestamp(0), Some(feed[1].cursor), 100).unwrap();
    assert_eq!(rest, feed[2..]);
}

#[test]
fn an_archive_of_the_first_schema_opens_after_a_copy_was_made() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("archive");
    std::fs::create_dir(&folder).unwrap();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/schema-1");
    for name in ["keys.json", "archive.db"] {
        std::fs::copy(fixture.join(name), folder.join(name)).unwrap();
    }
    let engine = engine(folder.clone(), NOW);
    let archive = engine.unlock(&Secret::Passphrase("архив первой схемы")).unwrap();
    archive.catch_up(&mut Job::quiet()).unwrap();
    assert_eq!(archive.tree_head().unwrap().size, 4);
    assert_eq!(archive.verify(true, &mut Job::quiet()).unwrap().damaged, []);
    assert_eq!(archive.versions(link(kirill(), 2)).unwrap().len(), 2);
    assert_eq!(archive.changes(Timestamp(0), None, 10).unwrap().len(), 1);
    assert_eq!(found(&archive, "договор"), 1);
    let copy = std::fs::read(folder.join("archive.schema-1.db")).unwrap();
    assert_eq!(copy, std::fs::read(fixture.join("archive.db")).unwrap());
    // Erasing reaches the copy too.
    let plan = archive.plan_forgetting(kirill()).unwrap();
    assert_eq!(archive.forget(kirill(), &plan.code, "", &mut Job::quiet()).unwrap().copies_removed, 1);
    assert!(!folder.join("archive.schema-1.db").exists());
}

/// As the program that wrote schema 6 left it when it was killed: the last batches stand in the log beside the database.
#[test]
fn an_archive_of_the_sixth_schema_opens_after_a_copy_was_made() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("archive");
    std::fs::create_dir(&folder).unwrap();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/schema-6");
    for name in ["keys.json", "archive.db", "archive.db-wal", "head"] {
        std::fs::copy(fixture.join(name), folder.join(name)).unwrap();
    }
    let engine = engine(folder.clone(), NOW);
    let archive = engine.unlock(&Secret::Passphrase("bench passphrase")).unwrap();
    archive.catch_up(&mut Job::quiet()).unwrap();
    assert_eq!(archive.rolled_back().unwrap(), None);
    assert_eq!(archive.tree_head().unwrap().size, 4);
    assert_eq!(archive.verify(true, &mut Job::quiet()).unwrap().damaged, []);
    assert_eq!(found(&archive, "договор"), 2);
    assert!(folder.join("archive.schema-6.db").exists());
    // It is written to as before, and what is no version is refused as before.
    archive.append(&[said(kirill(), 60, "после обновления")]).unwrap();
    assert_eq!(archive.verify(true, &mut Job::quiet()).unwrap().damaged, []);
}

#[test]
fn the_clock_set_back_by_a_year_loses_nothing() {
    let desk = Desk::new();
    desk.engine.lock();
    let earlier = engine(desk.path("archive"), NOW - 31_536_000);
    let archive = earlier.unlock(&Secret::Passphrase(PASSPHRASE)).unwrap();
    archive.append(&[said(olga(), 60, "из прошлого года")]).unwrap();
    let head = archive.keep_head().unwrap();
    drop(archive);
    earlier.lock();
    let archive = desk.engine.unlock(&Secret::Passphrase(PASSPHRASE)).unwrap();
    assert_eq!((archive.tree_head().unwrap(), archive.rolled_back().unwrap()), (head, None));
    assert_eq!(archive.verify(true, &mut Job::quiet()).unwrap().damaged, []);
    assert_eq!(archive.apply_retention(&mut Job::quiet()).unwrap().messages, 0);
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}
