//! Findings per chat, kept in memory and found again when the chat grew or an hour has passed (a promise falls due by
//! itself). A long chat is looked at from its newest end: what is older than the window is history, not work.

use crate::{Failure, OpenArchive};
use letopis_archive::ChatRecord;
use letopis_insights::Findings;
use letopis_model::{ChatId, MessageLink, Timestamp};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};

/// Newest messages of a chat that are looked at.
pub const WINDOW: usize = 4_000;

/// A chat's counts and the hour: while they stay, so do its findings.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    messages: u64,
    deleted: u64,
    edited: u64,
    last_at: Option<Timestamp>,
    hour: i64,
}

pub type Cache = HashMap<ChatId, (Stamp, Arc<ChatFindings>)>;

pub struct ChatFindings {
    pub findings: Findings,
    pub waiting_since: Option<Timestamp>,
    pub promises: HashSet<MessageLink>,
    pub questions: HashSet<MessageLink>,
    pub requests: HashSet<MessageLink>,
    pub agreements: HashSet<MessageLink>,
}

impl ChatFindings {
    /// Promises of the manager's side that are open, and those whose day has passed.
    pub fn owed(&self) -> (usize, usize) {
        let owed = self.findings.promises.iter().filter(|p| p.is_ours() && p.is_owed());
        let (late, open): (Vec<_>, Vec<_>) = owed.partition(|p| p.is_overdue());
        (open.len(), late.len())
    }
}

impl OpenArchive {
    /// What is found in a chat now.
    pub fn chat_findings(&self, chat: ChatId) -> Result<Arc<ChatFindings>, Failure> {
        self.findings_of(&self.chat_record(chat)?)
    }

    pub(crate) fn findings_of(&self, record: &ChatRecord) -> Result<Arc<ChatFindings>, Failure> {
        let (chat, now) = (record.chat, self.clock.now());
        let stamp = Stamp {
            messages: record.messages,
            deleted: record.deleted,
            edited: record.edited,
            last_at: record.last_at,
            hour: now.0.div_euclid(3600),
        };
        if let Some(found) = self.known(chat, stamp) {
            return Ok(found);
        }
        // The window and the background ask for the same chats: the second waits and finds the work done.
        let _turn = self.finding.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = self.known(chat, stamp) {
            return Ok(found);
        }
        let found = Arc::new(self.find_in(chat, now)?);
        self.findings.lock().unwrap_or_else(PoisonError::into_inner).insert(chat, (stamp, found.clone()));
        Ok(found)
    }

    fn known(&self, chat: ChatId, stamp: Stamp) -> Option<Arc<ChatFindings>> {
        let known = self.findings.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&chat).filter(|(before, _)| *before == stamp).map(|(_, found)| found.clone())
    }

    fn find_in(&self, chat: ChatId, now: Timestamp) -> Result<ChatFindings, Failure> {
        let messages = self.since(chat, Timestamp(i64::MIN), WINDOW)?;
        let findings = letopis_insights::find(&messages, now, self.clock.zone());
        Ok(ChatFindings {
            waiting_since: letopis_insights::waiting_since(&messages, &findings),
            promises: findings.promises.iter().map(|p| p.quote.link).collect(),
            questions: findings.questions.iter().map(|q| q.quote.link).collect(),
            requests: findings.requests.iter().map(|r| r.quote.link).collect(),
            agreements: findings.agreements.iter().map(|a| a.quote.link).collect(),
            findings,
        })
    }

    /// Looks at every chat, newest first.
    ///
    /// # Errors
    /// `Cancelled` when `stop` is set.
    pub fn find_everywhere(&self, stop: &AtomicBool) -> Result<(), Failure> {
        for record in self.read(|reader| reader.chats())? {
            if stop.load(Ordering::Relaxed) {
                return Err(Failure::Cancelled);
            }
            self.findings_of(&record)?;
        }
        Ok(())
    }
}
