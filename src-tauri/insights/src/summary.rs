//! The extractive summary of a chat over a period: typed sections, each line a quote with its sources.
//! Nothing is rephrased, so nothing can be invented.

use crate::findings::{Findings, Promise, PromiseState, Quote, RequestClass};
use letopis_model::{DeletionCause, Message, MessageKind, MessageLink, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SectionKind {
    Promises,
    Questions,
    Requests,
    Agreements,
    Changes,
}

#[derive(Clone, PartialEq, Eq)]
pub struct Item {
    pub quote: Quote,
    /// At least one: the quoted message first, then what closed, held or accepted it.
    pub citations: Vec<(MessageLink, Timestamp)>,
    pub promise: Option<Promise>,
    /// The request's classes joined by commas, `edited` or `deleted` for a change, else empty.
    pub class: String,
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Item({:?}, {} citations, {:?})", self.quote, self.citations.len(), self.class)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    pub kind: SectionKind,
    pub items: Vec<Item>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Only those that hold something, in the order of `SectionKind`.
    pub sections: Vec<Section>,
    /// Messages of the period.
    pub messages: u32,
}

/// Sums up the messages of `[from, to)`. Of questions only those still open are listed.
pub fn of_chat(messages: &[Message], findings: &Findings, from: Timestamp, to: Timestamp) -> Summary {
    let within = |at: Timestamp| from <= at && at < to;
    let period = messages.iter().filter(|m| m.content.kind != MessageKind::Service && m.sent_at.is_some_and(within)).count();
    let quoted = |quote: &Quote| within(quote.at);
    let sections = [
        (SectionKind::Promises, promises(messages, findings, quoted)),
        (SectionKind::Questions, questions(messages, findings, quoted)),
        (SectionKind::Requests, requests(findings, quoted)),
        (SectionKind::Agreements, agreements(messages, findings, quoted)),
        (SectionKind::Changes, changes(messages, within)),
    ];
    let filled = sections.into_iter().filter(|(_, items)| !items.is_empty());
    Summary {
        sections: filled.map(|(kind, items)| Section { kind, items }).collect(),
        messages: u32::try_from(period).unwrap_or(u32::MAX),
    }
}

fn item(quote: &Quote, others: Vec<(MessageLink, Timestamp)>) -> Item {
    let citations =
        std::iter::once((quote.link, quote.at)).chain(others.into_iter().filter(|(link, _)| *link != quote.link)).collect();
    Item { quote: quote.clone(), citations, promise: None, class: String::new() }
}

fn cited(messages: &[Message], link: Option<MessageLink>) -> Vec<(MessageLink, Timestamp)> {
    let found = link.and_then(|link| messages.iter().find(|m| m.link == link));
    found.map(|m| (m.link, m.sent_at.unwrap_or_default())).into_iter().collect()
}

fn promises(messages: &[Message], findings: &Findings, quoted: impl Fn(&Quote) -> bool) -> Vec<Item> {
    let mut chosen: Vec<&Promise> = findings.promises.iter().filter(|p| quoted(&p.quote)).collect();
    chosen.sort_by_key(|p| (urgency(p), p.due_at.unwrap_or(Timestamp(i64::MAX)), p.quote.at));
    let line = |p: &Promise| Item { promise: Some(p.clone()), ..item(&p.quote, cited(messages, p.closed_by)) };
    chosen.into_iter().map(line).collect()
}

/// What is owed comes before what is done.
fn urgency(promise: &Promise) -> u8 {
    match (promise.state, promise.closed_by) {
        (PromiseState::Broken, _) => 0,
        (PromiseState::Late, None) => 1,
        (PromiseState::Open, _) => 2,
        (PromiseState::Late, Some(_)) => 3,
        (PromiseState::Withdrawn, _) => 4,
        (PromiseState::Kept, _) => 5,
    }
}

fn questions(messages: &[Message], findings: &Findings, quoted: impl Fn(&Quote) -> bool) -> Vec<Item> {
    let open = findings.questions.iter().filter(|q| q.answered_by.is_none() && quoted(&q.quote));
    open.map(|q| item(&q.quote, cited(messages, q.held_by))).collect()
}

fn requests(findings: &Findings, quoted: impl Fn(&Quote) -> bool) -> Vec<Item> {
    let mut chosen: Vec<_> = findings.requests.iter().filter(|r| quoted(&r.quote)).collect();
    chosen.sort_by_key(|r| (r.classes.iter().map(|c| weight(*c)).min(), r.quote.at));
    let names = |classes: &[RequestClass]| classes.iter().map(|c| c.name()).collect::<Vec<_>>().join(",");
    chosen.into_iter().map(|r| Item { class: names(&r.classes), ..item(&r.quote, Vec::new()) }).collect()
}

/// Who may leave comes first.
fn weight(class: RequestClass) -> u8 {
    match class {
        RequestClass::Cancel => 0,
        RequestClass::Complaint => 1,
        RequestClass::Bug => 2,
        RequestClass::Price => 3,
        RequestClass::Meeting => 4,
        RequestClass::Feature => 5,
        RequestClass::Documents => 6,
        RequestClass::Status => 7,
        RequestClass::Howto => 8,
    }
}

fn agreements(messages: &[Message], findings: &Findings, quoted: impl Fn(&Quote) -> bool) -> Vec<Item> {
    let chosen = findings.agreements.iter().filter(|a| quoted(&a.quote));
    chosen.map(|a| item(&a.quote, cited(messages, Some(a.accepted_by)))).collect()
}

/// Edits and deletions, each by itself; a chat that disappeared whole is one line, not one for each of its messages.
fn changes(messages: &[Message], within: impl Fn(Timestamp) -> bool) -> Vec<Item> {
    let line = |m: &Message, class: &str| Item { class: class.to_owned(), ..item(&Quote::of(m, &m.content.text), Vec::new()) };
    let gone = |m: &&Message| m.deleted.is_some_and(|d| within(d.to));
    let with_chat = |m: &&Message| m.deleted.is_some_and(|d| d.cause == DeletionCause::ChatVanished);
    let last_words = messages.iter().rfind(|m| gone(m) && with_chat(m) && !m.content.text.is_empty());
    let vanished = last_words.map(|m| line(m, "vanished")).into_iter();
    let deleted = messages.iter().filter(|m| gone(m) && !with_chat(m)).map(|m| line(m, "deleted"));
    let edited = messages.iter().filter(|m| m.deleted.is_none() && m.edited_at.is_some_and(&within)).map(|m| line(m, "edited"));
    vanished.chain(deleted).chain(edited).collect()
}
