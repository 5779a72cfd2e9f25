//! Single days: «завтра», «в пятницу», «15-го», «15.07», «15 июля», "next Friday", "July 15th".

use super::{Part, add_days, monday_of, next_weekday};
use crate::text::{Word, at};
use jiff::civil::{Date, DateTime};

/// Dates of things past or merely named («от 15.07», «за июль», «вчера»): read, so that they are not read otherwise, and dropped.
pub fn skipped(words: &[Word], sent: DateTime) -> Option<Part> {
    let rest = words.get(1..).unwrap_or_default();
    let naming = matches!(
        at(words, 0),
        "от" | "за"
            | "прошлый"
            | "прошлую"
            | "прошлой"
            | "прошлого"
            | "last"
            | "прошлое"
            | "from"
            | "dated"
    );
    if naming {
        let named = weekday(rest, sent).or_else(|| named_month(rest, sent)).or_else(|| numeric(rest, sent));
        let named = named.filter(|_| !(at(words, 0) == "за" && matches!(at(rest, 0), "сегодня" | "завтра")));
        return named.map(|part| Part::filler(part.len + 1)).or_else(|| past_period(words));
    }
    None
}

fn past_period(words: &[Word]) -> Option<Part> {
    match (at(words, 0), at(words, 1), at(words, 2)) {
        ("за", "прошлую" | "прошлый" | "эту" | "этот", "неделю" | "месяц") => {
            Some(Part::filler(3))
        }
        ("прошлой" | "last" | "прошлую", "неделе" | "week" | "недели" | "неделю", _) => {
            Some(Part::filler(2))
        }
        _ => None,
    }
}

pub fn relative(words: &[Word], sent: DateTime) -> Option<Part> {
    let today = sent.date();
    let led = usize::from(
        matches!(at(words, 0), "до" | "к" | "на" | "с" | "by" | "before" | "until" | "till" | "for") && words.len() > 1,
    );
    let rest = words.get(led..).unwrap_or_default();
    let (days, len) = match (at(rest, 0), at(rest, 1)) {
        ("the" | "a", "day") if (at(rest, 2), at(rest, 3)) == ("after", "tomorrow") => (2, 4),
        ("day", "after") if at(rest, 2) == "tomorrow" => (2, 3),
        ("завтра", "или" | "или/и") if at(rest, 2) == "послезавтра" => (2, 3),
        (
            "завтра"
            | "завтро"
            | "завтрашнего"
            | "завтрашний"
            | "tomorrow"
            | "tmrw"
            | "tmr"
            | "tomorow"
            | "tommorow"
            | "tomorrow's"
            | "завтрашнему",
            next,
        ) => (1, 1 + usize::from(matches!(next, "дня" | "день" | "дню"))),
        ("сегодня-завтра", _) => (1, 1),
        ("послезавтра" | "завтра-послезавтра", _) => (2, 1),
        ("сегодня" | "сеня" | "сегодняшнего" | "сегодняшний" | "today" | "todays" | "сегодняшнему", next) => {
            (0, 1 + usize::from(matches!(next, "дня" | "день" | "дню")))
        }
        ("сейчас" | "щас" | "ща" | "счас" | "щаз" | "немедленно", _) if led == 0 => (0, 1),
        ("right", "now" | "away") if led == 0 => (0, 2),
        _ => return None,
    };
    let date = add_days(today, days);
    let end = close_of_day(rest.get(len..).unwrap_or_default());
    Some(Part::day(led + len + end, date))
}

/// «завтра до конца дня», «завтра утром»: the part of the day adds words, not another date.
fn close_of_day(words: &[Word]) -> usize {
    match (at(words, 0), at(words, 1), at(words, 2)) {
        ("до" | "к" | "в", "конца" | "концу" | "конце", "дня") => 3,
        ("до" | "к" | "в", "конца" | "концу" | "конце", "рабочего") => 4,
        ("in", "the", "morning" | "afternoon" | "evening") | ("end", "of", "day") => 3,
        ("by", "end", "of") => 4,
        ("во", "второй", "половине") | ("в", "первой", "половине") => 4,
        ("в", "течение" | "течении", "дня") => 3,
        (
            "до" | "к" | "в" | "после" | "с" | "ближе",
            "обеда" | "обеду" | "обед" | "вечера" | "вечеру" | "утра" | "утру" | "к",
            _,
        ) => 2,
        ("by" | "after" | "before", "eod" | "cob" | "lunch" | "noon", _) | ("first", "thing", _) => 2,
        ("утром" | "днем" | "вечером" | "утречком" | "morning" | "afternoon" | "evening" | "eod" | "cob" | "вечерком", _, _) => {
            1
        }
        _ => 0,
    }
}

