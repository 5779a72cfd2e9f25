//! The words by which an author commits: a future of giving, doing or telling, a set russian::phrase, a thing with a date.

use super::{condition, english, relayed, russian, vetoes};
use crate::due;
use crate::findings::PromiseKind;
use crate::lexicon::{spoilers, verbs, words};
use crate::talk::Turn;
use crate::text::{End, Sentence, Word, clauses, has};
use jiff::civil::DateTime;
use letopis_model::Direction;

/// A commitment and where it stands: words `from..to` of a sentence.
#[derive(Clone, Debug)]
pub struct Commit {
    pub sentence: usize,
    pub from: usize,
    pub to: usize,
    /// «мы», a colleague.
    pub many: bool,
    pub weak: bool,
    pub conditional: bool,
    pub kind: PromiseKind,
}

/// What the detectors below see of one clause.
pub struct Clause<'a> {
    pub words: &'a [Word],
    /// The sentence up to the clause.
    pub earlier: &'a [Word],
    pub sent: DateTime,
    pub direction: Direction,
    /// Whether the clause names a date.
    pub dated: bool,
    /// The next clause begins with a question word: «посмотрим, как пойдет».
    pub following_asks: bool,
    /// The next clause is nothing but a date: «делаю, 5 минут».
    pub beside: bool,
    /// One of several «swagger сегодня, стенд до понедельника».
    pub paired: bool,
}

/// The clause that begins at word `from`.
fn some_clause(words: &[Word], from: usize) -> &[Word] {
    clauses(words.get(from..).unwrap_or_default()).next().unwrap_or_default()
}

/// At least two clauses, each a thing in one or two words and a date.
fn is_list(words: &[Word], sent: DateTime) -> bool {
    let named = |clause: &[Word]| {
        let dated: usize = due::find(clause, sent).iter().map(|d| d.len).sum();
        dated > 0 && (1..=2).contains(&clause.len().saturating_sub(dated))
    };
    let (mut all, mut fit) = (0, 0);
    for clause in clauses(words) {
        all += 1;
        fit += usize::from(named(clause));
    }
    fit >= 2 && fit == all
}

fn is_date(words: &[Word], sent: DateTime) -> bool {
    let dated: usize = due::find(words, sent).iter().map(|d| d.len).sum();
    dated > 0 && dated == words.len()
}

/// How a clause commits: the index of the committing word and whether the firm speaks.
pub struct Act {
    pub at: usize,
    pub many: bool,
    pub meets: bool,
}

type Detector = fn(&Clause<'_>) -> Option<Act>;

/// In this order; the first that speaks wins.
const DETECTORS: [Detector; 10] = [
    russian::vow,
    russian::phrase,
    russian::future,
    russian::lasting_future,
    english::english,
    relayed::colleague,
    relayed::arrival,
    relayed::present_with_date,
    relayed::thing_with_date,
    relayed::restated,
];

pub fn all(turn: &Turn<'_>) -> Vec<Commit> {
    let sentences = turn.text.sentences.iter().enumerate();
    sentences.flat_map(|(nth, sentence)| of_sentence(turn, nth, sentence)).collect()
}

fn of_sentence(turn: &Turn<'_>, nth: usize, sentence: &Sentence) -> Vec<Commit> {
    let words = &sentence.words;
    let asked_from = question_start(sentence);
    if vetoes::spoils_sentence(words) {
        return Vec::new();
    }
    let condition = condition::states_condition(words);
    let dated = !due::find(words, turn.sent).is_empty();
    let paired = dated && is_list(words, turn.sent);
    let mut found = Vec::new();
    let mut from = 0;
    for clause in clauses(words) {
        let to = from + clause.len();
        if to <= asked_from {
            let seen = Clause {
                words: clause,
                earlier: words.get(..from).unwrap_or_default(),
                sent: turn.sent,
                direction: turn.direction(),
                dated: dated && !due::find(clause, turn.sent).is_empty(),
                paired,
                beside: dated && is_date(some_clause(words, to), turn.sent),
                following_asks: words.get(to).is_some_and(|w| words::is_interrogative(&w.norm)),
            };
            if let Some(act) = read(&seen) {
                let weak = spoilers::doubts().any(clause) || seen.earlier.iter().any(|_| spoilers::doubts().any(seen.earlier));
                let kind = kind(words, &act);
                found.push(Commit { sentence: nth, from, to, many: act.many, weak, conditional: condition, kind });
            }
        }
        from = to;
    }
    found
}

fn read(clause: &Clause<'_>) -> Option<Act> {
    let act = DETECTORS.iter().find_map(|detector| detector(clause))?;
    (!vetoes::spoils(clause, &act)).then_some(act)
}

/// The index from which a sentence with «?» asks; its end for a statement and for «…, ок?».
fn question_start(sentence: &Sentence) -> usize {
    let all = sentence.words.len();
    if sentence.end != End::Question {
        return all;
    }
    let mut starts: Vec<(usize, &[Word])> = Vec::new();
    let mut from = 0;
    for clause in clauses(&sentence.words) {
        starts.push((from, clause));
        from += clause.len();
    }
    match starts.last() {
        Some((start, last)) if *start > 0 && (words::is_tag(last) || asks(last) || asks_beside(&sentence.words, *start)) => {
            *start
        }
        _ => 0,
    }
}

/// "I'll set it up today, kickoff on Monday?": a dated first part and a short second one without a verb.
fn asks_beside(words: &[Word], start: usize) -> bool {
    let (first, last) = (words.get(..start).unwrap_or_default(), words.get(start..).unwrap_or_default());
    let sent = DateTime::constant(2020, 1, 1, 12, 0, 0, 0);
    let verb = last.iter().any(|w| verbs::known(&w.norm).is_some() || verbs::infinitive(&w.norm));
    !verb && last.len() <= 6 && !due::find(first, sent).is_empty() && !due::find(last, sent).is_empty()
}

fn asks(clause: &[Word]) -> bool {
    let opens = clause.iter().take(2).any(|w| words::is_interrogative(&w.norm) || matches!(w.norm.as_str(), "вы" | "вам" | "а"));
    opens
        || clause
            .iter()
            .any(|w| verbs::known(&w.norm).is_some_and(|v| v.form == verbs::Form::Second || v.form == verbs::Form::Imperative))
}

fn kind(sentence: &[Word], act: &Act) -> PromiseKind {
    let terms = sentence.iter().any(|w| w.norm.starts_with("скидк") || w.norm.starts_with("discount") || w.norm == "бесплатно");
    let gives = has(
        sentence,
        &[
            "дам",
            "дадим",
            "сделаю",
            "сделаем",
            "предоставим",
            "зафиксируем",
            "зафиксирую",
            "i'll",
            "we'll",
            "поставим",
            "отдадим",
            "отдам",
            "give",
        ],
    );
    if act.meets {
        PromiseKind::Meeting
    } else if terms && gives {
        PromiseKind::Terms
    } else {
        PromiseKind::Action
    }
}
