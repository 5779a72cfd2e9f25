//! Dates as the pages write them: `16.05.2025 00:39:56 UTC+03:00`, before 3.7.6 (June 2022) without the offset. The offset
//! is the zone's standard one while the clock follows daylight saving, so in summer it is an hour off wherever clocks
//! change; a zone that the user names is believed more. Some other clients write the month as a word.

use crate::zone::Clock;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use letopis_model::Timestamp;

/// Local time and, if it stands there, the offset.
pub(super) type Written = (DateTime, Option<Offset>);

/// Reads the title of a date.
pub(super) fn written(text: &str) -> Option<Written> {
    let text = text.trim();
    let (moment, offset) = match text.split_once(" UTC") {
        Some((moment, offset)) => (moment, Some(self::offset(offset)?)),
        None => (text, None),
    };
    let (day, time) = moment.rsplit_once(' ')?;
    let day = date(day.trim_end_matches(',').trim_end_matches(" г."))?;
    Some((day.to_datetime(self::time(time)?), offset))
}

/// `+03:00`, or nothing for zero.
fn offset(text: &str) -> Option<Offset> {
    if text.trim().is_empty() {
        return Some(Offset::UTC);
    }
    let (sign, digits) = match text.strip_prefix(['+']) {
        Some(digits) => (1, digits),
        None => (-1, text.strip_prefix(['-', '\u{2212}'])?),
    };
    let mut parts = digits.split(':').map(str::parse::<i32>);
    let hours = parts.next()?.ok()?;
    let minutes = parts.next().transpose().ok()?.unwrap_or(0);
    Offset::from_seconds(sign * (hours.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?)).ok()
}

fn time(text: &str) -> Option<Time> {
    let mut parts = text.split(':').map(|part| part.parse::<i8>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    Time::new(hour, minute, second, 0).ok()
}

/// `16.05.2025`, or the words of a separator: `8 May 2025`.
pub(super) fn date(text: &str) -> Option<Date> {
    let text = text.trim();
    if let Ok(day) = text.parse::<Date>() {
        return Some(day);
    }
    let mut parts = if text.contains('.') { text.split('.') } else { text.split(' ') };
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let month = month.parse().ok().or_else(|| self::month(month))?;
    Date::new(year.parse().ok()?, month, day.parse().ok()?).ok()
}

fn month(name: &str) -> Option<i8> {
    const ENGLISH: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    const RUSSIAN: [&str; 12] = ["янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"];
    let name = name.to_lowercase();
    let found = [ENGLISH, RUSSIAN].into_iter().find_map(|names| names.iter().position(|n| name.starts_with(n)))?;
    i8::try_from(found + 1).ok()
}

/// What a page says of time, and what the user says of the zone.
#[derive(Clone, Copy)]
pub(super) struct Zone<'a> {
    pub told: Option<&'a TimeZone>,
}

impl Zone<'_> {
    /// The moment, and whether its offset was only assumed.
    pub fn moment(self, (civil, offset): Written, clock: &Clock) -> Option<(Timestamp, bool)> {
        match (self.told, offset) {
            (Some(zone), Some(offset)) if !has_standard_offset(zone, civil, offset) => {
                Some((clock.read(civil, &TimeZone::fixed(offset))?, false))
            }
            (Some(zone), _) => Some((clock.read(civil, zone)?, false)),
            (None, Some(offset)) => Some((clock.read(civil, &TimeZone::fixed(offset))?, false)),
            (None, None) => Some((clock.read(civil, &TimeZone::UTC)?, true)),
        }
    }
}

/// Whether the page can be from a computer in this zone: its winter or summer offset is the one written. That is the
/// offset of the day of the export, not of the message: in Moscow a message of 2013 was sent at +04:00 and says +03:00.
fn has_standard_offset(zone: &TimeZone, civil: DateTime, offset: Offset) -> bool {
    let same = |year: i16, month: i8| {
        let day = Date::new(year, month, 1).ok()?.to_datetime(Time::midnight());
        let at = zone.to_timestamp(day).ok()?;
        Some(zone.to_offset(at) == offset)
    };
    let years = [civil.year(), 2022, 2024, 2026];
    years.into_iter().any(|year| same(year, 1) == Some(true) || same(year, 7) == Some(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_every_age() {
        let check = |text: &str, expected: &str| {
            let found = written(text).map(|(at, offset)| format!("{at} {}", offset.map(|o| o.to_string()).unwrap_or_default()));
            assert_eq!(found.unwrap_or_default().trim(), expected, "{text}");
        };
        check("16.05.2025 00:39:56 UTC+03:00", "2025-05-16T00:39:56 +03");
        check("16.05.2025 00:39:56 UTC-09:30", "2025-05-16T00:39:56 -09:30");
        check("16.05.2025 00:39:56 UTC", "2025-05-16T00:39:56 +00");
        check("16.05.2019 00:39:56", "2019-05-16T00:39:56");
        check("9 ноября 2017, 15:54:55", "2017-11-09T15:54:55");
        check("17 June 2024, 12:00:00", "2024-06-17T12:00:00");
        check("8 мая 2024, 12:00", "2024-05-08T12:00:00");
        check("8 мая 2024 г., 12:00:07", "2024-05-08T12:00:07");
        check("2024-05-08 12:00:07 UTC+03:00", "2024-05-08T12:00:07 +03");
        for bad in ["", "вчера", "32.01.2020 10:00:00", "16.05.2025", "16.05.2025 25:00:00", "16.05.2025 00:39:56 UTC+99:00"]
        {
            check(bad, "");
        }
    }

    #[test]
    fn separators() {
        assert_eq!(date("8 May 2025"), Some(jiff::civil::date(2025, 5, 8)));
        assert_eq!(date("No exported messages"), None);
        assert_eq!(date("History cleared"), None);
    }

    #[test]
    fn the_offset_of_winter_stands_in_summer() {
        let berlin = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        let at = |text: &str, zone: Option<&TimeZone>| {
            let (at, assumed) = Zone { told: zone }.moment(written(text).unwrap(), &Clock::default()).unwrap();
            format!("{} {assumed}", jiff::Timestamp::from_second(at.0).unwrap())
        };
        assert_eq!(at("16.07.2025 12:00:00 UTC+01:00", Some(&berlin)), "2025-07-16T10:00:00Z false");
        assert_eq!(at("16.07.2025 12:00:00 UTC+01:00", None), "2025-07-16T11:00:00Z false");
        assert_eq!(at("16.07.2025 12:00:00 UTC+05:00", Some(&berlin)), "2025-07-16T07:00:00Z false");
        assert_eq!(at("16.07.2019 12:00:00", Some(&berlin)), "2019-07-16T10:00:00Z false");
        assert_eq!(at("16.07.2019 12:00:00", None), "2019-07-16T12:00:00Z true");
    }
}
