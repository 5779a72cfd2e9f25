//! Sealing and opening together, with the low work factor that only tests may use.

use crate::{open::decrypt, page, seal::seal_with, *};
use letopis_model::{Direction, Entity, EntityKind, MessageId, MessageKind, Timestamp};
use proptest::prelude::*;
use std::ops::ControlFlow;

const CANARY: &str = "КАНАРЕЙКА-canary-7431";
const LOW: u8 = 2;

fn phrase(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

fn viewer() -> Viewer {
    Viewer::new("/* viewer */", "p{}").unwrap()
}

fn sealed(pack: &Pack, passphrase: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut progress = |_, _| ControlFlow::Continue(());
    let report = seal_with(LOW, pack, &phrase(passphrase), &viewer(), (&mut out, &mut progress)).unwrap();
    assert_eq!(report.bytes, out.len() as u64);
    out
}

fn promstroy() -> Pack {
    let deleted = Message {
        sent_at: Some(Timestamp(1_763_539_500)),
        deleted: Some(Deleted { from: Timestamp(1_763_545_200), to: Timestamp(1_763_564_700) }),
        versions: vec![Version { text: format!("было {CANARY}"), at: None }],
        reply_to: Some(MessageId(-5)),
        ..Message::text(MessageId(2), "Кирилл", Direction::In, "Ок, 12% нас устраивает")
    };
    let voice = Message {
        kind: MessageKind::Voice,
        media: Some(Media { duration: Some(42), ..Media::default() }),
        entities: vec![Entity { kind: EntityKind::Bold, start: 0, len: 1, value: None }],
        ..Message::text(MessageId(3), "Анна Белова", Direction::Out, CANARY)
    };
    let quote = Quote { text: CANARY.into(), sender: "Кирилл".into(), at: Timestamp(5), message: MessageId(2) };
    let client = Client {
        id: "4001.user:77".into(),
        title: format!("Промстрой {CANARY}"),
        people: vec![Person { name: "Кирилл".into(), side: Direction::In, messages: 1 }],
        questions: vec![quote.clone()],
        read_first: vec![quote],
        messages: vec![deleted, voice],
        ..Client::default()
    };
    Pack { manager: CANARY.into(), clients: vec![client], ..Pack::default() }
}

#[test]
fn opens_what_it_sealed() {
    let pack = promstroy();
    assert_eq!(open(&sealed(&pack, "верный пароль"), &phrase(" верный пароль ")).unwrap(), pack);
}

#[test]
fn public_seal_uses_the_fixed_work_factor() {
    let (pack, mut out) = (promstroy(), Vec::new());
    seal(&pack, &phrase("верный пароль"), &viewer(), &mut out, &mut |_, _| ControlFlow::Continue(())).unwrap();
    assert_eq!(open(&out, &phrase("верный пароль")).unwrap(), pack);
    let armour: String = payload(&out).lines().filter(|line| !line.starts_with('-')).collect();
    let binary = data_encoding::BASE64.decode(armour.as_bytes()).unwrap();
    let header = String::from_utf8_lossy(&binary[..80]).into_owned();
    assert_eq!(header.lines().nth(1).unwrap().rsplit_once(' ').unwrap().1, "18");
}

#[test]
fn wrong_passphrase_is_told_apart_from_damage() {
    let file = sealed(&promstroy(), "верный пароль");
    assert!(matches!(open(&file, &phrase("неверный пароль")), Err(Error::WrongPassphrase)));
}

#[test]
fn weak_passphrase_writes_nothing() {
    let mut out = Vec::new();
    let result = seal(&promstroy(), &phrase("короче"), &viewer(), &mut out, &mut |_, _| ControlFlow::Continue(()));
    assert!(matches!(result, Err(Error::WeakPassphrase)));
    assert!(out.is_empty());
}

fn payload(file: &[u8]) -> &str {
    let text = std::str::from_utf8(file).unwrap();
    text.split_once(page::PAYLOAD_START).unwrap().1.split_once(page::CHECKSUM_START).unwrap().0
}

#[test]
fn a_changed_byte_is_damage_and_never_opens() {
    let file = sealed(&promstroy(), "верный пароль");
    let armour = payload(&file).as_bytes();
    let start = file.windows(armour.len()).position(|window| window == armour).unwrap();
    for step in 0..300 {
        let at = armour.len() * step / 300;
        for other in [b'A', b'z', b'\n', b'=', b'<', armour[at] ^ 1] {
            if other == armour[at] {
                continue;
            }
            let mut changed = file.clone();
            changed[start + at] = other;
            assert!(matches!(open(&changed, &phrase("верный пароль")), Err(Error::Damaged)), "byte {at}");
            // A forger would write a fitting checksum: then age itself must refuse.
            let forged = &changed[start..start + armour.len()];
            assert!(decrypt(forged, &phrase("верный пароль")).is_err(), "byte {at}, checksum forged");
        }
    }
}

#[test]
fn a_file_cut_short_is_damage() {
    let file = sealed(&promstroy(), "верный пароль");
    let start = file.windows(7).rposition(|window| window == b"-----BE").unwrap();
    for cut in [start + 1, start + 100, file.len() - 120, file.len() - 40] {
        assert!(matches!(open(&file[..cut], &phrase("верный пароль")), Err(Error::Damaged)), "cut at {cut}");
    }
    assert!(matches!(open(b"<!doctype html>", &phrase("верный пароль")), Err(Error::NotAPack)));
}

#[test]
fn nothing_of_the_content_is_in_clear() {
    let (one, two) = (sealed(&promstroy(), "верный пароль"), sealed(&Pack::default(), "другой пароль"));
    let text = String::from_utf8(one.clone()).unwrap();
    for secret in ["КАНАРЕЙКА", "canary", "Промстрой", "Кирилл", "Анна", "пароль\"", "letopis-pack"]
    {
        assert!(!text.contains(secret), "{secret}");
    }
    // So short a number stands in a long enough ciphertext by chance: what is not ciphertext must not have it.
    let around = text.replace(payload(&one), "");
    for secret in ["7431", "4001"] {
        assert!(!around.contains(secret), "{secret}");
    }
    let (one_head, two_head) = (text.split_once(payload(&one)).unwrap().0.to_owned(), String::from_utf8(two).unwrap());
    assert!(two_head.starts_with(&one_head));
}

#[test]
fn a_later_format_is_refused() {
    let pack = Pack { version: Pack::FORMAT + 1, ..Pack::default() };
    assert!(matches!(open(&sealed(&pack, "верный пароль"), &phrase("верный пароль")), Err(Error::NotAPack)));
}

#[test]
fn progress_ends_at_the_total_and_can_stop() {
    let mut pack = promstroy();
    let line = Message::text(MessageId(9), "Игорь", Direction::Out, "слово ".repeat(20_000));
    pack.clients[0].messages.extend(std::iter::repeat_n(line, 10));
    let (mut seen, mut out) = (Vec::new(), Vec::new());
    let mut hear = |done, total| {
        seen.push((done, total));
        ControlFlow::Continue(())
    };
    seal_with(LOW, &pack, &phrase("верный пароль"), &viewer(), (&mut out, &mut hear)).unwrap();
    assert_eq!(seen.first().unwrap().0, 0);
    assert_eq!(seen.last().unwrap().0, seen.last().unwrap().1);
    assert!(seen.len() > 4 && seen.is_sorted(), "{seen:?}");

    let mut stop = |done, _| if done > 300_000 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let result = seal_with(LOW, &pack, &phrase("верный пароль"), &viewer(), (&mut Vec::new(), &mut stop));
    assert!(matches!(result, Err(Error::Cancelled)));
}

#[test]
fn hostile_content_comes_back_as_it_was() {
    let mut pack = promstroy();
    let hostile = [
        "</script><script>alert(1)</script>",
        "<!--<script>",
        "-----END AGE ENCRYPTED FILE-----",
        "\u{202e}txt.exe\u{2066}\0\u{200b}",
        "{payload}{checksum}",
        "\u{2028}\u{feff}👩‍👩‍👧 \u{10ffff}",
    ];
    for (id, text) in hostile.into_iter().enumerate() {
        pack.clients[0].messages.push(Message::text(MessageId(id as i64), text, Direction::In, text));
    }
    pack.clients[0].title = hostile.concat();
    let file = sealed(&pack, "верный пароль");
    assert_eq!(open(&file, &phrase("верный пароль")).unwrap(), pack);
    assert_eq!(payload(&file).matches('<').count(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_round_trips(text in any::<String>(), title in any::<String>()) {
        let message = Message::text(MessageId(1), title.clone(), Direction::In, text);
        let client = Client { title, messages: vec![message], ..Client::default() };
        let pack = Pack { clients: vec![client], ..Pack::default() };
        prop_assert_eq!(open(&sealed(&pack, "верный пароль"), &phrase("верный пароль")).unwrap(), pack);
    }

    #[test]
    fn strange_bytes_are_refused_without_a_panic(body in any::<Vec<u8>>()) {
        let file = [page::head(&viewer()).as_bytes(), &body, page::tail("00").as_bytes()].concat();
        prop_assert!(open(&file, &phrase("верный пароль")).is_err());
        prop_assert!(decrypt(&body, &phrase("верный пароль")).is_err());
    }
}
