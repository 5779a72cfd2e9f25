//! A text falls into words, and beside them into what people search as one thing: joined halves of a hyphened word,
//! addresses, names, phones, sums, dates, emoji. Offsets are bytes of the original text; positions count words only, so
//! that a phrase is the same with or without an emoji in it.

use crate::special;
use unicode_normalization::UnicodeNormalization;

/// Longer runs of letters are no words; only their beginning is kept.
pub const WORD_LIMIT: usize = 64;
/// Halves of a hyphened word that are joined; a longer chain is a line drawn with hyphens.
const CHAIN: usize = 4;

/// A word as written and where it stands, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Lower case, NFKC, ё as е, without invisible characters and apostrophes.
    pub surface: String,
    pub start: usize,
    pub end: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    Word,
    /// Halves of a hyphened word as one.
    Joined,
    /// Found as a whole only: see [`crate::special`].
    Special,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub text: String,
    pub kind: TokenKind,
    /// Number of the word it stands at.
    pub position: usize,
    pub start: usize,
    pub end: usize,
}

/// Splits a text into words.
pub fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let mut run: Option<(usize, usize, String)> = None;
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let end = at + c.len_utf8();
        if is_alphanumeric(c) || is_mark(c) {
            let (_, last, letters) = run.get_or_insert_with(|| (at, end, String::new()));
            *last = end;
            if letters.len() < WORD_LIMIT * 4 {
                letters.push(c);
            }
        } else if is_invisible(c) && run.is_some() {
            if let Some((_, last, _)) = run.as_mut() {
                *last = end;
            }
        } else if is_apostrophe(c) && between_letters(run.as_ref(), rest.peek()) {
            if let Some((_, _, letters)) = run.as_mut() {
                letters.extend(hard_sign(letters, rest.peek()));
            }
        } else if let Some(done) = run.take() {
            found.extend(word(done));
        }
    }
    found.extend(run.and_then(word));
    found
}

fn word((start, end, letters): (usize, usize, String)) -> Option<Word> {
    let surface = normal(&letters);
    (!surface.is_empty()).then_some(Word { surface, start, end })
}

/// How letters are compared: case, ё and compatibility forms do not matter.
pub fn normal(letters: &str) -> String {
    if letters.chars().all(|c| small(c).is_some()) {
        return letters.chars().filter_map(small).take(WORD_LIMIT).collect();
    }
    letters.nfkc().flat_map(char::to_lowercase).nfc().map(plain).take(WORD_LIMIT).collect()
}

fn plain(c: char) -> char {
    if c == 'ё' { 'е' } else { c }
}

/// The small letter of a Russian or an ASCII one, ё as е; `None` for all others. The standard library looks each of them
/// up in its tables, and nearly every letter of a message is one of these.
fn small(c: char) -> Option<char> {
    match c {
        'а'..='я' | 'a'..='z' | '0'..='9' => Some(c),
        'А'..='Я' => char::from_u32(c as u32 + ('а' as u32 - 'А' as u32)),
        'A'..='Z' => Some(c.to_ascii_lowercase()),
        'ё' | 'Ё' => Some('е'),
        _ => None,
    }
}

/// As that of `char`, sooner for what [`small`] knows.
pub fn is_alphanumeric(c: char) -> bool {
    small(c).is_some() || c.is_alphanumeric()
}

/// As that of `char`, sooner for Russian letters.
pub fn is_alphabetic(c: char) -> bool {
    matches!(c, 'А'..='я' | 'ё' | 'Ё') || c.is_alphabetic()
}

type Next = (usize, char);

fn between_letters(run: Option<&(usize, usize, String)>, next: Option<&Next>) -> bool {
    run.is_some_and(|(_, _, letters)| letters.ends_with(is_alphabetic)) && next.is_some_and(|(_, c)| is_alphabetic(*c))
}

