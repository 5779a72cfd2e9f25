//! How an account stands, in values that the window and the command line put into words.

use letopis_model::{AccountId, ChatId, Timestamp};
use std::time::Instant;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CaptureState {
    #[default]
    Off,
    NeedsConsent,
    NeedsScope,
    Connecting,
    CatchingUp,
    Live,
    /// Telegram named a wait.
    Waiting(Timestamp),
    Offline,
    /// Only a new sign-in helps; Telegram's name of the reason.
    SignedOut(String),
    Failed(String),
}

#[derive(Clone, Debug, Default)]
pub struct Status {
    pub state: CaptureState,
    pub since: Option<Instant>,
    pub down_since: Option<Instant>,
    pub told_dead: bool,
    /// Nothing is owed to any chat.
    pub is_idle: bool,
    /// Nothing is known to be missing from what is told.
    pub is_settled: bool,
    /// The most updates that ever waited to be taken.
    pub most_waiting: usize,
}

/// What the window is told without asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Something about this account changed.
    Account(AccountId),
    /// The archive has grown and the index has followed.
    Grew,
    MassDeletion {
        chat: ChatId,
        count: u64,
    },
    /// An account that should be live has not been for two minutes.
    DeadFeed(AccountId),
}
