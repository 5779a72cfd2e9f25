//! A query falls into pieces: quoted text, operators, patterns, joining words, and everything else.

use std::ops::Range;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Words,
    Quoted {
        text: String,
        within: Option<u32>,
    },
    Operator {
        name: String,
        value: String,
        listed: bool,
    },
    /// In small letters, `*` kept.
    Pattern(String),
    Or,
    Near(Option<u32>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub piece: Piece,
    pub negated: bool,
    /// Bytes of the query, the minus included.
    pub range: Range<usize>,
}

/// What stands before `:` in an address is no operator.
const SCHEMES: &[&str] = &["http", "https", "ftp", "mailto", "tel", "tg", "file", "letopis"];

pub fn items(typed: &str) -> Vec<Item> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = typed.get(at..).filter(|rest| !rest.is_empty()) {
        let skipped = rest.len() - rest.trim_start().len();
        if skipped > 0 {
            at += skipped;
            continue;
        }
        let (item, len) = item(rest, at);
        found.extend(item);
        at += len.max(1);
    }
    found
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '«' | '»' | '„')
}

/// The item at the beginning of `rest`, and its length in bytes.
fn item(rest: &str, at: usize) -> (Option<Item>, usize) {
    let after_minus =
        rest.strip_prefix('-').filter(|r| r.starts_with(|c: char| c.is_alphanumeric() || is_quote(c) || "*@#+".contains(c)));
    let (negated, body) = (after_minus.is_some(), after_minus.unwrap_or(rest));
    let minus = rest.len() - body.len();
    let made = |piece, len: usize| (Some(Item { piece, negated, range: at..at + minus + len }), minus + len);
    if body.starts_with(is_quote) {
        if let Some((text, len)) = until_quote(body) {
            let (within, more) = slop(body.get(len..).unwrap_or_default());
            return made(Piece::Quoted { text: text.to_owned(), within }, len + more);
        }
        // An unclosed quote is somebody still typing: its words count as words.
        let quote = body.chars().next().map_or(1, char::len_utf8);
        return (None, minus + quote);
    }
    let bare = body.find(|c: char| c.is_whitespace()).map_or(body, |end| body.get(..end).unwrap_or_default());
    if let Some((name, value)) = bare.split_once(':').filter(|(name, value)| is_operator(name, value)) {
        let value_at = name.len() + 1;
        let behind = body.get(value_at..).unwrap_or_default();
        let (value, listed, len) = match until_quote(behind).filter(|_| behind.starts_with(is_quote)) {
            Some((text, len)) => (text, false, len),
            None => match behind.strip_prefix('(').and_then(|inside| inside.split_once(')')) {
                Some((inside, _)) => (inside, true, inside.len() + 2),
                None => (value, false, value.len()),
            },
        };
        let piece = Piece::Operator { name: name.to_owned(), value: value.to_owned(), listed };
        return made(piece, value_at + len);
    }
    made(bare_piece(bare), bare.len())
}

fn is_operator(name: &str, value: &str) -> bool {
    let is_name = name.chars().count() > 1 && name.chars().all(char::is_alphabetic) || matches!(name, "в" | "В");
    // «Итого: 5» is words; «от: Анна» is an operator with its value torn off.
    let is_meant = !value.is_empty() || super::operators::operator_named(name).is_some();
    is_name && is_meant && !value.starts_with("//") && !SCHEMES.contains(&name.to_lowercase().as_str())
}

/// The text between quotes at the beginning, and the length with both.
fn until_quote(body: &str) -> Option<(&str, usize)> {
    let open = body.chars().next().filter(|c| is_quote(*c))?.len_utf8();
    let inside = body.get(open..)?;
    let close = inside.find(is_quote)?;
    let mark = inside.get(close..)?.chars().next()?.len_utf8();
    Some((inside.get(..close)?, open + close + mark))
}

/// `~5` behind a quote.
fn slop(behind: &str) -> (Option<u32>, usize) {
    let Some(digits) = behind.strip_prefix('~') else { return (None, 0) };
    let len = digits.bytes().take_while(u8::is_ascii_digit).count();
    (digits.get(..len).and_then(|d| d.parse().ok()), if len == 0 { 0 } else { 1 + len })
}

fn bare_piece(bare: &str) -> Piece {
    match bare {
        "OR" | "ИЛИ" | "|" | "||" => return Piece::Or,
        _ => {}
    }
    for name in ["NEAR", "РЯДОМ"] {
        match bare.strip_prefix(name) {
            Some("") => return Piece::Near(None),
            Some(rest) => {
                if let Some(within) = rest.strip_prefix('/').and_then(|n| n.parse().ok()) {
                    return Piece::Near(Some(within));
                }
            }
            None => {}
        }
    }
    let letters = |c: char| c.is_alphanumeric() || c == '*' || c == '+' || c == '@' || c == '.' || c == '-';
    if bare.contains('*') && bare.chars().any(char::is_alphanumeric) && bare.chars().all(letters) {
        let parts: Vec<String> = bare.split('*').map(crate::words::normal).collect();
        return Piece::Pattern(parts.join("*"));
    }
    Piece::Words
}
