//! The laws of the archive, told with named people.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may stop"
)]

use letopis_archive::{Anchor, Archive, Error, FILE};
use letopis_model::{
    AccountId, Change, ChatId, ChatType, Content, DeletionCause, Direction, MessageId, MessageLink, PeerId, Sighting, Source,
    Timestamp,
};
use letopis_vault::Subkey;
use proptest::prelude::*;
use std::ops::ControlFlow;

const NOON: i64 = 1_763_550_000;

fn key() -> Subkey {
    Subkey::from_bytes([3; 32])
}

fn kirill() -> ChatId {
    ChatId::new(Some(AccountId(4001)), PeerId::user(555))
}

fn said(id: i64, text: &str) -> Change {
    Change::Posted(Box::new(Sighting {
        chat: kirill(),
        message: MessageId(id),
        sender: Some(PeerId::user(555)),
        sender_name: Some("Кирилл".into()),
        direction: Direction::In,
        sent_at: Some(Timestamp(NOON + id * 60)),
        edited_at: None,
        content: Content::text(text),
        reactions: vec![],
        seen_at: Timestamp(NOON + id * 60),
        source: Source::Live,
    }))
}

fn edited(id: i64, text: &str, minutes: i64) -> Change {
    match said(id, text) {
        Change::Posted(mut sighting) => {
            sighting.edited_at = Some(Timestamp(NOON + minutes * 60));
            sighting.seen_at = Timestamp(NOON + minutes * 60);
            Change::Posted(sighting)
        }
        other => other,
    }
}

fn deleted(id: i64, from: i64, to: i64) -> Change {
    let (from, to) = (Timestamp(NOON + from * 60), Timestamp(NOON + to * 60));
    Change::Deleted { chat: kirill(), message: MessageId(id), from, to, cause: DeletionCause::Unknown, source: Source::Live }
}

fn named() -> Vec<Change> {
    vec![
        Change::AccountSeen { account: AccountId(4001), manager: "Анна Белова".into(), source: Source::Live },
        Change::ChatSeen {
            chat: kirill(),
            kind: ChatType::PersonalChat,
            title: Some("Кирилл · Промстрой".into()),
            source: Source::Live,
        },
    ]
}

/// Everything a reader can see, as text: two archives that print the same are the same.
fn seen(changes: &[&[Change]]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::at(dir.path(), key());
    let mut writer = archive.writer().unwrap();
    for batch in changes {
        writer.append(batch).unwrap();
    }
    let reader = archive.reader().unwrap();
    let mut out = String::new();
    for c in reader.chats().unwrap() {
        out += &format!(
            "{} {} m{} d{} e{} {:?}..{:?} {:?}\n",
            c.chat, c.title, c.messages, c.deleted, c.edited, c.first_at, c.last_at, c.vanished
        );
        for m in reader.page(c.chat, Anchor::First, 1000).unwrap().messages {
            out += &format!(
                "{} «{}» {:?} {:?} v{} {:?} {:?} {}\n",
                m.link, m.content.text, m.edited_at, m.deleted, m.versions, m.sent_at, m.sender, m.sender_name
            );
            for v in reader.versions(m.link).unwrap() {
                out += &format!("  «{}» {:?}\n", v.content.text, v.edited_at);
            }
        }
    }
    assert_eq!(reader.verify(true, &mut |_, _| ControlFlow::Continue(())).unwrap().damaged, vec![]);
    out
}

#[test]
fn an_edit_and_a_deletion_keep_every_original() {
    let got =
        seen(&[&named(), &[said(1, "скидка 12%"), edited(1, "скидка 8%", 90), said(2, "Ок, фиксируем"), deleted(2, 100, 200)]]);
    for part in ["«скидка 8%»", "  «скидка 12%»", "«Ок, фиксируем»", "m2 d1 e1", "v2"] {
        assert!(got.contains(part), "{part} in\n{got}");
    }
}

