//! Summaries, promises, the side card.

use super::keep::{count, seconds};
use super::reading::{NAME, cut};
use super::{
    ChatCard, Citation, DayCount, PromiseState, PromiseView, Section, SectionKind, Summary, SummaryItem, SummaryRequest,
};
use crate::commands::chat_id;
use letopis_engine::insights::{self, Author, Promise, summary};
use letopis_engine::model::{AccountId, ChatId, Direction, Message, Timestamp};
use letopis_engine::{Failure, ManagerPromise, OpenArchive, SummaryAnswer};

const DAY: i64 = 86_400;
/// The card looks at this many days.
const CARD_DAYS: i64 = 30;
/// Newest messages that the card counts.
const CARD_MESSAGES: usize = 4_000;

impl From<insights::PromiseState> for PromiseState {
    fn from(state: insights::PromiseState) -> Self {
        match state {
            insights::PromiseState::Open => PromiseState::Open,
            insights::PromiseState::Kept => PromiseState::Kept,
            insights::PromiseState::Late => PromiseState::Late,
            insights::PromiseState::Broken => PromiseState::Broken,
            insights::PromiseState::Withdrawn => PromiseState::Withdrawn,
        }
    }
}

impl From<PromiseState> for insights::PromiseState {
    fn from(state: PromiseState) -> Self {
        match state {
            PromiseState::Open => insights::PromiseState::Open,
            PromiseState::Kept => insights::PromiseState::Kept,
            PromiseState::Late => insights::PromiseState::Late,
            PromiseState::Broken => insights::PromiseState::Broken,
            PromiseState::Withdrawn => insights::PromiseState::Withdrawn,
        }
    }
}

fn author(author: Author) -> &'static str {
    match author {
        Author::Manager => "manager",
        Author::Team => "team",
        Author::Client => "client",
        Author::Both => "both",
    }
}

fn section_kind(kind: summary::SectionKind) -> SectionKind {
    match kind {
        summary::SectionKind::Promises => SectionKind::Promises,
        summary::SectionKind::Questions => SectionKind::Questions,
        summary::SectionKind::Requests => SectionKind::Requests,
        summary::SectionKind::Agreements => SectionKind::Agreements,
        summary::SectionKind::Changes => SectionKind::Changes,
    }
}

fn promise_view(archive: &OpenArchive, promise: Promise, title: &str, manager: &str) -> Result<PromiseView, Failure> {
    let closing = promise.closed_by.map(|link| archive.find_message(link)).transpose()?.flatten();
    Ok(PromiseView {
        link: promise.quote.link.to_string(),
        chat: promise.quote.link.chat.to_string(),
        chat_title: cut(title, NAME),
        manager: cut(manager, NAME),
        author: author(promise.author).to_owned(),
        quote: promise.quote.text,
        at: seconds(promise.quote.at),
        due_at: promise.due_at.map(seconds),
        due_text: promise.due_text,
        state: promise.state.into(),
        closed_by: closing.and_then(|m| Some(Citation { link: m.link.to_string(), at: seconds(m.sent_at?) })),
    })
}

impl PromiseView {
    pub fn of(archive: &OpenArchive, owed: ManagerPromise) -> Result<Self, Failure> {
        promise_view(archive, owed.promise, &owed.title, &owed.manager)
    }
}

impl SummaryRequest {
    pub fn resolve(self) -> Result<letopis_engine::SummaryRequest, Failure> {
        let manager = self.manager.filter(|id| !id.is_empty());
        Ok(letopis_engine::SummaryRequest {
            manager: manager.map(|id| id.parse().map(AccountId).map_err(|_| Failure::NoSuchManager)).transpose()?,
            chats: self.chats.iter().map(|chat| chat_id(chat)).collect::<Result<_, _>>()?,
            from: Timestamp(i64::from(self.from)),
            to: Timestamp(i64::from(self.to)),
        })
    }
}

impl Summary {
    pub fn of(archive: &OpenArchive, answer: SummaryAnswer) -> Result<Self, Failure> {
        let mut sections = Vec::new();
        for (kind, items) in answer.sections {
            let items = items.into_iter().map(|i| item(archive, i.item, i.chat, &i.title)).collect::<Result<_, _>>()?;
            sections.push(Section { kind: section_kind(kind), items });
        }
        Ok(Summary { sections, chats: count(answer.chats), messages: count(answer.messages) })
    }
}

