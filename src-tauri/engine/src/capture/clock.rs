//! A computer whose clock is ahead is refused without a reason that would reach us: the server is asked for its time, and
//! the difference is said in words.

use super::desk::Hall;
use letopis_telegram::Error;

/// Telegram refuses packets from a future further away than half a minute.
const AHEAD: i64 = 25;
/// The name under which the words are found.
pub const CLOCK_AHEAD: &str = "CLOCK_AHEAD";

/// The clock's fault, if the trouble is a silence and the clock explains it.
pub async fn explained(hall: &Hall, error: Error, server_time: impl Future<Output = Option<i64>>) -> Error {
    if !matches!(error, Error::Offline(_)) {
        return error;
    }
    match server_time.await {
        Some(theirs) if hall.now().0 - theirs > AHEAD => Error::Refused(CLOCK_AHEAD.to_owned()),
        _ => error,
    }
}
