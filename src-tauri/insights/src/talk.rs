//! A chat as turns: each message parsed once, with what it asks of the other side.

use crate::lexicon::consent;
use crate::text::{Text, Word};
use crate::{due, questions::ask};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use letopis_model::{Direction, Message, MessageKind, MessageLink};

/// An acceptance or an answer later than this does not belong to what was asked.
pub const DAY: i64 = 24 * 3600;

pub struct Turn<'a> {
    pub message: &'a Message,
    pub text: Text<'a>,
    /// All words in one row.
    pub flat: Vec<Word>,
    /// When it was sent, in the manager's zone.
    pub sent: DateTime,
    pub ask: ask::Ask,
    /// Forwarded, or written by the program: not the sender's own words.
    pub foreign: bool,
}

impl Turn<'_> {
    pub fn seconds(&self) -> i64 {
        self.message.sent_at.unwrap_or_default().0
    }
    pub fn direction(&self) -> Direction {
        self.message.direction
    }
    pub fn link(&self) -> MessageLink {
        self.message.link
    }
    pub fn replies_to(&self, other: &Turn<'_>) -> bool {
        self.message.content.reply_to.as_ref().is_some_and(|r| r.peer.is_none() && r.message == other.message.link.message)
    }
    /// A file, photo, voice or place: something was handed over.
    pub fn brings_file(&self) -> bool {
        matches!(
            self.message.content.kind,
            MessageKind::File
                | MessageKind::Photo
                | MessageKind::Video
                | MessageKind::Invoice
                | MessageKind::Contact
                | MessageKind::Location
        )
    }
    /// Only words of agreement: «ок», «да, хорошо», «+».
    pub fn is_bare_yes(&self) -> bool {
        !self.text.asks && consent::is_bare_yes(&self.flat)
    }
}

pub fn turns<'a>(messages: &'a [Message], tz: &TimeZone) -> Vec<Turn<'a>> {
    messages.iter().filter(|m| m.content.kind != MessageKind::Service).map(|m| turn(m, tz)).collect()
}

fn turn<'a>(message: &'a Message, tz: &TimeZone) -> Turn<'a> {
    let text = Text::of(&message.content);
    let foreign = message.content.forwarded_from.is_some() || message.content.via_bot.is_some();
    let sent = due::local(message.sent_at.unwrap_or_default(), tz);
    let flat = text.flat();
    let ask = if foreign { ask::Ask::default() } else { ask::of(&text, sent) };
    Turn { message, flat, sent, ask, foreign, text }
}

/// What the turn at `index` most likely answers: the message it replies to, else the other side's last words within a day
/// (all of an unbroken run of them), newest first.
pub fn answered<'t, 'a>(turns: &'t [Turn<'a>], index: usize) -> Vec<&'t Turn<'a>> {
    let Some(turn) = turns.get(index) else { return Vec::new() };
    let earlier = turns.get(..index).unwrap_or_default();
    if let Some(target) = earlier.iter().rev().take(300).find(|t| turn.replies_to(t)) {
        return vec![target];
    }
    earlier
        .iter()
        .rev()
        .take(30)
        .skip_while(|t| t.direction() == turn.direction() && turn.seconds() - t.seconds() < 600)
        .take_while(|t| t.direction() != turn.direction() && turn.seconds() - t.seconds() <= DAY)
        .take(6)
        .collect()
}
