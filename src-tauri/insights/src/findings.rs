//! What is found: plain values that quote their messages. `Debug` shows links, never text.

use crate::due::Precision;
use jiff::civil::Date;
use letopis_model::{Direction, Message, MessageLink, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest quote, in characters.
const QUOTE_CHARS: usize = 200;

/// Verbatim words of one message.
#[derive(Clone, PartialEq, Eq)]
pub struct Quote {
    pub link: MessageLink,
    pub at: Timestamp,
    pub sender: String,
    pub direction: Direction,
    /// The clause or sentence, at most 200 characters of the original.
    pub text: String,
}

impl Quote {
    /// Quotes `text`, which must be a part of the message.
    pub fn of(message: &Message, text: &str) -> Self {
        Quote {
            link: message.link,
            at: message.sent_at.unwrap_or_default(),
            sender: message.sender_name.clone(),
            direction: message.direction,
            text: text.trim().chars().take(QUOTE_CHARS).collect(),
        }
    }
}

impl fmt::Debug for Quote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Quote({}, {} bytes)", self.link, self.text.len())
    }
}

/// Who owes the act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Author {
    /// The manager who wrote it.
    Manager,
    /// The manager's firm or a colleague.
    Team,
    Client,
    /// Both sides of an agreed meeting.
    Both,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PromiseKind {
    Action,
    Meeting,
    /// A price or discount given on the spot.
    Terms,
}

/// How a promise stands at `now`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PromiseState {
    /// Not closed and not overdue, or without a due date.
    Open,
    /// Closed at or before the due moment.
    Kept,
    /// Closed after the due moment, or overdue by at most three days.
    Late,
    /// Overdue by more than three days and not closed.
    Broken,
    /// Taken back in words.
    Withdrawn,
}

#[derive(Clone, PartialEq, Eq)]
pub struct Promise {
    pub quote: Quote,
    pub author: Author,
    pub kind: PromiseKind,
    /// «постараемся», «наверное».
    pub weak: bool,
    /// Waits for an act of the other side.
    pub conditional: bool,
    /// The local day on which it is kept at the latest.
    pub due: Option<Date>,
    /// The last moment at which it is kept.
    pub due_at: Option<Timestamp>,
    /// The words the date was read from; empty without one.
    pub due_text: String,
    pub precision: Precision,
    pub state: PromiseState,
    /// The message that shows the delivery or the withdrawal.
    pub closed_by: Option<MessageLink>,
}

impl Promise {
    /// A promise of the manager's side, a meeting that both agreed on included.
    pub fn is_ours(&self) -> bool {
        self.author != Author::Client
    }

    /// Its day has passed and nothing shows that it was done.
    pub fn is_overdue(&self) -> bool {
        matches!(self.state, PromiseState::Late | PromiseState::Broken) && self.closed_by.is_none()
    }

    /// Still to be done, in time or not.
    pub fn is_owed(&self) -> bool {
        self.state == PromiseState::Open || self.is_overdue()
    }
}

impl fmt::Debug for Promise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Promise { quote, author, kind, weak, conditional, due, state, closed_by, .. } = self;
        write!(
            f,
            "Promise({quote:?}, {author:?}, {kind:?}, weak {weak}, conditional {conditional}, due {due:?}, {state:?}, {closed_by:?})"
        )
    }
}

/// A client's question or request for an act. The manager's own questions are not listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub quote: Quote,
    /// The first class, when the question is also a request.
    pub request: Option<RequestClass>,
    /// The first message of the manager's side that informs, fulfils, commits to an asked act, or declines.
    pub answered_by: Option<MessageLink>,
    /// «Уточню», "let me check": an acknowledgement, not an answer.
    pub held_by: Option<MessageLink>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RequestClass {
    Bug,
    Feature,
    Complaint,
    Price,
    Documents,
    Meeting,
    Status,
    Howto,
    Cancel,
}

impl RequestClass {
    pub const ALL: [RequestClass; 9] = [
        RequestClass::Bug,
        RequestClass::Feature,
        RequestClass::Complaint,
        RequestClass::Price,
        RequestClass::Documents,
        RequestClass::Meeting,
        RequestClass::Status,
        RequestClass::Howto,
        RequestClass::Cancel,
    ];

    pub fn name(self) -> &'static str {
        match self {
            RequestClass::Bug => "bug",
            RequestClass::Feature => "feature",
            RequestClass::Complaint => "complaint",
            RequestClass::Price => "price",
            RequestClass::Documents => "documents",
            RequestClass::Meeting => "meeting",
            RequestClass::Status => "status",
            RequestClass::Howto => "howto",
            RequestClass::Cancel => "cancel",
        }
    }
}

/// What a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub quote: Quote,
    pub classes: Vec<RequestClass>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ObjectionClass {
    Price,
    Timing,
    Competitor,
    Authority,
    Need,
    Trust,
    Terms,
}

impl ObjectionClass {
    pub fn name(self) -> &'static str {
        match self {
            ObjectionClass::Price => "price",
            ObjectionClass::Timing => "timing",
            ObjectionClass::Competitor => "competitor",
            ObjectionClass::Authority => "authority",
            ObjectionClass::Need => "need",
            ObjectionClass::Trust => "trust",
            ObjectionClass::Terms => "terms",
        }
    }
}

/// Why a client does not buy yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    pub quote: Quote,
    pub classes: Vec<ObjectionClass>,
}

/// Both sides settled on a number or a date.
#[derive(Clone, PartialEq, Eq)]
pub struct Agreement {
    /// The message that holds the figures: the acceptance itself, or the proposal when the acceptance is bare.
    pub quote: Quote,
    /// Numbers, amounts, percents and dates, verbatim from the quoted message.
    pub figures: Vec<String>,
    /// The message that accepted.
    pub accepted_by: MessageLink,
}

impl fmt::Debug for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Agreement({:?}, {} figures, {})", self.quote, self.figures.len(), self.accepted_by)
    }
}

/// Everything found in one chat, in the order of the messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    pub promises: Vec<Promise>,
    /// Clients' questions only.
    pub questions: Vec<Question>,
    pub requests: Vec<Request>,
    pub objections: Vec<Objection>,
    pub agreements: Vec<Agreement>,
}
