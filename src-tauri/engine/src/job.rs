//! Long work: progress out, cancel in. Progress is throttled here, once, to what an eye can follow, and gets its pace: how
//! fast, and how long yet.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const BETWEEN_REPORTS: Duration = Duration::from_millis(50);
/// Before that a pace says nothing.
const WARM: Duration = Duration::from_secs(2);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// `done` and `total` are bytes.
    Reading,
    /// `done` and `total` are messages.
    Indexing,
    /// `done` and `total` are bytes.
    Sealing,
    /// `done` and `total` are versions, then bytes of files.
    Checking,
    /// `done` and `total` are bytes.
    Copying,
    /// Putting the archive under a new master key; `done` and `total` are bytes.
    Rekeying,
}

#[derive(Clone, Copy, Debug)]
pub struct Progress {
    pub stage: Stage,
    pub done: u64,
    pub total: u64,
    pub messages: u64,
    pub chats: u64,
}

/// A step of a job as its watcher gets it.
#[derive(Clone, Copy, Debug)]
pub struct Paced {
    pub progress: Progress,
    /// Messages a second in this stage; 0 while it is unknown.
    pub rate: u64,
    /// Seconds until this stage ends, once they can be told.
    pub left: Option<u64>,
}

/// A running piece of work, as its owner holds it.
pub struct Job<'a> {
    cancelled: Arc<AtomicBool>,
    report: Box<dyn FnMut(Paced) + Send + 'a>,
    last: Option<Instant>,
    /// When the stage that runs now began, and where.
    stage: Option<(Instant, Progress)>,
}

impl<'a> Job<'a> {
    pub fn new(cancelled: Arc<AtomicBool>, report: impl FnMut(Paced) + Send + 'a) -> Self {
        Job { cancelled, report: Box::new(report), last: None, stage: None }
    }

    /// A job that nobody watches or cancels.
    pub fn quiet() -> Self {
        Job::new(Arc::default(), |_| {})
    }

    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// For work inside a step that must hear a cancel too.
    pub(crate) fn flag(&self) -> Arc<AtomicBool> {
        self.cancelled.clone()
    }

    pub(crate) fn step(&mut self, progress: Progress) -> ControlFlow<()> {
        let now = Instant::now();
        let is_same = self.stage.is_some_and(|(_, first)| first.stage == progress.stage && first.done <= progress.done);
        let (began, first) = if is_same { self.stage.unwrap_or((now, progress)) } else { (now, progress) };
        self.stage = Some((began, first));
        let is_last = progress.done == progress.total;
        if is_last || self.last.is_none_or(|at| now.duration_since(at) >= BETWEEN_REPORTS) {
            self.last = Some(now);
            (self.report)(pace(progress, &first, now.duration_since(began)));
        }
        if self.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// The pace since the stage began: steadier than that of the last moments, and files are even enough.
fn pace(progress: Progress, first: &Progress, spent: Duration) -> Paced {
    let (done, millis) = (progress.done.saturating_sub(first.done), spent.as_millis());
    if spent < WARM || done == 0 {
        return Paced { progress, rate: 0, left: None };
    }
    let messages = u128::from(progress.messages.saturating_sub(first.messages));
    let left = u128::from(progress.total.saturating_sub(progress.done)) * millis / u128::from(done) / 1000;
    let narrow = |n: u128| u64::try_from(n).unwrap_or(u64::MAX);
    Paced { progress, rate: narrow(messages * 1000 / millis), left: Some(narrow(left)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_told_once_there_is_one() {
        let at = |done, messages| Progress { stage: Stage::Reading, done, total: 1_000, messages, chats: 1 };
        let told = |done, messages, millis| {
            let paced = pace(at(done, messages), &at(100, 10), Duration::from_millis(millis));
            (paced.rate, paced.left)
        };
        assert_eq!(told(200, 20, 500), (0, None));
        assert_eq!(told(100, 10, 60_000), (0, None), "nothing done yet");
        assert_eq!(told(200, 4_010, 4_000), (1_000, Some(32)));
        assert_eq!(told(1_000, 4_010, 4_000), (1_000, Some(0)));
        assert_eq!(told(1_001, 0, 4_000), (0, Some(0)), "what grew meanwhile is not owed");
    }

    #[test]
    fn a_cancelled_job_breaks_at_its_next_step() {
        let (flag, mut told) = (Arc::new(AtomicBool::new(false)), 0);
        let mut job = Job::new(flag.clone(), |_| told += 1);
        let progress = Progress { stage: Stage::Indexing, done: 1, total: 2, messages: 0, chats: 0 };
        assert!(job.step(progress).is_continue());
        flag.store(true, Ordering::Relaxed);
        assert!(job.step(progress).is_break() && job.is_cancelled());
        drop(job);
        assert_eq!(told, 1, "steps that follow at once are not all told");
    }
}