pub fn weekday(words: &[Word], sent: DateTime) -> Option<Part> {
    let today = sent.date();
    let led = usize::from(matches!(
        at(words, 0),
        "в" | "во"
            | "до"
            | "к"
            | "ко"
            | "на"
            | "с"
            | "со"
            | "by"
            | "on"
            | "before"
            | "until"
            | "till"
            | "for"
            | "eod"
            | "cob"
            | "come"
            | "через"
            | "after"
            | "после"
    ));
    let led = led + usize::from(led == 1 && matches!(at(words, 1), "eod" | "cob"));
    let led = if led == 0 {
        usize::from(matches!(at(words, 0), "end")) * 2
    } else if at(words, led) == "end" {
        led + 2
    } else {
        led
    };
    let rest = words.get(led..).unwrap_or_default();
    let (which, said) = match at(rest, 0) {
        "эту" | "этот" | "эта" | "ближайшую" | "ближайший" | "this" | "ближайшей" | "этой" => {
            (Which::This, 1)
        }
        "следующую" | "следующий" | "следующей" | "next" | "след" => (Which::Next, 1),
        "the" | "самое" | "самую" | "обед" => (Which::Bare, 1),
        _ => (Which::Bare, 0),
    };
    let word = at(rest, said);
    let day = weekday_of(word)?;
    if led + said == 0 && ambiguous(word) {
        return None;
    }
    let date = match which {
        Which::Next => add_days(monday_of(today), 7 + i64::from(day)),
        Which::This if today.weekday().to_monday_zero_offset() == day => today,
        Which::This | Which::Bare => next_weekday(today, day),
    };
    let taken = led + said + 1;
    Some(Part::day(taken + close_of_day(words.get(taken..).unwrap_or_default()), date))
}

enum Which {
    Bare,
    This,
    Next,
}

/// English and Russian words that are weekdays only beside a preposition.
fn ambiguous(word: &str) -> bool {
    matches!(word, "sat" | "sun" | "mon" | "wed" | "среды" | "среде")
}

/// Monday is 0. Of «вторник-среда» the last.
pub fn weekday_of(word: &str) -> Option<i8> {
    let last = word.rsplit('-').next().unwrap_or(word);
    Some(match last {
        "понедельник" | "понедельника" | "понедельнику" | "пн" | "пнд" | "monday" | "mon" => {
            0
        }
        "вторник" | "вторника" | "вторнику" | "вт" | "tuesday" | "tue" | "tues" => 1,
        "среда" | "среду" | "среды" | "среде" | "ср" | "wednesday" | "wed" => 2,
        "четверг" | "четверга" | "четвергу" | "чт" | "thursday" | "thu" | "thurs" | "thur" => 3,
        "пятница" | "пятницу" | "пятницы" | "пятнице" | "пт" | "птн" | "friday" | "fri" => 4,
        "суббота" | "субботу" | "субботы" | "субботе" | "сб" | "saturday" | "sat" => 5,
        "воскресенье" | "воскресенья" | "воскресенью" | "вск" | "вс" | "sunday" | "sun" => {
            6
        }
        _ => return None,
    })
}

/// «15 июля», «10-15 июля 2026», "July 15th", "15 July", "Jul 15, 2026".
pub fn named_month(words: &[Word], sent: DateTime) -> Option<Part> {
    let led = usize::from(matches!(at(words, 0), "до" | "к" | "на" | "с" | "by" | "on" | "before" | "until" | "till" | "в"));
    let led = led + usize::from(led == 1 && at(words, 1) == "the");
    let rest = words.get(led..).unwrap_or_default();
    let of = usize::from(matches!(at(rest, 1), "of" | "числа"));
    let (day, month, len) = match (day_number(at(rest, 0)), month_of(at(rest, 1 + of))) {
        (Some(day), Some(month)) => (day, month, 2 + of),
        _ => (day_number(at(rest, 1))?, month_of(at(rest, 0)).filter(|_| at(rest, 0) != "may" || led > 0)?, 2),
    };
    let year = at(rest, len).parse::<i16>().ok().filter(|y| (2000..2100).contains(y));
    let tail = usize::from(year.is_some()) + usize::from(year.is_some() && matches!(at(rest, len + 1), "г" | "года"));
    Some(Part::day(led + len + tail, nearest(sent.date(), year, month, day)?))
}

