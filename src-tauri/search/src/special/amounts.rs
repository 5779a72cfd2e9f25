//! Sums as numbers: «90 тыс», «90 000», «90k» and «90тыс.» are all 90000. A bare number counts from a thousand on;
//! with a currency or a multiplier any number does.

use super::{Letters, Special, SpecialKind, is_space};
use crate::words::{is_alphabetic, is_alphanumeric};

/// (word as it may be written, factor). A word with `~` may go on with any letters.
const MULTIPLIERS: &[(&str, u64)] = &[
    ("тыс", 1_000),
    ("тысяч~", 1_000),
    ("тыщ~", 1_000),
    ("тр", 1_000),
    ("млн", 1_000_000),
    ("миллион~", 1_000_000),
    ("млрд", 1_000_000_000),
    ("миллиард~", 1_000_000_000),
    ("thousand", 1_000),
    ("mln", 1_000_000),
    ("million", 1_000_000),
    ("millions", 1_000_000),
    ("bn", 1_000_000_000),
    ("billion", 1_000_000_000),
];
/// Only right behind the digits: «90 к пятнице» is no sum.
const GLUED: &[(&str, u64)] = &[("к", 1_000), ("k", 1_000), ("кк", 1_000_000), ("kk", 1_000_000)];
const CURRENCIES: &[&str] = &[
    "р",
    "руб",
    "рубль",
    "рубля",
    "рублей",
    "рубли",
    "рублю",
    "rub",
    "rur",
    "usd",
    "eur",
    "долл",
    "доллар~",
    "евро",
    "тенге",
    "kzt",
    "dollars",
    "dollar",
    "euro",
    "euros",
    "byn",
];
const DIGITS: usize = 15;

pub fn find(letters: &Letters) -> Vec<Special> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < letters.count() {
        let c = letters.at(at);
        if !c.is_ascii_digit() {
            at += 1;
            continue;
        }
        let run = letters.run(at, |c| c.is_ascii_digit());
        let inside = is_alphabetic(letters.before(at));
        match (!inside).then(|| sum(letters, at)).flatten() {
            Some((one, end)) => {
                found.push(one);
                at = end.max(at + run);
            }
            None => at += run,
        }
    }
    found
}

struct Number {
    /// Hundredths.
    value: u64,
    end: usize,
    grouped: bool,
}

fn sum(letters: &Letters, at: usize) -> Option<(Special, usize)> {
    let number = number(letters, at)?;
    let (factor, after) = multiplier(letters, number.end).unwrap_or((1, number.end));
    let before = letters.before(at);
    let sign = matches!(before, '$' | '€' | '₽' | '₸' | '£');
    let (named, end) = currency(letters, after).map_or((sign, after), |end| (true, end));
    // «90кг» and «5x» are no sums.
    if end == number.end && is_alphabetic(letters.at(end)) {
        return None;
    }
    let value = number.value.checked_mul(factor)?;
    let sure = named || factor > 1 || number.grouped;
    if !sure && value < 100_000 {
        return None;
    }
    let (whole, rest) = (value / 100, value % 100);
    let term = if rest == 0 { format!("={whole}") } else { format!("={whole}.{rest:02}") };
    let special = Special { kind: SpecialKind::Amount(sure), term, start: letters.byte(at), end: letters.byte(end) };
    Some((special, end))
}

/// Digits, grouped by thousands or not, with hundredths or without.
fn number(letters: &Letters, at: usize) -> Option<Number> {
    let first = letters.run(at, |c| c.is_ascii_digit());
    let mut end = at + first;
    let mut digits = letters.text(at, end);
    let separator = letters.at(end);
    let groups = first <= 3 && !digits.starts_with('0') && (is_space(separator) || matches!(separator, '\'' | '’' | ',' | '.'));
    while groups && letters.at(end) == separator && letters.run(end + 1, |c| c.is_ascii_digit()) == 3 {
        digits.push_str(&letters.text(end + 1, end + 4));
        end += 4;
    }
    let grouped = end > at + first;
    if digits.len() > DIGITS {
        return None;
    }
    let mut value = digits.parse::<u64>().ok()?.checked_mul(100)?;
    let decimals = letters.run(end + 1, |c| c.is_ascii_digit());
    if matches!(letters.at(end), ',' | '.') && (1..=2).contains(&decimals) {
        let rest = letters.number(end + 1, end + 1 + decimals)?;
        value += if decimals == 1 { rest * 10 } else { rest };
        end += 1 + decimals;
    }
    Some(Number { value, end, grouped })
}

/// The factor, and the end behind its word and dot.
fn multiplier(letters: &Letters, at: usize) -> Option<(u64, usize)> {
    if let Some((_, factor)) = GLUED.iter().find(|(word, _)| letters.word(at).0 == *word) {
        return Some((*factor, letters.word(at).1));
    }
    if letters.at(at) == 'M' && !is_alphanumeric(letters.at(at + 1)) {
        return Some((1_000_000, at + 1));
    }
    let start = at + usize::from(is_space(letters.at(at)));
    // т.р., т. р.
    for (spelling, length) in [("т.р", 3), ("т. р", 4)] {
        if letters.begins(start, spelling) && !is_alphabetic(letters.at(start + length)) {
            return Some((1_000, behind_dot(letters, start + length)));
        }
    }
    let (word, end) = letters.word(start);
    let (_, factor) = MULTIPLIERS.iter().find(|(pattern, _)| fits(&word, pattern))?;
    Some((*factor, behind_dot(letters, end)))
}

fn currency(letters: &Letters, at: usize) -> Option<usize> {
    let start = at + usize::from(is_space(letters.at(at)));
    if matches!(letters.at(start), '$' | '€' | '₽' | '₸' | '£') {
        return Some(start + 1);
    }
    let (word, end) = letters.word(start);
    CURRENCIES.iter().any(|pattern| fits(&word, pattern)).then_some(end)
}

fn fits(word: &str, pattern: &str) -> bool {
    match pattern.strip_suffix('~') {
        Some(beginning) => word.starts_with(beginning),
        None => word == pattern,
    }
}

/// The dot of an abbreviation, unless a digit follows it.
fn behind_dot(letters: &Letters, at: usize) -> usize {
    if letters.at(at) == '.' && !letters.at(at + 1).is_ascii_digit() { at + 1 } else { at }
}
