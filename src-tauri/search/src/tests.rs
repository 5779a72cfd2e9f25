use super::*;
use letopis_model::{AccountId, ChatId, Direction, MessageId, MessageKind, MessageLink, PeerId, Timestamp};

fn key() -> Subkey {
    Subkey::from_bytes([5; 32])
}

fn link(id: i64) -> MessageLink {
    MessageLink::new(ChatId::new(Some(AccountId(4001)), PeerId::user(555 + id % 2)), MessageId(id))
}

fn managers() -> &'static [String] {
    static MANAGERS: std::sync::LazyLock<Vec<String>> = std::sync::LazyLock::new(|| vec!["4001".to_owned()]);
    &MANAGERS
}

const START: i64 = 1_763_550_000;

fn doc(id: i64, text: &str) -> Doc<'_> {
    versions(id, &[text])
}

/// A message whose first text is the current one.
fn versions<'a>(id: i64, texts: &[&'a str]) -> Doc<'a> {
    let text = |(version, text): (u32, &&'a str)| Text { version, parts: vec![*text], linked: false };
    Doc {
        link: link(id),
        managers: managers(),
        sender: if id % 2 == 0 { "Анна Белова" } else { "Кирилл" },
        direction: if id % 2 == 0 { Direction::Out } else { Direction::In },
        kind: MessageKind::Text,
        sent_at: Some(Timestamp(START + id * 86_400)),
        deleted: id % 3 == 0,
        edited: false,
        forwarded: false,
        reply: false,
        file: false,
        texts: (0..).zip(texts).map(text).collect(),
        replaces: false,
    }
}

fn index(texts: &[&str]) -> (tempfile::TempDir, SearchIndex) {
    let dir = tempfile::tempdir().unwrap();
    let index = SearchIndex::open(dir.path(), &key(), "a").unwrap();
    index.put((1i64..).zip(texts).map(|(id, text)| doc(id, text)), Seq(texts.len() as u64)).unwrap();
    (dir, index)
}

fn page(index: &SearchIndex, typed: &str, condition: &Condition, sort: Sort) -> Vec<Hit> {
    index.page(&parse(typed).unwrap().clauses, condition, sort, (0, 100), START).unwrap()
}

fn facets(index: &SearchIndex, typed: &str, condition: &Condition) -> FacetCounts {
    index.facets(&parse(typed).unwrap().clauses, condition, 0, &AtomicBool::new(false)).unwrap()
}

fn ids(index: &SearchIndex, typed: &str, condition: &Condition) -> Vec<i64> {
    let found: Vec<i64> = page(index, typed, condition, Sort::Oldest).iter().map(|hit| hit.row.link.message.0).collect();
    let mut newest: Vec<i64> = page(index, typed, condition, Sort::Newest).iter().map(|hit| hit.row.link.message.0).collect();
    newest.reverse();
    assert_eq!(newest, found, "{typed}: newest and oldest");
    let mut best: Vec<i64> = page(index, typed, condition, Sort::Relevance).iter().map(|hit| hit.row.link.message.0).collect();
    best.sort_unstable();
    assert_eq!(best, found, "{typed}: by relevance");
    assert_eq!(facets(index, typed, condition).total, found.len(), "{typed}: counted");
    found
}

