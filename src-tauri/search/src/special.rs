//! What people search as one thing, whatever its spelling: a phone, a sum, a date, an address, a @name, an emoji. Each
//! gives one term for the surface field, and its first character says of what kind it is, so that no word can equal it:
//! `+79161234567`, `=90000`, `~2026-03-15`, `@anna`, `#тег`; addresses hold a dot, emoji are themselves.
//!
//! The words inside stay words: a term here only adds a way to be found.

mod addresses;
mod amounts;
mod dates;
mod phones;

use crate::words::is_alphabetic;
use std::str::Chars;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpecialKind {
    Phone,
    /// `true`: a currency, a multiplier or grouped digits say that it is a sum; a bare number may be anything.
    Amount(bool),
    Date,
    Link,
    Email,
    Name,
    Emoji,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Special {
    pub kind: SpecialKind,
    pub term: String,
    /// Bytes of the text.
    pub start: usize,
    pub end: usize,
}

/// Everything special in a text, in no particular order.
pub fn find(text: &str) -> Vec<Special> {
    let mut found = Vec::new();
    if text.bytes().any(|b| b.is_ascii_digit()) {
        let letters = Letters::of(text);
        found.extend(phones::find(&letters));
        let days = apart(dates::find(&letters), &found, |_| true);
        found.extend(days);
        // The year of a date is a bare number; «15.03» may be a price all the same.
        let sums = apart(amounts::find(&letters), &found, |one| one.kind == SpecialKind::Amount(false));
        found.extend(sums);
    }
    if text.bytes().any(|b| matches!(b, b'.' | b'@' | b'#')) {
        found.extend(addresses::find(text));
    }
    if !text.is_ascii() {
        found.extend(text.char_indices().filter(|(_, c)| is_emoji(*c)).map(|(at, c)| Special {
            kind: SpecialKind::Emoji,
            term: c.to_string(),
            start: at,
            end: at + c.len_utf8(),
        }));
    }
    found
}

/// Those that overlap nothing found before, unless they are of a kind that may.
fn apart(new: Vec<Special>, found: &[Special], must: impl Fn(&Special) -> bool) -> Vec<Special> {
    let over = |one: &Special| {
        found.iter().any(|f| one.start < f.end && f.start < one.end && (must(one) || f.kind == SpecialKind::Phone))
    };
    new.into_iter().filter(|one| !over(one)).collect()
}

/// Pictures that people write with; skin tones and joiners say nothing by themselves.
fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1f300}'..='\u{1f3fa}' | '\u{1f400}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b50}' | '\u{2b55}' | '\u{1f1e6}'..='\u{1f1ff}')
}

/// A text as characters with their places, so that scanners can look both ways.
pub(crate) struct Letters {
    all: Vec<(usize, char)>,
    len: usize,
}

impl Letters {
    fn of(text: &str) -> Self {
        Letters { all: text.char_indices().collect(), len: text.len() }
    }

    /// `\0` beyond either end.
    fn at(&self, index: usize) -> char {
        self.all.get(index).map_or('\0', |(_, c)| *c)
    }

    fn before(&self, index: usize) -> char {
        index.checked_sub(1).map_or('\0', |i| self.at(i))
    }

    /// The byte where the character `index` begins.
    fn byte(&self, index: usize) -> usize {
        self.all.get(index).map_or(self.len, |(at, _)| *at)
    }

    fn count(&self) -> usize {
        self.all.len()
    }

    /// How many characters from `index` on hold.
    fn run(&self, index: usize, holds: impl Fn(char) -> bool) -> usize {
        self.all.iter().skip(index).take_while(|(_, c)| holds(*c)).count()
    }

    fn text(&self, from: usize, to: usize) -> String {
        self.all.iter().take(to).skip(from).map(|(_, c)| *c).collect()
    }

    fn number(&self, from: usize, to: usize) -> Option<u64> {
        self.text(from, to).parse().ok()
    }

    /// The lower-case word that begins at `index`, and where it ends.
    fn word(&self, index: usize) -> (String, usize) {
        let end = index + self.run(index, is_alphabetic);
        (self.text(index, end).to_lowercase(), end)
    }

    /// The words of a list that begin here, each in small letters.
    fn begins(&self, index: usize, with: &str) -> bool {
        let same = |(offset, c): (usize, char)| self.at(index + offset).to_lowercase().eq(c.to_lowercase());
        let chars: Chars<'_> = with.chars();
        chars.enumerate().all(same)
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}')
}

#[cfg(test)]
mod tests;
