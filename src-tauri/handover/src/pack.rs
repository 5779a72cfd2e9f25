//! What a pack holds, and its JSON: `{"letopis-pack": 1, …}`, the text a newcomer gets from `age -d`. Dates are seconds
//! since 1970 in UTC, ranges of text are in Unicode scalar values, an absent field means "none" or "unknown". A later
//! format only adds fields, or raises the number; a reader refuses a number it does not know.
//! `Debug` of these types shows counts, never text.

use letopis_model::{Direction, Entity, MessageId, MessageKind, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The language in which the pack's own words (state, note) are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    #[default]
    Ru,
    En,
}

/// Everything the newcomer gets.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pack {
    /// [`Pack::FORMAT`].
    #[serde(rename = "letopis-pack")]
    pub version: u32,
    #[serde(default)]
    pub lang: Lang,
    pub made_at: Timestamp,
    /// IANA name of the zone in which dates are shown ("Europe/Moscow"); empty means the reader's own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub zone: String,
    /// Whose chats these were.
    pub manager: String,
    /// The period, both ends included.
    pub from: Timestamp,
    pub to: Timestamp,
    /// A word from the lead to the newcomer.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    pub clients: Vec<Client>,
}

impl Pack {
    /// The format this crate writes, and the only one it reads.
    pub const FORMAT: u32 = 1;
}

impl Default for Pack {
    fn default() -> Self {
        Pack {
            version: Pack::FORMAT,
            lang: Lang::default(),
            made_at: Timestamp::default(),
            zone: String::new(),
            manager: String::new(),
            from: Timestamp::default(),
            to: Timestamp::default(),
            note: String::new(),
            clients: Vec::new(),
        }
    }
}

/// One client's chat and what a newcomer must know of it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Client {
    /// The chat's id as the archive writes it; unique in the pack.
    pub id: String,
    pub title: String,
    /// Where things stand, in the lead's words; lines are kept.
    pub state: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub next_step: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<Person>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<Promise>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<Quote>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<Quote>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub agreements: Vec<Quote>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub objections: Vec<Quote>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub read_first: Vec<Quote>,
    /// Times in which the archive saw nothing of this chat.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<Gap>,
    /// Oldest first.
    pub messages: Vec<Message>,
}

/// Somebody who wrote in the chat.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub name: String,
    pub side: Side,
    /// How many messages of the pack are theirs.
    pub messages: u64,
}

/// `Out` is the manager's side, `In` the client's.
pub type Side = Direction;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PromiseState {
    #[default]
    Open,
    Late,
    Kept,
    Broken,
    Withdrawn,
}

/// Something owed: the quoted words and the message they stand in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    pub text: String,
    pub sender: String,
    pub at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// As it stood when the pack was made; a due date may have passed since.
    pub state: PromiseState,
    pub message: MessageId,
}

/// Quoted words and the message of the same client they stand in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    pub text: String,
    pub sender: String,
    pub at: Timestamp,
    pub message: MessageId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    pub from: Timestamp,
    pub to: Timestamp,
}

/// A message with its newest content; a deleted one keeps the last content seen.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub id: MessageId,
    /// Empty for a deleted account.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sender: String,
    pub direction: Direction,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "is_text")]
    pub kind: MessageKind,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<Entity>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<Media>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Service>,
    /// A message of the same chat; it may stand before the pack's period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<Deleted>,
    /// The contents before the newest, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<Version>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forwarded_from: Option<String>,
}

impl Message {
    /// A text message with nothing else to it.
    pub fn text(id: MessageId, sender: impl Into<String>, direction: Direction, text: impl Into<String>) -> Self {
        Message {
            id,
            sender: sender.into(),
            direction,
            sent_at: None,
            edited_at: None,
            kind: MessageKind::Text,
            text: text.into(),
            entities: Vec::new(),
            media: None,
            service: None,
            reply_to: None,
            deleted: None,
            versions: Vec::new(),
            forwarded_from: None,
        }
    }
}

fn is_text(kind: &MessageKind) -> bool {
    *kind == MessageKind::Text
}

/// What is said of an attachment; the pack carries no attachments.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Media {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// Bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emoji: Option<String>,
}

/// Telegram's name of what was done, and one word of its own: a title, names, seconds of a call.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    pub action: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// Seen at `from`, missing at `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    pub from: Timestamp,
    pub to: Timestamp,
}

/// An earlier content and when it was written.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

impl fmt::Debug for Pack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pack({} clients)", self.clients.len())
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({} messages)", self.messages.len())
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({}, {} bytes)", self.id.0, self.text.len())
    }
}
