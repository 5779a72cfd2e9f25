//! Days, whatever their spelling: «15.03.2026», «15 марта», "March 15", «2026-03-15». A day without a year is `~03-15`;
//! with a year it is also `~2026-03-15`.

use super::{Letters, Special, SpecialKind};
use crate::words::{is_alphabetic, is_alphanumeric};

/// Beginnings of month names, Russian and English. `мая` and `май` share too little with `март` to need more letters.
const MONTHS: &[(&str, u64)] = &[
    ("янв", 1),
    ("фев", 2),
    ("мар", 3),
    ("апр", 4),
    ("мая", 5),
    ("май", 5),
    ("июн", 6),
    ("июл", 7),
    ("авг", 8),
    ("сен", 9),
    ("окт", 10),
    ("ноя", 11),
    ("дек", 12),
    ("jan", 1),
    ("feb", 2),
    ("mar", 3),
    ("apr", 4),
    ("may", 5),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("sep", 9),
    ("oct", 10),
    ("nov", 11),
    ("dec", 12),
];
/// How a month may go on behind its beginning.
const ENDINGS: &[&str] = &[
    "",
    "аря",
    "арь",
    "варя",
    "варь",
    "раля",
    "раль",
    "р",
    "та",
    "т",
    "еля",
    "ель",
    "я",
    "ь",
    "уста",
    "уст",
    "г",
    "тября",
    "тябрь",
    "т",
    "ября",
    "ябрь",
    "бря",
    "брь",
    "абря",
    "абрь",
    "uary",
    "ruary",
    "ch",
    "il",
    "e",
    "y",
    "ust",
    "t",
    "tember",
    "ober",
    "ember",
];
const LENGTHS: [u64; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

pub fn find(letters: &Letters) -> Vec<Special> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < letters.count() {
        let (digit, before) = (letters.at(at).is_ascii_digit(), letters.before(at));
        let goes_on = is_alphanumeric(before) || digit && matches!(before, '.' | '-' | '/' | ',');
        let day = match (goes_on, digit) {
            (false, true) => written(letters, at).or_else(|| day_and_month(letters, at)),
            (false, false) if is_alphabetic(letters.at(at)) => month_and_day(letters, at),
            _ => None,
        };
        match day {
            Some(day) => {
                at = day.end;
                found.extend(day.specials(letters));
            }
            None => at += letters.run(at, is_alphanumeric).max(1),
        }
    }
    found
}

/// The number of the month whose name this is.
pub fn month(word: &str) -> Option<u64> {
    let named =
        |(beginning, number): &(&str, u64)| word.strip_prefix(beginning).filter(|rest| ENDINGS.contains(rest)).map(|_| *number);
    MONTHS.iter().find_map(named)
}

struct Day {
    year: Option<u64>,
    month: u64,
    day: u64,
    start: usize,
    end: usize,
}

impl Day {
    fn specials(self, letters: &Letters) -> Vec<Special> {
        let (start, end) = (letters.byte(self.start), letters.byte(self.end));
        let special = |term| Special { kind: SpecialKind::Date, term, start, end };
        let day = format!("{:02}-{:02}", self.month, self.day);
        let full = self.year.map(|year| special(format!("~{year}-{day}")));
        std::iter::once(special(format!("~{day}"))).chain(full).collect()
    }
}

fn valid(year: Option<u64>, month: u64, day: u64, start: usize, end: usize) -> Option<Day> {
    let longest = month.checked_sub(1).and_then(|m| LENGTHS.get(usize::try_from(m).ok()?))?;
    let year_fits = year.is_none_or(|y| (1900..2200).contains(&y));
    ((1..=*longest).contains(&day) && year_fits).then_some(Day { year, month, day, start, end })
}

fn digits(letters: &Letters, at: usize) -> (usize, Option<u64>) {
    let run = letters.run(at, |c| c.is_ascii_digit());
    (run, letters.number(at, at + run))
}

/// `15.03.2026`, `15.03.26`, `15.03`, `15/03/2026`, `2026-03-15`.
fn written(letters: &Letters, at: usize) -> Option<Day> {
    let (first_len, first) = digits(letters, at);
    let mark = letters.at(at + first_len);
    let second_at = at + first_len + 1;
    let (second_len, second) = digits(letters, second_at);
    if !matches!(mark, '.' | '/' | '-') || !(1..=2).contains(&second_len) {
        return None;
    }
    let second_end = second_at + second_len;
    let (third_len, third) = if letters.at(second_end) == mark { digits(letters, second_end + 1) } else { (0, None) };
    let end = if third_len == 0 { second_end } else { second_end + 1 + third_len };
    if is_alphanumeric(letters.at(end)) {
        return None;
    }
    match (first_len, mark, third_len) {
        (4, '-', 1 | 2) => valid(first, second?, third?, at, end),
        (1 | 2, '.' | '/', 4) => valid(third, second?, first?, at, end),
        (1 | 2, '.' | '/', 2) => valid(third.map(|y| y + 2000), second?, first?, at, end),
        (1 | 2, '.', 0) if second_len == 2 => valid(None, second?, first?, at, end),
        _ => None,
    }
}

/// «15 марта», «15 марта 2026», "15 March".
fn day_and_month(letters: &Letters, at: usize) -> Option<Day> {
    let (len, day) = digits(letters, at);
    let gap = letters.run(at + len, super::is_space);
    if len > 2 || gap != 1 {
        return None;
    }
    let (word, end) = letters.word(at + len + gap);
    let month = month(&word)?;
    let (year, end) = year_behind(letters, end);
    valid(year, month, day?, at, end)
}

/// "March 15", "March 15, 2026".
fn month_and_day(letters: &Letters, at: usize) -> Option<Day> {
    let (word, end) = letters.word(at);
    let month = word.is_ascii().then(|| month(&word))??;
    let gap = letters.run(end, super::is_space);
    let (len, day) = digits(letters, end + gap);
    if gap != 1 || !(1..=2).contains(&len) || is_alphabetic(letters.at(end + gap + len)) {
        return None;
    }
    let after = end + gap + len;
    let (year, end) = year_behind(letters, after + usize::from(letters.at(after) == ','));
    valid(year, month, day?, at, if year.is_some() { end } else { after })
}

fn year_behind(letters: &Letters, at: usize) -> (Option<u64>, usize) {
    let gap = letters.run(at, super::is_space);
    let (len, year) = digits(letters, at + gap);
    match year.filter(|y| gap == 1 && len == 4 && (1900..2200).contains(y)) {
        Some(year) => (Some(year), at + gap + len),
        None => (None, at),
    }
}
