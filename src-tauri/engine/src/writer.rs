//! The writer thread: the only owner of the only write connection. Batches come over a bounded channel, so a fast reader
//! of files waits for the disk and memory stays flat.

use crate::Failure;
use letopis_archive::{Appended, Error, Writer};
use letopis_model::Change;
use letopis_vault::blobs::BlobStore;
use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, Sender, SyncSender, TryRecvError, channel, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Batches that may wait.
const WAITING: usize = 2;

/// What became of a batch, and the batch itself: its strings go back to the thread that made them, which frees them in
/// passing; for the writer it was a seventh of its work.
type Answer = (Result<Appended, Error>, Vec<Change>);

enum Ask {
    Append {
        changes: Vec<Change>,
        answer: Sender<Answer>,
    },
    /// Anything else that only the writer may do.
    Run(Box<dyn FnOnce(&mut Writer) + Send>),
}

pub struct WriterThread {
    asks: Option<SyncSender<Ask>>,
    thread: Option<JoinHandle<()>>,
    grown: Arc<Grown>,
}

/// Tells whoever follows the archive that a batch was appended.
#[derive(Default)]
pub struct Grown {
    batches: Mutex<u64>,
    changed: Condvar,
}

impl Grown {
    pub(crate) fn tell(&self) {
        *self.batches.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.changed.notify_all();
    }

    /// Waits until more than `seen` batches were appended, or the time is over; gives how many were.
    pub fn wait(&self, seen: u64, longest: Duration) -> u64 {
        let batches = self.batches.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(batches, longest, |batches| *batches <= seen);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

impl WriterThread {
    /// `blobs` hears which files have arrived.
    pub fn start(writer: Writer, blobs: BlobStore) -> Result<Self, Failure> {
        let (asks, inbox) = sync_channel::<Ask>(WAITING);
        let grown: Arc<Grown> = Arc::default();
        let tell = grown.clone();
        let thread =
            std::thread::Builder::new().name("archive-writer".into()).spawn(move || serve(writer, &inbox, &blobs, &tell));
        let thread = thread.map_err(|e| Failure::Other(anyhow::Error::new(e).context("Start the writer thread")))?;
        Ok(WriterThread { asks: Some(asks), thread: Some(thread), grown })
    }

    pub fn grown(&self) -> Arc<Grown> {
        self.grown.clone()
    }

    /// Does something with the writer after what was sent before, and waits for the answer.
    pub fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Writer) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Failure> {
        let (answer, answered) = channel();
        let work = Box::new(move |writer: &mut Writer| {
            // Who asked waits for the answer, unless its thread has died.
            let _ = answer.send(work(writer));
        });
        let sent = self.asks.as_ref().is_some_and(|asks| asks.send(Ask::Run(work)).is_ok());
        if !sent {
            return Err(stopped());
        }
        Ok(answered.recv().map_err(|_| stopped())??)
    }

    /// Opens a line on which batches are sent and answered in order.
    pub fn line(&self) -> Line {
        Line { asks: self.asks.clone(), open: VecDeque::new() }
    }
}

fn serve(mut writer: Writer, inbox: &Receiver<Ask>, blobs: &BlobStore, grown: &Grown) {
    while let Ok(ask) = inbox.recv() {
        match ask {
            Ask::Append { changes, answer } => {
                let appended = writer.append(&changes);
                if appended.is_ok() {
                    arrived(blobs, &changes);
                }
                // Who asked may have gone; the batch is kept all the same.
                drop(answer.send((appended, changes)));
            }
            Ask::Run(work) => work(&mut writer),
        }
        grown.tell();
    }
    if let Err(error) = writer.checkpoint() {
        tracing::warn!(%error, "the write-ahead log was not folded in; the next start does it");
    }
}

/// The files that these changes speak of are no strays any more.
pub fn arrived(blobs: &BlobStore, changes: &[Change]) {
    for change in changes {
        if let Change::MediaKept(media) = change
            && let Err(error) = blobs.arrived(&media.sha256)
        {
            tracing::warn!(%error, "a file counts as arriving until the archive is closed");
        }
    }
}

impl Drop for WriterThread {
    fn drop(&mut self) {
        self.asks = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the writer thread panicked");
        }
    }
}

/// One job's connection to the writer thread.
pub struct Line {
    asks: Option<SyncSender<Ask>>,
    /// One answer for each batch. Its sender travels with the batch, so a dead writer thread is noticed, not waited for.
    open: VecDeque<Receiver<Answer>>,
}

fn stopped() -> Failure {
    Failure::Other(anyhow::anyhow!("the writer thread has stopped"))
}

impl Line {
    /// Sends a batch; waits only while earlier ones fill the channel.
    pub fn send(&mut self, changes: Vec<Change>) -> Result<(), Failure> {
        let (answer, answered) = channel();
        let sent = self.asks.as_ref().is_some_and(|asks| asks.send(Ask::Append { changes, answer }).is_ok());
        if !sent {
            return Err(stopped());
        }
        self.open.push_back(answered);
        Ok(())
    }

    /// Answers that have come already.
    pub fn ready(&mut self) -> Result<Vec<Appended>, Failure> {
        let mut done = Vec::new();
        while let Some(first) = self.open.front() {
            match first.try_recv() {
                Ok((answer, _)) => done.push(answer?),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return Err(stopped()),
            }
            self.open.pop_front();
        }
        Ok(done)
    }

    /// Waits for the answers to everything sent.
    pub fn finish(&mut self) -> Result<Vec<Appended>, Failure> {
        let mut done = Vec::new();
        while let Some(answered) = self.open.pop_front() {
            let (answer, _) = answered.recv().map_err(|_| stopped())?;
            done.push(answer?);
        }
        Ok(done)
    }
}
