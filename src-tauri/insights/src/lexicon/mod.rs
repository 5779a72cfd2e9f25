//! Word lists and the small pattern language in which they are written. Matching is by words, never by substrings.
//!
//! A pattern is words with spaces between; patterns of one row are divided by `;`.
//! `a|b` either word · `сделал*` any word beginning so · `_` any one word · `~` up to three words.

pub mod asking;
pub mod consent;
pub mod endings;
pub mod frames;
pub mod names;
pub mod spoilers;
pub mod topics;
pub mod verbs;
pub mod words;

use crate::text::Word;
use std::collections::HashMap;

enum Piece {
    Any,
    Gap,
    OneOf(Vec<(&'static str, bool)>),
}

/// A list of labelled patterns, looked up by the first letter of their first word.
pub struct Patterns<T> {
    rows: Vec<(Vec<Piece>, T)>,
    by_letter: HashMap<char, Vec<usize>>,
}

pub struct Hit<T> {
    /// Index of the first word and how many words were matched.
    pub at: usize,
    pub len: usize,
    pub label: T,
}

impl<T: Copy> Patterns<T> {
    pub fn new(table: &[(T, &'static str)]) -> Self {
        let mut patterns = Patterns { rows: Vec::new(), by_letter: HashMap::new() };
        for (label, row) in table {
            for source in row.split(';').map(str::trim).filter(|s| !s.is_empty()) {
                patterns.add(source, *label);
            }
        }
        patterns
    }

    fn add(&mut self, source: &'static str, label: T) {
        let pieces: Vec<Piece> = source.split_whitespace().map(piece).collect();
        let row = self.rows.len();
        if let Some(Piece::OneOf(list)) = pieces.first() {
            let mut letters: Vec<char> = list.iter().filter_map(|(w, _)| w.chars().next()).collect();
            letters.sort_unstable();
            letters.dedup();
            for letter in letters {
                self.by_letter.entry(letter).or_default().push(row);
            }
        }
        self.rows.push((pieces, label));
    }

    /// Every match, in the order of the words.
    pub fn hits<'s>(&'s self, words: &'s [Word]) -> impl Iterator<Item = Hit<T>> + 's {
        (0..words.len()).flat_map(move |at| self.hits_at(words, at))
    }

    pub fn first(&self, words: &[Word]) -> Option<Hit<T>> {
        self.hits(words).next()
    }

    pub fn any(&self, words: &[Word]) -> bool {
        self.first(words).is_some()
    }

    /// The longest match that begins at word `at`.
    pub fn longest_at(&self, words: &[Word], at: usize) -> Option<Hit<T>> {
        self.hits_at(words, at).max_by_key(|hit| hit.len)
    }

    fn hits_at<'s>(&'s self, words: &'s [Word], at: usize) -> impl Iterator<Item = Hit<T>> + 's {
        let letter = words.get(at).and_then(|w| w.norm.chars().next());
        let rows = letter.and_then(|l| self.by_letter.get(&l)).map_or(&[][..], Vec::as_slice);
        let rest = words.get(at..).unwrap_or_default();
        rows.iter().filter_map(move |row| {
            let (pieces, label) = self.rows.get(*row)?;
            matched(pieces, rest).map(|len| Hit { at, len, label: *label })
        })
    }
}

fn piece(source: &'static str) -> Piece {
    match source {
        "_" => Piece::Any,
        "~" => Piece::Gap,
        _ => Piece::OneOf(source.split('|').map(|w| w.strip_suffix('*').map_or((w, false), |p| (p, true))).collect()),
    }
}

/// How many words the pieces cover from the start of `words`.
fn matched(pieces: &[Piece], words: &[Word]) -> Option<usize> {
    let Some((piece, later)) = pieces.split_first() else { return Some(0) };
    match piece {
        Piece::Gap => (0..=3usize).find_map(|skip| words.get(skip..).and_then(|w| matched(later, w)).map(|n| n + skip)),
        Piece::Any => words.split_first().and_then(|(_, rest)| matched(later, rest)).map(|n| n + 1),
        Piece::OneOf(list) => {
            let (word, rest) = words.split_first()?;
            let fits = |(w, prefix): &(&str, bool)| if *prefix { word.norm.starts_with(w) } else { word.norm == *w };
            list.iter().any(fits).then(|| matched(later, rest)).flatten().map(|n| n + 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Text;

    #[test]
    fn patterns_match_words_and_gaps() {
        let patterns = Patterns::new(&[(1, "беру|возьму ~ в работу"), (2, "счет*; акт")]);
        let labels = |text: &str| -> Vec<i32> { patterns.hits(&Text::plain(text).flat()).map(|h| h.label).collect() };
        assert_eq!(labels("беру это в работу"), [1]);
        assert_eq!(labels("счета и акты"), [2]);
        assert_eq!(labels("возьму кофе"), []);
    }
}
