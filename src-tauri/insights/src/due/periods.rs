//! Weeks, months, quarters and holidays: «до конца недели», «на следующей неделе», "end of month", «после майских».

use super::{Part, add_days, calendar, monday_of, next_weekday};
use crate::text::{Word, at};
use jiff::Span;
use jiff::civil::{Date, DateTime};

#[derive(Clone, Copy)]
enum Where {
    Start,
    Middle,
    End,
    Whole,
}

pub fn week(words: &[Word], sent: DateTime) -> Option<Part> {
    russian_week(words, sent.date()).or_else(|| english_week(words, sent.date()))
}

fn russian_week(words: &[Word], today: Date) -> Option<Part> {
    let (place, lead) = place(words);
    let rest = words.get(lead..).unwrap_or_default();
    let skip = usize::from(lead == 0 && matches!(at(rest, 0), "на" | "к" | "до" | "в" | "за"));
    let rest = rest.get(skip..).unwrap_or_default();
    let weekly = |index: usize| matches!(at(rest, index), "неделе" | "недели" | "неделю" | "неделей");
    let (next, len) = match at(rest, 0) {
        "следующей" | "следующую" | "той" | "след" | "будущей" | "некст" if weekly(1) => {
            (true, 2)
        }
        "этой" | "эту" | "текущей" | "нынешней" if weekly(1) => (false, 2),
        "недели" if at(words, 1).starts_with("течени") => return None,
        "недели" | "неделе" if lead > 0 => (false, 1),
        "рабочей" if weekly(1) && lead > 0 => (false, 2),
        _ => return None,
    };
    if skip == 0 && lead == 0 && at(rest, 0) == "той" {
        return None;
    }
    Some(of_week(lead + skip + len, today, next, place))
}

fn english_week(words: &[Word], today: Date) -> Option<Part> {
    let skip =
        usize::from(matches!(at(words, 0), "by" | "before" | "until" | "in" | "during" | "on" | "at" | "for" | "sometime"));
    let rest = words.get(skip..).unwrap_or_default();
    let rest_the = usize::from(at(rest, 0) == "the");
    let rest = rest.get(rest_the..).unwrap_or_default();
    let (place, lead) = match (at(rest, 0), at(rest, 1)) {
        ("early", _) => (Where::Start, 1),
        ("mid", _) => (Where::Middle, 1),
        ("late" | "later", _) => (Where::End, 1),
        ("end" | "close", "of") => (Where::End, 2),
        ("beginning" | "start", "of") => (Where::Start, 2),
        ("middle", "of") => (Where::Middle, 2),
        ("eow", _) => return Some(of_week(skip + rest_the + 1, today, false, Where::End)),
        _ => (Where::Whole, 0),
    };
    let lead_the = usize::from(at(rest, lead) == "the");
    let taken = skip + rest_the + lead + lead_the;
    match (at(rest, lead + lead_the), at(rest, lead + lead_the + 1)) {
        ("next", "week" | "wk") => Some(of_week(taken + 2, today, true, place)),
        ("this", "week") => Some(of_week(taken + 2, today, false, place)),
        ("week", _) if lead > 0 => Some(of_week(taken + 1, today, false, place)),
        _ => None,
    }
}

fn place(words: &[Word]) -> (Where, usize) {
    match (at(words, 0), at(words, 1), at(words, 2)) {
        ("в" | "к" | "до", "начале" | "началу" | "начала", _) => (Where::Start, 2),
        ("в" | "к" | "до", "середине" | "середины", _) => (Where::Middle, 2),
        ("в" | "к" | "до" | "под", "конце" | "концу" | "конца" | "конец", _) => (Where::End, 2),
        ("в", "первой", "половине") => (Where::Middle, 3),
        ("во", "второй", "половине") => (Where::End, 3),
        ("в", "течение" | "течении", _) => (Where::Whole, 2),
        _ => (Where::Whole, 0),
    }
}

/// The whole week means its Friday; its start means Tuesday.
fn of_week(len: usize, today: Date, next: bool, place: Where) -> Part {
    let offset = match place {
        Where::Start => 1,
        Where::Middle => 2,
        Where::End | Where::Whole => 4,
    };
    let this_monday = monday_of(today);
    let wanted = add_days(this_monday, offset);
    let monday = match place {
        _ if next => add_days(this_monday, 7),
        Where::Start | Where::Middle if wanted < today => add_days(this_monday, 7),
        Where::Start | Where::Middle | Where::End | Where::Whole => this_monday,
    };
    let date = add_days(monday, offset);
    let date = if date < today { add_days(this_monday, 6) } else { date };
    Part { stretch: Some(monday), ..Part::week(len, date) }
}

/// Months, quarters, years, weekends.
pub fn month(words: &[Word], sent: DateTime) -> Option<Part> {
    let today = sent.date();
    let (place, lead) = place(words);
    let english = english_end(words);
    let (at_end, lead) = match (place, english) {
        (Where::End, _) => (true, lead),
        (_, Some(len)) => (true, len),
        _ => (false, 0),
    };
    let rest = words.get(lead..).unwrap_or_default();
    let this = usize::from(matches!(at(rest, 0), "этого" | "текущего" | "the" | "this"));
    if at_end {
        return match at(rest, this) {
            "месяца" | "мес" | "month" => Some(Part::day(lead + this + 1, today.last_of_month())),
            "года" | "year" => Some(Part::day(lead + this + 1, Date::new(today.year(), 12, 31).ok()?)),
            "квартала" | "quarter" => Some(Part::day(lead + this + 1, end_of_quarter(today)?)),
            "следующего" | "next" if matches!(at(rest, this + 1), "месяца" | "month") => {
                Some(Part::day(lead + this + 2, next_month(today)?.last_of_month()))
            }
            name => super::days::month_of(name).and_then(|m| end_of_named(today, m)).map(|d| Part::day(lead + this + 1, d)),
        };
    }
    loose(words, today)
}

