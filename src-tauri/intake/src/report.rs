//! What an importer is given and what it answers. Types only: no reading, no rules.

use crate::{Error, Problem};
use jiff::tz::TimeZone;
use letopis_model::{Change, Timestamp};
use std::{fs::File, ops::ControlFlow};

/// What the user knows and the file may not say.
#[derive(Clone)]
pub struct Options {
    /// Telegram's user id of the account the export was made from.
    pub owner: Option<i64>,
    /// The manager's name.
    pub manager: Option<String>,
    /// The zone of the exporting computer: files older than June 2022 hold local dates only.
    pub timezone: Option<TimeZone>,
    /// The moment of the import; the core has no clock.
    pub seen_at: Timestamp,
}

/// Takes what an importer finds. `Break` means that the user cancelled.
pub trait Sink {
    fn change(&mut self, change: Change) -> ControlFlow<()>;
    fn problem(&mut self, problem: Problem);
    /// Bytes: both passes over the file together come to `total` once, and `read` never goes back.
    fn progress(&mut self, read: u64, total: u64) -> ControlFlow<()>;
}

/// What came of an import. Counts are of what was handed to the sink.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The stable name of the format: `telegram-json`.
    pub format: &'static str,
    pub chats: u64,
    pub messages: u64,
    /// The file breaks off, or its rest could not be placed; everything complete was taken.
    pub salvaged: bool,
    pub cancelled: bool,
    /// How far the file was read.
    pub bytes_read: u64,
}

/// One format of files.
pub struct Importer {
    pub format: &'static str,
    /// Whether the first bytes of a file (4096 at most) look like this format.
    pub recognises: fn(head: &[u8]) -> bool,
    pub read: fn(file: &mut File, options: &Options, sink: &mut dyn Sink) -> Result<Report, Error>,
}
