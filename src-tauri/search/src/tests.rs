use super::*;
use letopis_model::{AccountId, ChatId, Direction, MessageId, MessageKind, PeerId, Timestamp};

fn key() -> Subkey {
    Subkey::from_bytes([5; 32])
}

fn link(id: i64) -> MessageLink {
    MessageLink::new(ChatId::new(Some(AccountId(4001)), PeerId::user(555 + id % 2)), MessageId(id))
}

fn doc(id: i64, text: &str) -> Doc<'_> {
    Doc {
        link: link(id),
        manager: "4001",
        sender: if id % 2 == 0 { "Анна Белова" } else { "Кирилл" },
        direction: if id % 2 == 0 { Direction::Out } else { Direction::In },
        kind: MessageKind::Text,
        sent_at: Some(Timestamp(1_763_550_000 + id * 86_400)),
        deleted: id % 3 == 0,
        edited: false,
        texts: vec![text],
    }
}

fn index(texts: &[&str]) -> (tempfile::TempDir, SearchIndex) {
    let dir = tempfile::tempdir().unwrap();
    let index = SearchIndex::open(dir.path(), &key(), "a").unwrap();
    index.put((1i64..).zip(texts).map(|(id, text)| doc(id, text)), Seq(texts.len() as u64)).unwrap();
    (dir, index)
}

fn ids(index: &SearchIndex, typed: &str, filter: &Filter) -> Vec<i64> {
    let found = index.search(&parse(typed), filter, Sort::Oldest, 0, 100).unwrap();
    assert_eq!(found.total, found.links.len());
    found.links.iter().map(|(link, _)| link.message.0).collect()
}

const TEXTS: [&str; 10] = [
    "Пришлите договор в новой редакции",
    "По договору срок 15 дней, см. приложение",
    "Договоры подписаны, копия договора у Анны",
    "С договором всё ясно",
    "Счёт на оплату, ёлка и ежик",
    "Could you send the updated quote by Friday?",
    "Отправила quotes и договора клиенту",
    "Ок, 12% нас устраивает, фиксируем. Счёт на Промстрой-Юг",
    "Петрова и Петров согласовали деньги",
    "договорились",
];

