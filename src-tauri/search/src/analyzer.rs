//! From tokens to index terms. Each word is stemmed by its own script, since one message often holds two languages and
//! language detection fails on short text; what is no word goes in as it is.

use crate::exceptions;
use crate::words::{Token as Found, TokenKind, tokens};
use frostem::{Algorithm, Stemmer};
use tantivy::Index;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

pub const STEMS: &str = "letopis_stems";
pub const SURFACE: &str = "letopis_surface";

/// Changes whenever the same text would give other tokens.
pub fn fingerprint() -> String {
    "words-2 frostem-1.20260821 exceptions-3".to_owned()
}

pub fn register(index: &Index) {
    index.tokenizers().register(STEMS, Words { stems: true });
    index.tokenizers().register(SURFACE, Words { stems: false });
}

/// The stems of a word: usually one, two for surnames that the algorithm tears apart.
pub fn stems(surface: &str) -> (String, Option<String>) {
    if surface.chars().any(|c| c.is_ascii_digit()) {
        return (surface.to_owned(), None);
    }
    if surface.chars().any(|c| matches!(c, '\u{0400}'..='\u{04ff}')) {
        let russian = Stemmer::new(Algorithm::Russian);
        let stem = russian.stem(surface).into_owned();
        let second = exceptions::surname(surface, &stem, &russian);
        return (exceptions::canonical(surface, &stem).to_owned(), second);
    }
    let stem = Stemmer::new(Algorithm::English).stem(surface).into_owned();
    (exceptions::english(surface, stem), None)
}

#[derive(Clone)]
struct Words {
    stems: bool,
}

impl Tokenizer for Words {
    type TokenStream<'a> = Tokens;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Tokens {
        let mut out = Vec::new();
        for found in tokens(text) {
            match (self.stems, found.kind) {
                (false, _) => out.push(term(&found, found.text.clone())),
                (true, TokenKind::Special) => {}
                (true, TokenKind::Word | TokenKind::Joined) => {
                    let (stem, second) = stems(&found.text);
                    out.push(term(&found, stem));
                    out.extend(second.map(|second| term(&found, second)));
                }
            }
        }
        Tokens { tokens: out, next: 0, current: Token::default() }
    }
}

fn term(found: &Found, text: String) -> Token {
    Token { offset_from: found.start, offset_to: found.end, position: found.position, text, position_length: 1 }
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
}
