//! Imports on the level of the archive: files, edits, what is absent, what was chosen, twice in any order and format,
//! stopped and taken up, broken.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may stop"
)]

use letopis_engine::model::Timestamp;
use letopis_engine::{Anchor, Clock, Engine, Failure, ImportOptions, ImportReport, Job, Lang, OpenArchive, TimeZone};
use letopis_testkit::{ANNA, Attachment, Export, KIRILL, big_chat, random_export};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// 2026-09-01.
const NOW: i64 = 1_788_264_000;
const PHOTO: &[u8] = b"\xFF\xD8\xFF\xE0 a picture";
const VOICE: &[u8] = b"OggS a voice";

struct Desk {
    dir: tempfile::TempDir,
    engine: Engine,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let engine = Engine::new(dir.path().join("archive"), Clock::fixed(Timestamp(NOW), TimeZone::UTC));
        engine.create("лес шумит над рекой").unwrap();
        Desk { dir, engine }
    }

    fn archive(&self) -> Arc<OpenArchive> {
        self.engine.archive().unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn folder(&self, name: &str, export: &Export) -> PathBuf {
        export.to_folder(&self.path(name)).unwrap();
        self.path(name)
    }

    fn pages(&self, name: &str, export: &Export) -> PathBuf {
        export.to_html_folder(&self.path(name)).unwrap();
        self.path(name)
    }

    fn import(&self, path: &Path) -> ImportReport {
        self.import_as(path, ImportOptions::default())
    }

    fn import_as(&self, path: &Path, options: ImportOptions) -> ImportReport {
        self.archive().import(path, &options, Lang::En, &mut Job::quiet()).unwrap()
    }

    /// Everything that the archive tells, without its random parts.
    fn told(&self) -> Vec<String> {
        let archive = self.archive();
        let mut lines = Vec::new();
        for chat in archive.chats().unwrap() {
            let record = chat.record;
            let (id, kind, title) = (record.chat, record.kind, &record.title);
            lines.push(format!("{id} {kind:?} {title} {} {} {}", record.messages, record.edited, record.deleted));
            for message in archive.page(id, Anchor::First, 1_000_000).unwrap().messages {
                let (link, sent) = (message.link, message.sent_at);
                lines.push(format!("{link} {sent:?} {:?} {} {:?}", message.edited_at, message.sender_name, message.direction));
                for version in archive.versions(link).unwrap() {
                    lines.push(format!("  {:?} {:?} {}", version.edited_at, version.source, version.content.text));
                }
                for media in archive.media(link).unwrap() {
                    lines.push(format!("  {:?} {:?} {}", media.sha256, media.edited_at, media.size));
                }
            }
        }
        lines.extend(archive.coverage(None).unwrap().iter().map(|row| format!("{row:?}")));
        lines.sort_unstable();
        lines
    }

    fn is_sound(&self) {
        assert_eq!(self.archive().verify(true, &mut Job::quiet()).unwrap().damaged, []);
    }

    /// The only chat's messages, as text and link.
    fn messages(&self) -> Vec<(String, letopis_engine::model::MessageLink)> {
        let archive = self.archive();
        let chat = archive.chats().unwrap()[0].record.chat;
        archive.page(chat, Anchor::First, 1000).unwrap().messages.into_iter().map(|m| (m.content.text, m.link)).collect()
    }
}

/// A chat with a photo, a voice message, the same photo again, and a file that is not there.
fn with_files() -> Export {
    Export::single_chat("Кирилл · Промстрой", KIRILL.id)
        .owner(ANNA.id, ANNA.name)
        .incoming("Вот объект")
        .attach(Attachment::Photo, "фото_1.jpg", PHOTO)
        .outgoing("")
        .attach(Attachment::Voice, "audio_1.ogg", VOICE)
        .incoming("И ещё раз")
        .attach(Attachment::Photo, "фото_2.jpg", PHOTO)
        .incoming("Спасибо!")
}

