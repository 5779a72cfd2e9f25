//! Dates as people write them in Russian and English, resolved from the moment the words were sent.
//! Never invents: what is vague («скоро», «на днях», "soon") gives no date.
//!
//! A row of words is read left to right by `RULES`; neighbours («завтра» + «до 15:00») are then joined.
//! To add a way of saying a date: a rule in the file of its kind and a line in the table test.

mod calendar;
mod clock;
mod days;
mod numbers;
mod periods;
#[cfg(test)]
mod tests;

use crate::text::{Word, at};
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp as Instant};
use letopis_model::Timestamp;
use serde::{Deserialize, Serialize};

/// How exactly the words name the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// An explicit clock time.
    Time,
    Day,
    /// A week, a month: the last working day of it is taken.
    Week,
    /// No date can be said: `due` is `None`.
    Vague,
}

/// A date found in a row of words.
#[derive(Clone, Copy)]
pub struct Due {
    /// Index of the first word and how many words.
    pub first: usize,
    pub len: usize,
    pub date: Date,
    pub time: Option<Time>,
    pub precision: Precision,
    /// Only a clock time was said; the day is the next one on which it comes.
    pub undated: bool,
}

/// What one rule read: a date, a time of day, or both.
#[derive(Clone, Copy)]
struct Part {
    len: usize,
    date: Option<Date>,
    time: Option<Time>,
    precision: Precision,
    /// A stretch («на следующей неделе») that a weekday beside it makes exact.
    stretch: Option<Date>,
}

impl Part {
    fn day(len: usize, date: Date) -> Self {
        Part { len, date: Some(date), time: None, precision: Precision::Day, stretch: None }
    }
    fn week(len: usize, date: Date) -> Self {
        Part { precision: Precision::Week, ..Part::day(len, date) }
    }
    fn moment(len: usize, moment: DateTime) -> Self {
        Part { time: Some(moment.time()), precision: Precision::Time, ..Part::day(len, moment.date()) }
    }
    fn clock(len: usize, time: Time) -> Self {
        Part { len, date: None, time: Some(time), precision: Precision::Time, stretch: None }
    }
    /// Words that belong to a date beside them and say nothing alone.
    fn filler(len: usize) -> Self {
        Part { len, date: None, time: None, precision: Precision::Vague, stretch: None }
    }
}

type Rule = fn(&[Word], DateTime) -> Option<Part>;

/// In this order; the first that reads something wins.
const RULES: [Rule; 12] = [
    days::skipped,
    periods::holidays,
    periods::week,
    periods::month,
    numbers::amount,
    days::relative,
    days::weekday,
    days::named_month,
    days::numeric,
    clock::time,
    clock::part_of_day,
    days::month_day,
];

/// Local date and time of a moment.
pub fn local(at: Timestamp, tz: &TimeZone) -> DateTime {
    Instant::from_second(at.0).unwrap_or_default().to_zoned(tz.clone()).datetime()
}

/// The last moment at which something due then is on time.
pub fn last_moment(date: Date, time: Option<Time>, tz: &TimeZone) -> Option<Timestamp> {
    let moment = date.to_datetime(time.unwrap_or(Time::constant(23, 59, 59, 0)));
    tz.to_zoned(moment).ok().map(|z| Timestamp(z.timestamp().as_second()))
}

/// Every date in `words`, spoken at local time `sent`.
pub fn find(words: &[Word], sent: DateTime) -> Vec<Due> {
    let mut found: Vec<Due> = Vec::new();
    let mut run: Vec<Part> = Vec::new();
    let (mut index, mut start, mut gap) = (0, 0, 0);
    while index < words.len() {
        let rest = words.get(index..).unwrap_or_default();
        match read(rest, sent) {
            Some(part) if part.len > 0 && contradicts(&run, &part) => {
                found.extend(join(&run, start, sent));
                run = vec![part];
                (start, gap) = (index, 0);
                index += part.len;
            }
            Some(part) if part.len > 0 => {
                if run.is_empty() {
                    start = index;
                } else if let Some(last) = run.last_mut() {
                    last.len += gap;
                }
                gap = 0;
                run.push(part);
                index += part.len;
            }
            _ => {
                let bridge = !run.is_empty()
                    && gap == 0
                    && matches!(
                        at(words, index),
                        "в" | "к" | "до" | "на" | "at" | "by" | "но" | "и" | "on" | "же" | "часов" | "где-то" | "примерно"
                    );
                if bridge {
                    gap = 1;
                } else {
                    found.extend(join(&run, start, sent));
                    run.clear();
                    gap = 0;
                }
                index += 1;
            }
        }
    }
    found.extend(join(&run, start, sent));
    reunite(found)
}

/// «В понедельник созвон в 12»: one date and one clock time in a row of words are one moment.
fn reunite(found: Vec<Due>) -> Vec<Due> {
    match found.as_slice() {
        [day, clock] if day.time.is_none() && clock.undated && clock.first - day.first < 8 => {
            vec![Due { time: clock.time, precision: Precision::Time, ..*day }]
        }
        _ => found,
    }
}

fn read(words: &[Word], sent: DateTime) -> Option<Part> {
    RULES.iter().find_map(|rule| rule(words, sent))
}

/// Whether `part` begins another date than the one being read.
fn contradicts(run: &[Part], part: &Part) -> bool {
    let dated = run.iter().any(|p| p.date.is_some() && p.stretch.is_none());
    let timed = run.iter().any(|p| p.time.is_some());
    (dated && part.date.is_some() && part.stretch.is_none()) || (timed && part.time.is_some())
}

fn join(run: &[Part], first: usize, sent: DateTime) -> Option<Due> {
    let len = run.iter().map(|p| p.len).sum();
    let time = run.iter().find_map(|p| p.time);
    let exact = run.iter().find(|p| p.date.is_some() && p.stretch.is_none());
    let stretch = run.iter().find(|p| p.stretch.is_some());
    let (date, precision) = match (exact, stretch) {
        (Some(day), Some(week)) => (inside(day.date?, week.stretch?), day.precision),
        (Some(day), None) => (day.date?, day.precision),
        (None, Some(week)) => (week.date?, week.precision),
        (None, None) => (day_of_clock(time?, sent), Precision::Time),
    };
    let precision = if time.is_some() { Precision::Time } else { precision };
    let undated = exact.is_none() && stretch.is_none();
    Some(Due { first, len, date, time, precision, undated })
}

/// The day of the week that begins at `monday` with the weekday of `day`.
fn inside(day: Date, monday: Date) -> Date {
    add_days(monday, i64::from(day.weekday().to_monday_zero_offset()))
}

/// A bare clock time is today, or tomorrow when it has passed.
fn day_of_clock(time: Time, sent: DateTime) -> Date {
    if time > sent.time() { sent.date() } else { add_days(sent.date(), 1) }
}

fn add_days(date: Date, days: i64) -> Date {
    Span::new().try_days(days).ok().and_then(|span| date.checked_add(span).ok()).unwrap_or(date)
}

/// `weekday` counts from Monday = 0; strictly after `date`.
fn next_weekday(date: Date, weekday: i8) -> Date {
    let ahead = (weekday - date.weekday().to_monday_zero_offset() - 1).rem_euclid(7) + 1;
    add_days(date, i64::from(ahead))
}

fn monday_of(date: Date) -> Date {
    add_days(date, -i64::from(date.weekday().to_monday_zero_offset()))
}
