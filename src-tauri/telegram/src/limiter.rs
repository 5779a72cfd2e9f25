//! How often one account may ask. Requests take turns with a pause between them; a flood wait stops all of them to its
//! last second. Telegram's limits are not published, so the pauses are modest and every wait it names is obeyed.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What is asked, by how it bears on Telegram's patience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Login, keep-alive, differences: at once, but never into a flood wait.
    Urgent,
    /// History, dialogs: one after another with a pause.
    Bulk,
    /// History within a takeout, whose limits are softer.
    Takeout,
    /// Pieces of files.
    File,
}

pub struct Limiter {
    pause: Duration,
    file_pause: Duration,
    turns: Mutex<Turns>,
}

struct Turns {
    bulk: Instant,
    file: Instant,
    flood: Instant,
}

impl Limiter {
    pub fn new(pause: Duration, file_pause: Duration) -> Self {
        let now = crate::pulse::now();
        Limiter { pause, file_pause, turns: Mutex::new(Turns { bulk: now, file: now, flood: now }) }
    }

    /// When this request may leave; later ones of the same pace are put behind it.
    fn turn(&self, pace: Pace, now: Instant) -> Instant {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let at = match pace {
            Pace::Urgent => now,
            Pace::Bulk | Pace::Takeout => turns.bulk.max(now),
            Pace::File => turns.file.max(now),
        };
        let at = at.max(turns.flood);
        match pace {
            Pace::Urgent => {}
            Pace::Bulk => turns.bulk = at + self.pause,
            Pace::Takeout => turns.bulk = at + self.pause / 4,
            Pace::File => turns.file = at + self.file_pause,
        }
        at
    }

    /// Waits for the turn. A flood wait that comes while waiting counts too.
    pub async fn wait(&self, pace: Pace) {
        let mut at = self.turn(pace, crate::pulse::now());
        loop {
            tokio::time::sleep_until(at.into()).await;
            let flood = self.flood_until();
            if flood <= crate::pulse::now() {
                return;
            }
            at = flood;
        }
    }

    /// Telegram named a wait: nobody asks before it is over.
    pub fn flooded(&self, wait: Duration) {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.flood = turns.flood.max(crate::pulse::now() + wait);
    }

    pub fn flood_until(&self) -> Instant {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner).flood
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bulk_requests_take_turns_and_floods_stop_all() {
        let pause = Duration::from_millis(400);
        let limiter = Limiter::new(pause, Duration::ZERO);
        let now = crate::pulse::now() + Duration::from_secs(1);
        assert_eq!(limiter.turn(Pace::Bulk, now), now);
        assert_eq!(limiter.turn(Pace::Bulk, now), now + pause);
        assert_eq!(limiter.turn(Pace::Bulk, now), now + pause * 2);
        assert_eq!(limiter.turn(Pace::Urgent, now), now);
        limiter.flooded(Duration::from_secs(30));
        let flood = limiter.flood_until();
        assert_eq!(limiter.turn(Pace::Urgent, now), flood);
        assert_eq!(limiter.turn(Pace::File, now), flood);
        assert_eq!(limiter.turn(Pace::Bulk, now), flood);
        assert_eq!(limiter.turn(Pace::Bulk, now), flood + pause);
    }
}