#[test]
fn files_come_in_once_and_read_back() {
    let desk = Desk::new();
    let folder = desk.folder("export", &with_files());
    let first = desk.import(&folder);
    assert_eq!((first.media, first.media_new, first.media_missing), (3, 2, 0));
    assert_eq!((first.messages, first.new_versions, first.unchanged), (4, 4, 0), "files are not contents");
    let archive = desk.archive();
    let messages = desk.messages();
    let photo = archive.open_media(messages[0].1).unwrap();
    assert_eq!((photo.mime, photo.len(), photo.read(0, 1000).unwrap()), ("image/jpeg", PHOTO.len() as u64, PHOTO.to_vec()));
    assert_eq!(archive.open_media(messages[1].1).unwrap().read(5, 3).unwrap(), b"a v");
    assert!(matches!(archive.open_media(messages[3].1), Err(Failure::NotFound)));
    assert_eq!(archive.blobs().list().unwrap().len(), 2, "equal bytes are stored once");
    let before = desk.told();
    let again = desk.import(&folder);
    assert_eq!((again.media, again.media_new, again.new_versions, again.unchanged), (3, 0, 0, 4));
    assert_eq!(desk.told(), before);
    desk.is_sound();
}

#[test]
fn a_file_is_written_out_only_where_the_user_says() {
    let desk = Desk::new();
    desk.import(&desk.folder("export", &with_files()));
    let (archive, link) = (desk.archive(), desk.messages()[1].1);
    archive.save_media(link, &desk.path("голос.ogg")).unwrap();
    assert_eq!(std::fs::read(desk.path("голос.ogg")).unwrap(), VOICE);
    assert!(archive.save_media(link, &desk.path("нет такой папки/голос.ogg")).is_err());
}

#[test]
fn no_byte_of_a_file_is_readable_on_the_disk() {
    let desk = Desk::new();
    let canary = "канарейкаxyzzy".repeat(50);
    let export = Export::single_chat("Кирилл", 555).incoming("").attach(Attachment::File, "a.txt", canary.as_bytes());
    let folder = desk.folder("export", &export);
    desk.import(&folder);
    std::fs::remove_dir_all(&folder).unwrap();
    desk.archive().open_media(desk.messages()[0].1).unwrap().read(0, 100).unwrap();
    let mut folders = vec![desk.dir.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            assert!(!bytes.windows(5).any(|window| window == b"xyzzy"), "{}", path.display());
        }
    }
}

#[test]
fn missing_and_escaping_files_are_named_and_spoil_nothing() {
    let desk = Desk::new();
    let left_out = "(File not included. Change data exporting settings to download.)";
    let export = with_files()
        .incoming("наружу")
        .with("file", serde_json::json!("../../../../etc/passwd"))
        .incoming("не положено")
        .with("file", serde_json::json!(left_out));
    let folder = desk.folder("export", &export);
    std::fs::remove_file(folder.join("voice_messages/audio_1.ogg")).unwrap();
    let report = desk.import(&folder);
    assert_eq!((report.messages, report.lost, report.skipped.len()), (6, 0, 0));
    assert_eq!((report.media, report.media_missing, report.media_left_out), (2, 1, 2));
    let places: Vec<&str> = report.notes.iter().map(|note| note.place.as_str()).collect();
    assert!(places.contains(&"voice_messages/audio_1.ogg"), "{places:?}");
    assert_eq!(report.notes.len(), 2, "{:?}", report.notes);
    let text = report.text(Lang::En);
    assert!(text.contains("voice_messages/audio_1.ogg: the file is not beside the export"), "{text}");
}

#[test]
fn a_dry_run_touches_nothing() {
    let desk = Desk::new();
    let folder = desk.folder("export", &with_files());
    let report = desk.import_as(&folder, ImportOptions { dry_run: true, ..ImportOptions::default() });
    assert_eq!((report.messages, report.media, report.new_versions), (4, 3, 0));
    assert!(desk.archive().chats().unwrap().is_empty() && desk.archive().coverage(None).unwrap().is_empty());
    assert!(desk.archive().blobs().list().unwrap().is_empty());
}

