//! The local time of the exporting computer as a moment. Never asks the system for its zone: the same file must read the
//! same everywhere.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use letopis_model::Timestamp;

/// Follows the messages of one chat, whose times only grow: that tells the first pass of a repeated hour from the second.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clock {
    last: Option<Timestamp>,
}

impl Clock {
    /// An hour that the clocks skip is read with the offset from before the change. In an hour that they repeat the
    /// earlier moment counts, unless a message before this one was later.
    pub fn read(&self, civil: DateTime, zone: &TimeZone) -> Option<Timestamp> {
        let at = zone.to_ambiguous_timestamp(civil);
        let moment = match at.offset() {
            AmbiguousOffset::Fold { .. } => {
                let earlier = at.earlier().ok()?.as_second();
                match self.last {
                    Some(Timestamp(last)) if last > earlier => at.later().ok()?.as_second(),
                    _ => earlier,
                }
            }
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Gap { .. } => at.compatible().ok()?.as_second(),
        };
        (moment > 0).then_some(Timestamp(moment))
    }

    /// Goes on to a message whose moment is known.
    pub fn saw(&mut self, at: Option<Timestamp>) {
        self.last = at.or(self.last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> TimeZone {
        TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap()
    }

    /// Reads the times in order and shows them as UTC.
    fn check(zone: &TimeZone, times: &[&str], expected: &[&str]) {
        let mut clock = Clock::default();
        let read = |text: &&str| {
            let at = clock.read(text.parse().unwrap(), zone);
            clock.saw(at);
            at.map(|at| jiff::Timestamp::from_second(at.0).unwrap().to_string()).unwrap_or_default()
        };
        assert_eq!(times.iter().map(read).collect::<Vec<_>>(), expected, "{times:?}");
    }

    #[test]
    fn local_times() {
        check(&TimeZone::UTC, &["2020-06-01T12:00:00"], &["2020-06-01T12:00:00Z"]);
        check(&TimeZone::fixed(jiff::tz::offset(3)), &["2020-06-01T12:00:00"], &["2020-06-01T09:00:00Z"]);
        check(&TimeZone::UTC, &["1969-12-31T23:00:00"], &[""]);
    }

    #[test]
    fn an_hour_that_clocks_skip() {
        check(&berlin(), &["2020-03-29T02:30:00"], &["2020-03-29T01:30:00Z"]);
    }

    #[test]
    fn an_hour_that_clocks_repeat_goes_forward() {
        let times = ["2020-10-25T02:10:00", "2020-10-25T02:50:00", "2020-10-25T02:05:00", "2020-10-25T03:01:00"];
        let moments = ["2020-10-25T00:10:00Z", "2020-10-25T00:50:00Z", "2020-10-25T01:05:00Z", "2020-10-25T02:01:00Z"];
        check(&berlin(), &times, &moments);
    }
}
