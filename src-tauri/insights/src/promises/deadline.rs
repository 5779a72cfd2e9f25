//! Which of the dates around a promise is its due date. A date inside the condition is not.

use super::commit::Commit;
use crate::due::{self, Due, Precision};
use crate::lexicon::{verbs, words};
use crate::talk::Turn;
use crate::text::{Break, Word, at, clauses, span};
use jiff::civil::{Date, Time};

pub struct Deadline {
    pub date: Date,
    pub time: Option<Time>,
    pub precision: Precision,
    /// The words it was read from, verbatim.
    pub text: String,
}

/// Fragments of one thought («скину» / «завтра») come within this many seconds.
const FRAGMENT: i64 = 600;

/// The date of the clause, else of the sentence, else of the message, else of the author's neighbouring fragments.
pub fn of_commit(turns: &[Turn<'_>], index: usize, commit: &Commit) -> Option<Deadline> {
    let turn = turns.get(index)?;
    let sentence = turn.text.sentences.get(commit.sentence)?;
    let clause = sentence.words.get(commit.from..commit.to).unwrap_or_default();
    in_words(turn, clause)
        .or_else(|| in_sentence(turn, &sentence.words, commit))
        .or_else(|| in_fragments_of(turn, commit.sentence))
        .or_else(|| in_neighbours(turns, index))
}

fn in_words(turn: &Turn<'_>, clause: &[Word]) -> Option<Deadline> {
    let open = without_condition(clause);
    let dues = due::find(open, turn.sent);
    let pick = dues.iter().position(|d| d.date >= turn.sent.date())?;
    let first = dues.get(pick)?;
    let last = dues.get(pick + 1).filter(|next| next.date > first.date && joined_by_and(open, first, next));
    Some(deadline(turn, open, last.unwrap_or(first)))
}

/// «спрошу сегодня и завтра напишу»: two acts in a row are done when the last is.
fn joined_by_and(words: &[Word], first: &Due, next: &Due) -> bool {
    let between = words.get(first.first + first.len..next.first).unwrap_or_default();
    between.iter().any(|w| matches!(w.norm.as_str(), "и" | "and" | "then" | "потом"))
}

/// The clause without the part that states the condition.
fn without_condition(clause: &[Word]) -> &[Word] {
    let first = at(clause, 0);
    let conditional =
        matches!(first, "если" | "if" | "когда" | "once" | "when" | "unless") || (first == "как" && at(clause, 1) == "только");
    if !conditional {
        return clause;
    }
    let verb = clause
        .iter()
        .rposition(|w| verbs::known(&w.norm).is_some_and(|v| matches!(v.form, verbs::Form::First | verbs::Form::Plural)));
    verb.and_then(|i| clause.get(i..)).unwrap_or_default()
}

/// A neighbouring clause may hold the date when it states neither a condition, nor another act, nor the past.
fn in_sentence(turn: &Turn<'_>, sentence: &[Word], commit: &Commit) -> Option<Deadline> {
    let mut from = 0;
    let mut found = None;
    for clause in clauses(sentence) {
        let near = from >= commit.to || found.is_none();
        if from != commit.from && near && is_free(clause) {
            found = found.or_else(|| in_words(turn, clause));
        }
        from += clause.len();
    }
    found
}

fn is_free(clause: &[Word]) -> bool {
    let condition = words::opens_condition(at(clause, 0)) && !matches!(at(clause, 0), "после" | "after" | "before");
    let acts =
        clause.iter().any(|w| verbs::past(&w.norm) || verbs::known(&w.norm).is_some_and(|v| v.form != verbs::Form::Infinitive));
    !condition && !acts
}

/// «Скину договор. Завтра до обеда.»: another sentence of nothing but a date.
fn in_fragments_of(turn: &Turn<'_>, own: usize) -> Option<Deadline> {
    let others = turn.text.sentences.iter().enumerate().filter(|(n, _)| n.abs_diff(own) == 1);
    others.into_iter().filter(|(_, s)| is_only_date(turn, &s.words)).find_map(|(_, s)| in_words(turn, &s.words))
}

fn in_neighbours(turns: &[Turn<'_>], index: usize) -> Option<Deadline> {
    let turn = turns.get(index)?;
    let near = |t: &&Turn<'_>| {
        t.direction() == turn.direction() && (t.seconds() - turn.seconds()).abs() <= FRAGMENT && !t.foreign && !t.text.asks
    };
    let later = turns.iter().skip(index + 1).take_while(|t| t.direction() == turn.direction()).take(2);
    let earlier = turns.get(..index).unwrap_or_default().iter().rev().take_while(|t| t.direction() == turn.direction()).take(1);
    later.chain(earlier).filter(near).find_map(|t| is_only_date(t, &t.flat).then(|| in_words(t, &t.flat)).flatten())
}

/// Nothing but a date and small words.
pub fn is_only_date(turn: &Turn<'_>, words: &[Word]) -> bool {
    let dated: usize = due::find(words, turn.sent).iter().map(|d| d.len).sum();
    let small = words
        .iter()
        .filter(|w| {
            matches!(
                w.norm.as_str(),
                "точно"
                    | "где-то"
                    | "думаю"
                    | "наверное"
                    | "максимум"
                    | "максимально"
                    | "примерно"
                    | "ориентировочно"
                    | "крайний"
                    | "срок"
                    | "а"
                    | "и"
                    | "ок"
                    | "да"
                    | "maybe"
                    | "latest"
                    | "at"
                    | "the"
                    | "probably"
                    | "around"
                    | "или"
                    | "ближе"
                    | "будет"
                    | "скорее"
                    | "всего"
                    | "нет"
            )
        })
        .count();
    dated > 0 && dated + small >= words.len()
}

pub fn deadline(turn: &Turn<'_>, words: &[Word], due: &Due) -> Deadline {
    let range = words.get(due.first..due.first + due.len).unwrap_or_default();
    Deadline { date: due.date, time: due.time, precision: due.precision, text: span(turn.text.raw, range).to_owned() }
}

/// The date of a message as a whole: for consent and for bare dates.
pub fn of_turn(turn: &Turn<'_>) -> Option<Deadline> {
    let own =
        turn.text.sentences.iter().flat_map(|s| clauses(&s.words)).filter(|c| {
            !words::opens_condition(at(c, 0)) || c.first().is_some_and(|w| w.before == Break::None && w.norm == "после")
        });
    own.filter_map(|clause| in_words(turn, clause)).last()
}
