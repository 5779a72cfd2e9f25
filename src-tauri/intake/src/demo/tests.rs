use super::company;
use super::people;
use super::script::{self, Shape};
use letopis_model::{Change, ChatId, MessageId, Sighting, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Friday, 21 November 2025, 15:20 in Moscow.
const NOW: Timestamp = Timestamp(1_763_727_600);

fn originals(changes: &[Change]) -> Vec<&Sighting> {
    posted(changes).into_iter().filter(|s| s.edited_at.is_none()).collect()
}

fn posted(changes: &[Change]) -> Vec<&Sighting> {
    let sighting = |c: &'_ Change| matches!(c, Change::Posted(_));
    changes.iter().filter(|c| sighting(c)).filter_map(|c| if let Change::Posted(s) = c { Some(&**s) } else { None }).collect()
}

fn titled(changes: &[Change], name: &str) -> ChatId {
    let find = |c: &Change| match c {
        Change::ChatSeen { chat, title: Some(title), .. } if title == name => Some(*chat),
        _ => None,
    };
    changes.iter().find_map(find).unwrap()
}

#[test]
fn the_same_now_gives_the_same_company() {
    assert_eq!(company(NOW).len(), company(NOW).len());
    assert!(company(NOW) == company(NOW));
}

#[test]
fn another_now_moves_the_dates_and_keeps_the_company() {
    let count = |now| originals(&company(now)).len().abs_diff(originals(&company(NOW)).len());
    for weeks in [-9, 5, 40] {
        assert_eq!(count(NOW.plus(weeks * 7 * 86_400)), 0);
    }
    assert!(count(NOW.plus(3 * 86_400)) < 400, "a Monday has other eves of weekends, no more");
}

#[test]
fn it_is_as_large_as_promised() {
    let changes = company(NOW);
    let count = |keep: fn(&Change) -> bool| changes.iter().filter(|c| keep(c)).count();
    let messages = originals(&changes).len();
    assert!((20_000..=24_000).contains(&messages), "{messages}");
    assert_eq!(count(|c| matches!(c, Change::AccountSeen { .. })), 4);
    assert!(count(|c| matches!(c, Change::ChatSeen { .. })) >= 64);
    assert_eq!(count(|c| matches!(c, Change::ChatVanished { .. })), 1);
    let deleted = count(|c| matches!(c, Change::Deleted { .. }));
    assert!(deleted >= 60, "{deleted}");
    let edited = posted(&changes).len() - messages;
    assert!(edited >= 150, "{edited}");
    let clients: BTreeSet<&str> = people::clients().iter().map(|c| c.title).collect();
    assert!(clients.len() >= 60);
}

#[test]
fn nothing_happens_after_now() {
    for now in [NOW, NOW.plus(-7 * 3_600), NOW.plus(2 * 86_400)] {
        for change in company(now) {
            match change {
                Change::Posted(s) => assert!(s.sent_at <= Some(now) && s.edited_at <= Some(now) && s.seen_at <= now),
                Change::Deleted { from, to, .. } | Change::ChatVanished { from, to, .. } => {
                    assert!(from < to && to <= now)
                }
                Change::AccountSeen { .. }
                | Change::ChatSeen { .. }
                | Change::PeerSeen { .. }
                | Change::ChatIdentified { .. }
                | Change::MediaKept(_)
                | Change::ReadUpTo { .. }
                | Change::Covered(_) => {}
            }
        }
    }
}

#[test]
fn ids_grow_with_time_and_never_repeat_in_a_chat() {
    let changes = company(NOW);
    let mut last: BTreeMap<ChatId, (MessageId, Option<Timestamp>)> = BTreeMap::new();
    for s in originals(&changes) {
        let before = last.insert(s.chat, (s.message, s.sent_at));
        if let Some((id, at)) = before {
            assert!(s.message > id && s.sent_at >= at);
        }
        if let Some(reply) = &s.content.reply_to {
            assert!(reply.message < s.message);
        }
    }
}

#[test]
fn the_vanished_chat_keeps_every_message() {
    let changes = company(NOW);
    let chat = titled(&changes, "«Дом и сад», закупки");
    let gone =
        changes.iter().find_map(|c| if let Change::ChatVanished { chat, from, .. } = c { Some((*chat, *from)) } else { None });
    let (vanished, from) = gone.unwrap();
    assert_eq!(vanished, chat);
    let kept: Vec<&Sighting> = originals(&changes).into_iter().filter(|s| s.chat == chat).collect();
    assert_eq!(kept.len(), 412);
    assert!(kept.iter().all(|s| s.sent_at <= Some(from)));
}

#[test]
fn one_client_wipes_many_messages_at_once() {
    let changes = company(NOW);
    let chat = titled(&changes, "Степан Жук");
    let of_chat = |c: &&Change| matches!(c, Change::Deleted { chat: c, .. } if *c == chat);
    assert!(changes.iter().filter(of_chat).count() >= 20);
}

#[test]
fn kirill_and_anna_disagree_about_twelve_percent() {
    let changes = company(NOW);
    let chat = titled(&changes, "Кирилл · Промстрой");
    let all: Vec<&Sighting> = posted(&changes).into_iter().filter(|s| s.chat == chat).collect();
    let find = |part: &str| *all.iter().find(|s| s.content.text.contains(part)).unwrap();
    let (offer, edited) = (find("По 400 шт. сможем дать скидку 12%"), find("По 400 шт. сможем дать скидку 8%"));
    assert_eq!(offer.message, edited.message);
    assert!(edited.edited_at > offer.sent_at);
    let accepted = find("Ок, 12% нас устраивает, фиксируем. Счёт на Промстрой-Юг");
    let gone = |c: &Change| matches!(c, Change::Deleted { message, chat: c, .. } if *c == chat && *message == accepted.message);
    assert!(changes.iter().any(gone));
    assert!(find("Так что по срокам и цене? И пришлите, пожалуйста, договор в новой редакции").sent_at > accepted.sent_at);
    let promise = find("Кирилл, да, помню. Скину условия завтра до обеда, договор сегодня вечером");
    assert!(promise.sent_at > Some(NOW.plus(-2 * 86_400)));
    assert!(all.len() > 1_500);
}

#[test]
fn the_talk_is_varied() {
    let changes = company(NOW);
    let long: Vec<&str> =
        originals(&changes).into_iter().map(|s| s.content.text.as_str()).filter(|t| t.chars().count() > 25).collect();
    let distinct: BTreeSet<&str> = long.iter().copied().collect();
    assert!(distinct.len() * 100 >= long.len() * 60, "{} of {}", distinct.len(), long.len());
    let words: BTreeSet<String> =
        long.iter().flat_map(|t| t.split(|c: char| !c.is_alphabetic())).map(str::to_lowercase).collect();
    for form in ["договор", "договора", "договору", "договором", "договоре", "договоры", "договоров"]
    {
        assert!(words.contains(form), "{form}");
    }
}

#[test]
fn entities_lie_on_their_words() {
    let changes = company(NOW);
    let mut seen = 0;
    for s in posted(&changes) {
        let chars: Vec<char> = s.content.text.chars().collect();
        for e in &s.content.entities {
            let word: String = chars.iter().skip(e.start as usize).take(e.len as usize).collect();
            assert!(word.starts_with('+') || word.contains('@') || word.starts_with("https://"), "{word}");
            seen += 1;
        }
    }
    assert!(seen > 300, "{seen}");
}

#[test]
fn every_line_of_the_script_can_be_played() {
    let script = script::script();
    for scene in &script.scenes {
        assert!(!scene.beats.is_empty(), "{}", scene.name);
        for beat in &scene.beats {
            let table = match beat.shape {
                Shape::Say(t) | Shape::File(t) | Shape::Forward(t) | Shape::Photo(Some(t)) => t,
                Shape::Photo(None) | Shape::Voice | Shape::Note | Shape::Sticker => continue,
                Shape::Call | Shape::Missed | Shape::Pin => continue,
            };
            assert!(script.tables.contains_key(table), "{}: {table}", scene.name);
        }
    }
    for (name, lines) in &script.tables {
        for line in lines {
            assert_eq!(line.matches('[').count(), line.matches(']').count(), "{name}: {line}");
            assert_eq!(line.matches('{').count(), line.matches('}').count(), "{name}: {line}");
        }
    }
    let sentences: usize = script.tables.values().map(Vec::len).sum();
    assert!(sentences >= 700, "{sentences}");
}

#[test]
fn every_slot_is_known_and_filled() {
    let open: Vec<String> = originals(&company(NOW))
        .into_iter()
        .map(|s| s.content.text.clone())
        .filter(|t| t.contains(['{', '}', '[', ']', '|']) || t.contains("  "))
        .collect();
    assert!(open.is_empty(), "{open:?}");
}