fn loose(words: &[Word], today: Date) -> Option<Part> {
    match (at(words, 0), at(words, 1), at(words, 2)) {
        ("by" | "before", "eom", _) => Some(Part::day(2, today.last_of_month())),
        ("eom", _, _) => Some(Part::day(1, today.last_of_month())),
        ("в", "этом" | "текущем", "месяце") | ("this", "month", _) => {
            Some(Part::week(if at(words, 0) == "this" { 2 } else { 3 }, today.last_of_month()))
        }
        ("в", "следующем", "месяце") => Some(Part::week(3, next_month(today)?.last_of_month())),
        ("next", "month", _) => Some(Part::week(2, next_month(today)?.last_of_month())),
        ("на" | "в", "выходных" | "выходные", _) => Some(Part::week(2, next_weekday(add_days(today, -1), 6))),
        ("over" | "on" | "this" | "at", "the", "weekend") => Some(Part::week(3, next_weekday(add_days(today, -1), 6))),
        ("this", "weekend", _) => Some(Part::week(2, next_weekday(add_days(today, -1), 6))),
        ("до", "выходных", _) => Some(Part::day(2, next_weekday(add_days(today, -1), 4))),
        ("после", "выходных", _) | ("after", "weekend", _) => {
            Some(Part::day(2, calendar::first_working(next_weekday(today, 0))))
        }
        ("after", "the", "weekend") => Some(Part::day(3, calendar::first_working(next_weekday(today, 0)))),
        _ => None,
    }
}

/// "by the end of", "end of", "late": how many words.
fn english_end(words: &[Word]) -> Option<usize> {
    let by = usize::from(matches!(at(words, 0), "by" | "before" | "at" | "until"));
    let the = usize::from(at(words, by) == "the");
    (at(words, by + the) == "end" && at(words, by + the + 1) == "of").then_some(by + the + 2)
}

fn next_month(today: Date) -> Option<Date> {
    today.first_of_month().checked_add(Span::new().try_months(1).ok()?).ok()
}

fn end_of_quarter(today: Date) -> Option<Date> {
    let month = (today.month() - 1) / 3 * 3 + 3;
    Date::new(today.year(), month, 1).ok().map(Date::last_of_month)
}

fn end_of_named(today: Date, month: i8) -> Option<Date> {
    let year = if month < today.month() { today.year() + 1 } else { today.year() };
    Date::new(year, month, 1).ok().map(Date::last_of_month)
}

pub fn holidays(words: &[Word], sent: DateTime) -> Option<Part> {
    let today = sent.date();
    let after = matches!(at(words, 0), "после" | "after");
    let before = matches!(at(words, 0), "до" | "к" | "before" | "by" | "перед");
    let skip = 1 + usize::from(matches!(at(words, 1), "the" | "этих"));
    let (word, next) = (at(words, skip), at(words, skip + 1));
    if after {
        let (date, len) = match (word, next) {
            ("праздников" | "праздничных" | "каникул" | "holidays" | "holiday", _) => {
                (calendar::after_holidays(today), 1)
            }
            ("майских", "праздников" | "каникул") => (calendar::after_holiday(today, 5, 9), 2),
            ("майских", _) => (calendar::after_holiday(today, 5, 9), 1),
            ("новогодних" | "январских", "праздников" | "каникул") => {
                (calendar::after_holiday(today, 1, 1), 2)
            }
            ("новогодних" | "январских" | "нг", _) => (calendar::after_holiday(today, 1, 1), 1),
            ("нового", "года") | ("new", "year") => (calendar::after_holiday(today, 1, 1), 2),
            _ => return None,
        };
        return Some(Part::day(skip + len, date));
    }
    if before {
        let new_year = Date::new(today.year(), 12, 31).ok()?;
        return match (word, next) {
            ("нг", _) => Some(Part::day(skip + 1, new_year)),
            ("нового" | "новому", "года" | "году") | ("new", "year") => Some(Part::day(skip + 2, new_year)),
            ("праздников" | "праздникам" | "holidays", _) => {
                Some(Part::day(skip + 1, before_holidays(today)))
            }
            ("майских", _) => Some(Part::day(skip + 1, before_may(today)?)),
            _ => None,
        };
    }
    None
}

/// The last working day before the next public holiday.
fn before_holidays(today: Date) -> Date {
    let holiday = (1..=370).map(|n| add_days(today, n)).find(|d| calendar::is_holiday(*d));
    holiday.map_or(today, |h| last_working_before(h, today))
}

fn before_may(today: Date) -> Option<Date> {
    let year = if today.month() > 5 { today.year() + 1 } else { today.year() };
    Some(last_working_before(Date::new(year, 5, 1).ok()?, today))
}

fn last_working_before(holiday: Date, today: Date) -> Date {
    (1..=14).map(|n| add_days(holiday, -n)).find(|d| calendar::is_working(*d)).unwrap_or(today)
}
