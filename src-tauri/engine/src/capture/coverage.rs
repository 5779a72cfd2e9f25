//! The coverage ledger: for every chat in scope, when it was watched as it happened, and when nobody watched. Written by
//! the loop itself, with what it heard.

use super::desk::{Desk, Inner};
use letopis_model::{Change, ChatId, Coverage, CoverageState, Source, Timestamp};
use std::sync::atomic::{AtomicI64, Ordering};

/// A live stretch is made longer in the ledger so often, seconds.
const EVERY: i64 = 60;

/// When the ledger was written last, and where the last live stretch ended.
#[derive(Default)]
pub struct Ledger {
    written: AtomicI64,
}

impl Desk {
    /// What the ledger says now, if it is time to say it. `before`: when everything was known last, in this run or an
    /// earlier one.
    pub fn ledger(&self, inner: &Inner, before: Timestamp, now: Timestamp) -> Vec<Change> {
        let since = self.span_at(now);
        let is_new = since == now;
        if !is_new && now.0 < self.ledger.written.load(Ordering::Relaxed) + EVERY {
            return Vec::new();
        }
        self.ledger.written.store(now.0, Ordering::Relaxed);
        let mut changes = Vec::new();
        for chat in inner.sieve.chats.values().filter(|chat| !chat.is_gone) {
            let id = ChatId::new(Some(self.id), chat.peer);
            let from = since.max(chat.joined_at).min(now);
            changes.push(self.covered(id, from, now, CoverageState::Live, "live"));
            // Blind since it was last watched: what could be told afterwards was, but not what came and went meanwhile.
            if is_new && before.0 > 0 && before < now && chat.joined_at <= before {
                changes.push(self.covered(id, before, now, CoverageState::Gap, "offline"));
            }
        }
        changes
    }

    pub fn covered(&self, chat: ChatId, from: Timestamp, to: Timestamp, state: CoverageState, why: &str) -> Change {
        let (account, why) = (Some(self.id), why.to_owned());
        Change::Covered(Box::new(Coverage { account, chat, from, to, state, why, source: Source::Live }))
    }
}
