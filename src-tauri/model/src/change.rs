//! A `Change` is the only thing that enters the archive. Importers, live capture and the demo company all speak it.

use crate::{AccountId, ChatId, ChatType, Content, Direction, MessageId, PeerId, Reaction, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where a change was learnt from; stronger sources never yield to weaker ones (the order is weakest first).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    Demo,
    /// The pages of an HTML export: names without ids, no times of edits, actions as sentences.
    Html,
    Import,
    Reconcile,
    Difference,
    Live,
}

impl Source {
    pub const ALL: [Source; 6] =
        [Source::Demo, Source::Html, Source::Import, Source::Reconcile, Source::Difference, Source::Live];

    pub fn name(self) -> &'static str {
        match self {
            Source::Demo => "demo",
            Source::Html => "html",
            Source::Import => "import",
            Source::Reconcile => "reconcile",
            Source::Difference => "difference",
            Source::Live => "live",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }
}

/// Why a message is gone, if that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeletionCause {
    Unknown,
    /// The whole history of the chat was cleared, or the chat itself was removed.
    ChatVanished,
    /// The chat's auto-delete timer.
    Timer,
}

impl DeletionCause {
    pub const ALL: [DeletionCause; 3] = [DeletionCause::Unknown, DeletionCause::ChatVanished, DeletionCause::Timer];

    pub fn name(self) -> &'static str {
        match self {
            DeletionCause::Unknown => "unknown",
            DeletionCause::ChatVanished => "chat-vanished",
            DeletionCause::Timer => "timer",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.name() == name)
    }
}

/// One content of one message, as somebody saw it.
#[derive(Clone, PartialEq, Eq)]
pub struct Sighting {
    pub chat: ChatId,
    pub message: MessageId,
    pub sender: Option<PeerId>,
    /// The name shown beside the message at that time, if any.
    pub sender_name: Option<String>,
    pub direction: Direction,
    pub sent_at: Option<Timestamp>,
    /// When this content replaced an earlier one; `None` for the first.
    pub edited_at: Option<Timestamp>,
    pub content: Content,
    pub reactions: Vec<Reaction>,
    /// When it was seen: now for live capture, the file's own time for an import.
    pub seen_at: Timestamp,
    pub source: Source,
}

impl fmt::Debug for Sighting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sighting({}/{}, {:?})", self.chat, self.message.0, self.content)
    }
}

/// The bytes of a message's file, kept in the blob store.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptMedia {
    pub chat: ChatId,
    pub message: MessageId,
    /// The edit time of the content that the file came with; `None` for the first content.
    pub edited_at: Option<Timestamp>,
    /// SHA-256 of the bytes: how the blob store finds them, and how a stranger compares a file.
    pub sha256: [u8; 32],
    /// Bytes.
    pub size: u64,
    pub seen_at: Timestamp,
    pub source: Source,
}

impl fmt::Debug for KeptMedia {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeptMedia({}/{}, {} bytes)", self.chat, self.message.0, self.size)
    }
}

/// What is known of a stretch of time in a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CoverageState {
    /// Read from the server as a whole: nothing that was there is missing.
    Complete,
    /// Nobody looked, or what was there could not be had.
    Gap,
    /// Watched as it happened.
    Live,
    /// Taken from a file that says so; deletions and earlier texts before it are not known.
    Imported,
}

impl CoverageState {
    pub const ALL: [CoverageState; 4] =
        [CoverageState::Complete, CoverageState::Gap, CoverageState::Live, CoverageState::Imported];

    pub fn name(self) -> &'static str {
        match self {
            CoverageState::Complete => "complete",
            CoverageState::Gap => "gap",
            CoverageState::Live => "live",
            CoverageState::Imported => "imported",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }
}

/// A row of the coverage ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Whose eyes; `None` when the source does not tell.
    pub account: Option<AccountId>,
    pub chat: ChatId,
    pub from: Timestamp,
    pub to: Timestamp,
    pub state: CoverageState,
    /// A word for the reason, such as `export`, `offline`, `too-long`; no text of a message.
    pub why: String,
    pub source: Source,
}

/// Something that happened, or was seen. The order in which changes arrive does not matter, nor does repetition.
#[derive(Clone, PartialEq, Eq)]
pub enum Change {
    /// An account whose chats are archived belongs to this manager.
    AccountSeen {
        account: AccountId,
        manager: String,
        source: Source,
    },
    ChatSeen {
        chat: ChatId,
        kind: ChatType,
        title: Option<String>,
        source: Source,
    },
    PeerSeen {
        peer: PeerId,
        name: String,
        source: Source,
    },
    /// A content, first or edited: `edited_at` tells which.
    Posted(Box<Sighting>),
    Deleted {
        chat: ChatId,
        message: MessageId,
        from: Timestamp,
        to: Timestamp,
        cause: DeletionCause,
        source: Source,
    },
    /// A message's file is in the blob store.
    MediaKept(Box<KeptMedia>),
    /// How far a side has read: `Out` tells how far the others have read what the account wrote.
    ReadUpTo {
        chat: ChatId,
        account: AccountId,
        direction: Direction,
        message: MessageId,
        at: Timestamp,
        source: Source,
    },
    Covered(Box<Coverage>),
    /// A chat that a source could not name, and that therefore had a number of its own, turns out to be this one.
    ChatIdentified {
        provisional: ChatId,
        chat: ChatId,
    },
    /// The whole chat disappeared from the account: every message in it is deleted, every original is kept.
    ChatVanished {
        chat: ChatId,
        from: Timestamp,
        to: Timestamp,
        source: Source,
    },
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::AccountSeen { account, .. } => write!(f, "AccountSeen({})", account.0),
            Change::ChatSeen { chat, .. } => write!(f, "ChatSeen({chat})"),
            Change::PeerSeen { peer, .. } => write!(f, "PeerSeen({peer})"),
            Change::Posted(sighting) => write!(f, "Posted({sighting:?})"),
            Change::Deleted { chat, message, .. } => write!(f, "Deleted({chat}/{})", message.0),
            Change::MediaKept(media) => write!(f, "{media:?}"),
            Change::ReadUpTo { chat, message, .. } => write!(f, "ReadUpTo({chat}/{})", message.0),
            Change::ChatIdentified { provisional, chat } => write!(f, "ChatIdentified({provisional} is {chat})"),
            Change::Covered(coverage) => write!(f, "Covered({}, {})", coverage.chat, coverage.state.name()),
            Change::ChatVanished { chat, .. } => write!(f, "ChatVanished({chat})"),
        }
    }
}
