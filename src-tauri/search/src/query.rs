//! What people type, taken apart. Words join by AND; `"…"` is exact, `"…"~5` near; `-word` excludes; `OR`, `ИЛИ` and `|`
//! choose; `NEAR`, `РЯДОМ` stand between neighbours; a `*` is any letters; `name:value` narrows, in English and Russian
//! alike. A wrong operator or value is a [`Problem`], never ignored; any other input is words.

mod lexer;
mod operators;

pub use operators::{HasValue, IsValue, Op, OperatorName, operator_named};

use crate::special::{self, Special, SpecialKind};
use crate::words::{TokenKind, tokens};
use lexer::{Item, Piece};
use std::ops::Range;

/// How many words may stand between neighbours when the number is not said.
const NEAR: u32 = 5;

/// One thing that must hold of a message's words. All surfaces are normalised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clause {
    /// A word in any of its forms. `typing`: nothing follows it yet, so it may be the beginning of a word.
    Word {
        surface: String,
        typing: bool,
    },
    /// A term of the surface field: an address, a phone, a sum, an emoji.
    Exact(String),
    /// Letters with `*` for any letters.
    Pattern(String),
    /// These very words, one after another.
    Phrase(Vec<String>),
    /// Words in any of their forms, one after another.
    Run(Vec<String>),
    /// Words in any of their forms; each at most so many words away from the one before it.
    Near {
        words: Vec<String>,
        within: u32,
    },
    AnyOf(Vec<Clause>),
    Without(Box<Clause>),
    /// Any of these stems or surfaces: what the index really holds instead of the mistyped word.
    Similar {
        typed: String,
        stems: Vec<String>,
        surfaces: Vec<String>,
    },
}

/// `name:value` as it stands in the query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    pub name: OperatorName,
    /// Any of these.
    pub values: Vec<Op>,
    pub negated: bool,
    /// Bytes of the query.
    pub range: Range<usize>,
}

/// A query as typed, taken apart. Names and dates are resolved by who knows chats and time zones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    pub clauses: Vec<Clause>,
    pub operators: Vec<Operator>,
}

/// Why a query cannot be answered as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// `nearest`: the operator that was probably meant.
    UnknownOperator {
        name: String,
        nearest: Option<&'static str>,
    },
    /// `has:`, `is:` and `kind:` take these values only, named in (Russian, English).
    UnknownValue {
        operator: String,
        value: String,
        allowed: Vec<(&'static str, &'static str)>,
    },
    NoValue {
        operator: String,
    },
    /// `before:`, `after:`, `on:`, `during:` with something that is no time.
    NotATime {
        operator: String,
        value: String,
    },
    /// Nobody and nothing in the archive has such a name.
    NoSuchName {
        operator: String,
        value: String,
    },
    /// `OR` and `NEAR` join words, and one is missing or is an operator.
    NothingToJoin {
        word: String,
    },
}

impl Parsed {
    pub fn is_empty(&self) -> bool {
        *self == Parsed::default()
    }
}

/// # Errors
/// See [`Problem`]; a query without operators and joining words has none.
pub fn parse(typed: &str) -> Result<Parsed, Problem> {
    let mut building = Building { typed, parsed: Parsed::default(), join: None };
    let ends_open = !typed.ends_with(char::is_whitespace);
    let mut items = lexer::items(typed).into_iter().peekable();
    while let Some(item) = items.next() {
        let Item { piece, negated, mut range } = item;
        // Words that stand together are read together: a phone or a sum may hold spaces.
        if piece == Piece::Words && !negated {
            while let Some(next) = items.next_if(|next| next.piece == Piece::Words && !next.negated) {
                range.end = next.range.end;
            }
        }
        let typing = ends_open && items.peek().is_none();
        building.take(piece, negated, range, typing)?;
    }
    Ok(building.parsed)
}

/// Where the pieces of a query stand: words, phrases, operators, joining words.
pub fn pieces(typed: &str) -> Vec<Range<usize>> {
    lexer::items(typed).into_iter().map(|item| item.range).collect()
}