#[test]
fn a_newer_export_records_edits_and_never_reads_absence_as_deletion() {
    let desk = Desk::new();
    let chat = |second: &str| {
        Export::single_chat("Кирилл", 555)
            .owner(ANNA.id, ANNA.name)
            .incoming("один")
            .incoming(second)
            .incoming("три")
            .outgoing("да")
    };
    desk.import(&desk.folder("old", &chat("два")));
    let fewer = chat("два, правка").to_value();
    let mut fewer = fewer.as_object().unwrap().clone();
    fewer["messages"].as_array_mut().unwrap().remove(2);
    std::fs::write(desk.path("new.json"), serde_json::to_string(&fewer).unwrap()).unwrap();
    let report = desk.import(&desk.path("new.json"));
    assert_eq!((report.new_versions, report.unchanged, report.not_in_export), (1, 2, 1));
    let record = &desk.archive().chats().unwrap()[0].record;
    assert_eq!((record.messages, record.deleted, record.edited), (4, 0, 1));
    assert!(report.text(Lang::Ru).contains("сообщений в архиве, которых нет в этой выгрузке: 1; они сохранены"));
    assert_eq!(desk.import(&desk.path("old")).not_in_export, 0);
}

#[test]
fn what_was_imported_stands_in_the_coverage_ledger() {
    let desk = Desk::new();
    desk.import(&desk.folder("export", &with_files()));
    let rows = desk.archive().coverage(None).unwrap();
    let record = &desk.archive().chats().unwrap()[0].record;
    assert_eq!(rows.len(), 1);
    assert_eq!((Some(rows[0].from), Some(rows[0].to)), (record.first_at, record.last_at));
    assert_eq!((rows[0].state.name(), rows[0].why.as_str(), rows[0].account.map(|a| a.0)), ("imported", "export", Some(ANNA.id)));
}

#[test]
fn a_file_without_a_zone_read_again_in_another_zone_covers_the_same() {
    let desk = Desk::new();
    let export = Export::single_chat("Кирилл", 555).owner(4001, "Анна").packed().incoming("раз").outgoing("два");
    let folder = desk.folder("export", &export);
    let zone = |hours| ImportOptions { timezone: Some(TimeZone::fixed(jiff::tz::offset(hours))), ..ImportOptions::default() };
    desk.import_as(&folder, zone(3));
    let told = desk.told();
    let again = desk.import_as(&folder, zone(7));
    assert_eq!((again.new_versions, again.unchanged), (0, 2));
    assert_eq!(desk.told(), told, "neither a row of coverage nor a moment is new");
    assert_eq!(desk.archive().coverage(None).unwrap().len(), 1);
}

#[test]
fn the_files_of_an_identified_chat_are_told_again_page_by_page() {
    let desk = Desk::new();
    let mut export = Export::single_chat(KIRILL.name, KIRILL.id).owner(ANNA.id, ANNA.name);
    for n in 0..1_005 {
        export = export.incoming("").attach(Attachment::Photo, &format!("p{n}.jpg"), format!("picture {n}").as_bytes());
    }
    for n in 0..5 {
        export = export.outgoing(&format!("Договор номер {n} подписан"));
    }
    desk.import(&desk.pages("pages", &export));
    let report = desk.import(&desk.folder("json", &export));
    assert_eq!((report.media, report.media_new), (1_005, 0));
    let chats = desk.archive().chats().unwrap();
    assert_eq!((chats.len(), chats[0].record.messages), (1, 1_010));
    let page = desk.archive().page(chats[0].record.chat, Anchor::First, 2_000).unwrap();
    let with_files = page.messages.iter().filter(|message| desk.archive().media(message.link).unwrap().len() == 1);
    assert_eq!(with_files.count(), 1_005);
    desk.is_sound();
}

