//! The one place of this room that asks how time runs, for waits and time-outs. What time it *is* comes from the engine.

use std::time::Instant;

pub fn now() -> Instant {
    Instant::now()
}
