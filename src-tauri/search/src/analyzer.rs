//! Words of a message. Each token is stemmed by its own script, since one message often holds two languages and language
//! detection fails on short text. Invisible characters inside a word are dropped, so they cannot hide it from search.

use crate::exceptions;
use frostem::{Algorithm, Stemmer};
use tantivy::Index;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use unicode_normalization::UnicodeNormalization;

pub const STEMS: &str = "letopis_stems";
pub const SURFACE: &str = "letopis_surface";

/// Longer runs of letters are no words; only their beginning is kept.
const WORD_LIMIT: usize = 64;

/// Changes whenever the same text would give other tokens.
pub fn fingerprint() -> String {
    "words-1 frostem-1.20260821 exceptions-1".to_owned()
}

pub fn register(index: &Index) {
    index.tokenizers().register(STEMS, Words { stems: true });
    index.tokenizers().register(SURFACE, Words { stems: false });
}

/// A word as written and where it stands, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Lower case, NFKC, ё as е, without invisible characters.
    pub surface: String,
    pub start: usize,
    pub end: usize,
}

/// Splits a text into words.
pub fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let mut run: Option<(usize, usize, String)> = None;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        if c.is_alphanumeric() || is_mark(c) {
            let (_, last, letters) = run.get_or_insert_with(|| (at, end, String::new()));
            *last = end;
            if letters.len() < WORD_LIMIT * 4 {
                letters.push(c);
            }
        } else if is_invisible(c) && run.is_some() {
            if let Some((_, last, _)) = run.as_mut() {
                *last = end;
            }
        } else if let Some(done) = run.take() {
            found.extend(word(done));
        }
    }
    found.extend(run.and_then(word));
    found
}

fn word((start, end, letters): (usize, usize, String)) -> Option<Word> {
    let surface: String =
        letters.nfkc().flat_map(char::to_lowercase).nfc().map(|c| if c == 'ё' { 'е' } else { c }).take(WORD_LIMIT).collect();
    (!surface.is_empty()).then_some(Word { surface, start, end })
}

/// Combining marks belong to the letter before them: «й» may come as «и» and a breve.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036f}' | '\u{0483}'..='\u{0487}')
}

/// Soft hyphen, zero-width and direction characters.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The stems of a word: usually one, two for surnames that the algorithm tears apart.
pub fn stems(surface: &str) -> (String, Option<String>) {
    let russian = Stemmer::new(Algorithm::Russian);
    if surface.chars().any(|c| c.is_ascii_digit()) {
        return (surface.to_owned(), None);
    }
    if surface.chars().any(|c| matches!(c, '\u{0400}'..='\u{04ff}')) {
        let stem = russian.stem(surface).into_owned();
        let second = exceptions::surname(surface, &stem, &russian);
        return (exceptions::canonical(surface, &stem).to_owned(), second);
    }
    (Stemmer::new(Algorithm::English).stem(surface).into_owned(), None)
}

#[derive(Clone)]
struct Words {
    stems: bool,
}

impl Tokenizer for Words {
    type TokenStream<'a> = Tokens;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Tokens {
        let mut tokens = Vec::new();
        for (position, word) in words(text).into_iter().enumerate() {
            let token = |text| Token { offset_from: word.start, offset_to: word.end, position, text, position_length: 1 };
            if self.stems {
                let (stem, second) = stems(&word.surface);
                tokens.push(token(stem));
                tokens.extend(second.map(token));
            } else {
                tokens.push(token(word.surface.clone()));
            }
        }
        Tokens { tokens, next: 0, current: Token::default() }
    }
}

pub struct Tokens {
    tokens: Vec<Token>,
    next: usize,
    current: Token,
}

impl TokenStream for Tokens {
    fn advance(&mut self) -> bool {
        let Some(token) = self.tokens.get_mut(self.next) else { return false };
        self.current = std::mem::take(token);
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.current
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.current
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let got: Vec<String> = words(text).into_iter().map(|w| w.surface).collect();
        assert_eq!(got, expected, "{text:?}");
    }

    #[test]
    fn texts_fall_into_words() {
        check("", &[]);
        check("Договор №47/2", &["договор", "47", "2"]);
        check("«Ёлка», ёж", &["елка", "еж"]);
        check("дого\u{200b}вор", &["договор"]);
        check("дого\u{ad}вор", &["договор"]);
        check("\u{202e}abc\u{202c} x", &["abc", "x"]);
        check("и\u{0306}од", &["йод"]);
        check("ﬁle ＡＢＣ", &["file", "abc"]);
        check("до пятницы🙂завтра", &["до", "пятницы", "завтра"]);
        check("don't", &["don", "t"]);
        check("שלום мир", &["שלום", "мир"]);
    }

    #[test]
    fn offsets_are_of_the_original_text() {
        let text = "а Ёж";
        let word = words(text).pop().unwrap();
        assert_eq!(text.get(word.start..word.end), Some("Ёж"));
    }

    #[test]
    fn word_families_share_a_stem() {
        for family in [
            "договор договора договору договором договоры договоров договоре",
            "скидка скидки скидку скидок скидкой скидкам",
            "деньги денег деньгам",
            "день дня дню дней",
            "отгрузка отгрузки отгрузок отгрузку",
            "иван ивану ивана",
            "invoice invoices",
            "price prices",
        ] {
            let mut heads = family.split(' ').map(|w| stems(w).0);
            let first = heads.next().unwrap();
            for (form, head) in family.split(' ').skip(1).zip(heads) {
                assert_eq!(head, first, "{form}");
            }
        }
        assert_eq!(stems("петров").1, Some(stems("петрова").0));
    }

    #[test]
    fn a_huge_word_is_cut_and_does_no_harm() {
        assert_eq!(words(&"ж".repeat(100_000)).first().map(|w| w.surface.chars().count()), Some(WORD_LIMIT));
    }
}
