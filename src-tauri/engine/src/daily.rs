//! What is done once a day while the archive stays open: a window may be left open for weeks, and messages grow older than
//! their retention meanwhile. At opening it is done anyway.

use crate::job::Job;
use crate::{Failure, OpenArchive};
use letopis_model::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const DAY: i64 = 86_400;
/// How often the clock is looked at. The wall clock decides, so a computer that slept catches up at once.
const LOOK: Duration = Duration::from_secs(20);

/// When the day's work was done last.
pub(crate) struct Daily(Timestamp);

impl Daily {
    /// It was done at this moment.
    pub fn done_at(at: Timestamp) -> Self {
        Daily(at)
    }

    /// Takes the day's turn, if it is due. A clock that was set back makes it due too: nobody knows how long ago it was done.
    fn take(&mut self, now: Timestamp) -> bool {
        let is_due = now.0 - self.0.0 >= DAY || now < self.0;
        if is_due {
            self.0 = now;
        }
        is_due
    }
}

impl OpenArchive {
    /// The day's work, if it is due; returns whether it was.
    ///
    /// # Errors
    /// Those of [`OpenArchive::apply_retention`]; it is tried again the next day and at the next opening.
    pub(crate) fn work_of_the_day(&self, daily: &mut Daily, job: &mut Job<'_>) -> Result<bool, Failure> {
        if !daily.take(self.clock.now()) {
            return Ok(false);
        }
        self.apply_retention(job)?;
        Ok(true)
    }

    /// Does it on a thread of its own, until `stop` or until nobody has the archive open any more.
    pub(crate) fn start_daily(self: &Arc<Self>, stop: Arc<AtomicBool>) -> Result<(), Failure> {
        let (this, mut daily) = (Arc::downgrade(self), Daily::done_at(self.clock.now()));
        let work = move || {
            loop {
                std::thread::sleep(LOOK);
                // Held for the moment only: a locked archive must not wait for the next look.
                let Some(archive) = this.upgrade().filter(|_| !stop.load(Ordering::Relaxed)) else { return };
                match archive.work_of_the_day(&mut daily, &mut Job::new(stop.clone(), |_| {})) {
                    Ok(_) | Err(Failure::Cancelled) => {}
                    Err(error) => tracing::error!(%error, "the day's retention was not applied"),
                }
            }
        };
        let started = std::thread::Builder::new().name("daily".into()).spawn(work);
        started.map(|_| ()).map_err(|e| Failure::Other(anyhow::Error::new(e).context("Start the day's work")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clock, Engine, TimeZone};
    use letopis_model::{AccountId, Change, ChatId, Content, Direction, MessageId, PeerId, Sighting, Source};

    #[test]
    fn the_day_comes_round_once_a_day_and_after_the_clock_was_set_back() {
        let mut daily = Daily::done_at(Timestamp(1_000_000));
        let told: Vec<bool> = [1_000_000, 1_086_399, 1_086_400, 1_086_401, 1_172_800, 1_000_000, 1_000_001]
            .map(|now| daily.take(Timestamp(now)))
            .to_vec();
        assert_eq!(told, [false, false, true, false, true, true, false]);
    }

    #[test]
    fn what_grew_too_old_while_the_archive_was_open_goes_with_the_day() {
        let now = Timestamp(1_788_264_000);
        let dir = tempfile::tempdir().unwrap();
        let engine = Engine::new(dir.path().join("archive"), Clock::fixed(now, TimeZone::UTC));
        engine.create("лес-шумит-7319-над-рекой").unwrap();
        let archive = engine.archive().unwrap();
        let chat = ChatId::new(Some(AccountId(4001)), PeerId::user(555));
        let sent_at = now.plus(-8 * DAY);
        let said = Sighting {
            chat,
            message: MessageId(1),
            sender: Some(chat.peer()),
            sender_name: Some("Кирилл Громов".into()),
            direction: Direction::In,
            sent_at: Some(sent_at),
            edited_at: None,
            content: Content::text("привет"),
            reactions: vec![],
            seen_at: sent_at,
            source: Source::Live,
        };
        archive.append(&[Change::Posted(Box::new(said))]).unwrap();
        archive.set_retention(AccountId(4001), Some(7)).unwrap();
        let messages = || archive.totals().unwrap().messages;
        let mut daily = Daily::done_at(now);
        assert!(!archive.work_of_the_day(&mut daily, &mut Job::quiet()).unwrap());
        assert_eq!(messages(), 1, "not before the day is over");
        let mut daily = Daily::done_at(now.plus(-DAY));
        assert!(archive.work_of_the_day(&mut daily, &mut Job::quiet()).unwrap());
        assert_eq!(messages(), 0);
    }
}
