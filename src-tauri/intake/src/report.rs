//! What an importer is given and what it answers. Types only: no reading, no rules.

use crate::open::Opened;
use crate::{Acquaintance, Error, Problem};
use jiff::tz::TimeZone;
use letopis_model::{Change, ChatId, Timestamp};
use std::collections::BTreeSet;
use std::ops::ControlFlow;

/// What the user knows and the file may not say.
#[derive(Clone, Default)]
pub struct Options {
    /// Telegram's user id of the account the export was made from.
    pub owner: Option<i64>,
    /// The name that the owner writes under; for exports that hold names only.
    pub owner_name: Option<String>,
    /// The manager's name.
    pub manager: Option<String>,
    /// The zone of the exporting computer: files older than June 2022 hold local dates only.
    pub timezone: Option<TimeZone>,
    /// The moment of the import; the core has no clock.
    pub seen_at: Timestamp,
    /// The chats to take, by [`ChatSurvey::key`](crate::ChatSurvey::key); `None` takes all. Of the others nothing is said.
    pub chats: Option<BTreeSet<u32>>,
}

impl Options {
    pub(crate) fn takes(&self, key: u32) -> bool {
        self.chats.as_ref().is_none_or(|chosen| chosen.contains(&key))
    }
}

/// Takes what an importer finds. `Break` means that the user cancelled.
pub trait Sink {
    fn change(&mut self, change: Change) -> ControlFlow<()>;
    fn problem(&mut self, problem: Problem);
    /// Bytes: all passes over the file together come to `total` once, and `read` never goes back.
    fn progress(&mut self, read: u64, total: u64) -> ControlFlow<()>;
    /// Which chat of the archive this one is; `None`: none that is known. Asked once for each chat, before its changes.
    fn twin(&mut self, chat: &Acquaintance<'_>) -> Option<ChatId> {
        let _ = chat;
        None
    }
}

/// What came of an import. Counts are of what was handed to the sink.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The stable name of the format: `telegram-json`, `telegram-html`.
    pub format: &'static str,
    pub chats: u64,
    pub messages: u64,
    /// Messages that were not taken; each was a [`Problem`]. With `messages` this makes all that the source holds.
    pub lost: u64,
    /// The file breaks off, or its rest could not be placed; everything complete was taken.
    pub salvaged: bool,
    pub cancelled: bool,
    /// How far the files were read.
    pub bytes_read: u64,
}

/// One format of files.
pub struct Importer {
    pub format: &'static str,
    /// Whether the first bytes of a file (4096 at most) look like this format.
    pub recognises: fn(head: &[u8]) -> bool,
    pub(crate) read: fn(source: &mut Opened, options: &Options, sink: &mut dyn Sink) -> Result<Report, Error>,
}
