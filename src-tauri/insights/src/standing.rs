//! Where a chat stands now, and what a newcomer must read first.

use crate::findings::{Findings, Promise, PromiseState, Question, Quote, RequestClass};
use letopis_model::{Direction, Message, MessageKind, MessageLink, Timestamp};
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub last_client_message: Option<Quote>,
    pub last_manager_message: Option<Quote>,
    /// The earliest client question without an answer.
    pub unanswered: Option<Quote>,
    pub open_promises: usize,
    /// Late and broken ones that are still owed.
    pub late_promises: usize,
}

/// Where things stand, for the handover.
pub fn standing(messages: &[Message], findings: &Findings) -> Standing {
    Standing {
        last_client_message: last(messages, Direction::In),
        last_manager_message: last(messages, Direction::Out),
        unanswered: unanswered(findings).next().map(|q| q.quote.clone()),
        open_promises: ours(findings).filter(|p| p.state == PromiseState::Open).count(),
        late_promises: ours(findings).filter(|p| p.is_overdue()).count(),
    }
}

/// When the earliest client question that is still without an answer was asked. A hold is no answer.
pub fn waiting_since(messages: &[Message], findings: &Findings) -> Option<Timestamp> {
    let known: Vec<MessageLink> = messages.iter().map(|m| m.link).collect();
    unanswered(findings).find(|q| known.contains(&q.quote.link)).map(|q| q.quote.at)
}

/// The messages a newcomer must read, at most `limit`, in the order of the chat: agreements, what is owed,
/// what waits, complaints, talk of prices, the last words of each side.
pub fn read_first(messages: &[Message], findings: &Findings, limit: usize) -> Vec<Quote> {
    let ends = [last(messages, Direction::In), last(messages, Direction::Out)].into_iter().flatten();
    let owed = findings.promises.iter().filter(|p| p.is_owed());
    let of_class =
        |class: RequestClass| findings.requests.iter().filter(move |r| r.classes.contains(&class)).rev().map(|r| r.quote.clone());
    let ranked = findings
        .agreements
        .iter()
        .rev()
        .map(|a| a.quote.clone())
        .chain(owed.rev().map(|p| p.quote.clone()))
        .chain(unanswered(findings).map(|q| q.quote.clone()))
        .chain(ends)
        .chain(of_class(RequestClass::Complaint))
        .chain(of_class(RequestClass::Cancel))
        .chain(findings.objections.iter().rev().map(|o| o.quote.clone()))
        .chain(of_class(RequestClass::Price));
    let mut picked: BTreeMap<MessageLink, Quote> = BTreeMap::new();
    for quote in ranked {
        if picked.len() >= limit {
            break;
        }
        picked.entry(quote.link).or_insert(quote);
    }
    let mut quotes: Vec<Quote> = picked.into_values().collect();
    quotes.sort_by_key(|q| (q.at, q.link));
    quotes
}

fn unanswered(findings: &Findings) -> impl Iterator<Item = &Question> {
    findings.questions.iter().filter(|q| q.answered_by.is_none() && q.quote.direction == Direction::In)
}

/// Promises of the manager's side.
fn ours(findings: &Findings) -> impl Iterator<Item = &Promise> {
    findings.promises.iter().filter(|p| p.is_ours())
}

fn last(messages: &[Message], direction: Direction) -> Option<Quote> {
    let said =
        |m: &&Message| m.direction == direction && m.content.kind != MessageKind::Service && !m.content.text.trim().is_empty();
    messages.iter().rev().find(said).map(|m| Quote::of(m, &m.content.text))
}
