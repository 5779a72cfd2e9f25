//! Times of day: «в 15:30», «к 6 вечера», «до обеда», "by 5pm", "EOD".
//! «15.30» is a time only after a preposition, «15.07» never is, «15к» is money.

use super::Part;
use crate::text::{Word, at};
use jiff::civil::{DateTime, Time};

/// What may follow a bare number when it is not an hour.
const COUNTED: [&str; 62] = [
    "тыс",
    "тысяч",
    "тысячам",
    "руб",
    "рублей",
    "рублям",
    "млн",
    "к",
    "k",
    "шт",
    "штук",
    "раз",
    "раза",
    "дней",
    "дня",
    "день",
    "минут",
    "мин",
    "процентов",
    "%",
    "человек",
    "чел",
    "лет",
    "год",
    "года",
    "недель",
    "недели",
    "месяцев",
    "месяца",
    "кг",
    "км",
    "м",
    "м2",
    "тонн",
    "позиций",
    "позиции",
    "этаж",
    "этаже",
    "этажа",
    "пункт",
    "пункте",
    "офис",
    "офисе",
    "договоров",
    "паллет",
    "машин",
    "usd",
    "eur",
    "people",
    "days",
    "weeks",
    "months",
    "units",
    "items",
    "minutes",
    "min",
    "seats",
    "users",
    "percent",
    "экз",
    "копий",
    "вариантов",
];

pub fn time(words: &[Word], _: DateTime) -> Option<Part> {
    let preposed = matches!(
        at(words, 0),
        "в" | "к"
            | "до"
            | "на"
            | "с"
            | "после"
            | "at"
            | "by"
            | "until"
            | "till"
            | "before"
            | "ровно"
            | "около"
            | "around"
            | "@"
            | "from"
    );
    let skip = usize::from(preposed);
    let skip = skip + usize::from(preposed && matches!(at(words, skip), "часам" | "часа" | "around" | "about"));
    let words = words.get(skip..).unwrap_or_default();
    let (time, len) = noon(words).or_else(|| written(words, preposed)).or_else(|| hour(words, preposed))?;
    Some(Part::clock(skip + len + zone(words, len), time))
}

fn noon(words: &[Word]) -> Option<(Time, usize)> {
    match at(words, 0) {
        "полдень" | "полудню" | "полудня" | "noon" => {
            Some((Time::midnight().with().hour(12).build().ok()?, 1))
        }
        "midnight" | "полуночи" => Some((clock(23, 59)?, 1)),
        _ => None,
    }
}

/// «15:30», «15.30», «15-30», «5:30pm».
fn written(words: &[Word], preposed: bool) -> Option<(Time, usize)> {
    let word = at(words, 0);
    let (word, half) = match (word.strip_suffix("pm"), word.strip_suffix("am")) {
        (Some(w), _) => (w, Some(12)),
        (_, Some(w)) => (w, Some(0)),
        _ => (word, None),
    };
    let mark = [':', '.', '-'].into_iter().find(|m| word.contains(*m))?;
    let (hour, minute) = word.split_once(mark)?;
    let sure = mark == ':' || (preposed && !COUNTED.contains(&at(words, 1)));
    let shaped = minute.len() == 2 && hour.len() <= 2;
    if !sure || !shaped || (mark == '-' && !matches!(minute, "00" | "15" | "30" | "45")) {
        return None;
    }
    let hour: i8 = hour.parse().ok()?;
    let (spoken, extra) = half_of_day(words, 1);
    let half = half.or(spoken);
    let hour = to_24(hour, half, false);
    Some((clock(hour, minute.parse().ok()?)?, 1 + extra))
}

/// «в 15», «к 6 вечера», «3pm», «в час дня», "by 5".
fn hour(words: &[Word], preposed: bool) -> Option<(Time, usize)> {
    let word = at(words, 0);
    let glued = [("pm", 12), ("am", 0), ("ч", -1), ("h", -1)].into_iter().find_map(|(s, h)| word.strip_suffix(s).map(|n| (n, h)));
    let (digits, glued) = match glued {
        Some((n, half)) => (n, Some(half)),
        None => (word, None),
    };
    let number: i8 = match spelled(word).filter(|_| preposed) {
        Some(number) => number,
        None if digits.len() <= 2 => digits.parse().ok()?,
        None => return None,
    };
    let hours = usize::from(matches!(at(words, 1), "часов" | "часа" | "часам" | "час" | "ч" | "o'clock"));
    let (spoken, extra) = half_of_day(words, 1 + hours);
    let named = glued.is_some() || spoken.is_some() || (hours == 1 && preposed) || word == "час";
    let bare = preposed && !COUNTED.contains(&at(words, 1)) && may_end(words);
    if !named && !bare {
        return None;
    }
    let half = glued.filter(|h| *h >= 0).or(spoken);
    Some((clock(to_24(number, half, true), 0)?, 1 + hours + extra))
}

/// Hours in words: «до шести», «в час».
fn spelled(word: &str) -> Option<i8> {
    Some(match word {
        "час" => 1,
        "двух" => 2,
        "трех" => 3,
        "четырех" => 4,
        "пяти" => 5,
        "шести" => 6,
        "семи" => 7,
        "восьми" => 8,
        "девяти" => 9,
        "десяти" => 10,
        "одиннадцати" => 11,
        _ => return None,
    })
}

