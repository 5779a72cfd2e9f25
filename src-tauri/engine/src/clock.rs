//! The one place that asks the system for the time and its zone; tests and `--now` fix it.

use crate::idle::Moment;
use jiff::tz::TimeZone;
use letopis_model::Timestamp;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Both clocks of the machine, whatever `--now` says: they measure how long somebody has been away.
pub fn moment() -> Moment {
    static BEGINNING: OnceLock<Instant> = OnceLock::new();
    let steady = BEGINNING.get_or_init(Instant::now).elapsed();
    let wall = u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or_default();
    Moment { wall: Duration::from_millis(wall), steady }
}

/// The machine's time in Unix milliseconds, for what `--now` must not shorten.
pub(crate) fn machine_millis() -> i64 {
    i64::try_from(moment().wall.as_millis()).unwrap_or(i64::MAX)
}

/// How long something takes.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed())
}

/// How time runs, for waits; not what time it is.
pub(crate) fn instant() -> std::time::Instant {
    std::time::Instant::now()
}

#[derive(Clone, Debug)]
pub struct Clock {
    fixed: Option<Timestamp>,
    zone: TimeZone,
}

impl Clock {
    pub fn system() -> Self {
        Clock { fixed: None, zone: TimeZone::system() }
    }

    pub fn fixed(now: Timestamp, zone: TimeZone) -> Self {
        Clock { fixed: Some(now), zone }
    }

    /// The system's zone, but always this moment.
    pub fn at(now: Timestamp) -> Self {
        Clock { fixed: Some(now), zone: TimeZone::system() }
    }

    pub fn now(&self) -> Timestamp {
        self.fixed.unwrap_or_else(|| Timestamp(jiff::Timestamp::now().as_second()))
    }

    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// A moment in the user's zone; moments outside the calendar give its edge.
    pub fn zoned(&self, at: Timestamp) -> jiff::Zoned {
        jiff::Timestamp::from_second(at.0).unwrap_or_default().to_zoned(self.zone.clone())
    }

    /// Seconds east of UTC now.
    pub fn utc_offset(&self) -> i32 {
        self.zoned(self.now()).offset().seconds()
    }

    /// The first moment of a civil date such as `2026-11-19`.
    pub fn start_of(&self, date: &str) -> Option<Timestamp> {
        let date: jiff::civil::Date = date.parse().ok()?;
        let start = date.to_zoned(self.zone.clone()).ok()?;
        Some(Timestamp(start.timestamp().as_second()))
    }

    /// Local midnight of the day that holds `at`.
    pub fn day_start(&self, at: Timestamp) -> Timestamp {
        let zoned = self.zoned(at);
        Timestamp(zoned.start_of_day().map_or(at.0, |day| day.timestamp().as_second()))
    }

    /// The same time of day `months` earlier.
    pub fn months_before(&self, at: Timestamp, months: u32) -> Timestamp {
        let zoned = self.zoned(at);
        let earlier = zoned.checked_sub(jiff::Span::new().months(i64::from(months)));
        Timestamp(earlier.map_or(at.0 - i64::from(months) * 30 * 86_400, |z| z.timestamp().as_second()))
    }
}
