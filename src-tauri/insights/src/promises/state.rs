//! How promises stand: closed by a later message of the same side that shows the delivery, overdue, or taken back.

use super::vetoes;
use crate::findings::{Promise, PromiseKind, PromiseState};
use crate::lexicon::{endings, frames, verbs};
use crate::talk::Turn;
use crate::text::{Text, has};
use letopis_model::{Direction, MessageId, Timestamp};
use std::collections::BTreeSet;

/// A promise overdue by more than this is broken.
const GRACE: i64 = 3 * 24 * 3600;
/// Delivery is looked for in so many later turns.
const HORIZON: usize = 400;

pub fn settle(found: &mut [(usize, Promise)], turns: &[Turn<'_>], now: Timestamp) {
    let signs: Vec<Signs> = turns.iter().map(Signs::of).collect();
    let mut used: BTreeSet<usize> = BTreeSet::new();
    let made: Vec<(usize, Direction)> = found.iter().map(|(index, promise)| (*index, promise.quote.direction)).collect();
    for (index, promise) in found.iter_mut() {
        let (own, start) = (promise.quote.direction, *index);
        // Words that name nothing («отбой, не получится») take back what was promised last.
        let next = made.iter().filter(|(other, side)| *other > start && *side == own).map(|(other, _)| *other).min();
        let closing = closing(promise, start, next.unwrap_or(usize::MAX), turns, &signs, &used);
        promise.state = match closing {
            Some(Closing::Delivered(at)) => {
                let turn = turns.get(at);
                used.insert(at);
                promise.closed_by = turn.map(|t| t.link());
                delivered(promise, turn.map_or(0, |t| t.seconds()))
            }
            Some(Closing::Withdrawn(at)) => {
                promise.closed_by = turns.get(at).map(|t| t.link());
                PromiseState::Withdrawn
            }
            None => unclosed(promise, now),
        };
    }
}

enum Closing {
    Delivered(usize),
    Withdrawn(usize),
}

fn delivered(promise: &Promise, at: i64) -> PromiseState {
    match promise.due_at {
        Some(due) if at > due.0 => PromiseState::Late,
        Some(_) | None => PromiseState::Kept,
    }
}

fn unclosed(promise: &Promise, now: Timestamp) -> PromiseState {
    match promise.due_at {
        Some(due) if now.0 > due.0.saturating_add(GRACE) => PromiseState::Broken,
        Some(due) if now.0 > due.0 => PromiseState::Late,
        Some(_) | None => PromiseState::Open,
    }
}

/// `next` is the turn in which the same side promised again.
fn closing(
    promise: &Promise,
    index: usize,
    next: usize,
    turns: &[Turn<'_>],
    signs: &[Signs],
    used: &BTreeSet<usize>,
) -> Option<Closing> {
    let said = Text::plain(&promise.quote.text);
    let owed = Owed::of(promise, &said);
    let later = turns.iter().zip(signs).enumerate().skip(index + 1).take(HORIZON);
    for (at, (turn, signs)) in later {
        let own = turn.direction() == promise.quote.direction || promise.kind == PromiseKind::Meeting;
        if own && signs.withdraws && owed.touches(turn, signs, at <= next) {
            return Some(Closing::Withdrawn(at));
        }
        if own && !turn.text.asks && !used.contains(&at) && owed.is_given_by(turn, signs) {
            return Some(Closing::Delivered(at));
        }
        if !own && signs.receipt && owed.is_received(turn, signs) {
            return Some(Closing::Delivered(at));
        }
    }
    None
}

/// What a turn shows, read once for all the promises before it.
struct Signs {
    withdraws: bool,
    /// A set phrase of delivery.
    delivers: bool,
    /// «получил», "received".
    receipt: bool,
    denied: bool,
    future: bool,
    meeting_held: bool,
    verbs: Vec<verbs::Verb>,
    heads: Vec<String>,
}

impl Signs {
    fn of(turn: &Turn<'_>) -> Self {
        let words = &turn.flat;
        let denied = has(words, &["не", "not"]);
        let received = ["получил", "получила", "получили", "received", "пришло", "пришел", "дошло", "дошел", "заработало"];
        let call = ["созвонились", "встретились", "звонка", "встречу", "call", "созвона", "встречи"];
        let over = ["созвонились", "встретились", "итоги", "спасибо", "итогам", "thanks", "great", "recap", "пообщались"];
        Signs {
            withdraws: vetoes::withdraws(turn),
            delivers: endings::deliveries().any(words),
            receipt: !turn.text.asks && !denied && has(words, &received),
            denied,
            future: has(words, &["будет", "завтра", "will", "tomorrow", "скоро"]),
            meeting_held: has(words, &call) && has(words, &over),
            verbs: words.iter().filter_map(|w| verbs::known(&w.norm)).collect(),
            heads: words.iter().take(200).map(|w| head(&w.norm)).collect(),
        }
    }
}

/// What a promise owes: its verbs and its things.
struct Owed {
    lemmas: Vec<&'static str>,
    classes: Vec<verbs::Class>,
    things: Vec<String>,
    at: i64,
    message: MessageId,
    meeting: bool,
    side: Direction,
}

impl Owed {
    fn of(promise: &Promise, said: &Text<'_>) -> Self {
        let known: Vec<verbs::Verb> = said.words().filter_map(|w| verbs::known(&w.norm)).collect();
        Owed {
            lemmas: known.iter().map(|v| v.lemma).collect(),
            classes: known.iter().map(|v| v.class).collect(),
            things: said
                .words()
                .filter(|w| frames::is_deliverable(&w.norm) || (w.norm.chars().count() > 5 && verbs::known(&w.norm).is_none()))
                .map(|w| head(&w.norm))
                .collect(),
            at: promise.quote.at.0,
            message: promise.quote.link.message,
            meeting: promise.kind == PromiseKind::Meeting,
            side: promise.quote.direction,
        }
    }

    fn sends(&self) -> bool {
        self.classes.is_empty()
            || self
                .classes
                .iter()
                .any(|c| matches!(c, verbs::Class::Send | verbs::Class::Do | verbs::Class::Check | verbs::Class::Tell))
    }

    fn names_thing(&self, signs: &Signs) -> bool {
        signs.heads.iter().any(|h| self.things.contains(h))
    }

    /// Whether a withdrawal means this promise. `last`: nothing was promised in between.
    fn touches(&self, turn: &Turn<'_>, signs: &Signs, last: bool) -> bool {
        if let Some(reply) = &turn.message.content.reply_to {
            return reply.message == self.message;
        }
        let same = signs.verbs.iter().any(|v| self.lemmas.contains(&v.lemma));
        let soon = turn.seconds() - self.at < 3 * 24 * 3600;
        (soon && (last || same)) || self.names_thing(signs)
    }

    /// The delivery itself: a file, the same verb in the past, or «готово».
    fn is_given_by(&self, turn: &Turn<'_>, signs: &Signs) -> bool {
        if turn.foreign && !turn.brings_file() {
            return false;
        }
        if self.meeting {
            return signs.meeting_held;
        }
        let short = turn.flat.len() <= 6 || self.names_thing(signs);
        let phrase = signs.delivers && short && !turn.ask.question;
        let past = signs.verbs.iter().any(|v| v.form == verbs::Form::Past && self.is_done_by(v, turn, signs));
        (turn.brings_file() && self.sends()) || ((past || phrase) && !signs.denied && !signs.future)
    }

    fn is_done_by(&self, verb: &verbs::Verb, turn: &Turn<'_>, signs: &Signs) -> bool {
        let sent = verb.class == verbs::Class::Send && self.sends() && (turn.flat.len() <= 5 || self.names_thing(signs));
        self.lemmas.contains(&verb.lemma) || sent || (self.classes.contains(&verb.class) && self.names_thing(signs))
    }

    /// The other side confirms: «получил, спасибо».
    fn is_received(&self, turn: &Turn<'_>, signs: &Signs) -> bool {
        turn.direction() != self.side && (turn.flat.len() <= 5 || self.names_thing(signs))
    }
}

/// Enough of a word to know it in another case: «договор», «договора».
fn head(word: &str) -> String {
    let keep = word.chars().count().saturating_sub(2).clamp(3, 7);
    word.chars().take(keep).collect()
}
