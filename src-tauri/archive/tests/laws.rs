//! The laws of the archive over random histories: two managers see one channel and a private chat, messages are posted,
//! edited, deleted, chats vanish, everything may come twice and in any order, from sources of different strength.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

use letopis_archive::{Anchor, Archive, Reader};
use letopis_model::{
    AccountId, Change, ChatId, ChatType, Content, DeletionCause, Direction, KeptMedia, MessageId, PeerId, Sighting, Source,
    Timestamp,
};
use letopis_vault::Subkey;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

const NOON: i64 = 1_763_550_000;
const ANNA: AccountId = AccountId(4001);
const IGOR: AccountId = AccountId(4002);
const TEXTS: [&str; 4] = ["скидка 12 %", "скидка 8 %", "Ок, фиксируем 👍", "Договор: \"приложение\" №2"];

fn channel() -> ChatId {
    ChatId::new(None, PeerId::channel(9))
}

fn private() -> ChatId {
    ChatId::new(Some(ANNA), PeerId::user(555))
}

fn chat() -> impl Strategy<Value = ChatId> {
    prop_oneof![Just(channel()), Just(private())]
}

fn source() -> impl Strategy<Value = Source> {
    prop_oneof![Just(Source::Import), Just(Source::Reconcile), Just(Source::Difference), Just(Source::Live)]
}

fn at() -> impl Strategy<Value = Timestamp> {
    (0i64..200).prop_map(|minute| Timestamp(NOON + minute * 60))
}

fn posted() -> impl Strategy<Value = Change> {
    (chat(), 1i64..6, 0usize..TEXTS.len(), proptest::option::of(at()), at(), source(), any::<bool>()).prop_map(
        |(chat, id, text, edited_at, seen_at, source, by_igor)| {
            let writer = if by_igor && chat == channel() { IGOR } else { ANNA };
            Change::Posted(Box::new(Sighting {
                chat,
                message: MessageId(id),
                // Who wrote a message does not depend on who saw it.
                sender: Some(PeerId::user(if id % 2 == 0 { 555 } else { writer.0 })),
                sender_name: Some(if id % 2 == 0 { "Кирилл Громов".into() } else { "Анна Белова".into() }),
                direction: if id % 2 == 0 { Direction::In } else { Direction::Out },
                sent_at: Some(Timestamp(NOON + id * 60)),
                edited_at,
                content: Content::text(TEXTS[text]),
                reactions: vec![],
                seen_at,
                source,
            }))
        },
    )
}

fn change() -> impl Strategy<Value = Change> {
    let deleted = (chat(), 1i64..6, at(), 1i64..500, source()).prop_map(|(chat, id, from, after, source)| Change::Deleted {
        chat,
        message: MessageId(id),
        from,
        to: from.plus(after),
        cause: DeletionCause::Unknown,
        source,
    });
    let vanished = (chat(), at(), 1i64..500, source()).prop_map(|(chat, from, after, source)| Change::ChatVanished {
        chat,
        from,
        to: from.plus(after),
        source,
    });
    // One title for each strength: which of two equally strong ones is newer, nobody can tell.
    let titled = (chat(), source()).prop_map(|(chat, source)| Change::ChatSeen {
        chat,
        kind: ChatType::PrivateSupergroup,
        title: Some(format!("Промстрой, {}", source.name())),
        source,
    });
    let named = source().prop_map(|source| Change::PeerSeen {
        peer: PeerId::user(555),
        name: format!("Кирилл, {}", source.name()),
        source,
    });
    let kept = (chat(), 1i64..6, any::<bool>(), at(), source()).prop_map(|(chat, message, other, seen_at, source)| {
        let (message, sha256) = (MessageId(message), [u8::from(other); 32]);
        Change::MediaKept(Box::new(KeptMedia { chat, message, edited_at: None, sha256, size: 7, seen_at, source }))
    });
    prop_oneof![8 => posted(), 3 => deleted, 1 => vanished, 1 => titled, 1 => named, 2 => kept]
}

