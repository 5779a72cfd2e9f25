//! Summaries and the promise ledger over chosen chats: the detectors' findings, gathered and ordered, each with its citation.

use crate::findings::WINDOW;
use crate::{Failure, OpenArchive};
use letopis_insights::summary::{Item, SectionKind, of_chat};
use letopis_insights::{Promise, PromiseState};
use letopis_model::{AccountId, ChatId, Timestamp};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Context before the period, so that a promise and the request it answers are seen together.
const CONTEXT: i64 = 30 * 86_400;

#[derive(Clone, Default)]
pub struct SummaryRequest {
    /// All managers when absent.
    pub manager: Option<AccountId>,
    /// All chats of the manager when empty.
    pub chats: Vec<ChatId>,
    pub from: Timestamp,
    /// Exclusive.
    pub to: Timestamp,
}

pub struct SummaryItem {
    pub chat: ChatId,
    pub title: String,
    pub item: Item,
}

#[derive(Default)]
pub struct SummaryAnswer {
    pub sections: Vec<(SectionKind, Vec<SummaryItem>)>,
    /// What it rests on.
    pub chats: u64,
    pub messages: u64,
}

pub struct ManagerPromise {
    pub chat: ChatId,
    pub title: String,
    pub manager: String,
    pub promise: Promise,
}

/// Sections stand in this order.
fn place(kind: SectionKind) -> usize {
    match kind {
        SectionKind::Promises => 0,
        SectionKind::Questions => 1,
        SectionKind::Requests => 2,
        SectionKind::Agreements => 3,
        SectionKind::Changes => 4,
    }
}

/// Over several chats what is owed comes first, then the newest.
fn urgency(item: &SummaryItem) -> u8 {
    let Some(promise) = &item.item.promise else { return 0 };
    match (promise.state, promise.closed_by) {
        (PromiseState::Late, None) => 0,
        (PromiseState::Broken, _) => 1,
        (PromiseState::Open, _) => 2,
        (PromiseState::Late, Some(_)) => 3,
        (PromiseState::Kept, _) => 4,
        (PromiseState::Withdrawn, _) => 5,
    }
}

impl OpenArchive {
    pub fn summary(&self, request: &SummaryRequest) -> Result<SummaryAnswer, Failure> {
        let mut sections: BTreeMap<usize, (SectionKind, Vec<SummaryItem>)> = BTreeMap::new();
        let mut answer = SummaryAnswer::default();
        for record in self.chosen(request.manager, &request.chats)? {
            if record.last_at.is_none_or(|last| last < request.from) {
                continue;
            }
            let messages = self.since(record.chat, request.from.plus(-CONTEXT), WINDOW)?;
            let findings = letopis_insights::find(&messages, self.clock.now(), self.clock.zone());
            let summary = of_chat(&messages, &findings, request.from, request.to);
            if summary.messages == 0 {
                continue;
            }
            answer.chats += 1;
            answer.messages += u64::from(summary.messages);
            for section in summary.sections {
                let place = place(section.kind);
                let items =
                    section.items.into_iter().map(|item| SummaryItem { chat: record.chat, title: record.title.clone(), item });
                sections.entry(place).or_insert_with(|| (section.kind, Vec::new())).1.extend(items);
            }
        }
        answer.sections = sections.into_values().collect();
        for (_, items) in &mut answer.sections {
            items.sort_by_key(|i| (urgency(i), Reverse(i.item.quote.at)));
        }
        Ok(answer)
    }

    /// Chats of a manager, or those named.
    pub(crate) fn chosen(
        &self,
        manager: Option<AccountId>,
        chats: &[ChatId],
    ) -> Result<Vec<letopis_archive::ChatRecord>, Failure> {
        let all = self.read(|reader| reader.chats())?;
        let wanted = |record: &letopis_archive::ChatRecord| {
            let by_manager = manager.is_none_or(|m| record.accounts.contains(&m));
            if chats.is_empty() { by_manager } else { chats.contains(&record.chat) }
        };
        Ok(all.into_iter().filter(wanted).collect())
    }

    /// Promises of our side in all chats: those with a date first, the nearest first.
    pub fn promises(&self) -> Result<Vec<ManagerPromise>, Failure> {
        let managers: BTreeMap<AccountId, String> = self.managers()?.into_iter().map(|m| (m.account, m.name)).collect();
        let mut all = Vec::new();
        for record in self.read(|reader| reader.chats())? {
            let found = self.findings_of(&record)?;
            let names: Vec<&str> = record.accounts.iter().filter_map(|a| managers.get(a).map(String::as_str)).collect();
            let manager = names.join(", ");
            for promise in found.findings.promises.iter().filter(|p| p.is_ours()) {
                let (title, manager) = (record.title.clone(), manager.clone());
                all.push(ManagerPromise { chat: record.chat, title, manager, promise: promise.clone() });
            }
        }
        all.sort_by_key(|p| (p.promise.due_at.is_none(), p.promise.due_at, p.promise.quote.at, p.promise.quote.link));
        Ok(all)
    }

    /// A manager by number, by the whole name, or by a part of the name that only one has.
    ///
    /// # Errors
    /// `NoSuchManager`, `AmbiguousManager`: whose chats are meant is never guessed.
    pub fn find_manager(&self, named: &str) -> Result<letopis_archive::ManagerRecord, Failure> {
        let managers = self.managers()?;
        let lower = named.trim().to_lowercase();
        if lower.is_empty() {
            return Err(Failure::NoSuchManager);
        }
        let is_exact = |m: &&letopis_archive::ManagerRecord| m.account.0.to_string() == lower || m.name.to_lowercase() == lower;
        let exact: Vec<_> = managers.iter().filter(is_exact).collect();
        let found =
            if exact.is_empty() { managers.iter().filter(|m| m.name.to_lowercase().contains(&lower)).collect() } else { exact };
        match found.as_slice() {
            [only] => Ok((*only).clone()),
            [] => Err(Failure::NoSuchManager),
            _ => Err(Failure::AmbiguousManager),
        }
    }
}
