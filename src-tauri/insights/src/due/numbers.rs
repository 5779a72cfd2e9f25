//! Amounts of time: «через 2-3 дня», «в течение 5 рабочих дней», «дня через два», "in a couple of hours".
//! Of a range the upper bound is taken.

use super::{Part, add_days, calendar};
use crate::text::{Word, at};
use jiff::Span;
use jiff::civil::DateTime;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Minute,
    Hour,
    Day,
    Workday,
    Week,
    Month,
}

pub fn amount(words: &[Word], sent: DateTime) -> Option<Part> {
    if let Some((_, _, len)) = counted(words).filter(|(_, _, len)| is_over(words, *len)) {
        return Some(Part::filler(len + 1));
    }
    inverted(words, sent).or_else(|| led(words, sent)).or_else(|| bare(words, sent))
}

/// «через 2 часа», «в течение недели», «за 3 дня», "in an hour", "within 24 hours".
fn led(words: &[Word], sent: DateTime) -> Option<Part> {
    let lead = match (at(words, 0), at(words, 1), at(words, 2)) {
        ("in" | "within", "the", "next") => 3,
        ("в", "течение" | "течении", _) | ("not", "later", _) => 2,
        ("не", "позже" | "позднее", "чем") => 4,
        ("минут" | "часа", "через", _) => 2,
        ("через" | "за" | "in" | "within" | "спустя", _, _) => 1,
        _ => return None,
    };
    let lead = lead
        + usize::from(matches!(
            at(words, lead),
            "примерно"
                | "где-то"
                | "ближайших"
                | "ближайшие"
                | "максимум"
                | "about"
                | "буквально"
                | "around"
                | "next"
        ));
    let rest = words.get(lead..).unwrap_or_default();
    let (amount, unit, len) = counted(rest).or_else(|| single(rest))?;
    let reached = reach(sent, amount, unit, lead + len)?;
    Some(reached)
}

/// «2-3 дня», «5 рабочих дней», «пару дней», «10 минут» without a preposition.
fn bare(words: &[Word], sent: DateTime) -> Option<Part> {
    let (amount, unit, len) = counted(words).or_else(|| day_or_two(words))?;
    reach(sent, amount, unit, len)
}

/// «2 дня назад», "3 years ago": behind us.
fn is_over(words: &[Word], len: usize) -> bool {
    matches!(at(words, len), "назад" | "ago" | "прошло" | "опыта" | "подряд" | "прошел" | "late")
}

/// "a day or two".
fn day_or_two(words: &[Word]) -> Option<(f64, Unit, usize)> {
    let said = at(words, 0) == "a" && at(words, 2) == "or" && at(words, 3) == "two";
    said.then(|| unit(at(words, 1)).map(|u| (2.0, u, 4))).flatten()
}

/// «дня через два», «часика через три», «минут через 10».
fn inverted(words: &[Word], sent: DateTime) -> Option<Part> {
    if at(words, 1) != "через" {
        return None;
    }
    let unit = unit(at(words, 0))?;
    let (amount, len) = number(words.get(2..).unwrap_or_default())?;
    reach(sent, amount, unit, 2 + len)
}

fn reach(sent: DateTime, amount: f64, unit: Unit, len: usize) -> Option<Part> {
    if !(0.0..=1000.0).contains(&amount) {
        return None;
    }
    let whole = amount.ceil() as i64;
    let minutes = (amount * if unit == Unit::Hour { 60.0 } else { 1.0 }).round() as i64;
    Some(match unit {
        Unit::Minute | Unit::Hour => Part::moment(len, sent.checked_add(Span::new().try_minutes(minutes).ok()?).ok()?),
        Unit::Day => Part::day(len, add_days(sent.date(), whole)),
        Unit::Workday => Part::day(len, calendar::after_working_days(sent.date(), u32::try_from(whole).ok()?)),
        Unit::Week => Part::day(len, add_days(sent.date(), (amount * 7.0).ceil() as i64)),
        Unit::Month => Part::day(len, sent.date().checked_add(Span::new().try_months(whole).ok()?).ok()?),
    })
}

/// A number and its unit.
fn counted(words: &[Word]) -> Option<(f64, Unit, usize)> {
    if let Some((digits, unit)) = glued(at(words, 0)) {
        return Some((digits, unit, 1));
    }
    let (amount, taken) = number(words)?;
    let rest = words.get(taken..).unwrap_or_default();
    let skip = usize::from(matches!(at(rest, 0), "of" | "полных" | "календарных" | "следующих"));
    let rest = rest.get(skip..).unwrap_or_default();
    match (at(rest, 0), at(rest, 1)) {
        (
            "рабочих" | "раб" | "рабочий" | "рабочего" | "business" | "working" | "рабочие",
            "дней" | "дня" | "день" | "days" | "day" | "дн",
        ) => Some((amount, Unit::Workday, taken + skip + 2)),
        ("р", "д") => Some((amount, Unit::Workday, taken + skip + 2)),
        ("рд", _) => Some((amount, Unit::Workday, taken + skip + 1)),
        (word, _) => Some((amount, unit(word)?, taken + skip + 1)),
    }
}

