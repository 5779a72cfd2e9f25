//! Times as people type them, in Russian and English: a day, a month, a year, "last week", «прошлая неделя», «7 дней».
//! Each is a period; `before:` takes its beginning, `after:` too, `on:` and `during:` all of it.

use crate::Clock;
use jiff::civil::Date;
use jiff::{Span, ToSpan};
use letopis_model::Timestamp;

const MONTHS: [(&str, &str); 12] = [
    ("янв", "jan"),
    ("фев", "feb"),
    ("март", "mar"),
    ("апр", "apr"),
    ("ма", "may"),
    ("июн", "jun"),
    ("июл", "jul"),
    ("авг", "aug"),
    ("сен", "sep"),
    ("окт", "oct"),
    ("ноя", "nov"),
    ("дек", "dec"),
];
const WEEKDAYS: [(&str, &str); 7] =
    [("понед", "mon"), ("втор", "tue"), ("сред", "wed"), ("четв", "thu"), ("пят", "fri"), ("субб", "sat"), ("воскр", "sun")];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Day,
    Week,
    Month,
    Year,
}

/// From its first moment to the first one after it.
pub fn period(text: &str, clock: &Clock) -> Option<(Timestamp, Timestamp)> {
    let today = clock.zoned(clock.now()).date();
    let plain = text.trim().to_lowercase().replace('ё', "е");
    let (from, to) = written(&plain, today).or_else(|| in_words(&plain.replace(['_', '-'], " "), today))?;
    let start = |date: Date| clock.start_of(&date.to_string());
    Some((start(from)?, start(to)?))
}

fn day(date: Date) -> Option<(Date, Date)> {
    Some((date, date.tomorrow().ok()?))
}

fn month(year: i16, month: i8) -> Option<(Date, Date)> {
    let first = Date::new(year, month, 1).ok()?;
    Some((first, first.checked_add(1.month()).ok()?))
}

fn year(year: i16) -> Option<(Date, Date)> {
    Some((Date::new(year, 1, 1).ok()?, Date::new(year.checked_add(1)?, 1, 1).ok()?))
}

/// `2026-03-15`, `2026-03`, `2026`, `15.03.2026`, `15.03.26`, `15.03`, `03.2026`.
fn written(text: &str, today: Date) -> Option<(Date, Date)> {
    let numbers: Vec<&str> = text.split(['-', '.', '/']).collect();
    if !numbers.iter().all(|n| !n.is_empty() && n.len() <= 4 && n.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    let small = |n: &str| n.parse::<i8>().ok();
    match numbers.as_slice() {
        [y, m, d] if y.len() == 4 => day(Date::new(y.parse().ok()?, small(m)?, small(d)?).ok()?),
        [d, m, y] if y.len() == 4 => day(Date::new(y.parse().ok()?, small(m)?, small(d)?).ok()?),
        [d, m, y] if y.len() == 2 => day(Date::new(2000 + y.parse::<i16>().ok()?, small(m)?, small(d)?).ok()?),
        [y, m] if y.len() == 4 => month(y.parse().ok()?, small(m)?),
        [m, y] if y.len() == 4 => month(y.parse().ok()?, small(m)?),
        [d, m] => latest(today, small(m)?, small(d)?).and_then(day),
        [y] if y.len() == 4 => year(y.parse().ok()?),
        _ => None,
    }
}

/// The last such day that is not in the future.
fn latest(today: Date, month: i8, day: i8) -> Option<Date> {
    let this = Date::new(today.year(), month, day).ok().filter(|date| *date <= today);
    this.or_else(|| Date::new(today.year() - 1, month, day).ok())
}

fn in_words(text: &str, today: Date) -> Option<(Date, Date)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        ["today" | "сегодня"] => day(today),
        ["yesterday" | "вчера"] => day(today.yesterday().ok()?),
        ["позавчера"] => day(today.checked_sub(2.days()).ok()?),
        [one] => unit(one)
            .and_then(|unit| whole(unit, 0, today))
            .or_else(|| month_number(one).and_then(|m| recent_month(today, m)))
            .or_else(|| weekday(one, today))
            .or_else(|| shorthand(one, today)),
        [which, of] => match (back(which), unit(of)) {
            (Some(back), Some(unit)) => whole(unit, back, today),
            _ => counted(which, of, today)
                .or_else(|| month(of.parse().ok().filter(|y| (1900..2200).contains(y))?, month_number(which)?))
                .or_else(|| latest(today, month_number(of)?, which.parse().ok()?).and_then(day))
                .or_else(|| latest(today, month_number(which)?, of.parse().ok()?).and_then(day)),
        },
        ["last" | "past" | "последние" | "последних", count, of] => counted(count, of, today),
        [d, m, y] => {
            let date = |d: &str, m: &str| {
                Date::new(y.trim_end_matches('г').parse().ok()?, month_number(m)?, d.trim_end_matches(',').parse().ok()?).ok()
            };
            date(d, m).or_else(|| date(m, d)).and_then(day)
        }
        _ => None,
    }
}

