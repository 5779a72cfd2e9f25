//! The Russian production calendar: public holidays and moved days, by the government's yearly decrees.
//! Years without a decree in the table follow the Labour Code: art. 112 days off, a weekend holiday moves to the next working day.

use super::add_days;
use jiff::civil::{Date, Weekday};

/// Days off that the law does not name by itself, (year, month, day).
const MOVED_OFF: [(i16, i8, i8); 21] = [
    (2024, 4, 29),
    (2024, 4, 30),
    (2024, 5, 10),
    (2024, 12, 30),
    (2024, 12, 31),
    (2025, 5, 2),
    (2025, 5, 8),
    (2025, 6, 13),
    (2025, 11, 3),
    (2025, 12, 31),
    (2026, 1, 9),
    (2026, 3, 9),
    (2026, 5, 11),
    (2026, 12, 31),
    (2023, 2, 24),
    (2023, 5, 8),
    (2027, 2, 22),
    (2027, 5, 3),
    (2027, 5, 10),
    (2027, 6, 14),
    (2027, 11, 5),
];

/// Saturdays and Sundays worked in exchange.
const MOVED_ON: [(i16, i8, i8); 6] = [(2024, 4, 27), (2024, 11, 2), (2024, 12, 28), (2025, 11, 1), (2027, 2, 20), (2027, 11, 6)];

pub fn is_holiday(date: Date) -> bool {
    let fixed = matches!((date.month(), date.day()), (1, 1..=8) | (2, 23) | (3, 8) | (5, 1) | (5, 9) | (6, 12) | (11, 4));
    fixed || is_listed(&MOVED_OFF, date) || (!is_decreed(date.year()) && is_shifted(date))
}

pub fn is_working(date: Date) -> bool {
    is_listed(&MOVED_ON, date) || !(is_weekend(date) || is_holiday(date))
}

/// The day on which `count` working days after `date` have passed; the day itself is not counted.
pub fn after_working_days(date: Date, count: u32) -> Date {
    let mut day = date;
    for _ in 0..count.min(500) {
        day = first_working(add_days(day, 1));
    }
    day
}

/// `date`, or the first working day after it.
pub fn first_working(date: Date) -> Date {
    days_from(date).find(|d| is_working(*d)).unwrap_or(date)
}

/// The first working day after the next run of days off that holds a public holiday.
pub fn after_holidays(date: Date) -> Date {
    days_from(date).find(|d| is_holiday(*d)).map_or(date, first_working)
}

/// The first working day after the run that holds this holiday.
pub fn after_holiday(date: Date, month: i8, day: i8) -> Date {
    days_from(date).find(|d| (d.month(), d.day()) == (month, day)).map_or(date, first_working)
}

fn days_from(date: Date) -> impl Iterator<Item = Date> {
    (0..=370).map(move |n| add_days(date, n))
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn is_listed(list: &[(i16, i8, i8)], date: Date) -> bool {
    list.contains(&(date.year(), date.month(), date.day()))
}

fn is_decreed(year: i16) -> bool {
    (2024..=2026).contains(&year)
}

/// A Monday (or Tuesday) off because the holiday fell on the weekend; January moves by decree only.
fn is_shifted(date: Date) -> bool {
    let single = |d: Date| {
        d.month() != 1 && is_weekend(d) && matches!((d.month(), d.day()), (2, 23) | (3, 8) | (5, 1) | (5, 9) | (6, 12) | (11, 4))
    };
    date.weekday() == Weekday::Monday && (single(add_days(date, -1)) || single(add_days(date, -2)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn holidays_and_moved_days() {
        let cases = [
            (date(2026, 1, 9), false),
            (date(2026, 1, 12), true),
            (date(2025, 11, 1), true),
            (date(2025, 11, 3), false),
            (date(2026, 5, 11), false),
            (date(2026, 3, 9), false),
            (date(2026, 6, 12), false),
            (date(2025, 12, 31), false),
            (date(2029, 6, 12), false),
            (date(2028, 6, 12), false),
        ];
        for (day, working) in cases {
            assert_eq!(is_working(day), working, "{day}");
        }
    }

    #[test]
    fn working_days_step_over_holidays() {
        assert_eq!(after_working_days(date(2026, 4, 29), 5), date(2026, 5, 7));
        assert_eq!(after_working_days(date(2025, 12, 29), 3), date(2026, 1, 13));
        assert_eq!(after_holidays(date(2026, 12, 25)), date(2027, 1, 11));
        assert_eq!(after_holiday(date(2026, 4, 20), 5, 9), date(2026, 5, 12));
    }
}
