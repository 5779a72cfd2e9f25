use super::*;
use crate::short::bare;
use grammers_tl_types as tl;
use letopis_model::{Direction, MessageKind};
use proptest::prelude::*;
use tl::enums::DocumentAttribute as A;

const ANNA: i64 = 4001;

fn peers() -> Peers {
    let mut peers = Peers::default();
    let facts = |peer, name: &str, kind| PeerFacts {
        peer,
        name: name.into(),
        hash: Some(1),
        kind,
        contact: false,
        gone: false,
        moved_to: None,
    };
    peers.put(facts(PeerId::user(ANNA), "Анна Белова", letopis_model::ChatType::SavedMessages));
    peers.put(facts(PeerId::user(555), "Кирилл", letopis_model::ChatType::PersonalChat));
    peers
}

fn seen(message: impl Into<tl::enums::Message>) -> Seen {
    let peers = peers();
    let context = Context { account: AccountId(ANNA), peers: &peers, seen_at: Timestamp(2000), source: Source::Live };
    context.message(&message.into()).unwrap()
}

fn user(user_id: i64) -> tl::enums::Peer {
    tl::types::PeerUser { user_id }.into()
}

fn said(text: &str) -> tl::types::Message {
    bare(7, user(555), 1000, text).unwrap()
}

fn document(attributes: Vec<A>, ttl: Option<i32>) -> tl::enums::MessageMedia {
    let document = tl::types::Document {
        id: 1,
        access_hash: 2,
        file_reference: vec![3],
        date: 0,
        mime_type: "application/octet-stream".into(),
        size: 900,
        thumbs: None,
        video_thumbs: None,
        dc_id: 4,
        attributes,
    };
    tl::types::MessageMediaDocument {
        nopremium: false,
        spoiler: false,
        video: false,
        round: false,
        voice: false,
        document: Some(document.into()),
        alt_documents: None,
        video_cover: None,
        video_timestamp: None,
        ttl_seconds: ttl,
    }
    .into()
}

fn video(round_message: bool) -> A {
    tl::types::DocumentAttributeVideo {
        round_message,
        supports_streaming: false,
        nosound: false,
        duration: 8.9,
        w: 3,
        h: 4,
        preload_prefix_size: None,
        video_start_ts: None,
        video_codec: None,
    }
    .into()
}

fn audio(voice: bool) -> A {
    tl::types::DocumentAttributeAudio { voice, duration: 8, title: Some("Т".into()), performer: None, waveform: None }.into()
}

fn sticker() -> A {
    let stickerset = tl::enums::InputStickerSet::Empty;
    tl::types::DocumentAttributeSticker { mask: false, alt: "🔥".into(), stickerset, mask_coords: None }.into()
}

#[test]
fn who_wrote_to_whom() {
    let check = |message: tl::types::Message, sender: PeerId, name: &str, direction: Direction| {
        let found = seen(message).sighting;
        assert_eq!((found.sender, found.sender_name.as_deref(), found.direction), (Some(sender), Some(name), direction));
        assert_eq!(found.chat.to_string(), "4001.user:555");
    };
    check(said("привет"), PeerId::user(555), "Кирилл", Direction::In);
    check(tl::types::Message { out: true, ..said("да") }, PeerId::user(ANNA), "Анна Белова", Direction::Out);
    check(tl::types::Message { from_id: Some(user(ANNA)), ..said("да") }, PeerId::user(ANNA), "Анна Белова", Direction::Out);
}

#[test]
fn only_edits_that_a_person_made_are_edits() {
    let edited = tl::types::Message { edit_date: Some(1500), ..said("исправлено") };
    assert_eq!(seen(edited.clone()).sighting.edited_at, Some(Timestamp(1500)));
    assert_eq!(seen(tl::types::Message { edit_hide: true, ..edited }).sighting.edited_at, None);
}

#[test]
fn files_have_the_kinds_of_the_export() {
    let check = |attributes: Vec<A>, kind: MessageKind| {
        let message = tl::types::Message { media: Some(document(attributes, None)), ..said("") };
        let found = seen(message);
        assert_eq!(found.sighting.content.kind, kind);
        assert_eq!(found.file.map(|file| (file.dc, file.size)), Some((4, 900)));
    };
    check(vec![], MessageKind::File);
    check(vec![sticker()], MessageKind::Sticker);
    check(vec![sticker(), video(false)], MessageKind::Sticker);
    check(vec![video(true)], MessageKind::VideoNote);
    check(vec![video(false)], MessageKind::Video);
    check(vec![video(false), A::Animated], MessageKind::Animation);
    check(vec![audio(true)], MessageKind::Voice);
    check(vec![audio(false)], MessageKind::Audio);
}

#[test]
fn a_self_destructing_file_is_only_a_fact() {
    let message = tl::types::Message { media: Some(document(vec![video(true)], Some(10))), ..said("") };
    let found = seen(message);
    assert!(found.file.is_none());
    assert!(found.sighting.content.extra.unwrap().contains("self_destruct_period_seconds"));
}

#[test]
fn actions_have_the_names_of_the_export() {
    let check = |action: tl::enums::MessageAction, name: &str| {
        let message = tl::types::MessageService {
            out: false,
            mentioned: false,
            media_unread: false,
            reactions_are_possible: false,
            silent: false,
            post: false,
            legacy: false,
            id: 9,
            from_id: None,
            peer_id: user(555),
            saved_peer_id: None,
            reply_to: None,
            date: 1000,
            action,
            reactions: None,
            ttl_period: None,
        };
        let content = seen(message).sighting.content;
        assert_eq!((content.kind, content.service.unwrap().action.as_str()), (MessageKind::Service, name));
    };
    check(tl::types::MessageActionChatEditTitle { title: "Проект".into() }.into(), "edit_group_title");
    check(tl::types::MessageActionChatAddUser { users: vec![555] }.into(), "invite_members");
    check(tl::enums::MessageAction::PinMessage, "pin_message");
    check(tl::enums::MessageAction::ScreenshotTaken, "take_screenshot");
    check(tl::enums::MessageAction::HistoryClear, "clear_history");
    check(tl::types::MessageActionCustomAction { message: "нечто".into() }.into(), "custom");
    check(tl::enums::MessageAction::Empty, "unknown");
}

#[test]
fn facts_seen_in_passing_do_not_replace_full_ones() {
    let mut peers = peers();
    let passing = PeerFacts { hash: None, name: "Кирилл П.".into(), ..peers.get(PeerId::user(555)).unwrap().clone() };
    peers.put(passing);
    let known = peers.get(PeerId::user(555)).unwrap();
    assert_eq!((known.hash, known.name.as_str()), (Some(1), "Кирилл П."));
}

proptest! {
    /// Whatever numbers a server puts into an entity, it lies inside the text.
    #[test]
    fn entities_lie_inside_the_text(words in "\\PC{0,40}", offset in any::<i32>(), length in any::<i32>()) {
        let entity = tl::types::MessageEntityBold { offset, length }.into();
        let message = tl::types::Message { entities: Some(vec![entity]), ..said(&words) };
        let content = seen(message).sighting.content;
        let chars = content.text.chars().count() as u32;
        prop_assert!(content.entities.iter().all(|e| e.len > 0 && e.start + e.len <= chars));
    }
}
