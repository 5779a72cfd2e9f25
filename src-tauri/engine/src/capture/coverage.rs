//! The coverage ledger: for every chat in scope, when it was watched as it happened, and when nobody watched. Written by
//! the loop itself, with what it heard.

use super::desk::{Desk, Inner};
use letopis_model::{Change, ChatId, Coverage, CoverageState, Source, Timestamp};
use std::sync::atomic::{AtomicI64, Ordering};

/// A live stretch is made longer in the ledger so often, seconds.
const EVERY: i64 = 60;

/// Why a stretch of a chat was not watched. The archive keeps the name, the window has words for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GapReason {
    /// The program did not run, the account was off, or there was no connection.
    Offline,
    /// There was more to tell than Telegram tells at once.
    TooLong,
    /// Nothing was told of a chat before it was met for the first time.
    NewChannel,
    /// An answer that could not be read.
    Unreadable,
    /// The account was put out of the chat.
    NoAccess,
    /// The run in which the chat came in ended before its position was saved.
    Restart,
}

impl GapReason {
    pub const ALL: [GapReason; 6] = [
        GapReason::Offline,
        GapReason::TooLong,
        GapReason::NewChannel,
        GapReason::Unreadable,
        GapReason::NoAccess,
        GapReason::Restart,
    ];

    pub fn name(self) -> &'static str {
        match self {
            GapReason::Offline => "offline",
            GapReason::TooLong => "too-long",
            GapReason::NewChannel => "new-channel",
            GapReason::Unreadable => "unreadable",
            GapReason::NoAccess => "no-access",
            GapReason::Restart => "restart",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

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
                changes.push(self.blind(id, before, now, GapReason::Offline));
            }
        }
        changes
    }

    /// Nobody watched, and what came and went meanwhile is not known. The only way a gap gets into the ledger.
    pub fn blind(&self, chat: ChatId, from: Timestamp, to: Timestamp, reason: GapReason) -> Change {
        self.covered(chat, from, to, CoverageState::Gap, reason.name())
    }

    /// Everything still there was read.
    pub fn read_whole(&self, chat: ChatId, from: Timestamp, to: Timestamp) -> Change {
        self.covered(chat, from, to, CoverageState::Complete, "history")
    }

    fn covered(&self, chat: ChatId, from: Timestamp, to: Timestamp, state: CoverageState, why: &str) -> Change {
        let (account, why) = (Some(self.id), why.to_owned());
        Change::Covered(Box::new(Coverage { account, chat, from, to, state, why, source: Source::Live }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reason after this one; the compiler asks for a new one here, and the test for its place in the list.
    fn next(reason: GapReason) -> Option<GapReason> {
        match reason {
            GapReason::Offline => Some(GapReason::TooLong),
            GapReason::TooLong => Some(GapReason::NewChannel),
            GapReason::NewChannel => Some(GapReason::Unreadable),
            GapReason::Unreadable => Some(GapReason::NoAccess),
            GapReason::NoAccess => Some(GapReason::Restart),
            GapReason::Restart => None,
        }
    }

    #[test]
    fn every_reason_is_read_back_from_its_name() {
        let all: Vec<GapReason> = std::iter::successors(Some(GapReason::Offline), |reason| next(*reason)).collect();
        assert_eq!(all, GapReason::ALL);
        for reason in all {
            assert_eq!(GapReason::from_name(reason.name()), Some(reason));
        }
        assert_eq!(GapReason::from_name("history"), None);
    }
}