#[test]
fn the_same_changes_again_add_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Archive::at(dir.path(), key()).writer().unwrap();
    let story = [said(1, "а"), edited(1, "б", 5), deleted(1, 6, 7), said(2, "в")];
    let first = writer.append(&story).unwrap();
    assert_eq!((first.new_versions, first.unchanged), (4, 0));
    let second = writer.append(&story).unwrap();
    assert_eq!((second.new_versions, second.unchanged, second.seq), (0, 4, first.seq));
}

#[test]
fn versions_can_be_neither_changed_nor_removed() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::at(dir.path(), key());
    archive.writer().unwrap().append(&[said(1, "а")]).unwrap();
    let raw = rusqlite::Connection::open(dir.path().join(FILE)).unwrap();
    raw.pragma_update(None, "key", format!("x'{}'", "03".repeat(32))).unwrap();
    for sql in ["UPDATE message_versions SET text = 'х'", "DELETE FROM message_versions"] {
        let error = raw.execute(sql, []).unwrap_err().to_string();
        assert!(error.contains("append-only"), "{error}");
    }
    let unknown = "INSERT INTO message_versions (chat, message, seq, what, account, salt, seen_at, source, again)
                   VALUES (1, 9, 9, 'changed', 0, x'', 0, 'import', 0)";
    let error = raw.execute(unknown, []).unwrap_err().to_string();
    assert!(error.contains("CHECK"), "{error}");
    assert_eq!(raw.execute(&unknown.replace("changed", "content"), []).unwrap(), 1);
}

#[test]
fn a_vanished_chat_keeps_all_its_originals_even_those_found_later() {
    let vanish =
        Change::ChatVanished { chat: kirill(), from: Timestamp(NOON + 6000), to: Timestamp(NOON + 9000), source: Source::Live };
    let early = seen(&[&[said(1, "а"), said(2, "б"), vanish.clone()]]);
    let late = seen(&[&[vanish, said(2, "б"), said(1, "а")]]);
    assert_eq!(early, late);
    assert!(early.contains("m2 d2"), "{early}");
}

#[test]
fn pages_reach_both_ends_and_dates() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::at(dir.path(), key());
    let story: Vec<Change> =
        (1..=100).map(|id| said(id, &format!("сообщение {id}"))).chain([said(-999_999_990, "старая группа")]).collect();
    archive.writer().unwrap().append(&story).unwrap();
    let reader = archive.reader().unwrap();
    let ids =
        |anchor| -> Vec<i64> { reader.page(kirill(), anchor, 4).unwrap().messages.iter().map(|m| m.link.message.0).collect() };
    assert_eq!(ids(Anchor::First), [-999_999_990, 1, 2, 3]);
    assert_eq!(ids(Anchor::Last), [97, 98, 99, 100]);
    assert_eq!(ids(Anchor::Around(MessageId(50))), [48, 49, 50, 51]);
    assert_eq!(ids(Anchor::Before(MessageId(3))), [-999_999_990, 1, 2]);
    assert_eq!(ids(Anchor::After(MessageId(98))), [99, 100]);
    assert_eq!(ids(Anchor::Date(Timestamp(NOON + 70 * 60))), [68, 69, 70, 71]);
    assert_eq!(ids(Anchor::Date(Timestamp(NOON * 2))), [97, 98, 99, 100]);
    let page = reader.page(kirill(), Anchor::Last, 4).unwrap();
    assert!(page.has_before && !page.has_after);
}

#[test]
fn a_wrong_key_and_a_newer_schema_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::at(dir.path(), key());
    archive.writer().unwrap().append(&[said(1, "а")]).unwrap();
    assert!(matches!(Archive::at(dir.path(), Subkey::from_bytes([4; 32])).writer(), Err(Error::WrongKey)));
    let raw = rusqlite::Connection::open(dir.path().join(FILE)).unwrap();
    raw.pragma_update(None, "key", format!("x'{}'", "03".repeat(32))).unwrap();
    raw.pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(archive.writer(), Err(Error::NewerSchema { found: 99, .. })));
}

