//! Long work: progress out, cancel in. Progress is throttled here, once, to what an eye can follow.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const BETWEEN_REPORTS: Duration = Duration::from_millis(50);

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

/// A running piece of work, as its owner holds it.
pub struct Job<'a> {
    cancelled: Arc<AtomicBool>,
    report: Box<dyn FnMut(Progress) + Send + 'a>,
    last: Option<Instant>,
}

impl<'a> Job<'a> {
    pub fn new(cancelled: Arc<AtomicBool>, report: impl FnMut(Progress) + Send + 'a) -> Self {
        Job { cancelled, report: Box::new(report), last: None }
    }

    /// A job that nobody watches or cancels.
    pub fn quiet() -> Self {
        Job::new(Arc::default(), |_| {})
    }

    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    pub(crate) fn step(&mut self, progress: Progress) -> ControlFlow<()> {
        let is_last = progress.done == progress.total;
        if is_last || self.last.is_none_or(|at| at.elapsed() >= BETWEEN_REPORTS) {
            self.last = Some(Instant::now());
            (self.report)(progress);
        }
        if self.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