#[test]
fn words_are_found_in_all_their_forms() {
    let (_dir, index) = index(&TEXTS);
    let all = Filter::default();
    for (typed, expected) in [
        ("договор", &[1, 2, 3, 4, 7][..]),
        ("ДОГОВОРОМ", &[1, 2, 3, 4, 7]),
        ("договор копия", &[3]),
        ("договор -копия", &[1, 2, 4, 7]),
        ("quote", &[6, 7]),
        ("счет", &[5, 8]),
        ("счёт", &[5, 8]),
        ("ёжик", &[5]),
        ("\"новой редакции\"", &[1]),
        ("\"новая редакция\"", &[]),
        ("\"редакции новой\"", &[]),
        ("«с договором»", &[4]),
        ("\"договор\"", &[1]),
        ("Петров", &[9]),
        ("Петрову", &[9]),
        ("денег", &[9]),
        ("договорил", &[10]),
        ("догов", &[1, 2, 3, 4, 7, 10]),
        ("отправ*", &[7]),
        ("нетакогослова", &[]),
        ("", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ("::: \" -", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
    ] {
        assert_eq!(ids(&index, typed, &all), expected, "{typed}");
    }
}

#[test]
fn filters_narrow_and_facets_count() {
    let (_dir, index) = index(&TEXTS);
    let only = |f: Filter| ids(&index, "договор", &f);
    assert_eq!(only(Filter { deleted: Some(true), ..Filter::default() }), [3]);
    assert_eq!(only(Filter { senders: vec!["Анна Белова".into()], ..Filter::default() }), [2, 4]);
    assert_eq!(only(Filter { chats: vec![link(1).chat], ..Filter::default() }), [1, 3, 7]);
    assert_eq!(only(Filter { managers: vec!["77".into()], ..Filter::default() }), [0i64; 0]);
    assert_eq!(only(Filter { outgoing: Some(true), ..Filter::default() }), [2, 4]);
    let from = 1_763_550_000 + 2 * 86_400;
    assert_eq!(only(Filter { from: Some(from), to: Some(from + 86_400), ..Filter::default() }), [2]);
    let found = index.search(&parse("договор"), &Filter::default(), Sort::Newest, 0, 2).unwrap();
    assert_eq!(found.total, 5);
    assert_eq!(found.links.iter().map(|(l, _)| l.message.0).collect::<Vec<_>>(), [7, 4]);
    assert_eq!(found.facets.senders.get("Кирилл"), Some(&3));
    assert_eq!(found.facets.deleted, 1);
    assert_eq!(found.facets.months.values().sum::<u32>(), 5);
}

#[test]
fn a_message_put_again_replaces_itself() {
    let (_dir, index) = index(&["старый текст"]);
    index.put([doc(1, "новый текст")], Seq(2)).unwrap();
    assert_eq!(ids(&index, "старый", &Filter::default()), [] as [i64; 0]);
    assert_eq!(ids(&index, "новый", &Filter::default()), [1]);
    assert_eq!((index.count(), index.cursor()), (1, Seq(2)));
}

#[test]
fn the_cursor_survives_and_a_foreign_index_is_stale() {
    let (dir, index) = index(&TEXTS);
    drop(index);
    assert_eq!(SearchIndex::open(dir.path(), &key(), "a").unwrap().cursor(), Seq(10));
    assert!(matches!(SearchIndex::open(dir.path(), &key(), "b"), Err(Error::Stale(_))));
    assert!(matches!(SearchIndex::open(dir.path(), &Subkey::from_bytes([6; 32]), "a"), Err(Error::Stale(_))));
}

#[test]
fn a_changed_byte_in_any_file_is_noticed() {
    let (dir, index) = index(&TEXTS);
    assert_eq!(index.verify().unwrap(), Vec::<String>::new());
    drop(index);
    let mut tried = 0;
    for entry in std::fs::read_dir(dir.path()).unwrap() {
        let path = entry.unwrap().path();
        let whole = std::fs::read(&path).unwrap();
        if whole.is_empty() {
            continue; // lock files
        }
        assert!(!whole.windows(14).any(|w| w == "договор".as_bytes()), "plain text in {path:?}");
        let mut changed = whole.clone();
        *changed.get_mut(whole.len() / 2).unwrap() ^= 1;
        std::fs::write(&path, &changed).unwrap();
        let noticed = match SearchIndex::open(dir.path(), &key(), "a") {
            Err(_) => true,
            Ok(index) => {
                index.verify().map_or(true, |damaged| !damaged.is_empty())
                    || index.search(&parse("договор"), &Filter::default(), Sort::Relevance, 0, 10).is_err()
            }
        };
        assert!(noticed, "{path:?}");
        std::fs::write(&path, &whole).unwrap();
        tried += 1;
    }
    assert!(tried > 5);
}

#[test]
fn matches_are_marked_as_they_were_found() {
    let marked = |typed: &str, text: &str| -> Vec<String> {
        Highlighter::new(&parse(typed)).spans(text).iter().map(|s| text.get(s.start..s.end).unwrap().to_owned()).collect()
    };
    assert_eq!(marked("договор", "Про Договоры и договором, договорились"), ["Договоры", "договором"]);
    assert_eq!(marked("\"на оплату\"", "счёт на оплату"), ["на", "оплату"]);
    assert_eq!(marked("елка", "Ёлка"), ["Ёлка"]);
    assert_eq!(marked("догово", "договорились"), ["договорились"]);
}

#[test]
fn operators_are_read_in_two_languages() {
    let parsed = parse("is:deleted от:\"Анна Белова\" has:voice после:2026-01-31 чат:Промстрой договор http://x.ru");
    assert_eq!(parsed.deleted, Some(true));
    assert_eq!(parsed.from, ["Анна Белова"]);
    assert_eq!(parsed.kinds, [MessageKind::Voice]);
    assert_eq!(parsed.after.as_deref(), Some("2026-01-31"));
    assert_eq!(parsed.chat, ["Промстрой"]);
    assert_eq!(parsed.clauses.len(), 4, "{:?}", parsed.clauses);
}