/// The query with each of its plain words spelled anew; operators, quotes and patterns stay.
pub(crate) fn respelled(typed: &str, mut spell: impl FnMut(&str) -> String) -> String {
    let (mut out, mut from) = (String::new(), 0);
    for item in lexer::items(typed).into_iter().filter(|item| item.piece == Piece::Words && !item.negated) {
        out.push_str(typed.get(from..item.range.start).unwrap_or_default());
        out.push_str(&spell(typed.get(item.range.clone()).unwrap_or_default()));
        from = item.range.end;
    }
    out.push_str(typed.get(from..).unwrap_or_default());
    out
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Join {
    Or,
    Near(u32),
}

struct Building<'a> {
    typed: &'a str,
    parsed: Parsed,
    /// A joining word that waits for what it joins, and how it was written.
    join: Option<(Join, &'a str)>,
}

impl<'a> Building<'a> {
    fn take(&mut self, piece: Piece, negated: bool, range: Range<usize>, typing: bool) -> Result<(), Problem> {
        let written = self.typed.get(range.clone()).unwrap_or_default();
        match piece {
            Piece::Or | Piece::Near(_) => return self.begin_join(piece, written),
            Piece::Operator { name, value, listed } => {
                if let Some((_, word)) = self.join {
                    return Err(Problem::NothingToJoin { word: word.to_owned() });
                }
                if let Some((name, values)) = operators::read(&name, &value, listed, typing)? {
                    self.parsed.operators.push(Operator { name, values, negated, range });
                }
            }
            Piece::Pattern(pattern) => self.add(vec![Clause::Pattern(pattern)], negated),
            Piece::Quoted { text, within } => self.add(quoted(&text, within), negated),
            Piece::Words => {
                let text = if negated { written.strip_prefix('-').unwrap_or(written) } else { written };
                self.add(clauses(text, typing && !negated), negated);
            }
        }
        Ok(())
    }

    fn begin_join(&mut self, piece: Piece, written: &'a str) -> Result<(), Problem> {
        if self.join.is_some() || self.parsed.clauses.is_empty() {
            return Err(Problem::NothingToJoin { word: written.to_owned() });
        }
        let join = if let Piece::Near(within) = piece { Join::Near(within.unwrap_or(NEAR)) } else { Join::Or };
        self.join = Some((join, written));
        Ok(())
    }

    fn add(&mut self, mut new: Vec<Clause>, negated: bool) {
        if negated {
            new = new.into_iter().map(|clause| Clause::Without(Box::new(clause))).collect();
        }
        if let Some((join, _)) = self.join.take()
            && let Some(right) = (!new.is_empty()).then(|| new.remove(0))
            && let Some(left) = self.parsed.clauses.pop()
        {
            self.parsed.clauses.push(joined(join, left, right));
        }
        self.parsed.clauses.append(&mut new);
    }
}

fn joined(join: Join, left: Clause, right: Clause) -> Clause {
    match (join, left, right) {
        (Join::Near(within), Clause::Word { surface: a, .. }, Clause::Word { surface: b, .. }) => {
            Clause::Near { words: vec![a, b], within }
        }
        (Join::Near(within), Clause::Near { mut words, within: before }, Clause::Word { surface, .. }) => {
            words.push(surface);
            Clause::Near { words, within: within.max(before) }
        }
        (Join::Or, Clause::AnyOf(mut all), right) => {
            all.push(right);
            Clause::AnyOf(all)
        }
        (_, left, right) => Clause::AnyOf(vec![left, right]),
    }
}

fn surfaces(text: &str) -> Vec<String> {
    crate::words::words(text).into_iter().map(|w| w.surface).collect()
}

fn quoted(text: &str, within: Option<u32>) -> Vec<Clause> {
    let words = surfaces(text);
    match (words.len(), within) {
        (0, _) => special::find(text).into_iter().map(|one| Clause::Exact(one.term)).collect(),
        (2.., Some(within)) => vec![Clause::Near { words, within }],
        _ => vec![Clause::Phrase(words)],
    }
}

/// What a stretch of words asks for.
fn clauses(text: &str, typing: bool) -> Vec<Clause> {
    let all = tokens(text);
    let (words, joined): (Vec<_>, Vec<_>) =
        all.into_iter().filter(|t| t.kind != TokenKind::Special).partition(|t| t.kind == TokenKind::Word);
    let mut wholes: Vec<(Range<usize>, Clause)> = Vec::new();
    for one in outer(special::find(text)) {
        let inside: Vec<String> =
            words.iter().filter(|w| one.start <= w.start && w.end <= one.end).map(|w| w.text.clone()).collect();
        let still_typed = typing && one.end == text.len();
        wholes.push((one.start..one.end, whole(one, inside, still_typed)));
    }
    for chain in joined {
        if wholes.iter().all(|(range, _)| chain.start >= range.end || range.start >= chain.end) {
            let parts = words.iter().filter(|w| chain.start <= w.start && w.end <= chain.end).map(|w| w.text.clone()).collect();
            let joined = Clause::Word { surface: chain.text, typing: typing && chain.end == text.len() };
            wholes.push((chain.start..chain.end, Clause::AnyOf(vec![Clause::Run(parts), joined])));
        }
    }
    let last = words.len();
    let single = (1..).zip(words).filter(|(_, w)| !wholes.iter().any(|(range, _)| range.start <= w.start && w.end <= range.end));
    let mut ordered: Vec<(usize, Clause)> = single
        .map(|(number, w)| (w.start, Clause::Word { surface: w.text, typing: typing && number == last && w.end == text.len() }))
        .collect();
    ordered.extend(wholes.into_iter().map(|(range, clause)| (range.start, clause)));
    ordered.sort_by_key(|(start, _)| *start);
    ordered.into_iter().map(|(_, clause)| clause).collect()
}

/// An e-mail holds a host, a full date holds a day: the larger thing was meant.
fn outer(mut found: Vec<Special>) -> Vec<Special> {
    found.sort_by_key(|one| (std::cmp::Reverse(one.end - one.start), std::cmp::Reverse(one.term.len())));
    let mut kept: Vec<Special> = Vec::new();
    for one in found {
        if kept.iter().all(|k| one.start >= k.end || k.start >= one.end) {
            kept.push(one);
        }
    }
    kept
}

/// The thing as a whole, or its words as they stand: nothing that is written is ever harder to find for being special.
fn whole(one: Special, words: Vec<String>, typing: bool) -> Clause {
    let exact = Clause::Exact(one.term);
    let literal = match words.as_slice() {
        [] => return exact,
        [only] => Clause::Word { surface: only.clone(), typing },
        _ if one.kind == SpecialKind::Amount(false) => return exact,
        _ => Clause::Phrase(words),
    };
    Clause::AnyOf(vec![exact, literal])
}

#[cfg(test)]
mod tests;