fn archive_of(batches: &[&[Change]]) -> (tempfile::TempDir, Archive) {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::at(dir.path(), Subkey::from_bytes([3; 32]));
    let mut writer = archive.writer().unwrap();
    for batch in batches {
        writer.append(batch).unwrap();
    }
    (dir, archive)
}

/// Everything a reader can see, in an order of its own.
fn seen(reader: &Reader) -> String {
    let mut out = String::new();
    let mut chats = reader.chats().unwrap();
    chats.sort_by_key(|chat| chat.chat);
    for c in chats {
        out +=
            &format!("{} «{}» m{} d{} e{} {:?} {:?}\n", c.chat, c.title, c.messages, c.deleted, c.edited, c.first_at, c.vanished);
        for m in reader.page(c.chat, Anchor::First, 1000).unwrap().messages {
            out += &format!("{} «{}» {:?} {:?} v{}\n", m.link, m.content.text, m.edited_at, m.deleted, m.versions);
            for v in reader.versions(m.link).unwrap() {
                out += &format!("  «{}» {:?} {:?}\n", v.content.text, v.edited_at, v.seen_at);
            }
            let files: BTreeSet<[u8; 32]> = reader.media(m.link).unwrap().into_iter().map(|file| file.sha256).collect();
            out += &format!("  {} files\n", files.len());
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Order, repetition and the cut into batches change nothing that a reader can see; nothing posted is ever missing;
    /// no later sighting takes a deletion back; every state is whole in itself.
    #[test]
    fn any_history_in_any_order_ends_in_the_same_archive(
        (story, shuffled) in proptest::collection::vec(change(), 1..40).prop_flat_map(|story| {
            let twice: Vec<Change> = story.iter().chain(&story).cloned().collect();
            (Just(story), Just(twice).prop_shuffle())
        }),
        cut in 0usize..80,
    ) {
        let (_a, straight) = archive_of(&[&story]);
        let (early, late) = shuffled.split_at(cut.min(shuffled.len()));
        let (_b, mixed) = archive_of(&[early, late]);
        let (straight, mixed) = (straight.reader().unwrap(), mixed.reader().unwrap());
        prop_assert_eq!(seen(&straight), seen(&mixed));
        for reader in [&straight, &mixed] {
            let checked = reader.verify(true, &mut |_, _| ControlFlow::Continue(())).unwrap();
            prop_assert_eq!(checked.damaged, vec![]);
            prop_assert_eq!(checked.head.unwrap().size, reader.last_seq().unwrap().0);
            nothing_is_missing(reader, &story)?;
        }
    }

    /// Weaker data never overwrites stronger, whichever came first.
    #[test]
    fn the_strongest_source_names_the_chat(sources in proptest::collection::vec(source(), 1..8)) {
        let changes: Vec<Change> = sources.iter().map(|source| Change::ChatSeen {
            chat: private(), kind: ChatType::PersonalChat, title: Some(source.name().into()), source: *source,
        }).collect();
        let (_dir, archive) = archive_of(&[&changes]);
        let strongest = sources.iter().max().unwrap().name();
        prop_assert_eq!(archive.reader().unwrap().chat(private()).unwrap().title, strongest);
    }
}

fn nothing_is_missing(reader: &Reader, story: &[Change]) -> Result<(), TestCaseError> {
    for change in story {
        match change {
            Change::Posted(s) => {
                let link = letopis_model::MessageLink::new(s.chat, s.message);
                let kept = reader.versions(link).unwrap();
                let has = kept.iter().any(|v| v.content.text == s.content.text && v.edited_at == s.edited_at);
                prop_assert!(has, "a content of {} is missing", link);
            }
            Change::Deleted { chat, message, .. } => {
                let found = reader.message(letopis_model::MessageLink::new(*chat, *message)).unwrap();
                prop_assert!(found.is_none_or(|m| m.deleted.is_some()), "{}/{} is not deleted", chat, message.0);
            }
            _ => {}
        }
    }
    Ok(())
}
