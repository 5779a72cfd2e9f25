//! The server's time: the system's, or a frozen one that only the script moves. The one file of the crate that asks the clock.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Where the server takes its time from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The system's clock, plus what the script let pass.
    System,
    /// Stands at this Unix second and moves only when the script lets time pass.
    At(i64),
}

#[derive(Debug)]
pub(crate) struct Ticker {
    kind: Clock,
    passed: i64,
    /// How far the clock on the wire is off, in seconds: a fault.
    pub(crate) skew: i64,
}

impl Ticker {
    pub(crate) fn new(kind: Clock) -> Self {
        Self { kind, passed: 0, skew: 0 }
    }

    /// Unix seconds, as dates in messages say them.
    pub(crate) fn now(&self) -> i64 {
        let base = match self.kind {
            Clock::System => system().0,
            Clock::At(second) => second,
        };
        base + self.passed
    }

    pub(crate) fn pass(&mut self, seconds: i64) {
        self.passed += seconds;
    }

    /// Seconds and nanoseconds for MTProto message ids: always near the real time, whatever the script's clock says,
    /// because the client's own message ids follow its system clock.
    pub(crate) fn wire(&self) -> (i64, i64) {
        let (seconds, nanos) = system();
        (seconds + self.skew, nanos)
    }
}

/// The end of a test's patience.
pub(crate) struct Deadline(Instant);

impl Deadline {
    pub(crate) fn after(patience: Duration) -> Self {
        Self(Instant::now() + patience)
    }

    pub(crate) fn is_over(&self) -> bool {
        self.0 < Instant::now()
    }
}

#[expect(clippy::disallowed_methods, reason = "the server's clock, for tests only")]
fn system() -> (i64, i64) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    (i64::try_from(now.as_secs()).unwrap_or(i64::MAX), i64::from(now.subsec_nanos()))
}