#[test]
fn a_preview_writes_nothing_and_only_chosen_chats_come_in() {
    let desk = Desk::new();
    let account = Export::account().owner(ANNA.id, ANNA.name);
    let account =
        account.chat("personal_chat", "Кирилл", 555).incoming("раз").chat("private_group", "Закупки", 77).outgoing("два");
    let folder = desk.folder("export", &account.chat("personal_chat", "Мария", 556).incoming("три").outgoing("четыре"));
    let preview = desk.archive().preview(&folder, &ImportOptions::default(), Lang::Ru, &mut Job::quiet()).unwrap();
    let keys: Vec<(u32, u64)> = preview.survey.chats.iter().map(|chat| (chat.key, chat.messages)).collect();
    assert_eq!((keys.len(), preview.survey.messages, preview.known.iter().sum::<u64>()), (3, 4, 0));
    assert_eq!(preview.survey.owner.map(|owner| owner.0), Some(ANNA.id));
    assert!(desk.archive().chats().unwrap().is_empty());

    let chosen = BTreeSet::from([keys[0].0, keys[2].0]);
    let report = desk.import_as(&folder, ImportOptions { chats: Some(chosen), ..ImportOptions::default() });
    assert_eq!((report.chats, report.messages), (2, 3));
    let titles: BTreeSet<String> = desk.archive().chats().unwrap().into_iter().map(|chat| chat.record.title).collect();
    assert_eq!(titles, BTreeSet::from(["Кирилл".to_owned(), "Мария".to_owned()]));
    let preview = desk.archive().preview(&folder, &ImportOptions::default(), Lang::Ru, &mut Job::quiet()).unwrap();
    assert_eq!(preview.known, [1, 0, 2]);
}

#[test]
fn a_stopped_import_taken_up_again_ends_in_the_same_archive() {
    let whole = Desk::new();
    let path = whole.path("result.json");
    big_chat(&path, 6_000, 2_500_000).unwrap();
    whole.import(&path);
    let expected = whole.told();
    for round in 0..6u64 {
        let desk = Desk::new();
        let mut stops = 0;
        loop {
            let flag = Arc::new(AtomicBool::new(false));
            let (later, heard) = (Duration::from_millis(5 + (round * 37 + stops * 23) % 160), flag.clone());
            let stopper = std::thread::spawn(move || {
                std::thread::sleep(later);
                heard.store(true, Ordering::Relaxed);
            });
            // From the sixth attempt on nobody stops it: a loaded machine must come to an end too.
            let job_flag = if stops < 6 { flag } else { Arc::default() };
            let report = desk.archive().import(&path, &ImportOptions::default(), Lang::En, &mut Job::new(job_flag, |_| {}));
            stopper.join().unwrap();
            let report = report.unwrap();
            assert!(report.messages == report.new_versions + report.unchanged || report.cancelled);
            if !report.cancelled {
                break;
            }
            stops += 1;
        }
        desk.archive().catch_up(&mut Job::quiet()).unwrap();
        assert_eq!(desk.told(), expected, "stopped {stops} times");
        assert_eq!(desk.archive().not_indexed().unwrap(), 0);
    }
}

#[test]
fn a_file_that_is_being_stored_when_it_is_stopped_leaves_nothing_half() {
    let desk = Desk::new();
    let bytes = vec![7u8; 3 << 20];
    let export = Export::single_chat("Кирилл", 555).incoming("до").incoming("").attach(Attachment::Video, "v.mp4", &bytes);
    let folder = desk.folder("export", &export);
    let mut job = Job::new(Arc::new(AtomicBool::new(true)), |_| {});
    let report = desk.archive().import(&folder, &ImportOptions::default(), Lang::En, &mut job).unwrap();
    assert!(report.cancelled);
    assert!(desk.archive().blobs().list().unwrap().is_empty());
    assert_eq!(desk.import(&folder).media_new, 1);
    desk.is_sound();
}

#[test]
fn broken_files_give_messages_and_skips_that_add_up() {
    let export = Export::single_chat("Кирилл", 555)
        .owner(ANNA.id, ANNA.name)
        .incoming("один")
        .raw(serde_json::json!("не объект"))
        .incoming("два")
        .raw(serde_json::json!({"id": 9, "type": "message", "text": "без даты"}))
        .outgoing("три");
    let json = export.to_json();
    for cut in [0, 1, 7, 40, 90, 200, 333] {
        let desk = Desk::new();
        let end = (0..=json.len() - cut).rev().find(|at| json.is_char_boundary(*at)).unwrap();
        std::fs::write(desk.path("cut.json"), &json[..end]).unwrap();
        let report = desk.import(&desk.path("cut.json"));
        let held: u64 = desk.archive().chats().unwrap().iter().map(|chat| chat.record.messages).sum();
        assert_eq!(report.messages, held, "cut by {cut}");
        assert_eq!(report.lost, report.skipped.len() as u64, "cut by {cut}: {:?}", report.skipped);
        if cut == 0 {
            assert_eq!((report.messages, report.lost), (3, 2));
        }
        desk.is_sound();
    }
}

