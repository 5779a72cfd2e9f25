//! What to mark in a text: the same words, by the same rules, as the query found.

use crate::analyzer::{stems, words};
use crate::query::{Clause, Parsed};
use std::collections::BTreeSet;

/// Bytes of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

/// Made once for a query, used for every hit.
pub struct Highlighter {
    stems: BTreeSet<String>,
    beginnings: Vec<String>,
    phrases: Vec<Vec<String>>,
}

impl Highlighter {
    pub fn new(parsed: &Parsed) -> Self {
        let mut new = Highlighter { stems: BTreeSet::new(), beginnings: Vec::new(), phrases: Vec::new() };
        for clause in &parsed.clauses {
            match clause {
                Clause::Word { surface, typing } => {
                    let (stem, second) = stems(surface);
                    new.stems.insert(stem);
                    new.stems.extend(second);
                    if *typing {
                        new.beginnings.push(surface.clone());
                    }
                }
                Clause::Beginning(surface) => new.beginnings.push(surface.clone()),
                Clause::Phrase(surfaces) => new.phrases.push(surfaces.clone()),
                Clause::Without(_) => {}
            }
        }
        new
    }

    /// The matches in a text, in order; empty when nothing matches.
    pub fn spans(&self, text: &str) -> Vec<Span> {
        let words = words(text);
        let mut marked: Vec<bool> = words
            .iter()
            .map(|word| {
                let (stem, second) = stems(&word.surface);
                self.stems.contains(&stem) || second.is_some_and(|s| self.stems.contains(&s))
            })
            .collect();
        if !marked.contains(&true) {
            for (mark, word) in marked.iter_mut().zip(&words) {
                *mark = self.beginnings.iter().any(|b| word.surface.starts_with(b.as_str()));
            }
        }
        for phrase in self.phrases.iter().filter(|p| !p.is_empty()) {
            for (start, run) in words.windows(phrase.len()).enumerate() {
                if run.iter().zip(phrase).all(|(word, surface)| word.surface == *surface) {
                    marked.iter_mut().skip(start).take(phrase.len()).for_each(|mark| *mark = true);
                }
            }
        }
        words
            .iter()
            .zip(marked)
            .filter(|(_, marked)| *marked)
            .map(|(word, _)| Span { start: word.start, end: word.end })
            .collect()
    }
}
