//! The draft: per client where things stand, what is owed and agreed, who is who, what to read first. Everything in it is
//! a proposal with a quote; the lead rewrites, reorders and leaves out.

use crate::words::{Lang, plural_ru};
use crate::{Failure, OpenArchive};
use letopis_archive::ChatRecord;
use letopis_insights::{PromiseState, Quote, read_first, standing};
use letopis_model::{ChatId, Direction, Message, MessageLink, Timestamp};
use std::collections::BTreeMap;

/// Newest messages of a chat that a pack carries.
pub const MESSAGES_A_CLIENT: usize = 20_000;
const READ_FIRST: usize = 7;
/// Older open questions and requests are history.
const LINES_A_KIND: usize = 12;

pub struct DraftRequest {
    /// Account number or name.
    pub manager: String,
    /// All chats of the manager when empty.
    pub chats: Vec<ChatId>,
    pub months: u32,
}

#[derive(Clone)]
pub struct Draft {
    pub manager: String,
    pub months: u32,
    pub from: Timestamp,
    pub to: Timestamp,
    pub note: String,
    pub clients: Vec<DraftClient>,
}

#[derive(Clone)]
pub struct DraftClient {
    pub chat: ChatId,
    pub title: String,
    pub included: bool,
    pub state: String,
    /// In the period.
    pub messages: u64,
    pub last_at: Option<Timestamp>,
    pub lines: Vec<DraftLine>,
    pub people: Vec<Person>,
}

#[derive(Clone)]
pub struct DraftLine {
    pub kind: LineKind,
    pub text: String,
    pub sender: String,
    pub link: MessageLink,
    pub at: Timestamp,
    pub due_at: Option<Timestamp>,
    pub promise: Option<PromiseState>,
    pub included: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    Promise,
    Question,
    Request,
    Agreement,
    Read,
}

#[derive(Clone)]
pub struct Person {
    pub name: String,
    pub direction: Direction,
    pub messages: u64,
}

impl OpenArchive {
    /// Proposes a draft; clients with something owed or waiting come first.
    pub fn draft(&self, request: &DraftRequest, lang: Lang) -> Result<Draft, Failure> {
        let manager = self.find_manager(&request.manager)?;
        let to = self.clock.now();
        let from = self.clock.months_before(to, request.months);
        let mut clients = Vec::new();
        for record in self.chosen(Some(manager.account), &request.chats)? {
            if let Some(client) = self.draft_client(&record, from, lang)? {
                clients.push(client);
            }
        }
        clients.sort_by_key(|c| std::cmp::Reverse((weight(c), c.last_at)));
        Ok(Draft { manager: manager.name, months: request.months, from, to, note: String::new(), clients })
    }

    fn draft_client(&self, record: &ChatRecord, from: Timestamp, lang: Lang) -> Result<Option<DraftClient>, Failure> {
        let messages = self.since(record.chat, from, MESSAGES_A_CLIENT)?;
        if messages.is_empty() {
            return Ok(None);
        }
        let findings = letopis_insights::find(&messages, self.clock.now(), self.clock.zone());
        let mut lines = Vec::new();
        for promise in findings.promises.iter().filter(|p| p.is_ours() && p.is_owed()) {
            let mut line = line(LineKind::Promise, &promise.quote);
            (line.due_at, line.promise) = (promise.due_at, Some(promise.state));
            lines.push(line);
        }
        // The newest first: what was promised last is what the client remembers.
        lines.reverse();
        let open = findings.questions.iter().filter(|q| q.answered_by.is_none());
        lines.extend(newest(open.map(|q| line(LineKind::Question, &q.quote))));
        lines.extend(newest(findings.requests.iter().map(|r| line(LineKind::Request, &r.quote))));
        lines.extend(newest(findings.agreements.iter().map(|a| line(LineKind::Agreement, &a.quote))));
        lines.extend(read_first(&messages, &findings, READ_FIRST).iter().map(|q| line(LineKind::Read, q)));
        let standing = standing(&messages, &findings);
        Ok(Some(DraftClient {
            chat: record.chat,
            title: record.title.clone(),
            included: true,
            state: self.state_words(&standing, record, lang),
            messages: messages.len() as u64,
            last_at: messages.last().and_then(|m| m.sent_at),
            lines,
            people: people(&messages),
        }))
    }