/// «15.07», «15.07.26», «15/07», «2026-07-15». «15.30» is no date, «в 12.10» is a time, «1.5 часа» an amount.
pub fn numeric(words: &[Word], sent: DateTime) -> Option<Part> {
    let led = usize::from(matches!(at(words, 0), "до" | "к" | "на" | "с" | "by" | "on" | "before" | "until" | "till" | "в"));
    let word = at(words, led);
    if let Ok(date) = word.parse::<Date>()
        && word.len() == 10
    {
        return Some(Part::day(led + 1, date));
    }
    let mark = if word.contains('/') { '/' } else { '.' };
    let mut fields = word.split(mark);
    let (day, month, year) = (fields.next()?, fields.next()?, fields.next());
    if month.len() != 2 || day.len() > 2 || fields.next().is_some() || (at(words, 0) == "в" && year.is_none()) {
        return None;
    }
    let year = match year {
        Some(y) if y.len() == 4 => Some(y.parse().ok()?),
        Some(y) if y.len() == 2 => Some(2000 + y.parse::<i16>().ok()?),
        Some(_) => return None,
        None => None,
    };
    let counted = matches!(
        at(words, led + 1),
        "часа" | "млн" | "тыс" | "руб" | "%" | "кг" | "м" | "дня" | "недели" | "месяца" | "км" | "тонн"
    );
    let date = nearest(sent.date(), year, month.parse().ok()?, day.parse().ok()?)?;
    (!counted).then(|| Part::day(led + 1, date))
}

/// «15-го», «к 15 числу», "the 15th".
pub fn month_day(words: &[Word], sent: DateTime) -> Option<Part> {
    let led = usize::from(matches!(at(words, 0), "до" | "к" | "на" | "с" | "by" | "on" | "before" | "until" | "в" | "ко"));
    let the = usize::from(at(words, led) == "the");
    let word = at(words, led + the);
    let ordinal =
        ["-го", "го", "-му", "ого", "-ому", "ому", "-е", "-ое", "st", "nd", "rd", "th"].iter().find_map(|e| word.strip_suffix(e));
    let numbered = matches!(at(words, led + the + 1), "числа" | "числу" | "число" | "числах");
    let day: i8 = match ordinal {
        Some(day) => day.rsplit('-').next()?.parse().ok()?,
        None if numbered => word.rsplit('-').next()?.parse().ok()?,
        None => return None,
    };
    let floor = matches!(at(words, led + the + 1), "этаж" | "этаже" | "раз" | "пункт" | "пункта" | "floor" | "версии" | "года");
    if floor || !(1..=31).contains(&day) {
        return None;
    }
    Some(Part::day(led + the + 1 + usize::from(numbered), next_month_day(sent.date(), day)?))
}

fn next_month_day(today: Date, day: i8) -> Option<Date> {
    (0..=12).find_map(|months| {
        let month = today.first_of_month().checked_add(jiff::Span::new().try_months(months).ok()?).ok()?;
        Date::new(month.year(), month.month(), day).ok().filter(|d| *d > today)
    })
}

/// A date without a year is the coming one; one that lies a little behind is a thing of the past, so no due date.
fn nearest(today: Date, year: Option<i16>, month: i8, day: i8) -> Option<Date> {
    if let Some(year) = year {
        return Date::new(year, month, day).ok();
    }
    let date = Date::new(today.year(), month, day).ok()?;
    let behind = (today - date).get_days();
    if behind <= 0 {
        return Some(date);
    }
    (behind > 150).then(|| Date::new(today.year() + 1, month, day).ok()).flatten()
}

fn day_number(word: &str) -> Option<i8> {
    let last = ["-го", "го", "-му", "-е", "st", "nd", "rd", "th"].iter().find_map(|e| word.strip_suffix(e)).unwrap_or(word);
    let day: i8 = last.rsplit('-').next()?.parse().ok()?;
    (1..=31).contains(&day).then_some(day)
}

pub fn month_of(word: &str) -> Option<i8> {
    Some(match word {
        "января" | "янв" | "january" | "jan" => 1,
        "февраля" | "фев" | "february" | "feb" => 2,
        "марта" | "мар" | "march" | "mar" => 3,
        "апреля" | "апр" | "april" | "apr" => 4,
        "мая" | "may" => 5,
        "июня" | "июн" | "june" | "jun" => 6,
        "июля" | "июл" | "july" | "jul" => 7,
        "августа" | "авг" | "august" | "aug" => 8,
        "сентября" | "сен" | "сент" | "september" | "sep" | "sept" => 9,
        "октября" | "окт" | "october" | "oct" => 10,
        "ноября" | "ноя" | "november" | "nov" => 11,
        "декабря" | "дек" | "december" | "dec" => 12,
        _ => return None,
    })
}