fn back(word: &str) -> Option<i32> {
    match word {
        "this" | "current" => Some(0),
        "last" | "previous" | "past" => Some(1),
        _ if word.starts_with("эт") || word.starts_with("текущ") => Some(0),
        _ if word.starts_with("прошл") || word.starts_with("предыдущ") => Some(1),
        _ => None,
    }
}

fn unit(word: &str) -> Option<Unit> {
    Some(match word {
        "day" | "days" | "день" | "дня" | "дней" => Unit::Day,
        "week" | "weeks" => Unit::Week,
        "month" | "months" => Unit::Month,
        "year" | "years" | "год" | "года" | "году" | "лет" => Unit::Year,
        _ if word.starts_with("недел") => Unit::Week,
        _ if word.starts_with("месяц") => Unit::Month,
        _ => return None,
    })
}

/// The unit that holds today, or the one so many before it.
fn whole(unit: Unit, back: i32, today: Date) -> Option<(Date, Date)> {
    let (first, step): (Date, Span) = match unit {
        Unit::Day => (today, 1.day()),
        Unit::Week => (today.checked_sub(i64::from(today.weekday().to_monday_zero_offset()).days()).ok()?, 1.week()),
        Unit::Month => (today.first_of_month(), 1.month()),
        Unit::Year => (today.first_of_year(), 1.year()),
    };
    let first = (0..back).try_fold(first, |date, _| date.checked_sub(step).ok())?;
    Some((first, first.checked_add(step).ok()?))
}

/// The last so many days, today among them.
fn counted(count: &str, of: &str, today: Date) -> Option<(Date, Date)> {
    let count: i64 = count.parse().ok().filter(|n| (1..=5_000).contains(n))?;
    let tomorrow = today.tomorrow().ok()?;
    let span = match unit(of)? {
        Unit::Day => count.days(),
        Unit::Week => count.weeks(),
        Unit::Month => count.months(),
        Unit::Year => count.years(),
    };
    Some((tomorrow.checked_sub(span).ok()?, tomorrow))
}

/// `7d`, `7д`, `2w`, `3m`.
fn shorthand(word: &str, today: Date) -> Option<(Date, Date)> {
    let digits: String = word.chars().take_while(char::is_ascii_digit).collect();
    let of = match word.get(digits.len()..)? {
        "d" | "д" => "days",
        "w" | "н" => "weeks",
        "m" | "м" => "months",
        "y" | "г" => "years",
        _ => return None,
    };
    counted(&digits, of, today)
}

fn month_number(word: &str) -> Option<i8> {
    // «мая» and «май», but not «март»; a word of another meaning is longer than any month.
    let fits = |(ru, en): &(&str, &str)| match *ru {
        "ма" => matches!(word, "май" | "мая" | "мае" | "may"),
        _ => word.starts_with(ru) || word.starts_with(en),
    };
    let at = MONTHS.iter().position(fits).filter(|_| word.chars().count() <= 9)?;
    i8::try_from(at + 1).ok()
}

