//! Findings from one chat without a language model: promises, questions, requests, objections, agreements.
//! Pure: no clock, no disk, no network; the same messages and `now` give the same findings.
//! Rules and words, not statistics: every finding quotes the message it rests on.

pub mod agreements;
pub mod due;
pub mod findings;
mod lexicon;
mod objections;
mod promises;
mod questions;
mod requests;
mod responses;
mod standing;
pub mod summary;
mod talk;
mod text;

pub use due::Precision;
pub use findings::{
    Agreement, Author, Findings, Objection, ObjectionClass, Promise, PromiseKind, PromiseState, Question, Quote, Request,
    RequestClass,
};
pub use responses::{ResponseTime, response_times};
pub use standing::{Standing, read_first, standing, waiting_since};

use jiff::tz::TimeZone;
use letopis_model::{Message, Timestamp};

/// Stored beside findings; grows with every change of the rules, so that old findings are found again.
pub const DETECTOR_VERSION: u32 = 1;

/// Finds everything in one chat. `messages` are oldest first and include deleted ones; `now` decides what is overdue;
/// `tz` is the zone in which «завтра» was meant.
pub fn find(messages: &[Message], now: Timestamp, tz: &TimeZone) -> Findings {
    let turns = talk::turns(messages, tz);
    Findings {
        promises: promises::find(&turns, now, tz),
        questions: questions::find(&turns),
        requests: requests::find(&turns),
        objections: objections::find(&turns),
        agreements: agreements::find(&turns),
    }
}
