//! What to mark in a text: the same words, by the same rules, as the query found. A whole query is matched here too, text
//! by text, with no index: the tests compare the two.

use crate::analyzer::stems;
use crate::query::Clause;
use crate::words::{Token, TokenKind, tokens};

/// Bytes of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

/// Made once for a query, used for every hit.
pub struct Highlighter {
    clauses: Vec<Clause>,
}

/// A token with the stems it is found by.
struct Reading {
    token: Token,
    stem: String,
    second: Option<String>,
}

fn both(surface: &str) -> Vec<String> {
    let (stem, second) = stems(surface);
    std::iter::once(stem).chain(second).collect()
}

impl Reading {
    fn of(text: &str) -> Vec<Reading> {
        let read = |token: Token| {
            let (stem, second) = if token.kind == TokenKind::Special { (String::new(), None) } else { stems(&token.text) };
            Reading { token, stem, second }
        };
        tokens(text).into_iter().map(read).collect()
    }

    fn is_form_of(&self, surface: &str) -> bool {
        self.token.text == surface || self.is_any_of(&both(surface))
    }

    fn is_any_of(&self, stems: &[String]) -> bool {
        stems.iter().any(|stem| self.has_stem(stem))
    }

    fn has_stem(&self, stem: &str) -> bool {
        self.token.kind != TokenKind::Special && (self.stem == stem || self.second.as_deref() == Some(stem))
    }

    fn span(&self) -> Span {
        Span { start: self.token.start, end: self.token.end }
    }
}

impl Highlighter {
    pub fn new(clauses: &[Clause]) -> Self {
        Highlighter { clauses: clauses.to_vec() }
    }

    /// The matches in a text, in order and apart; empty when nothing matches.
    pub fn spans(&self, text: &str) -> Vec<Span> {
        let readings = Reading::of(text);
        let mut found: Vec<Span> = self.clauses.iter().flat_map(|clause| marks(clause, &readings)).collect();
        found.sort_unstable();
        let mut apart: Vec<Span> = Vec::new();
        for span in found {
            match apart.last_mut() {
                Some(last) if span.start < last.end => last.end = last.end.max(span.end),
                _ => apart.push(span),
            }
        }
        apart
    }
}

fn marks(clause: &Clause, all: &[Reading]) -> Vec<Span> {
    let those = |holds: &dyn Fn(&Reading) -> bool| all.iter().filter(|r| holds(r)).map(Reading::span).collect::<Vec<_>>();
    match clause {
        Clause::Word { surface, typing } => {
            let wanted = both(surface);
            let whole = those(&|r| r.is_any_of(&wanted));
            if !whole.is_empty() || !typing { whole } else { those(&|r| r.token.text.starts_with(surface.as_str())) }
        }
        Clause::Exact(text) => those(&|r| r.token.text == *text),
        Clause::Pattern(pattern) => those(&|r| fits(&r.token.text, pattern)),
        Clause::Phrase(words) => runs(all, words.len(), &|r, at| words.get(at).is_some_and(|w| r.token.text == *w)),
        Clause::Run(words) => runs(all, words.len(), &|r, at| words.get(at).is_some_and(|w| r.is_form_of(w))),
        Clause::Near { words, within } => near(words, *within, all),
        Clause::AnyOf(each) => each.iter().flat_map(|one| marks(one, all)).collect(),
        Clause::Without(_) => Vec::new(),
        Clause::Similar { stems, surfaces, .. } => {
            those(&|r| surfaces.contains(&r.token.text) || stems.iter().any(|stem| r.has_stem(stem)))
        }
    }
}

/// Readings stand by position: those from one position up to another, without walking the others. A message may hold a
/// hundred thousand words.
fn between(all: &[Reading], from: usize, to: usize) -> impl Iterator<Item = &Reading> {
    let start = all.partition_point(|r| r.token.position < from);
    all.iter().skip(start).take_while(move |r| r.token.position <= to)
}

/// Tokens at positions one after another.
fn runs(all: &[Reading], len: usize, holds: &dyn Fn(&Reading, usize) -> bool) -> Vec<Span> {
    let mut found = Vec::new();
    for first in all.iter().filter(|r| len > 0 && holds(r, 0)) {
        let place = |at: usize| first.token.position + at;
        let next = |at: usize| between(all, place(at), place(at)).find(|r| holds(r, at));
        let rest: Option<Vec<&Reading>> = (1..len).map(next).collect();
        if let Some(rest) = rest {
            found.extend(std::iter::once(first).chain(rest).map(Reading::span));
        }
    }
    found
}

fn near(words: &[String], within: u32, all: &[Reading]) -> Vec<Span> {
    let within = within as usize;
    let mut found = Vec::new();
    for pair in words.windows(2) {
        let [a, b] = pair else { continue };
        let before = found.len();
        for first in all.iter().filter(|r| r.is_form_of(a)) {
            let place = first.token.position;
            let others = between(all, place.saturating_sub(within), place.saturating_add(within));
            for second in others.filter(|r| r.token.position != place && r.is_form_of(b)) {
                found.extend([first.span(), second.span()]);
            }
        }
        if found.len() == before {
            return Vec::new();
        }
    }
    found
}

/// Whether a word fits letters with `*` between them.
pub fn fits(word: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| word.strip_prefix(first)) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part).and_then(|at| rest.get(at + part.len()..)) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}
