//! How promises stand: closed by a later message of the same side that shows the delivery, overdue, or taken back.

use super::vetoes;
use crate::findings::{Promise, PromiseKind, PromiseState};
use crate::lexicon::{endings, frames, verbs};
use crate::talk::Turn;
use crate::text::{Text, has};
use letopis_model::{Direction, Timestamp};

/// A promise overdue by more than this is broken.
const GRACE: i64 = 3 * 24 * 3600;
/// Delivery is looked for in so many later turns.
const HORIZON: usize = 400;

pub fn settle(found: &mut [(usize, Promise)], turns: &[Turn<'_>], now: Timestamp) {
    let mut used: Vec<usize> = Vec::new();
    for (index, promise) in found.iter_mut() {
        let closing = closing(promise, *index, turns, &used);
        promise.state = match closing {
            Some(Closing::Delivered(at)) => {
                let turn = turns.get(at);
                used.push(at);
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

fn closing(promise: &Promise, index: usize, turns: &[Turn<'_>], used: &[usize]) -> Option<Closing> {
    let said = Text::plain(&promise.quote.text);
    let owed = Owed::of(promise, &said);
    let later = turns.iter().enumerate().skip(index + 1).take(HORIZON);
    for (at, turn) in later {
        let own = turn.direction() == promise.quote.direction || promise.kind == PromiseKind::Meeting;
        if own && vetoes::withdraws(turn) && owed.touches(turn) {
            return Some(Closing::Withdrawn(at));
        }
        if own && !turn.text.asks && owed.is_given_by(turn) && !used.contains(&at) {
            return Some(Closing::Delivered(at));
        }
        if !own && thanks_for_it(turn, &owed) {
            return Some(Closing::Delivered(at));
        }
    }
    None
}

/// What a promise owes: its verbs and its things.
struct Owed {
    lemmas: Vec<&'static str>,
    classes: Vec<verbs::Class>,
    things: Vec<String>,
    at: i64,
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

    fn names_thing(&self, turn: &Turn<'_>) -> bool {
        turn.flat.iter().any(|w| self.things.contains(&head(&w.norm)))
    }

    fn touches(&self, turn: &Turn<'_>) -> bool {
        let same = turn.flat.iter().filter_map(|w| verbs::known(&w.norm)).any(|v| self.lemmas.contains(&v.lemma));
        same || self.names_thing(turn)
            || turn.seconds() - self.at < 3 * 24 * 3600
            || turn.message.content.reply_to.is_some() && turn.flat.len() < 10
    }

    /// The delivery itself: a file, the same verb in the past, or «готово».
    fn is_given_by(&self, turn: &Turn<'_>) -> bool {
        if turn.foreign && !turn.brings_file() {
            return false;
        }
        if self.meeting {
            return turn.seconds() > self.at
                && has(&turn.flat, &["созвонились", "встретились", "звонка", "встречу", "call", "созвона", "встречи"])
                && has(
                    &turn.flat,
                    &["созвонились", "встретились", "итоги", "спасибо", "итогам", "thanks", "great", "recap", "пообщались"],
                );
        }
        let denied = turn.flat.windows(2).any(|w| crate::text::at(w, 0) == "не");
        let past = turn.flat.iter().filter_map(|w| verbs::known(&w.norm)).any(|v| {
            v.form == verbs::Form::Past
                && (self.lemmas.contains(&v.lemma)
                    || v.class == verbs::Class::Send && self.sends() && (self.names_thing(turn) || turn.flat.len() <= 5)
                    || self.classes.contains(&v.class) && self.names_thing(turn))
        });
        let phrase =
            endings::deliveries().any(&turn.flat) && (turn.flat.len() <= 6 || self.names_thing(turn)) && !turn.ask.question;
        let future = turn.flat.iter().any(|w| matches!(w.norm.as_str(), "будет" | "завтра" | "will" | "tomorrow" | "скоро"));
        (turn.brings_file() && self.sends()) || ((past || phrase) && !denied && !future)
    }
}

/// The other side confirms: «получил, спасибо».
fn thanks_for_it(turn: &Turn<'_>, owed: &Owed) -> bool {
    turn.direction() != owed.side
        && !turn.text.asks
        && has(&turn.flat, &["получил", "получила", "получили", "received", "пришло", "пришел", "дошло", "дошел", "заработало"])
        && !has(&turn.flat, &["не", "not"])
        && (turn.flat.len() <= 5 || owed.names_thing(turn))
}

/// Enough of a word to know it in another case: «договор», «договора».
fn head(word: &str) -> String {
    let keep = word.chars().count().saturating_sub(2).clamp(3, 7);
    word.chars().take(keep).collect()
}
