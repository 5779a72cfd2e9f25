//! Phone numbers in any spelling, as E.164. A number without a plus is a phone only when it reads as a Russian one:
//! elsewhere digits are too often a tax number or an account.

use super::{Letters, Special, SpecialKind, is_space};
use crate::words::is_alphanumeric;

/// Digits of a number with its country code, where they are known (ITU-T E.164 and the national plans).
const LENGTHS: &[(&str, usize)] = &[
    ("7", 11),
    ("1", 11),
    ("375", 12),
    ("380", 12),
    ("998", 12),
    ("996", 12),
    ("995", 12),
    ("994", 12),
    ("992", 12),
    ("374", 11),
    ("373", 11),
    ("993", 11),
    ("90", 12),
    ("86", 13),
    ("971", 12),
    ("972", 12),
];
const LONGEST: usize = 15;
const SHORTEST: usize = 10;

pub fn find(letters: &Letters) -> Vec<Special> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < letters.count() {
        let starts = letters.at(at).is_ascii_digit() && !is_alphanumeric(letters.before(at));
        match starts.then(|| phone(letters, at)).flatten() {
            Some((digits, end)) => {
                let start = if letters.before(at) == '+' { at - 1 } else { at };
                let place = (letters.byte(start), letters.byte(end));
                found.push(Special { kind: SpecialKind::Phone, term: format!("+{digits}"), start: place.0, end: place.1 });
                at = end;
            }
            None => at += letters.run(at, |c| c.is_ascii_digit()).max(1),
        }
    }
    found
}

/// The digits of the phone that begins here, and its end.
fn phone(letters: &Letters, at: usize) -> Option<(String, usize)> {
    let has_plus = letters.before(at) == '+';
    let mut digits = String::new();
    let mut best = None;
    let mut next = at;
    loop {
        let run = letters.run(next, |c| c.is_ascii_digit());
        digits.push_str(&letters.text(next, next + run));
        next += run;
        if run == 0 || digits.len() > LONGEST {
            break;
        }
        let ends = !is_alphanumeric(letters.at(next));
        if let Some(full) = full_number(&digits, has_plus).filter(|_| ends) {
            best = Some((full, next));
        }
        let gap = letters.run(next, |c| is_space(c) || matches!(c, '-' | '‑' | '–' | '(' | ')' | '.'));
        if gap == 0 || gap > 2 {
            break;
        }
        next += gap;
    }
    best
}

fn full_number(digits: &str, has_plus: bool) -> Option<String> {
    if has_plus {
        let known = LENGTHS.iter().filter(|(code, _)| digits.starts_with(code)).max_by_key(|(code, _)| code.len());
        let fits = known.map_or(digits.len() >= SHORTEST, |(_, len)| digits.len() == *len);
        return fits.then(|| digits.to_owned());
    }
    let mut rest = digits.chars();
    match (digits.len(), rest.next()) {
        (11, Some('7' | '8')) => Some(format!("7{}", rest.as_str())),
        (10, Some('9')) => Some(format!("7{digits}")),
        _ => None,
    }
}