fn none() -> Condition {
    Condition::none()
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
    let all = none();
    for (typed, expected) in [
        ("договор ", &[1, 2, 3, 4, 7][..]),
        ("ДОГОВОРОМ", &[1, 2, 3, 4, 7]),
        ("договор копия", &[3]),
        ("договор -копия", &[1, 2, 4, 7]),
        ("счёт OR копия", &[3, 5, 8]),
        ("срок РЯДОМ приложение", &[2]),
        ("\"приложение договору\"~5", &[2]),
        ("\"приложение договору\"~4", &[]),
        ("*говор*", &[1, 2, 3, 4, 7, 10]),
        ("по*сан*", &[3]),
        ("промстрой-юг", &[8]),
        ("ПромстройЮг", &[8]),
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
        ("договорил ", &[10]),
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
fn conditions_narrow_and_facets_count() {
    let (_dir, index) = index(&TEXTS);
    let only = |condition: Condition| ids(&index, "договор ", &condition);
    let not = |condition| Condition::Not(Box::new(condition));
    assert_eq!(only(Condition::Flag(Flag::Deleted)), [3]);
    assert_eq!(only(not(Condition::Flag(Flag::Deleted))), [1, 2, 4, 7]);
    assert_eq!(only(Condition::Senders(vec!["Анна Белова".into()])), [2, 4]);
    assert_eq!(only(Condition::Chats(vec![link(1).chat])), [1, 3, 7]);
    assert_eq!(only(Condition::Managers(vec!["77".into()])), [0i64; 0]);
    assert_eq!(only(Condition::Flag(Flag::Out)), [2, 4]);
    assert_eq!(only(Condition::AnyOf(vec![Condition::Flag(Flag::Out), Condition::Flag(Flag::Deleted)])), [2, 3, 4]);
    let these = |id| Condition::Messages([(link(id).chat, vec![id, 999])].into());
    assert_eq!(only(these(7)), [7]);
    let from = START + 2 * 86_400;
    assert_eq!(only(Condition::Sent { from: Some(from), to: Some(from + 86_400) }), [2]);
    let counts = facets(&index, "договор ", &none());
    assert_eq!((counts.total, counts.deleted), (5, 1));
    assert_eq!(counts.senders.get("Кирилл"), Some(&3));
    assert_eq!(counts.months.values().sum::<u32>(), 5);
    assert_eq!(ids(&index, "", &Condition::Flag(Flag::Deleted)), [3, 6, 9]);
}

#[test]
fn pages_follow_one_another() {
    let (_dir, index) = index(&TEXTS);
    let clauses = parse("договор ").unwrap().clauses;
    for sort in [Sort::Newest, Sort::Oldest, Sort::Relevance] {
        let whole = index.page(&clauses, &none(), sort, (0, 10), START).unwrap();
        let pieces: Vec<Hit> = (0..5).flat_map(|at| index.page(&clauses, &none(), sort, (at, 1), START).unwrap()).collect();
        assert_eq!(pieces, whole, "{sort:?}");
    }
}

#[test]
fn the_form_that_was_typed_comes_first() {
    let (_dir, index) = index(&["срок: договоры", "срок: договор", "срок: скидки"]);
    let best = |typed: &str| {
        let hits = page(&index, typed, &none(), Sort::Relevance);
        hits.iter().map(|hit| (hit.row.link.message.0, hit.score)).collect::<Vec<_>>()
    };
    let ids = |typed: &str| best(typed).iter().map(|(id, _)| *id).collect::<Vec<_>>();
    assert_eq!(ids("договор "), [2, 1]);
    assert_eq!(ids("договоры "), [1, 2]);
    // «срок» has one form here, «договор» two.
    assert_eq!(ids("срок договор "), [2, 1]);
    assert_eq!(ids("срок договоры "), [1, 2]);
    // The only form of a word counts as the one that was typed; another form of the same word does not.
    let [(_, typed)] = best("скидки ")[..] else { panic!() };
    let [(_, other)] = best("скидка ")[..] else { panic!() };
    assert!(typed > other, "{typed} {other}");
}

#[test]
fn the_nearest_word_comes_before_the_rarer_one() {
    let texts: Vec<&str> = std::iter::repeat_n("отгрузка", 20).chain(["загрузка"]).chain(["прочее"; 200]).collect();
    let (_dir, index) = index(&texts);
    let parsed = parse("атгрузка ").unwrap();
    let found = index.instead("атгрузка ", &parsed, &none()).unwrap().unwrap();
    assert_eq!(found.shown, "отгрузка");
    let hits = index.page(&found.parsed.clauses, &none(), Sort::Relevance, (0, 30), START).unwrap();
    assert_eq!((hits.len(), hits.last().map(|hit| hit.row.link.message.0)), (21, Some(21)));
}

#[test]
fn a_word_as_it_is_heard_is_that_word_and_no_other() {
    let (_dir, index) = index(&["выставили счёт", "оплата по счетам", "щиты опалубки", "договоры"]);
    let instead = |typed: &str| {
        let found = index.instead(typed, &parse(typed).unwrap(), &none()).unwrap().unwrap();
        let hits = index.page(&found.parsed.clauses, &none(), Sort::Oldest, (0, 9), START).unwrap();
        (found.shown, hits.iter().map(|hit| hit.row.link.message.0).collect::<Vec<_>>())
    };
    assert_eq!(instead("щёт "), ("счет".to_owned(), vec![1, 2]));
    // Only another form of it is there.
    assert_eq!(instead("дагавор "), ("договор".to_owned(), vec![4]));
}

#[test]
fn of_equally_good_hits_the_newest_are_shown() {
    let old = ["договор"; 700];
    let (_dir, index) = index(&old);
    // In a segment of its own, and a small one.
    index.put((701..711).map(|id| doc(id, "договор")), Seq(710)).unwrap();
    let now = START + 800 * 86_400;
    let found = index.page(&parse("договор ").unwrap().clauses, &none(), Sort::Relevance, (0, 12), now).unwrap();
    let ids: Vec<i64> = found.iter().map(|hit| hit.row.link.message.0).collect();
    assert_eq!(ids, (699..711).rev().collect::<Vec<_>>());
}

#[test]
fn an_earlier_version_is_found_and_says_so() {
    let (_dir, index) = index(&["первый"]);
    let texts = ["Цена 100 тысяч", "Цена 90 тысяч", "Цена обсуждается"];
    index.put([versions(2, &texts), versions(3, &["договор", "договор был другим"])], Seq(2)).unwrap();
    let found = |typed: &str| -> Vec<(i64, u32)> {
        page(&index, typed, &none(), Sort::Newest).iter().map(|h| (h.row.link.message.0, h.row.version)).collect()
    };
    assert_eq!(found("100 тыс"), [(2, 0)]);
    assert_eq!(found("90 000"), [(2, 1)]);
    assert_eq!(found("обсуждалось"), [(2, 2)]);
    assert_eq!(found("цена "), [(2, 0)], "each message once");
    assert_eq!(found("договор "), [(3, 0)], "the current content first");
    assert_eq!(found("100 обсуждается"), [], "words of two versions are no hit");
    assert_eq!(facets(&index, "цена ", &none()).total, 1);
}

#[test]
fn a_message_put_again_replaces_itself() {
    let (_dir, index) = index(&["старый текст", "старый сосед"]);
    index.put([Doc { replaces: true, ..doc(1, "новый текст") }], Seq(3)).unwrap();
    assert_eq!(ids(&index, "старый ", &none()), [2]);
    assert_eq!(ids(&index, "новый ", &none()), [1]);
    assert_eq!((index.count(), index.cursor()), (2, Seq(3)));
}

#[test]
fn a_rebuild_answers_from_the_old_until_it_is_done() {
    let (_dir, index) = index(&["старый текст"]);
    let clauses = parse("старый ").unwrap().clauses;
    let built: Result<(), Error> = index.rebuild(|putting| {
        putting.put(&doc(1, "новый текст"))?;
        assert!(index.matches_any(&clauses, &none())?, "the old one serves");
        Ok(Seq(7))
    });
    built.unwrap();
    assert_eq!(ids(&index, "текст ", &none()), [1]);
    assert!(!index.matches_any(&clauses, &none()).unwrap());
    let failed: Result<(), Error> = index.rebuild(|_| Err(Error::Stopped));
    assert!(failed.is_err());
    assert_eq!((ids(&index, "новый ", &none()), index.cursor()), (vec![1], Seq(7)), "a rebuild that failed changes nothing");
}

#[test]
fn what_was_meant_is_shown_and_said() {
    let texts = ["Привет, пришлите договор", "Hello and invoice", "деньги за отгрузку", "тел. 8 916 123-45-67", "предложение"];
    let (_dir, index) = index(&texts);
    let instead = |typed: &str| {
        let parsed = parse(typed).unwrap();
        assert!(!index.matches_any(&parsed.clauses, &none()).unwrap(), "{typed} is found as it is");
        let found = index.instead(typed, &parsed, &none()).unwrap()?;
        let hits = index.page(&found.parsed.clauses, &none(), Sort::Oldest, (0, 10), START).unwrap();
        Some((found.kind, found.shown, hits.iter().map(|h| h.row.link.message.0).collect::<Vec<_>>()))
    };
    for (typed, kind, shown, found) in [
        ("ghbdtn ", InsteadKind::Layout, "привет", 1),
        ("ghtlkj;tybt ", InsteadKind::Layout, "предложение", 5),
        ("руддщ ", InsteadKind::Layout, "hello", 2),
        ("ghbdtn договор ", InsteadKind::Layout, "привет договор", 1),
        ("privet ", InsteadKind::Latin, "привет", 1),
        ("dengi ", InsteadKind::Latin, "деньги", 3),
        ("догавор ", InsteadKind::Typo, "договор", 1),
        ("тоговор ", InsteadKind::Typo, "договор", 1),
        ("дагавор ", InsteadKind::Typo, "договор", 1),
        ("invioce ", InsteadKind::Typo, "invoice", 2),
        ("груз ", InsteadKind::Part, "*груз*", 3),
        ("916123 ", InsteadKind::Part, "*916123*", 4),
    ] {
        assert_eq!(instead(typed), Some((kind, shown.to_owned(), vec![found])), "{typed}");
    }
    assert_eq!(instead("абракадабра "), None);
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
                    || index.page(&parse("договор").unwrap().clauses, &none(), Sort::Relevance, (0, 10), 0).is_err()
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
        Highlighter::new(&parse(typed).unwrap().clauses)
            .spans(text)
            .iter()
            .map(|s| text.get(s.start..s.end).unwrap().to_owned())
            .collect()
    };
    assert_eq!(marked("договор", "Про Договоры и договором, договорились"), ["Договоры", "договором"]);
    assert_eq!(marked("\"на оплату\"", "счёт на оплату"), ["на", "оплату"]);
    assert_eq!(marked("елка", "Ёлка"), ["Ёлка"]);
    assert_eq!(marked("догово", "договорились"), ["договорились"]);
}

#[test]
fn a_message_knows_its_place_among_the_hits_of_its_chat() {
    let dir = tempfile::tempdir().unwrap();
    let index = SearchIndex::open(dir.path(), &key(), "a").unwrap();
    // Odd numbers are of one chat, even ones of another. An earlier text counts, and a message counts once.
    let docs = [
        doc(1, "договор"),
        doc(2, "договор"),
        versions(3, &["договоры", "договор"]),
        doc(5, "счёт"),
        versions(7, &["счёт", "договор"]),
    ];
    index.put(docs, Seq(5)).unwrap();
    index.remove(&[link(1)]).unwrap();
    index.put([doc(9, "по договору")], Seq(6)).unwrap();
    let place = |of: i64| {
        let clauses = parse("договор ").unwrap().clauses;
        let place = index.place(&clauses, &Condition::Chats(vec![link(1).chat]), MessageId(of)).unwrap();
        let ids = [place.before, place.after, place.first, place.last].map(|id| id.map(|id| id.0));
        (place.total, place.until, place.is_hit, ids)
    };
    assert_eq!(place(7), (3, 2, true, [Some(3), Some(9), Some(3), Some(9)]));
    assert_eq!(place(5), (3, 1, false, [Some(3), Some(7), Some(3), Some(9)]));
    assert_eq!(place(0), (3, 0, false, [None, Some(3), Some(3), Some(9)]));
    assert_eq!(place(100), (3, 3, false, [Some(9), None, Some(3), Some(9)]));
}
