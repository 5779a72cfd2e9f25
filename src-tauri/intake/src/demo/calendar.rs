//! Working days in Moscow time. The company lives on numbered working days, so that its story does not depend on `now`;
//! only here do the numbers become dates. Public holidays are ignored: the story may fall on any season.

use super::rng::Rng;
use jiff::{ToSpan, civil};
use letopis_model::Timestamp;

/// The number of the last day, the one that `now` cuts; 66 working days before it make three months.
pub const LAST: i64 = 66;
const DAY: i64 = 86_400;
const MOSCOW: i64 = 3 * 3_600;
pub const OPENS: i64 = 9 * 3_600;
pub const CLOSES: i64 = 19 * 3_600;

/// A working day by number and seconds since its midnight; seconds above a day reach into the days after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    pub day: i64,
    pub sec: i64,
}

impl Moment {
    pub fn new(day: i64, sec: i64) -> Self {
        Moment { day, sec }
    }

    pub fn plus(self, seconds: i64) -> Self {
        Moment { sec: self.sec + seconds, ..self }
    }

    /// Some seconds of working time later. What falls after hours mostly waits for the next morning.
    pub fn after(self, seconds: i64, rng: &mut Rng) -> Self {
        let sec = self.sec + seconds;
        let stays_late = rng.chance(12) && sec < CLOSES + 3 * 3_600;
        let morning = OPENS + rng.range(120, 3_000);
        if sec <= CLOSES || stays_late { Moment { sec, ..self } } else { Moment::new(self.day + 1, morning) }
    }

    /// Some working days later, at any working hour.
    pub fn next_days(self, days: i64, rng: &mut Rng) -> Self {
        Moment::new(self.day + days, OPENS + rng.range(300, 32_000))
    }
}

pub struct Calendar {
    now: Timestamp,
    /// Days since 1970-01-01 of the last working day.
    last: i64,
}

impl Calendar {
    pub fn new(now: Timestamp) -> Self {
        let today = (now.0 + MOSCOW).div_euclid(DAY);
        Calendar { now, last: today - (weekday(today) - 4).max(0) }
    }

    /// Days since 1970-01-01 of a working day by number.
    pub fn date(&self, day: i64) -> i64 {
        let weekdays = weekday(self.last) + day - LAST;
        self.last - weekday(self.last) + weekdays.div_euclid(5) * 7 + weekdays.rem_euclid(5)
    }

    /// `None` when the moment has not come yet.
    pub fn at(&self, moment: Moment) -> Option<Timestamp> {
        let at = Timestamp(self.date(moment.day) * DAY + moment.sec - MOSCOW);
        (at <= self.now).then_some(at)
    }

    /// A moment so many minutes before `now`, or in the afternoon of the day before if that would be out of hours.
    pub fn ago(&self, minutes: i64) -> Moment {
        let local = self.now.0 + MOSCOW - minutes * 60;
        let sec = local - self.date(LAST) * DAY;
        if (OPENS..=CLOSES).contains(&sec) { Moment::new(LAST, sec) } else { Moment::new(LAST - 1, CLOSES - minutes * 30) }
    }

    pub fn is_friday(&self, day: i64) -> bool {
        weekday(self.date(day)) == 4
    }

    /// The number of the nearest Friday; next week's on a Friday itself.
    pub fn friday(&self, day: i64) -> i64 {
        let ahead = 4 - weekday(self.date(day));
        if ahead > 0 { day + ahead } else { day + 5 }
    }
}

/// Monday is 0. The first of January 1970 was a Thursday.
pub fn weekday(date: i64) -> i64 {
    (date + 3).rem_euclid(7)
}

fn civil(date: i64) -> civil::Date {
    let epoch = civil::Date::constant(1970, 1, 1);
    epoch.checked_add(date.days()).unwrap_or(epoch)
}

fn nth<'a>(words: &[&'a str], n: i64) -> &'a str {
    usize::try_from(n).ok().and_then(|n| words.get(n)).copied().unwrap_or_default()
}

/// «15 декабря».
pub fn day_month(date: i64) -> String {
    let date = civil(date);
    let months =
        ["января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"];
    format!("{} {}", date.day(), nth(&months, i64::from(date.month()) - 1))
}

/// "15 December".
pub fn day_month_en(date: i64) -> String {
    let date = civil(date);
    let months = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    format!("{} {}", date.day(), nth(&months, i64::from(date.month()) - 1))
}

/// «15.12».
pub fn dotted(date: i64) -> String {
    let date = civil(date);
    format!("{:02}.{:02}", date.day(), date.month())
}

/// «в среду».
pub fn on_weekday(date: i64) -> &'static str {
    let words = ["в понедельник", "во вторник", "в среду", "в четверг", "в пятницу", "в субботу", "в воскресенье"];
    nth(&words, weekday(date))
}

/// «до среды».
pub fn until_weekday(date: i64) -> &'static str {
    let words = ["до понедельника", "до вторника", "до среды", "до четверга", "до пятницы", "до субботы", "до воскресенья"];
    nth(&words, weekday(date))
}

/// «к среде».
pub fn by_weekday(date: i64) -> &'static str {
    let words = ["к понедельнику", "ко вторнику", "к среде", "к четвергу", "к пятнице", "к субботе", "к воскресенью"];
    nth(&words, weekday(date))
}

/// «завтра» and the working day after it, as they are called on `today`.
pub fn soon(today: i64) -> [&'static str; 2] {
    match weekday(today) {
        3 => ["завтра", "в понедельник"],
        4.. => ["в понедельник", "во вторник"],
        _ => ["завтра", on_weekday(today + 2)],
    }
}

pub fn weekday_en(date: i64) -> &'static str {
    nth(&["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"], weekday(date))
}