#[test]
fn pages_after_json_add_nothing_and_json_after_pages_completes_them() {
    let export = with_files().incoming("с правкой").with("edited_unixtime", serde_json::json!("1747346000"));
    let (first, second) = (Desk::new(), Desk::new());
    first.import(&first.folder("json", &export));
    let before = first.told();
    let pages = first.import(&first.pages("html", &export));
    assert_eq!((pages.messages, pages.new_versions), (5, 0), "{:?}", pages.notes);
    assert_eq!(first.told(), before);

    let pages = second.import(&second.pages("html", &export));
    assert_eq!((pages.chats, pages.messages, pages.new_versions), (1, 5, 5));
    let json = second.import(&second.folder("json", &export));
    assert_eq!(json.messages, 5);
    let chats = second.archive().chats().unwrap();
    assert_eq!((chats.len(), chats[0].record.messages, chats[0].record.edited), (1, 5, 1));
    assert_eq!(chats[0].record.chat.peer().id, KIRILL.id, "the chat has its number now");
    let before = second.told();
    for again in ["html", "json"] {
        assert_eq!(second.import(&second.path(again)).new_versions, 0, "{again}");
    }
    assert_eq!(second.told(), before);
    second.is_sound();
    let found = |desk: &Desk| desk.messages().into_iter().map(|(text, _)| text).collect::<Vec<_>>();
    assert_eq!(found(&first), found(&second));
}

#[test]
fn generated_exports_twice_in_any_order_add_nothing() {
    for seed in 0..12 {
        let export = random_export(seed, 60);
        let desk = Desk::new();
        let paths = [desk.folder("json", &export), desk.pages("html", &export)];
        let order: Vec<usize> =
            [vec![0, 1, 0, 1], vec![1, 0, 1, 0], vec![1, 1, 0, 1], vec![0, 0, 1, 1]][seed as usize % 4].clone();
        let mut seen = BTreeSet::new();
        for which in order {
            let before = desk.told();
            let report = desk.import(&paths[which]);
            assert_eq!((report.messages as usize, report.lost), (export.count(), 0), "seed {seed}");
            if !seen.insert(which) {
                assert_eq!(report.new_versions, 0, "seed {seed}: the same again");
                assert_eq!(desk.told(), before, "seed {seed}");
            }
        }
        desk.is_sound();
    }
}

#[test]
fn one_bad_source_spoils_itself_only() {
    let desk = Desk::new();
    let good = desk.folder("good", &with_files());
    std::fs::write(desk.path("bad.json"), "{\"это\": 1}").unwrap();
    let sources = [desk.path("bad.json"), desk.path("absent"), good].map(|path| (path, ImportOptions::default()));
    let reports = desk.archive().import_all(&sources, Lang::En, &mut Job::quiet()).unwrap();
    let failed: Vec<bool> = reports.iter().map(|report| report.failure.is_some()).collect();
    assert_eq!((failed, reports[2].messages), (vec![true, true, false], 4));
    letopis_engine::save_reports(&reports, &desk.path("отчёт.json"), Lang::En).unwrap();
    letopis_engine::save_reports(&reports, &desk.path("отчёт.txt"), Lang::Ru).unwrap();
    let json = std::fs::read_to_string(desk.path("отчёт.json")).unwrap();
    let lines: Vec<serde_json::Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), &lines[2]["media"]), (3, &serde_json::json!(3)));
    let text = std::fs::read_to_string(desk.path("отчёт.txt")).unwrap();
    assert!(text.contains("чатов 1, сообщений 4, новых версий 4, без изменений 0, пропущено 0"), "{text}");
}
