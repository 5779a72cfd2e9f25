//! What a person sees before an import, and the files beside an export.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop")]

use letopis_intake::{ExportFolder, Options, Survey, survey};
use letopis_model::{AccountId, ChatType, PeerId, Timestamp};
use letopis_testkit::{ANNA, Attachment, Export, IGOR, KIRILL};
use serde_json::json;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;

const LEFT_OUT: &str = "(File exceeds maximum size. Change data exporting settings to download.)";

fn look(path: &Path) -> Survey {
    survey(path, &Options::default(), &mut |_, _| ControlFlow::Continue(())).unwrap()
}

fn account() -> Export {
    Export::account()
        .owner(ANNA.id, ANNA.name)
        .chat("personal_chat", KIRILL.name, KIRILL.id)
        .incoming("Вот фото")
        .attach(Attachment::Photo, "photo_1@16-05-2025_00-39-56.jpg", b"jpeg")
        .outgoing("")
        .attach(Attachment::Voice, "audio_1.ogg", b"voice")
        .incoming("")
        .with("file", json!(LEFT_OUT))
        .with("file_name", json!("Смета.xlsx"))
        .chat("private_group", "Бригада", 77)
        .message(IGOR.id, IGOR.name, "Счёт")
        .attach(Attachment::File, "Дого\u{438}\u{306} № 5.pdf", b"pdf bytes")
}

#[test]
fn chats_counts_period_files_and_owner() {
    let folder = tempfile::tempdir().unwrap();
    account().to_folder(folder.path()).unwrap();
    let found = look(folder.path());
    assert_eq!((found.format, found.messages, found.lost, found.problems.len()), ("telegram-json", 4, 0, 0));
    assert_eq!((found.owner, found.owner_name.as_deref()), (Some(AccountId(ANNA.id)), Some(ANNA.name)));
    assert!(found.candidates.is_empty() && !found.needs_timezone && !found.salvaged);
    let chat = &found.chats[0];
    assert_eq!((chat.peer, chat.kind, chat.messages), (Some(PeerId::user(KIRILL.id)), ChatType::PersonalChat, 3));
    assert_eq!((chat.files, chat.files_bytes, chat.files_left_out), (2, 9, 1));
    assert_eq!((chat.first_at, chat.last_at), (Some(Timestamp(1_747_345_196)), Some(Timestamp(1_747_345_316))));
    assert_ne!(found.chats[0].key, found.chats[1].key);
}

#[test]
fn pages_tell_less_and_nothing_wrong() {
    let folder = tempfile::tempdir().unwrap();
    account().to_html_folder(folder.path()).unwrap();
    let found = look(folder.path());
    assert_eq!((found.format, found.messages, found.lost, found.problems.len()), ("telegram-html", 4, 0, 0));
    assert_eq!(found.owner, None);
    assert_eq!(found.candidates[0].name, ANNA.name, "the one who writes as the owner comes first");
    let chat = &found.chats[0];
    assert_eq!((chat.peer, chat.kind, chat.messages), (None, ChatType::PersonalChat, 3));
    assert_eq!((chat.files, chat.files_bytes, chat.files_left_out), (2, 0, 1));
}

#[test]
fn every_named_file_opens_in_both_formats() {
    for html in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        if html { account().to_html_folder(folder.path()) } else { account().to_folder(folder.path()) }.unwrap();
        let mut sink = Paths::default();
        letopis_intake::import(folder.path(), &Options::default(), &mut sink).unwrap();
        let export = ExportFolder::of(folder.path());
        let contents: Vec<String> = sink.0.iter().map(|path| read(&export, path)).collect();
        assert_eq!(contents, ["jpeg", "voice", "pdf bytes"], "html {html}");
    }
}

#[test]
fn one_chat_of_an_account_of_pages_opens_its_files() {
    let folder = tempfile::tempdir().unwrap();
    account().to_html_folder(folder.path()).unwrap();
    let chat = folder.path().join("chats/chat_1");
    for source in [chat.clone(), chat.join("messages.html")] {
        let mut sink = Paths::default();
        letopis_intake::import(&source, &Options::default(), &mut sink).unwrap();
        let export = ExportFolder::of(&source);
        assert_eq!(sink.0.iter().map(|path| read(&export, path)).collect::<Vec<_>>(), ["jpeg", "voice"]);
    }
}

#[test]
fn a_zone_is_asked_for_and_a_survey_can_be_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("result.json");
    std::fs::write(&path, Export::single_chat(KIRILL.name, KIRILL.id).packed().incoming("а").to_json()).unwrap();
    assert!(look(&path).needs_timezone);
    letopis_testkit::big_chat(&path, 8_000, 3_000_000).unwrap();
    let found = survey(&path, &Options::default(), &mut |read, _| {
        if read > 1_000_000 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(found.unwrap().cancelled);
}

fn read(export: &ExportFolder, path: &str) -> String {
    let mut text = String::new();
    export.open(path).unwrap().file.read_to_string(&mut text).unwrap();
    text
}

#[derive(Default)]
struct Paths(Vec<String>);

impl letopis_intake::Sink for Paths {
    fn change(&mut self, change: letopis_model::Change) -> ControlFlow<()> {
        if let letopis_model::Change::Posted(sighting) = change {
            self.0.extend(sighting.content.media.and_then(|media| media.path));
        }
        ControlFlow::Continue(())
    }

    fn problem(&mut self, problem: letopis_intake::Problem) {
        unreachable!("{problem}")
    }

    fn progress(&mut self, _: u64, _: u64) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}
