//! The database under a new key: everything survives, the old key opens nothing, and a stop or a failure changes nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

use letopis_archive::{Anchor, Archive, Error, FILE};
use letopis_model::{AccountId, Change, ChatId, Content, Direction, MessageId, MessageLink, PeerId, Sighting, Source, Timestamp};
use letopis_vault::Subkey;
use std::ops::ControlFlow;
use std::path::Path;

const NOON: i64 = 1_763_550_000;
const MESSAGES: i64 = 2_000;

fn key(byte: u8) -> Subkey {
    Subkey::from_bytes([byte; 32])
}

fn kirill() -> ChatId {
    ChatId::new(Some(AccountId(4001)), PeerId::user(555))
}

fn said(id: i64) -> Change {
    Change::Posted(Box::new(Sighting {
        chat: kirill(),
        message: MessageId(id),
        sender: Some(PeerId::user(555)),
        sender_name: Some("Кирилл".into()),
        direction: Direction::In,
        sent_at: Some(Timestamp(NOON + id * 60)),
        edited_at: None,
        content: Content::text(format!("письмо {id}: договор на стройку 🏗")),
        reactions: vec![],
        seen_at: Timestamp(NOON + id * 60),
        source: Source::Live,
    }))
}

fn archive(dir: &Path) -> Archive {
    let archive = Archive::at(dir, key(1));
    archive.writer().unwrap().append(&(1..=MESSAGES).map(said).collect::<Vec<_>>()).unwrap();
    archive
}

fn texts(archive: &Archive) -> Vec<String> {
    let page = archive.reader().unwrap().page(kirill(), Anchor::First, MESSAGES as usize).unwrap();
    page.messages.into_iter().map(|m| m.content.text).collect()
}

#[test]
fn everything_survives_and_the_old_key_opens_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let old = archive(dir.path());
    let before = texts(&old);
    let mut steps = Vec::new();
    old.rekey(&key(2), &mut |done, total| {
        steps.push((done, total));
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(steps.last().map(|(done, total)| done == total), Some(true), "{steps:?}");
    assert!(matches!(old.reader().map(drop), Err(Error::WrongKey)) && !old.fits().unwrap());
    let new = Archive::at(dir.path(), key(2));
    assert!(new.fits().unwrap());
    let mut writer = new.writer().unwrap();
    assert_eq!(texts(&new), before);
    // The triggers came along: the laws of the archive still hold.
    writer.append(&[said(1), said(MESSAGES + 1)]).unwrap();
    assert_eq!(new.reader().unwrap().last_seq().unwrap().0, MESSAGES as u64 + 1);
    assert!(new.reader().unwrap().verify(true, &mut |_, _| ControlFlow::Continue(())).unwrap().damaged.is_empty());
    assert!(new.reader().unwrap().message(MessageLink::new(kirill(), MessageId(7))).unwrap().is_some());
    drop(writer);
    let names: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().contains(".new")), "{names:?}");
}

#[test]
fn a_stop_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let old = archive(dir.path());
    assert!(matches!(old.rekey(&key(2), &mut |_, _| ControlFlow::Break(())), Err(Error::Stopped)));
    assert!(old.fits().unwrap());
    assert_eq!(texts(&old).len(), MESSAGES as usize);
    old.rekey(&key(2), &mut |_, _| ControlFlow::Continue(())).unwrap();
    assert!(Archive::at(dir.path(), key(2)).fits().unwrap());
}

#[test]
fn an_archive_that_somebody_has_open_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let old = archive(dir.path());
    let writer = old.writer().unwrap();
    assert!(matches!(old.rekey(&key(2), &mut |_, _| ControlFlow::Continue(())), Err(Error::Busy | Error::Sql(_))));
    assert!(old.fits().unwrap());
    drop(writer);
    assert_eq!(texts(&old).len(), MESSAGES as usize);
}

#[test]
fn a_damaged_page_stops_it_and_the_old_file_stays() {
    let dir = tempfile::tempdir().unwrap();
    let old = archive(dir.path());
    let path = dir.path().join(FILE);
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    assert!(old.rekey(&key(2), &mut |_, _| ControlFlow::Continue(())).is_err());
    assert!(old.fits().unwrap());
    assert!(!dir.path().join("archive.db.new").exists());
    let after = std::fs::read(&path).unwrap();
    assert_eq!(after[4096..], bytes[4096..], "only the first page, which says how the log is kept, may differ");
}