/// After a bare hour a noun would make it a count: «до 20 позиций».
fn may_end(words: &[Word]) -> bool {
    let Some(next) = words.get(1) else { return true };
    next.before != crate::text::Break::None
        || matches!(
            next.norm.as_str(),
            "и" | "сегодня"
                | "завтра"
                | "по"
                | "мск"
                | "msk"
                | "у"
                | "в"
                | "на"
                | "ок"
                | "жду"
                | "будет"
                | "буду"
                | "тогда"
                | "вас"
                | "вам"
                | "точно"
                | "скину"
                | "today"
                | "tomorrow"
                | "on"
                | "sharp"
                | "utc"
                | "gmt"
                | "cet"
                | "est"
                | "if"
                | "если"
                | "работает"
                | "works"
                | "ровно"
                | "отлично"
                | "норм"
                | "удобно"
                | "подойдет"
                | "устроит"
                | "договорились"
        )
        || crate::lexicon::verbs::known(&next.norm).is_some()
        || super::days::weekday_of(&next.norm).is_some()
}

/// «утра», «вечера», "pm" after the number: 0 or 12 to add.
fn half_of_day(words: &[Word], index: usize) -> (Option<i8>, usize) {
    match at(words, index) {
        "утра" | "am" | "ночи" => (Some(0), 1),
        "вечера" | "дня" | "pm" => (Some(12), 1),
        _ => (None, 0),
    }
}

/// People at work who say «в 3» mean the afternoon.
fn to_24(hour: i8, half: Option<i8>, spoken: bool) -> i8 {
    match half {
        Some(12) if hour < 12 => hour + 12,
        Some(0) if hour == 12 => 0,
        None if spoken && (1..=7).contains(&hour) => hour + 12,
        _ => hour,
    }
}

fn clock(hour: i8, minute: i8) -> Option<Time> {
    Time::new(hour, minute, 0, 0).ok()
}

fn zone(words: &[Word], index: usize) -> usize {
    match (at(words, index), at(words, index + 1)) {
        ("по", "мск" | "москве" | "московскому" | "вашему" | "нашему") => 2,
        ("мск" | "msk" | "cet" | "utc" | "gmt" | "est", _) => 1,
        _ => 0,
    }
}

/// «до конца дня», «утром», «после обеда», "EOD", "this afternoon".
pub fn part_of_day(words: &[Word], sent: DateTime) -> Option<Part> {
    let today = sent.date();
    let later = |limit: i8| if sent.hour() >= limit { super::add_days(today, 1) } else { today };
    let three = (at(words, 0), at(words, 1), at(words, 2));
    match three {
        ("до" | "к" | "в", "конца" | "концу" | "конце" | "исхода", "дня" | "смены") => {
            Some(Part::day(3, today))
        }
        ("до" | "к" | "в", "конца" | "концу" | "конце", "рабочего") if at(words, 3) == "дня" => {
            Some(Part::day(4, today))
        }
        ("by" | "before" | "until", "the", "end") if (at(words, 3), at(words, 4)) == ("of", "day") => Some(Part::day(5, today)),
        ("by" | "before", "end", "of") if matches!(at(words, 3), "day" | "business") => Some(Part::day(4, today)),
        ("by" | "before", "end", "of") if matches!(at(words, 3), "the" | "my") && at(words, 4) == "day" => {
            Some(Part::day(5, today))
        }
        ("end", "of", "day" | "business") => Some(Part::day(3, today)),
        ("by", "eod" | "cob" | "eob", "tomorrow") => Some(Part::day(3, super::add_days(today, 1))),
        ("by", "eod" | "cob" | "eob", _) => Some(Part::day(2, today)),
        ("eod" | "cob" | "eob", "tomorrow", _) => Some(Part::day(2, super::add_days(today, 1))),
        ("eod" | "cob" | "eob" | "tonight", _, _) => Some(Part::day(1, today)),
        ("by", "tonight", _) | ("this", "afternoon" | "evening", _) => Some(Part::day(2, today)),
        ("before" | "by", "lunch", _) | ("до" | "к" | "в", "обеда" | "обеду" | "обед", _) => {
            Some(Part::day(2, later(13)))
        }
        ("in", "the", "morning") | ("first", "thing", _) => Some(Part::day(if three.0 == "in" { 3 } else { 2 }, later(6))),
        ("после", "обеда", _) | ("after", "lunch", _) | ("во", "второй", "половине") => {
            Some(Part::day(if three.2 == "половине" { 4 } else { 2 }, later(17)))
        }
        ("до" | "к", "вечера" | "вечеру", _) => Some(Part::day(2, later(22))),
        ("до" | "к" | "с", "утра" | "утру", _) => Some(Part::day(2, later(6))),
        ("в", "течение" | "течении", "дня") => Some(Part::day(3, today)),
        ("в", "течение" | "течении", "сегодняшнего") => Some(Part::day(4, today)),
        ("утром" | "утречком", _, _) => Some(Part::day(1, later(6))),
        ("днем", _, _) => Some(Part::day(1, later(16))),
        ("вечером" | "вечерком", _, _) => Some(Part::day(1, later(23))),
        ("morning" | "afternoon" | "evening", _, _) => Some(Part::filler(1)),
        _ => None,
    }
}
