//! What an import tells: its counts, what it could not take and why, as JSON for programs and as text for people.

use crate::Failure;
use crate::words::{Lang, and_more, report_lines};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Places that are listed one by one; the rest is counted.
const LISTED: usize = 500;

/// A part of a source that was not taken, or was taken with a reservation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    pub place: String,
    pub why: String,
}

#[derive(Clone, Debug, Default)]
pub struct ImportReport {
    pub source: PathBuf,
    /// What stopped this source as a whole, in words; the counts are zero then.
    pub failure: Option<String>,
    pub format: String,
    pub chats: u64,
    pub messages: u64,
    /// Messages that could not be taken: with `messages` they are all of the source.
    pub lost: u64,
    /// Contents that are new, first ones and edits.
    pub new_versions: u64,
    /// Contents that were known already.
    pub unchanged: u64,
    /// Files of this source that are in the archive now; in a dry run those that would be.
    pub media: u64,
    pub media_new: u64,
    pub media_bytes: u64,
    /// Named by the export but not there.
    pub media_missing: u64,
    /// Left out by the exporting program.
    pub media_left_out: u64,
    /// Messages that the archive has within the span of this source and the source has not.
    pub not_in_export: u64,
    /// The messages that were not taken; the first few hundred, and how many more.
    pub skipped: Vec<Skipped>,
    /// Reservations that lose no message, and missing files.
    pub notes: Vec<Skipped>,
    pub salvaged: bool,
    pub cancelled: bool,
    pub bytes_read: u64,
    /// Changes of chats that were forgotten: not taken.
    pub refused: u64,
    /// A chat found its account or its number; the index was built anew.
    pub adopted: bool,
}

/// The first few hundred places, and a count of the rest.
#[derive(Default)]
pub(super) struct Listed {
    shown: Vec<Skipped>,
    more: u64,
}

impl Listed {
    pub fn push(&mut self, one: Skipped) {
        if self.shown.len() < LISTED { self.shown.push(one) } else { self.more += 1 }
    }

    pub fn push_why(&mut self, place: String, why: &str) {
        self.push(Skipped { place, why: why.to_owned() });
    }

    pub fn list(mut self, lang: Lang) -> Vec<Skipped> {
        if self.more > 0 {
            self.shown.push(Skipped { place: "…".into(), why: and_more(lang, self.more) });
        }
        self.shown
    }
}

impl ImportReport {
    /// One object with stable names: a contract with scripts.
    pub fn json(&self) -> Value {
        let list = |of: &[Skipped]| of.iter().map(|s| json!({ "where": s.place, "why": s.why })).collect::<Vec<_>>();
        json!({
            "source": self.source.display().to_string(), "failure": self.failure, "format": self.format, "chats": self.chats,
            "messages": self.messages, "lost": self.lost, "new_versions": self.new_versions, "unchanged": self.unchanged,
            "media": self.media, "media_new": self.media_new, "media_bytes": self.media_bytes,
            "media_missing": self.media_missing, "media_left_out": self.media_left_out, "not_in_export": self.not_in_export,
            "skipped": list(&self.skipped), "notes": list(&self.notes), "salvaged": self.salvaged,
            "bytes_read": self.bytes_read, "cancelled": self.cancelled,
        })
    }

    /// Lines for people, the places included.
    pub fn text(&self, lang: Lang) -> String {
        let mut lines = vec![self.source.display().to_string()];
        match &self.failure {
            Some(failure) => lines.push(format!("  {failure}")),
            None => lines.extend(report_lines(lang, self).into_iter().map(|line| format!("  {line}"))),
        }
        lines.extend(self.skipped.iter().chain(&self.notes).map(|one| format!("  {}: {}", one.place, one.why)));
        lines.join("\n")
    }
}

/// Writes reports where the user says: one JSON object a line if the file is called so, else text.
///
/// # Errors
/// `NoRights`, `DiskFull`.
pub fn save_reports(reports: &[ImportReport], file: &Path, lang: Lang) -> Result<(), Failure> {
    let is_json = file.extension().is_some_and(|e| e.eq_ignore_ascii_case("json") || e.eq_ignore_ascii_case("ndjson"));
    let parts = reports.iter().map(|report| if is_json { report.json().to_string() } else { report.text(lang) + "\n" });
    let text = parts.collect::<Vec<_>>().join("\n") + "\n";
    std::fs::write(file, text).map_err(|error| Failure::from_io(error, file.to_owned()))
}