/// Who has no ъ on the keyboard writes «об'ект».
fn hard_sign(letters: &str, next: Option<&Next>) -> Option<char> {
    let before = letters.chars().last().is_some_and(|c| matches!(c, 'А'..='я'));
    let after = next.is_some_and(|(_, c)| matches!(c, 'е' | 'ё' | 'ю' | 'я' | 'Е' | 'Ё' | 'Ю' | 'Я'));
    (before && after).then_some('ъ')
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ' | '`' | '‘')
}

/// Combining marks belong to the letter before them: «й» may come as «и» and a breve.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036f}' | '\u{0483}'..='\u{0487}')
}

/// Soft hyphen, zero-width and direction characters.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// All tokens of a text, positions never going down.
pub fn tokens(text: &str) -> Vec<Token> {
    let words = words(text);
    let mut all: Vec<Token> = Vec::with_capacity(words.len() + 2);
    all.extend(chains(text, &words));
    all.extend(special::find(text).into_iter().map(|found| {
        let position = words.partition_point(|word| word.end <= found.start).min(words.len().saturating_sub(1));
        Token { text: found.term, kind: TokenKind::Special, position, start: found.start, end: found.end }
    }));
    for (position, word) in words.into_iter().enumerate() {
        all.push(Token { text: word.surface, kind: TokenKind::Word, position, start: word.start, end: word.end });
    }
    all.sort_by_key(|token| (token.position, token.kind != TokenKind::Word));
    all
}

/// Hyphened words as one: «интернет-магазин» is found as «интернетмагазин» too, «e-mail» as «email».
fn chains(text: &str, words: &[Word]) -> Vec<Token> {
    let mut found = Vec::new();
    let mut from = 0;
    while from < words.len() {
        let joined = |pair: &[Word]| matches!(pair, [a, b] if text.get(a.end..b.start).is_some_and(is_hyphen));
        let links = words.get(from..).map_or(0, |rest| rest.windows(2).take_while(|pair| joined(pair)).count());
        if let Some(chain) = words.get(from..=from + links).filter(|_| (1..CHAIN).contains(&links))
            && let (Some(first), Some(last)) = (chain.first(), chain.last())
        {
            let text: String = chain.iter().flat_map(|word| word.surface.chars()).take(WORD_LIMIT).collect();
            found.push(Token { text, kind: TokenKind::Joined, position: from, start: first.start, end: last.end });
        }
        from += links + 1;
    }
    found
}

fn is_hyphen(between: &str) -> bool {
    matches!(between, "-" | "‐" | "‑")
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
        check("don't, client’s 'quoted'", &["dont", "clients", "quoted"]);
        check("об'ект под’езд д'Артаньян", &["объект", "подъезд", "дартаньян"]);
        check("שלום мир", &["שלום", "мир"]);
    }

    #[test]
    fn letters_are_compared_as_unicode_says() {
        for c in (0..=0x10ffff).filter_map(char::from_u32) {
            assert_eq!(is_alphanumeric(c), c.is_alphanumeric(), "{c:?}");
            assert_eq!(is_alphabetic(c), c.is_alphabetic(), "{c:?}");
            let by_tables: String = c.to_string().nfkc().flat_map(char::to_lowercase).nfc().map(plain).collect();
            assert_eq!(normal(&c.to_string()), by_tables, "{c:?}");
        }
    }

    #[test]
    fn what_is_searched_as_one_thing_stands_beside_the_words() {
        let beside = |text: &str| -> Vec<(String, usize)> {
            let others = tokens(text).into_iter().filter(|t| t.kind != TokenKind::Word);
            others.map(|t| (t.text, t.position)).collect()
        };
        assert_eq!(beside("наш интернет-магазин, e-mail"), [("интернетмагазин".into(), 1), ("email".into(), 3)]);
        assert_eq!(beside("до пятницы 🙂 завтра"), [("🙂".into(), 2)]);
        assert_eq!(beside("да 👍"), [("👍".into(), 0)]);
        assert_eq!(beside("👍"), [("👍".into(), 0)]);
        assert_eq!(beside("a-b-c-d-e-f"), []);
        assert_eq!(beside("просто слова"), []);
    }

    #[test]
    fn offsets_are_of_the_original_text() {
        let text = "а Ёж";
        let word = words(text).pop().unwrap();
        assert_eq!(text.get(word.start..word.end), Some("Ёж"));
    }

    #[test]
    fn a_huge_word_is_cut_and_does_no_harm() {
        assert_eq!(words(&"ж".repeat(100_000)).first().map(|w| w.surface.chars().count()), Some(WORD_LIMIT));
        assert_eq!(tokens(&"я ".repeat(20_000)).len(), 20_000);
    }
}
