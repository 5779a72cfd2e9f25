//! Whole files in, changes out.

mod broken;
mod shapes;

use super::read;
use crate::{Error, Options, Problem, Reason, Report, Sink};
use letopis_model::{Change, Sighting, Timestamp};
use std::io::Cursor;
use std::ops::ControlFlow;

const SEEN: Timestamp = Timestamp(1_800_000_000);

fn options() -> Options {
    Options { seen_at: SEEN, ..Options::default() }
}

/// Keeps everything; cancels after `stop_after` changes.
#[derive(Default)]
struct Kept {
    changes: Vec<Change>,
    problems: Vec<Problem>,
    progress: Vec<u64>,
    stop_after: Option<usize>,
}

impl Sink for Kept {
    fn change(&mut self, change: Change) -> ControlFlow<()> {
        self.changes.push(change);
        if self.stop_after == Some(self.changes.len()) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    fn progress(&mut self, read: u64, total: u64) -> ControlFlow<()> {
        assert!(read <= total);
        self.progress.push(read);
        ControlFlow::Continue(())
    }
}

impl Kept {
    fn posted(&self) -> impl Iterator<Item = &Sighting> {
        self.changes.iter().filter_map(|change| match change {
            Change::Posted(sighting) => Some(&**sighting),
            _ => None,
        })
    }

    fn ids(&self) -> Vec<i64> {
        self.posted().map(|s| s.message.0).collect()
    }

    fn texts(&self) -> Vec<&str> {
        self.posted().map(|s| s.content.text.as_str()).collect()
    }

    fn reasons(&self) -> Vec<Reason> {
        self.problems.iter().map(|p| p.why).collect()
    }

    fn only(&self) -> &Sighting {
        assert_eq!(self.posted().count(), 1);
        self.posted().next().unwrap()
    }

    /// Changes other than messages, as words.
    fn others(&self) -> Vec<String> {
        let words = |change: &Change| match change {
            Change::AccountSeen { account, manager, .. } => Some(format!("account {} {manager}", account.0)),
            Change::ChatSeen { chat, kind, title, .. } => {
                Some(format!("chat {chat} {kind:?} {}", title.as_deref().unwrap_or("-")))
            }
            Change::PeerSeen { peer, name, .. } => Some(format!("peer {peer} {name}")),
            _ => None,
        };
        self.changes.iter().filter_map(words).collect()
    }
}

fn run(bytes: impl AsRef<[u8]>, options: &Options) -> (Result<Report, Error>, Kept) {
    let mut kept = Kept::default();
    let report = read(Cursor::new(bytes.as_ref()), options, &mut kept);
    if let Ok(report) = &report {
        assert_eq!(report.messages as usize, kept.posted().count());
    }
    (report, kept)
}

/// Reads a file that must be readable.
fn good(bytes: impl AsRef<[u8]>) -> (Report, Kept) {
    let (report, kept) = run(bytes, &options());
    (report.unwrap(), kept)
}

/// One message in a personal chat with user 555.
fn one(message: &str) -> Kept {
    good(format!(r#"{{"name": "Кирилл", "type": "personal_chat", "id": 555, "messages": [{message}]}}"#)).1
}
