//! What the window sees: plain values, camelCase in TypeScript. Times are Unix seconds (UTC); links are the app's
//! stable message links; chats are written as `model::ChatId` writes them. The window never computes facts, it shows them.

mod accounts;
mod background;
mod care;
mod changes;
mod handover;
mod importing;
mod keep;
mod keeping;
mod reading;
mod reports;
mod searching;
mod security;

pub use accounts::{AccountView, ApiKeys, ConsentWish, LoginView, Scan, ScopeWish};
pub use background::{Background, BackgroundWish};
pub use care::{BackupWritten, HeadCompared, HeadVerdict, Restored, RolledBackView, Salvaged};
pub use changes::{ChangeFilter, ChangePage, ChangeSort, ChangeView, EventRef, EvidenceOf, EvidenceWritten, cursor};
pub use importing::{ImportChat, ImportPerson, ImportPreview, ImportReport, ImportRequest, ImportSource, SourcePreview};
pub use keep::{AppState, ArchiveInfo, Created, Phase, Progress, Stage, Verified, seconds};
pub use keeping::{AccessPage, AccessRow, ErasureRow, ForgetPlan, ForgetReport, HoldRow, RetentionRow, Weighed};
pub use searching::{
    Chip, Completion, Drop, Facet, Facets, Hit, InChat, Instead, InsteadKind, MarkedMessage, MarkedText, SavedSearch,
    SearchCounts, SearchPage, Way,
};
pub use security::{KeyState, Rekeyed, Secret, SecretKind, Security};

use serde::{Deserialize, Serialize};
use specta::Type;

/// Unix seconds. 32 bits carry it to the year 2106 and stay exact in JavaScript.
pub type Seconds = u32;

#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Lang {
    Ru,
    En,
}

/// Everything that can go wrong for the user, in words of the user's language. `code` exists so that the window can act.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    pub code: FailureCode,
    /// What happened, what is safe, what to do: complete sentences.
    pub text: String,
}

