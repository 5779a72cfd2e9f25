//! Moments as the export writes them: a string of seconds since June 2022 (3.7.6), before that only the local time of the
//! exporting computer, with no zone.

use crate::zone::Clock;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use letopis_model::Timestamp;
use serde_json::Value;

/// Year 9999: beyond it no calendar of ours can show a date.
const LAST: i64 = 253_402_300_799;

/// Seconds as a string or a number; zero, negative and absurd values are no moment.
pub(super) fn unix(value: &Value) -> Option<Timestamp> {
    let seconds = match value {
        Value::String(text) => text.parse().ok()?,
        Value::Number(number) => number.as_i64()?,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    (1..=LAST).contains(&seconds).then_some(Timestamp(seconds))
}

/// `2020-03-29T02:30:00`.
pub(super) fn civil(value: &Value) -> Option<DateTime> {
    value.as_str()?.parse().ok()
}

pub(super) fn local(value: &Value, zone: &TimeZone, clock: &Clock) -> Option<Timestamp> {
    clock.read(civil(value)?, zone)
}

/// A date with its offset, as other programs write it: `2017-01-01T06:20:09.248Z`.
pub(super) fn offset(value: &Value) -> Option<Timestamp> {
    let seconds = value.as_str()?.parse::<jiff::Timestamp>().ok()?.as_second();
    (seconds > 0).then_some(Timestamp(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn unix_moments() {
        let check = |value: Value, expected: Option<i64>| assert_eq!(unix(&value).map(|t| t.0), expected, "{value}");
        check(json!("1747345196"), Some(1_747_345_196));
        check(json!(1747345196), Some(1_747_345_196));
        for bad in [json!("0"), json!("-5"), json!(""), json!("вчера"), json!("99999999999999999999"), json!(1e300), json!(null)]
        {
            check(bad, None);
        }
    }

    #[test]
    fn local_moments() {
        let moscow = TimeZone::fixed(jiff::tz::offset(3));
        let check = |value: Value, zone: &TimeZone, expected: Option<i64>| {
            assert_eq!(local(&value, zone, &Clock::default()).map(|t| t.0), expected, "{value}");
        };
        check(json!("2020-06-01T12:00:00"), &TimeZone::UTC, Some(1_591_012_800));
        check(json!("2020-06-01T12:00:00"), &moscow, Some(1_591_002_000));
        check(json!("1969-12-31T23:00:00"), &TimeZone::UTC, None);
        assert_eq!(offset(&json!("2020-06-01T12:00:00.5+03:00")), Some(Timestamp(1_591_002_000)));
        assert_eq!(offset(&json!("2020-06-01T12:00:00Z")), Some(Timestamp(1_591_012_800)));
        assert_eq!(offset(&json!("2020-06-01T12:00:00")), None);
        for bad in [json!("2020-13-01T00:00:00"), json!("01.06.2020"), json!(""), json!(5), json!(null)] {
            check(bad, &moscow, None);
        }
    }
}