/// A unit alone means one: «через час», «за день», «в течение недели», "in an hour".
fn single(words: &[Word]) -> Option<(f64, Unit, usize)> {
    match (at(words, 0), at(words, 1)) {
        ("полчаса" | "полчасика", _) => Some((30.0, Unit::Minute, 1)),
        ("half", "an") => Some((30.0, Unit::Minute, 3)),
        ("пол" | "полтора", "часа") => Some((if at(words, 0) == "пол" { 0.5 } else { 1.5 }, Unit::Hour, 2)),
        ("рабочего" | "рабочий", "дня" | "день") => Some((1.0, Unit::Workday, 2)),
        ("a" | "an", word) => Some((1.0, unit(word)?, 2)),
        (word, _) => Some((1.0, unit(word)?, 1)),
    }
}

fn glued(word: &str) -> Option<(f64, Unit)> {
    let split = word.find(|c: char| c.is_alphabetic())?;
    let (digits, tail) = word.split_at_checked(split)?;
    let unit = match tail.trim_start_matches('-') {
        "мин" | "m" | "min" | "mins" | "минут" => Unit::Minute,
        "ч" | "h" | "hr" | "hrs" | "часа" => Unit::Hour,
        "дн" | "дня" | "дней" | "d" => Unit::Day,
        _ => return None,
    };
    Some((upper(digits)?, unit))
}

fn unit(word: &str) -> Option<Unit> {
    Some(match word {
        "минута" | "минуту" | "минуты" | "минут" | "мин" | "минутку" | "минуток" | "минуточку" | "min" | "mins" | "minute"
        | "minutes" => Unit::Minute,
        "час" | "часа" | "часов" | "часик" | "часика" | "часиков" | "ч" | "hour" | "hours" | "hr" | "hrs" => {
            Unit::Hour
        }
        "день" | "дня" | "дней" | "денек" | "дн" | "сутки" | "суток" | "day" | "days" => Unit::Day,
        "неделю" | "недели" | "недель" | "недельку" | "нед" | "week" | "weeks" => Unit::Week,
        "месяц" | "месяца" | "месяцев" | "month" | "months" => Unit::Month,
        _ => return None,
    })
}

/// A number in digits or words, with how many words it took; «2 - 3» and «два-три» give the upper one.
fn number(words: &[Word]) -> Option<(f64, usize)> {
    let first = one(at(words, 0))?;
    let couple = usize::from(at(words, 0) == "a" && at(words, 1) == "couple");
    match (at(words, 1 + couple), at(words, 2 + couple)) {
        ("или" | "or" | "to" | "до", next) if one(next).is_some() => Some((one(next)?, 3 + couple)),
        (next, _) if words.get(1).is_some_and(|w| w.before == crate::text::Break::Dash) && one(next).is_some() => {
            Some((one(next)?, 2))
        }
        _ if couple == 1 => Some((2.0, 2)),
        _ if at(words, 0) == "a" => None,
        _ => Some((first, 1)),
    }
}

fn one(word: &str) -> Option<f64> {
    if let Some(value) = upper(word) {
        return Some(value);
    }
    let last = word.rsplit('-').next().unwrap_or(word);
    Some(match last {
        "a" | "один" | "одного" | "одну" | "one" => 1.0,
        "пару" | "пара" | "пары" | "парочку" | "два" | "две" | "двух" | "two" | "couple" => 2.0,
        "три" | "трех" | "three" => 3.0,
        "четыре" | "четырех" | "four" => 4.0,
        "пять" | "пяти" | "five" => 5.0,
        "шесть" | "шести" | "six" => 6.0,
        "семь" | "семи" | "seven" => 7.0,
        "восемь" | "восьми" | "eight" => 8.0,
        "девять" | "девяти" | "nine" => 9.0,
        "десять" | "десяти" | "ten" => 10.0,
        "пятнадцать" | "пятнадцати" | "fifteen" => 15.0,
        "двадцать" | "двадцати" | "twenty" => 20.0,
        "тридцать" | "тридцати" | "thirty" => 30.0,
        "полтора" | "полторы" => 1.5,
        _ => return None,
    })
}

/// The upper bound of «2-3», or the number itself; dates and times are neither.
fn upper(word: &str) -> Option<f64> {
    let word = word.strip_suffix("-х").or_else(|| word.strip_suffix('х')).or_else(|| word.strip_suffix("-ти")).unwrap_or(word);
    if word.is_empty() || word.len() > 7 || !word.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '.' | ',')) {
        return None;
    }
    word.rsplit('-').next()?.replace(',', ".").parse().ok()
}