fn recent_month(today: Date, number: i8) -> Option<(Date, Date)> {
    let this_year = number <= today.month();
    month(if this_year { today.year() } else { today.year() - 1 }, number)
}

fn weekday(word: &str, today: Date) -> Option<(Date, Date)> {
    let wanted = WEEKDAYS.iter().position(|(ru, en)| word.starts_with(ru) || word.starts_with(en))?;
    let now = usize::try_from(today.weekday().to_monday_zero_offset()).ok()?;
    let back = i64::try_from((now + 7 - wanted) % 7).ok()?;
    day(today.checked_sub(back.days()).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    /// Thursday, 20 November 2025.
    #[track_caller]
    fn check(text: &str, from: &str, to: &str) {
        let clock = Clock::fixed(Timestamp(1_763_640_000), TimeZone::UTC);
        let date = |at: Timestamp| clock.zoned(at).date().to_string();
        let got = period(text, &clock).map(|(a, b)| (date(a), date(b)));
        assert_eq!(got, Some((from.to_owned(), to.to_owned())), "{text}");
    }

    #[test]
    fn periods_in_two_languages() {
        for (text, from, to) in [
            ("2025-11-19", "2025-11-19", "2025-11-20"),
            ("19.11.2025", "2025-11-19", "2025-11-20"),
            ("19.11.25", "2025-11-19", "2025-11-20"),
            ("19.11", "2025-11-19", "2025-11-20"),
            ("25.12", "2024-12-25", "2024-12-26"),
            ("2025-10", "2025-10-01", "2025-11-01"),
            ("2024", "2024-01-01", "2025-01-01"),
            ("today", "2025-11-20", "2025-11-21"),
            ("Вчера", "2025-11-19", "2025-11-20"),
            ("last week", "2025-11-10", "2025-11-17"),
            ("прошлая неделя", "2025-11-10", "2025-11-17"),
            ("прошлую-неделю", "2025-11-10", "2025-11-17"),
            ("эта неделя", "2025-11-17", "2025-11-24"),
            ("неделя", "2025-11-17", "2025-11-24"),
            ("прошлый месяц", "2025-10-01", "2025-11-01"),
            ("last_month", "2025-10-01", "2025-11-01"),
            ("this year", "2025-01-01", "2026-01-01"),
            ("октябрь", "2025-10-01", "2025-11-01"),
            ("в", "", ""),
            ("декабрь", "2024-12-01", "2025-01-01"),
            ("December", "2024-12-01", "2025-01-01"),
            ("май 2024", "2024-05-01", "2024-06-01"),
            ("марта", "2025-03-01", "2025-04-01"),
            ("15 марта", "2025-03-15", "2025-03-16"),
            ("15 марта 2024", "2024-03-15", "2024-03-16"),
            ("March 15, 2024", "2024-03-15", "2024-03-16"),
            ("среда", "2025-11-19", "2025-11-20"),
            ("friday", "2025-11-14", "2025-11-15"),
            ("7 дней", "2025-11-14", "2025-11-21"),
            ("last 2 weeks", "2025-11-07", "2025-11-21"),
            ("30d", "2025-10-22", "2025-11-21"),
        ] {
            if from.is_empty() {
                assert_eq!(period(text, &Clock::fixed(Timestamp(0), TimeZone::UTC)), None, "{text}");
            } else {
                check(text, from, to);
            }
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in ["", "скоро", "32.13", "2025-02-30", "99999999", "0 дней", "last", "марта марта", "-", "..", "1.2.3.4"]
        {
            assert_eq!(period(text, &Clock::fixed(Timestamp(1_763_640_000), TimeZone::UTC)), None, "{text}");
        }
    }
}
