//! Whole chats: who waits, how fast the answers came, where things stand, the summary of a day, and that it is fast.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

use jiff::tz::TimeZone;
use letopis_insights::summary::{self, SectionKind};
use letopis_insights::{PromiseState, find, read_first, response_times, standing, waiting_since};
use letopis_model::{
    ChatId, Content, Deletion, DeletionCause, Direction, Message, MessageId, MessageKind, MessageLink, PeerId, Source, Timestamp,
};

/// Wednesday, 8 July 2026, 11:00 in Moscow.
const START: i64 = 1_783_497_600;
const DAY: i64 = 24 * 3600;

fn moscow() -> TimeZone {
    TimeZone::get("Europe/Moscow").unwrap()
}

/// `at` in minutes after the start.
fn message(id: i64, at: i64, direction: Direction, text: &str) -> Message {
    Message {
        link: MessageLink::new(ChatId::new(None, PeerId::user(9)), MessageId(id)),
        sender: None,
        sender_name: if direction == Direction::Out { "Анна Крылова".into() } else { "Игорь".into() },
        direction,
        sent_at: Some(Timestamp(START + at * 60)),
        edited_at: None,
        content: Content::text(text),
        deleted: None,
        versions: 1,
        reactions: Vec::new(),
    }
}

fn story() -> Vec<Message> {
    use Direction::{In, Out};
    let mut chat = vec![
        message(1, 0, In, "Анна, добрый день! Сколько стоит годовая лицензия на 20 мест?"),
        message(2, 4, Out, "Добрый день, Игорь! 18 000 за место в год, от 20 мест скидка 12%"),
        message(3, 9, In, "12% нас устраивает, фиксируем"),
        message(4, 12, Out, "Отлично! Договор пришлю сегодня до 18:00"),
        message(5, 30, In, "хорошо"),
        message(6, 300, Out, "Договор отправила на почту"),
        message(7, 1500, In, "Спасибо. А когда подключите модуль отчётов? Он до сих пор не работает"),
        message(8, 1503, Out, "Уточню у разработчиков и вернусь завтра"),
        message(9, 1510, In, "Это неправильная цена, удаляю"),
    ];
    if let Some(last) = chat.last_mut() {
        let seen = last.sent_at.unwrap();
        last.deleted = Some(Deletion { from: seen, to: seen.plus(600), source: Source::Live, cause: DeletionCause::Unknown });
    }
    chat
}

#[test]
fn igor_waits_and_anna_owes() {
    let chat = story();
    let findings = find(&chat, Timestamp(START + 2 * DAY), &moscow());
    assert_eq!(waiting_since(&chat, &findings), chat[6].sent_at);
    let states: Vec<PromiseState> = findings.promises.iter().map(|p| p.state).collect();
    assert_eq!(states, [PromiseState::Kept, PromiseState::Open]);
    assert_eq!(findings.promises[0].quote.text, "Договор пришлю сегодня до 18:00");
    assert_eq!(findings.promises[0].due_text, "сегодня до 18:00");
    assert_eq!(findings.promises[0].closed_by, Some(chat[5].link));
    assert_eq!(findings.questions[1].held_by, Some(chat[7].link));
    assert_eq!(findings.agreements[0].figures, ["12%"]);
    let standing = standing(&chat, &findings);
    assert_eq!((standing.open_promises, standing.late_promises), (1, 0));
    assert_eq!(standing.unanswered.unwrap().link, chat[6].link);
}

#[test]
fn an_overdue_promise_is_late_then_broken() {
    let chat = story();
    let state = |days: i64| find(&chat, Timestamp(START + days * DAY), &moscow()).promises[1].state;
    assert_eq!((state(2), state(4), state(8)), (PromiseState::Open, PromiseState::Late, PromiseState::Broken));
}

#[test]
fn answers_are_timed_from_the_oldest_waiting_message() {
    let chat = story();
    let times = response_times(&chat);
    let seconds: Vec<u32> = times.iter().map(|t| t.seconds).collect();
    assert_eq!(seconds, [240, 180, 270 * 60, 180]);
    assert_eq!(times[1].asked, chat[2].link);
}

#[test]
fn the_summary_cites_every_line() {
    let chat = story();
    let findings = find(&chat, Timestamp(START + 2 * DAY), &moscow());
    let summary = summary::of_chat(&chat, &findings, Timestamp(START), Timestamp(START + 2 * DAY));
    let kinds: Vec<SectionKind> = summary.sections.iter().map(|s| s.kind).collect();
    assert_eq!(
        kinds,
        [SectionKind::Promises, SectionKind::Questions, SectionKind::Requests, SectionKind::Agreements, SectionKind::Changes]
    );
    assert_eq!(summary.messages, 9);
    for item in summary.sections.iter().flat_map(|s| &s.items) {
        let (link, _) = item.citations[0];
        let source = chat.iter().find(|m| m.link == link).unwrap();
        assert!(source.content.text.contains(&item.quote.text));
    }
    assert_eq!(summary.sections[4].items[0].class, "deleted");
    let empty = summary::of_chat(&chat, &findings, Timestamp(0), Timestamp(10));
    assert!(empty.sections.is_empty() && empty.messages == 0);
}

#[test]
fn a_newcomer_reads_the_terms_and_debts_first() {
    let chat = story();
    let findings = find(&chat, Timestamp(START + 2 * DAY), &moscow());
    let ids: Vec<i64> = read_first(&chat, &findings, 3).iter().map(|q| q.link.message.0).collect();
    assert_eq!(ids, [3, 7, 8]);
}

#[test]
fn nothing_of_the_text_reaches_a_log() {
    let chat = story();
    let findings = find(&chat, Timestamp(START + 2 * DAY), &moscow());
    let summary = summary::of_chat(&chat, &findings, Timestamp(START), Timestamp(START + 2 * DAY));
    let log = format!("{findings:?} {summary:?} {:?}", standing(&chat, &findings));
    for word in ["Договор", "Игорь", "Анна", "12%", "завтра"] {
        assert!(!log.contains(word), "{word}");
    }
}

/// Prints the time of 20,000 messages; looked at in release, asserted nowhere.
#[test]
fn a_large_chat_is_read_through() {
    let lines = story();
    let chat: Vec<Message> = (0..20_000i64)
        .map(|n| {
            let line = &lines[n as usize % lines.len()];
            Message { deleted: None, ..message(n, n * 7, line.direction, &line.content.text) }
        })
        .collect();
    let started = std::time::Instant::now();
    let findings = find(&chat, Timestamp(START + 400 * DAY), &moscow());
    println!("20,000 messages in {:?}: {} promises", started.elapsed(), findings.promises.len());
    assert!(findings.promises.len() > 4_000);
    assert!(chat.iter().all(|m| m.content.kind == MessageKind::Text));
}
