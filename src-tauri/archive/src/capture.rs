//! What live capture must remember, kept beside the record so that both are saved in one transaction. Sessions, places of
//! files and half-finished sign-ins are opaque JSON here: this room does not know what Telegram is.

mod rows;
mod sweeps;
mod write;

pub use sweeps::{Sweep, Takeout};
pub(crate) use write::Orphans;
pub use write::{Captured, DeletedSomewhere};

use letopis_model::{AccountId, ChatId, ChatType, MessageId, PeerId, Timestamp};
use std::fmt;

/// How far an account's updates are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CapturePosition {
    pub pts: i32,
    pub qts: i32,
    pub seq: i32,
    pub date: i32,
    /// (channel, its position, Telegram's time up to which it is known)
    pub channels: Vec<(i64, i32, i64)>,
}

/// A signed-in account. No `Debug` of its secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct CaptureAccount {
    pub account: AccountId,
    pub name: String,
    /// JSON.
    pub session: String,
    pub is_on: bool,
    pub added_at: Timestamp,
    pub heard_at: Option<Timestamp>,
    pub trouble: Option<String>,
    /// How deep chats are read back: `None` to the consent, zero to the beginning.
    pub fill_days: Option<u32>,
    /// JSON.
    pub folders: String,
}

impl fmt::Debug for CaptureAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CaptureAccount({}, on {})", self.account.0, self.is_on)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    pub account: AccountId,
    pub given: bool,
    pub at: Timestamp,
    pub who: String,
    pub text_version: String,
    pub text: String,
    pub scope: String,
    pub owner_present: bool,
}

/// What a rule of the allow-list names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleOf {
    Folder(i32),
    Chat(PeerId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaptureRule {
    pub of: RuleOf,
    pub allow: bool,
    pub with_private: bool,
}

/// A chat in scope and what is owed to it.
#[derive(Clone, PartialEq, Eq)]
pub struct CaptureChat {
    pub peer: PeerId,
    pub hash: Option<i64>,
    pub kind: ChatType,
    pub title: String,
    pub joined_at: Timestamp,
    pub is_gone: bool,
    pub fill_since: Option<Timestamp>,
    pub fill_before: Option<MessageId>,
    pub fill_done: bool,
    pub fill_reached: Option<Timestamp>,
    pub total: Option<u64>,
    pub lost_since: Option<Timestamp>,
    pub lost_why: Option<String>,
    pub lost_before: Option<MessageId>,
    pub check_owed: bool,
    pub checked_at: Option<Timestamp>,
    /// The oldest message of that look.
    pub checked_down_to: Option<MessageId>,
}

impl fmt::Debug for CaptureChat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CaptureChat({})", self.peer)
    }
}

/// A file that waits to be fetched.
#[derive(Clone, PartialEq, Eq)]
pub struct CaptureMedia {
    pub chat: ChatId,
    pub message: MessageId,
    pub edited_at: Option<Timestamp>,
    pub size: u64,
    /// JSON.
    pub place: String,
    pub tries: u32,
}

impl fmt::Debug for CaptureMedia {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CaptureMedia({}/{}, {} bytes)", self.chat, self.message.0, self.size)
    }
}

/// A message that stands in the archive as not deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownMessage {
    pub message: MessageId,
    /// When a content of it was seen last.
    pub seen_at: Timestamp,
    /// An account under capture saw it, not only a file.
    pub is_captured: bool,
}