#[derive(Clone, Copy, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum FailureCode {
    /// Wrong passphrase or recovery key: ask again.
    WrongKey,
    /// Wrong passphrases are slowed: `AppState.keys.wait` says for how long.
    TooSoon,
    /// No archive is open: go to the unlock screen.
    Locked,
    /// Cancelled by the user: no message needed.
    Cancelled,
    /// The search is written wrongly: the words explain it beside the field.
    Query,
    /// The archive is damaged: what is whole can be salvaged.
    Damaged,
    Other,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Skipped {
    pub place: String,
    pub why: String,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Manager {
    /// Telegram id of the account as text; "" for chats whose manager is not known.
    pub id: String,
    pub name: String,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ChatKind {
    Person,
    Group,
    Channel,
    Bot,
    Saved,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChatRow {
    pub id: String,
    pub title: String,
    pub kind: ChatKind,
    /// The first of them, or an empty one when nobody's account is known or several share the chat.
    pub manager: Manager,
    /// Ids of all managers whose chat it is.
    pub managers: Vec<String>,
    pub messages: u32,
    pub deleted: u32,
    pub edited: u32,
    pub first_at: Option<Seconds>,
    pub last_at: Option<Seconds>,
    /// The whole chat disappeared from the manager's account in this interval.
    pub vanished: Option<Interval>,
    /// The last message: who wrote it and how it begins.
    pub last_text: String,
    pub last_kind: String,
    pub last_direction: Direction,
    pub last_sender: String,
    /// The client's question or request that nobody has answered.
    pub waiting_since: Option<Seconds>,
    pub open_promises: u32,
    pub late_promises: u32,
}

#[derive(Clone, Copy, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Interval {
    pub from: Seconds,
    pub to: Seconds,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Direction {
    In,
    Out,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MessageView {
    pub link: String,
    pub chat: String,
    /// Telegram's number of the message in its chat, as text.
    pub id: String,
    pub sender: String,
    pub direction: Direction,
    pub sent_at: Option<Seconds>,
    pub edited_at: Option<Seconds>,
    /// A name of `model::MessageKind`: text, photo, voice, service ...
    pub kind: String,
    pub text: String,
    pub entities: Vec<EntityView>,
    pub media: Option<MediaView>,
    /// For service messages: Telegram's action name and a ready sentence is made in the window from it.
    pub service: Option<ServiceView>,
    pub reply: Option<ReplyView>,
    pub forwarded_from: Option<String>,
    pub deleted: Option<DeletionView>,
    /// Number of kept contents; above 1 the earlier ones can be opened.
    pub versions: u32,
    pub reactions: Vec<ReactionView>,
    /// Marks in the margin: "promise", "question", "request", "agreement".
    pub marks: Vec<Mark>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Mark {
    Promise,
    Question,
    Request,
    Agreement,
}

/// A stretch of the text in Unicode scalar values (JavaScript: `Array.from(text)`).
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EntityView {
    pub kind: String,
    pub start: u32,
    pub len: u32,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MediaView {
    pub file_name: Option<String>,
    /// Bytes.
    pub size: Option<u32>,
    /// Seconds.
    pub duration: Option<u32>,
    /// Pixels.
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub emoji: Option<String>,
    pub state: MediaState,
}

/// Whether the bytes of an attached file are in the archive, or why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum MediaState {
    Kept,
    /// The exporting program left the file out.
    LeftOut,
    /// The export names a file that did not lie beside it.
    NotFound,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ServiceView {
    pub action: String,
    /// Title, members and the like, if the action has them.
    pub detail: String,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ReplyView {
    pub link: String,
    /// Empty when the answered message is not in the archive.
    pub sender: String,
    pub text: String,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DeletionView {
    pub from: Seconds,
    pub to: Seconds,
    pub source: String,
    pub cause: String,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ReactionView {
    pub mark: String,
    pub count: u32,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VersionView {
    /// 1 is the oldest.
    pub number: u32,
    pub text: String,
    /// Sent time for the first version, edit time for later ones.
    pub at: Option<Seconds>,
    pub seen_at: Seconds,
    pub source: String,
}

/// Where to read a chat from.
#[derive(Clone, Debug, Deserialize, Type)]
#[serde(tag = "at", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Anchor {
    First,
    Last,
    /// The message in the middle of the page.
    Around {
        link: String,
    },
    /// Older than this message.
    Before {
        link: String,
    },
    /// Newer than this message.
    After {
        link: String,
    },
    /// The first message at or after this moment, in the middle.
    Date {
        at_seconds: Seconds,
    },
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// Oldest first.
    pub messages: Vec<MessageView>,
    pub has_before: bool,
    pub has_after: bool,
    /// For `Around` and `Date`: the link to scroll to.
    pub focus: Option<String>,
}

/// Empty lists and `None` mean "no limit".
#[derive(Clone, Debug, Default, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct SearchFilter {
    pub managers: Vec<String>,
    pub chats: Vec<String>,
    /// Exact sender name as in a facet.
    pub senders: Vec<String>,
    pub from: Option<Seconds>,
    /// Exclusive.
    pub to: Option<Seconds>,
    pub kinds: Vec<String>,
    pub deleted: Option<bool>,
    pub edited: Option<bool>,
    pub direction: Option<Direction>,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Sort {
    Relevance,
    Newest,
    Oldest,
}

#[derive(Clone, Copy, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Range {
    pub start: u32,
    pub len: u32,
}

/// What a summary covers. All chats of the manager when `chats` is empty; all managers when both are.
#[derive(Clone, Debug, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SummaryRequest {
    pub manager: Option<String>,
    pub chats: Vec<String>,
    pub from: Seconds,
    pub to: Seconds,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    pub sections: Vec<Section>,
    /// What the summary rests on.
    pub chats: u32,
    pub messages: u32,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Section {
    pub kind: SectionKind,
    pub items: Vec<SummaryItem>,
}

#[derive(Clone, Copy, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum SectionKind {
    Promises,
    Questions,
    Requests,
    Agreements,
    Changes,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SummaryItem {
    /// The quoted words, verbatim.
    pub quote: String,
    pub sender: String,
    pub direction: Direction,
    pub chat: String,
    pub chat_title: String,
    pub at: Seconds,
    pub citations: Vec<Citation>,
    pub promise: Option<PromiseView>,
    /// Class of a request (price, documents ...) or kind of a change (edited, deleted, vanished); "" otherwise.
    pub class: String,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Citation {
    pub link: String,
    pub at: Seconds,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PromiseView {
    pub link: String,
    pub chat: String,
    pub chat_title: String,
    pub manager: String,
    /// manager, team, client or both.
    pub author: String,
    pub quote: String,
    pub at: Seconds,
    /// The last moment at which it is kept; `None` when no date was named.
    pub due_at: Option<Seconds>,
    /// The words the date was read from.
    pub due_text: String,
    pub state: PromiseState,
    /// The message that shows it was kept or withdrawn.
    pub closed_by: Option<Citation>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum PromiseState {
    Open,
    Kept,
    Late,
    Broken,
    Withdrawn,
}

/// The card beside the reader.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChatCard {
    pub summary: Summary,
    pub promises: Vec<PromiseView>,
    pub first_at: Option<Seconds>,
    pub first_direction: Option<Direction>,
    pub sent: u32,
    pub received: u32,
    /// Messages of the last 30 days, one number a day, oldest first, with the day's start.
    pub days: Vec<DayCount>,
    /// Seconds of calendar time between a client's message and the answer, last 30 days.
    pub response_median: Option<u32>,
    pub response_p90: Option<u32>,
}

#[derive(Clone, Copy, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DayCount {
    pub day: Seconds,
    pub sent: u32,
    pub received: u32,
}

#[derive(Clone, Debug, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct HandoverRequest {
    pub manager: String,
    /// All chats of the manager when empty.
    pub chats: Vec<String>,
    pub months: u32,
}

/// The draft the lead edits before it is sealed.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct HandoverDraft {
    pub manager: String,
    pub months: u32,
    pub from: Seconds,
    pub to: Seconds,
    /// Words of the lead to the newcomer, shown first.
    pub note: String,
    pub clients: Vec<DraftClient>,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DraftClient {
    pub chat: String,
    pub title: String,
    pub included: bool,
    /// Where things stand: proposed by the app, rewritten by the lead.
    pub state: String,
    pub messages: u32,
    pub last_at: Option<Seconds>,
    pub lines: Vec<DraftLine>,
    pub people: Vec<DraftPerson>,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DraftLine {
    pub kind: DraftLineKind,
    pub text: String,
    pub sender: String,
    pub link: String,
    pub at: Seconds,
    pub due_at: Option<Seconds>,
    pub promise: Option<PromiseState>,
    pub included: bool,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum DraftLineKind {
    Promise,
    Question,
    Request,
    Agreement,
    /// A message to read first.
    Read,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DraftPerson {
    pub name: String,
    /// in: the client's side; out: ours.
    pub direction: Direction,
    pub messages: u32,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct HandoverFile {
    pub file: String,
    pub clients: u32,
    pub messages: u32,
    pub promises: u32,
    pub bytes: u32,
}