#[test]
fn no_word_of_a_message_is_on_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::at(dir.path(), key());
    let mut writer = archive.writer().unwrap();
    let canary = "канарейка-xyzzy";
    writer.append(&(0..2000).map(|id| said(id, canary)).collect::<Vec<_>>()).unwrap();
    let found = |dir: &std::path::Path| {
        std::fs::read_dir(dir).unwrap().any(|f| {
            let bytes = std::fs::read(f.unwrap().path()).unwrap();
            bytes.windows(5).any(|w| w == b"xyzzy")
        })
    };
    assert!(!found(dir.path()), "while open");
    drop(writer);
    assert!(!found(dir.path()), "after");
}

#[test]
fn followers_see_what_grew() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::at(dir.path(), key());
    let mut writer = archive.writer().unwrap();
    let cursor = writer.append(&[said(1, "а"), said(2, "б")]).unwrap().seq;
    writer.append(&[edited(1, "в", 9), deleted(1, 10, 11)]).unwrap();
    let grown = archive.reader().unwrap().grown(cursor, 100).unwrap();
    assert_eq!((grown.to.0, grown.links), (4, vec![(MessageLink::new(kirill(), MessageId(1)), true)]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Law 2: any order, once or twice, the same state; also when two witnesses saw the same at different times.
    #[test]
    fn the_order_of_arrival_does_not_matter(order in Just((0..13usize).chain(0..13).collect::<Vec<_>>()).prop_shuffle(), cut in 0usize..26) {
        let vanish = |from: i64, to: i64| Change::ChatVanished { chat: kirill(), from: Timestamp(NOON + from), to: Timestamp(NOON + to), source: Source::Live };
        let story = [
            said(1, "первое"), edited(1, "второе", 5), edited(1, "третье", 9), deleted(1, 10, 30), deleted(1, 12, 20),
            said(2, "другое"), deleted(3, 1, 2), said(3, "удалено раньше, чем увидено"), vanish(60_000, 61_000), vanish(100, 150),
            seen_later(said(2, "другое"), 500), seen_later(said(2, "иное без отметки"), 100), nameless(said(2, "и третье"), 700),
        ];
        let straight = seen(&[&named(), &story]);
        let shuffled: Vec<Change> = order.iter().map(|i| story[*i].clone()).collect();
        let (a, b) = shuffled.split_at(cut);
        prop_assert_eq!(straight, seen(&[&named(), a, b]));
    }
}

fn seen_later(change: Change, seconds: i64) -> Change {
    match change {
        Change::Posted(mut sighting) => {
            sighting.seen_at = sighting.seen_at.plus(seconds);
            Change::Posted(sighting)
        }
        other => other,
    }
}

fn nameless(change: Change, seconds: i64) -> Change {
    match seen_later(change, seconds) {
        Change::Posted(mut sighting) => {
            sighting.sender = None;
            sighting.sender_name = None;
            Change::Posted(sighting)
        }
        other => other,
    }
}

#[test]
fn a_chat_without_an_owner_finds_its_account() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::at(dir.path(), key());
    let mut writer = archive.writer().unwrap();
    let ownerless = |change: Change| match change {
        Change::Posted(mut sighting) => {
            sighting.chat = ChatId::new(None, PeerId::user(555));
            Change::Posted(sighting)
        }
        other => other,
    };
    assert!(!writer.append(&[ownerless(said(1, "пока пишет только клиент"))]).unwrap().adopted);
    let done = writer.append(&[said(1, "пока пишет только клиент"), said(2, "теперь владелец известен")]).unwrap();
    assert_eq!((done.adopted, done.new_versions, done.unchanged), (true, 1, 1));
    let again = archive.writer().unwrap().append(&[ownerless(said(2, "теперь владелец известен"))]).unwrap();
    assert_eq!((again.new_versions, again.unchanged), (0, 1));
    let reader = archive.reader().unwrap();
    let chats = reader.chats().unwrap();
    assert_eq!((chats.len(), chats[0].chat), (1, kirill()));
    let by_old_name = reader.chat(ChatId::new(None, PeerId::user(555))).unwrap();
    assert!(by_old_name == chats[0] && reader.chat(kirill()).unwrap() == chats[0], "links made before still lead here");
}