    fn state_words(&self, standing: &letopis_insights::Standing, record: &ChatRecord, lang: Lang) -> String {
        let mut parts = Vec::new();
        let day = |at: Timestamp| self.clock.zoned(at).strftime("%d.%m.%Y").to_string();
        if let Some((_, to)) = record.vanished {
            parts.push(match lang {
                Lang::Ru => format!("Чат удалён у менеджера до {}; все сообщения сохранены.", day(to)),
                Lang::En => format!("The chat was deleted on the manager's side before {}; every message is kept.", day(to)),
            });
        }
        let last = match (&standing.last_client_message, &standing.last_manager_message) {
            (Some(client), Some(manager)) if client.at < manager.at => Some((manager, false)),
            (Some(client), _) => Some((client, true)),
            (None, Some(manager)) => Some((manager, false)),
            (None, None) => None,
        };
        if let Some((quote, by_client)) = last {
            let (day, text) = (day(quote.at), quote.text.trim());
            parts.push(match (lang, by_client) {
                (Lang::Ru, true) => format!("Последним писал клиент, {day}: «{text}»"),
                (Lang::Ru, false) => format!("Последними писали мы, {day}: «{text}»"),
                (Lang::En, true) => format!("The client wrote last, on {day}: “{text}”"),
                (Lang::En, false) => format!("We wrote last, on {day}: “{text}”"),
            });
        }
        if let Some(quote) = &standing.unanswered {
            parts.push(match lang {
                Lang::Ru => format!("Без ответа с {}: «{}»", day(quote.at), quote.text.trim()),
                Lang::En => format!("Unanswered since {}: “{}”", day(quote.at), quote.text.trim()),
            });
        }
        let (owed, late) = ((standing.open_promises + standing.late_promises) as u64, standing.late_promises);
        if owed > 0 {
            parts.push(match lang {
                Lang::Ru => {
                    format!("За нами {owed} {}, из них просрочено: {late}.", plural_ru(owed, "обещание", "обещания", "обещаний"))
                }
                Lang::En => format!("We owe {owed} {}, overdue: {late}.", if owed == 1 { "promise" } else { "promises" }),
            });
        }
        parts.join("\n")
    }
}

fn line(kind: LineKind, quote: &Quote) -> DraftLine {
    DraftLine {
        kind,
        text: quote.text.clone(),
        sender: quote.sender.clone(),
        link: quote.link,
        at: quote.at,
        due_at: None,
        promise: None,
        included: true,
    }
}

fn newest(lines: impl Iterator<Item = DraftLine>) -> Vec<DraftLine> {
    let mut all: Vec<DraftLine> = lines.collect();
    all.drain(..all.len().saturating_sub(LINES_A_KIND));
    all
}

/// Who wrote, the most talkative first.
fn people(messages: &[Message]) -> Vec<Person> {
    let mut counts: BTreeMap<(&str, Direction), u64> = BTreeMap::new();
    for message in messages.iter().filter(|m| !m.sender_name.is_empty()) {
        *counts.entry((&message.sender_name, message.direction)).or_default() += 1;
    }
    let mut people: Vec<Person> =
        counts.into_iter().map(|((name, direction), messages)| Person { name: name.to_owned(), direction, messages }).collect();
    people.sort_by_key(|p| std::cmp::Reverse(p.messages));
    people
}

/// How much a client needs the newcomer: what is late, then what is open, then what waits.
fn weight(client: &DraftClient) -> (usize, usize, usize) {
    let count = |wanted: &dyn Fn(&DraftLine) -> bool| client.lines.iter().filter(|l| wanted(l)).count();
    let late = count(&|l| matches!(l.promise, Some(PromiseState::Late | PromiseState::Broken)));
    let open = count(&|l| l.promise == Some(PromiseState::Open));
    (late, open, count(&|l| l.kind == LineKind::Question))
}
