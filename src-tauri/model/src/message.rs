//! What a message holds. `Debug` shows lengths, never text: a stray log line must not leak a chat.

use crate::{MessageId, MessageLink, PeerId, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Kinds of chats as Telegram's clients name them; the names are those of the JSON export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatType {
    SavedMessages,
    Replies,
    VerificationCodes,
    PersonalChat,
    BotChat,
    PrivateGroup,
    PrivateSupergroup,
    PublicSupergroup,
    PrivateChannel,
    PublicChannel,
    #[default]
    Unknown,
}

/// What kind of thing a message is, by its main content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    #[default]
    Text,
    Photo,
    Video,
    VideoNote,
    Voice,
    Audio,
    Animation,
    Sticker,
    File,
    Contact,
    Location,
    Poll,
    Todo,
    Game,
    Invoice,
    Giveaway,
    PaidMedia,
    /// Something done in the chat (a member joined, a call, a pin): see [`Service`].
    Service,
    /// The exporting program itself did not know what it was; only the id is certain.
    Unsupported,
}

impl MessageKind {
    pub const ALL: [MessageKind; 19] = [
        MessageKind::Text,
        MessageKind::Photo,
        MessageKind::Video,
        MessageKind::VideoNote,
        MessageKind::Voice,
        MessageKind::Audio,
        MessageKind::Animation,
        MessageKind::Sticker,
        MessageKind::File,
        MessageKind::Contact,
        MessageKind::Location,
        MessageKind::Poll,
        MessageKind::Todo,
        MessageKind::Game,
        MessageKind::Invoice,
        MessageKind::Giveaway,
        MessageKind::PaidMedia,
        MessageKind::Service,
        MessageKind::Unsupported,
    ];

    /// The stable name used in storage, JSON and the index.
    pub fn name(self) -> &'static str {
        match self {
            MessageKind::Text => "text",
            MessageKind::Photo => "photo",
            MessageKind::Video => "video",
            MessageKind::VideoNote => "video_note",
            MessageKind::Voice => "voice",
            MessageKind::Audio => "audio",
            MessageKind::Animation => "animation",
            MessageKind::Sticker => "sticker",
            MessageKind::File => "file",
            MessageKind::Contact => "contact",
            MessageKind::Location => "location",
            MessageKind::Poll => "poll",
            MessageKind::Todo => "todo",
            MessageKind::Game => "game",
            MessageKind::Invoice => "invoice",
            MessageKind::Giveaway => "giveaway",
            MessageKind::PaidMedia => "paid_media",
            MessageKind::Service => "service",
            MessageKind::Unsupported => "unsupported",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }
}

/// Who sent it, from where the manager sits: `Out` is the account's owner, `In` is everybody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    In,
    Out,
}

/// Formatting or meaning of a stretch of the text; the names are Telegram's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    Mention,
    MentionName,
    Hashtag,
    Cashtag,
    BotCommand,
    Link,
    TextLink,
    Email,
    Phone,
    BankCard,
    Bold,
    Italic,
    Underline,
    Strikethrough,
    Spoiler,
    Blockquote,
    Code,
    Pre,
    CustomEmoji,
    Unknown,
}

/// A stretch of the text, in Unicode scalar values (`char`s), not bytes.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Entity {
    pub kind: EntityKind,
    pub start: u32,
    pub len: u32,
    /// The address of a `TextLink`, the language of a `Pre`, the user of a `MentionName`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl fmt::Debug for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}@{}+{}", self.kind, self.start, self.len)
    }
}

/// What is known of an attached file; the bytes are elsewhere or nowhere.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// Path inside the export, or `None` when the exporting program wrote that the file was not included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
    /// Bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<u32>,
    /// Pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// The emoji a sticker stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emoji: Option<String>,
}

impl fmt::Debug for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Media(size {:?}, duration {:?})", self.size, self.duration)
    }
}

/// Something done in the chat: Telegram's action name and its own fields, kept as they came.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    pub action: String,
    /// A JSON object.
    pub fields: String,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Service({} bytes)", self.fields.len())
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyTo {
    /// The other chat, when the reply goes across chats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<PeerId>,
    pub message: MessageId,
}

/// A reaction as last seen; reactions are not versions of the message.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// An emoji, or a word such as `custom` or `paid`.
    pub mark: String,
    pub count: u32,
}

impl fmt::Debug for Reaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reaction(x{})", self.count)
    }
}

/// Everything of a message that an edit can change.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub kind: MessageKind,
    pub text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<Entity>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<Media>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Service>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<ReplyTo>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forwarded_from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via_bot: Option<String>,
    /// Signature of a channel post's author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// Fields of the source that have no place above (polls, contacts, buttons, what later clients invent): a JSON object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<String>,
}

impl Content {
    pub fn text(text: impl Into<String>) -> Self {
        Content { text: text.into(), ..Content::default() }
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content({}, {} bytes)", self.kind.name(), self.text.len())
    }
}

/// A deletion as an interval: seen at `from`, missing at `to`. Never a single invented moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    pub from: Timestamp,
    pub to: Timestamp,
    pub source: crate::Source,
    pub cause: crate::DeletionCause,
}

/// A message as it stands now: the archive's projection of all its versions.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    pub link: MessageLink,
    pub sender: Option<PeerId>,
    /// The sender's name as last seen; empty for a deleted account.
    pub sender_name: String,
    pub direction: Direction,
    /// `None` only for `Unsupported` messages, which come without a date.
    pub sent_at: Option<Timestamp>,
    pub edited_at: Option<Timestamp>,
    /// The newest content; for a deleted message, the last content seen.
    pub content: Content,
    pub deleted: Option<Deletion>,
    /// How many contents are kept; more than one means that earlier ones can be read.
    pub versions: u32,
    pub reactions: Vec<Reaction>,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({}, {:?})", self.link, self.content)
    }
}