fn item(archive: &OpenArchive, item: summary::Item, chat: ChatId, title: &str) -> Result<SummaryItem, Failure> {
    let quote = item.quote;
    let citations = item.citations.into_iter().map(|(link, at)| Citation { link: link.to_string(), at: seconds(at) });
    Ok(SummaryItem {
        quote: quote.text,
        sender: cut(&quote.sender, NAME),
        direction: quote.direction.into(),
        chat: chat.to_string(),
        chat_title: cut(title, NAME),
        at: seconds(quote.at),
        citations: citations.collect(),
        promise: item.promise.map(|p| promise_view(archive, p, title, "")).transpose()?,
        class: item.class,
    })
}

impl ChatCard {
    pub fn of(archive: &OpenArchive, chat: ChatId) -> Result<Self, Failure> {
        let record = archive.chat_record(chat)?;
        let managers = archive.managers()?;
        let manager = managers.iter().find(|m| record.accounts.contains(&m.account)).map_or("", |m| m.name.as_str());
        let found = archive.chat_findings(chat)?;
        // A chat that fell silent is described by its own last month, not by an empty one.
        let end = record.last_at.map_or(archive.clock().now(), |last| last.min(archive.clock().now())).plus(1);
        let begin = archive.clock().day_start(end.plus(-(CARD_DAYS - 1) * DAY));
        let recent = archive.since(chat, begin, CARD_MESSAGES)?;
        let summary = summary::of_chat(&recent, &found.findings, begin, end);
        let answer = SummaryAnswer {
            chats: 1,
            messages: u64::from(summary.messages),
            sections: summary.sections.into_iter().map(|s| (s.kind, named(s.items, chat, &record.title))).collect(),
        };
        let first = archive.page(chat, letopis_engine::Anchor::First, 1)?.messages.pop();
        let sent = recent.iter().filter(|m| m.direction == Direction::Out).count();
        let owed = found.findings.promises.iter().filter(|p| p.is_ours() && p.is_owed());
        let mut owed: Vec<&Promise> = owed.collect();
        owed.sort_by_key(|p| (concern(p), p.due_at, std::cmp::Reverse(p.quote.at)));
        let promises =
            owed.into_iter().map(|p| promise_view(archive, p.clone(), &record.title, manager)).collect::<Result<_, _>>()?;
        let mut times: Vec<u32> = insights::response_times(&recent).iter().map(|r| r.seconds).collect();
        times.sort_unstable();
        Ok(ChatCard {
            summary: Summary::of(archive, answer)?,
            promises,
            first_at: record.first_at.map(seconds),
            first_direction: first.map(|m| m.direction.into()),
            sent: count(sent),
            received: count(recent.len() - sent),
            days: days(archive, &recent, begin, end),
            response_median: quantile(&times, 50),
            response_p90: quantile(&times, 90),
        })
    }
}

/// What the lead can still do something about comes first.
fn concern(promise: &Promise) -> u8 {
    match (promise.state, promise.due_at) {
        (insights::PromiseState::Late, _) => 0,
        (insights::PromiseState::Open, Some(_)) => 1,
        (insights::PromiseState::Open, None) => 2,
        (insights::PromiseState::Broken | insights::PromiseState::Kept | insights::PromiseState::Withdrawn, _) => 3,
    }
}

fn named(items: Vec<summary::Item>, chat: ChatId, title: &str) -> Vec<letopis_engine::SummaryItem> {
    items.into_iter().map(|item| letopis_engine::SummaryItem { chat, title: title.to_owned(), item }).collect()
}

/// One count a day from `begin` to `end`, days without messages included.
fn days(archive: &OpenArchive, messages: &[Message], begin: Timestamp, end: Timestamp) -> Vec<DayCount> {
    let mut days: Vec<DayCount> = Vec::new();
    let mut day = begin;
    while day < end {
        days.push(DayCount { day: seconds(day), sent: 0, received: 0 });
        // Noon of the next day avoids the hour that summer time adds or takes.
        day = archive.clock().day_start(day.plus(DAY + DAY / 2));
    }
    for message in messages {
        let at = message.sent_at.map_or(0, seconds);
        if let Some(day) = days.iter_mut().rev().find(|d| d.day <= at) {
            match message.direction {
                Direction::Out => day.sent += 1,
                Direction::In => day.received += 1,
            }
        }
    }
    days
}

/// The nearest-rank quantile of sorted values.
fn quantile(sorted: &[u32], percent: usize) -> Option<u32> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}
