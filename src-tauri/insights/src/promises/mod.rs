//! Promises: a commitment in one's own words, consent to what the other side asked, or a bare date in answer to «когда?».
//! Each has words that commit (`commit.rs`), words that spoil it (`vetoes.rs`), a date (`deadline.rs`) and a state (`state.rs`).

mod acceptance;
mod commit;
mod condition;
mod deadline;
mod english;
mod relayed;
mod russian;
mod state;
#[cfg(test)]
mod tests;
mod vetoes;

use crate::due::Precision;
use crate::findings::{Author, Promise, PromiseKind, PromiseState, Quote};
use crate::talk::Turn;
use crate::text::span;
use commit::Commit;
use deadline::Deadline;
use jiff::tz::TimeZone;
use letopis_model::{Direction, Timestamp};

pub fn find(turns: &[Turn<'_>], now: Timestamp, tz: &TimeZone) -> Vec<Promise> {
    let mut found: Vec<(usize, Promise)> = Vec::new();
    for (index, turn) in turns.iter().enumerate() {
        if turn.foreign || turn.flat.is_empty() || vetoes::is_joke(turn) {
            continue;
        }
        let own = commit::all(turn);
        let agreed = if own.is_empty() { None } else { acceptance::of_meeting(turns, index, &found, tz) };
        let fresh = if own.is_empty() {
            acceptance::of(turns, index, &found, tz).into_iter().collect()
        } else if let Some(meeting) = agreed {
            vec![meeting]
        } else {
            spoken(turns, index, &own, tz)
        };
        found.extend(fresh.into_iter().map(|promise| (index, promise)));
    }
    state::settle(&mut found, turns, now);
    found.into_iter().map(|(_, promise)| promise).collect()
}

/// Whether the turn commits its author in its own words.
pub fn commits(turn: &Turn<'_>) -> bool {
    !turn.foreign && !turn.flat.is_empty() && !vetoes::is_joke(turn) && !commit::all(turn).is_empty()
}

/// One promise for the message, or one for each of its different dates.
fn spoken(turns: &[Turn<'_>], index: usize, commits: &[Commit], tz: &TimeZone) -> Vec<Promise> {
    let Some(turn) = turns.get(index) else { return Vec::new() };
    let mut promises: Vec<Promise> = Vec::new();
    for commit in commits {
        let deadline = deadline::of_commit(turns, index, commit);
        let promise = build(turn, commit, deadline, tz);
        match promises.iter_mut().find(|p| p.due == promise.due || p.due.is_none() || promise.due.is_none()) {
            Some(same) => merge(same, promise),
            None => promises.push(promise),
        }
    }
    promises
}

/// Two acts under one date are one line of the ledger; the date and the firmer word win.
fn merge(kept: &mut Promise, other: Promise) {
    kept.weak &= other.weak;
    kept.conditional |= other.conditional;
    if kept.kind == PromiseKind::Action {
        kept.kind = other.kind;
    }
    if kept.due.is_none() && other.due.is_some() {
        (kept.due, kept.due_at, kept.due_text, kept.precision) = (other.due, other.due_at, other.due_text, other.precision);
        kept.quote.text = other.quote.text;
    }
}

fn build(turn: &Turn<'_>, commit: &Commit, deadline: Option<Deadline>, tz: &TimeZone) -> Promise {
    let sentence = turn.text.sentences.get(commit.sentence).map_or(&[][..], |s| s.words.as_slice());
    let whole = span(turn.text.raw, sentence);
    let clause = sentence.get(commit.from..commit.to).map_or(whole, |words| span(turn.text.raw, words));
    let text = if whole.chars().count() <= 200 { whole } else { clause };
    promise(turn, text, author(turn, commit), commit, deadline, tz)
}

fn promise(turn: &Turn<'_>, text: &str, author: Author, commit: &Commit, deadline: Option<Deadline>, tz: &TimeZone) -> Promise {
    let due_at = deadline.as_ref().and_then(|d| crate::due::last_moment(d.date, d.time, tz));
    Promise {
        quote: Quote::of(turn.message, text),
        author,
        kind: commit.kind,
        weak: commit.weak,
        conditional: commit.conditional,
        due: deadline.as_ref().map(|d| d.date),
        due_at,
        precision: deadline.as_ref().map_or(Precision::Vague, |d| d.precision),
        due_text: deadline.map(|d| d.text).unwrap_or_default(),
        state: PromiseState::Open,
        closed_by: None,
    }
}

fn author(turn: &Turn<'_>, commit: &Commit) -> Author {
    match (commit.kind, turn.direction(), commit.many) {
        (PromiseKind::Meeting, ..) => Author::Both,
        (PromiseKind::Action | PromiseKind::Terms, Direction::In, _) => Author::Client,
        (PromiseKind::Action | PromiseKind::Terms, Direction::Out, true) => Author::Team,
        (PromiseKind::Action | PromiseKind::Terms, Direction::Out, false) => Author::Manager,
    }
}
