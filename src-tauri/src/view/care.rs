//! The archive's own health: a head that fits or does not, backups.

use super::keep::count;
use super::{AppState, Seconds};
use letopis_engine::{Lang, RolledBack, Salvage, WrittenBackup, head_text};
use serde::Serialize;
use specta::Type;

/// The archive is older than a head that is known.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RolledBackView {
    /// The head that is known, as people write it down.
    pub known: String,
    /// Versions that must have been there; 0 when they are as many, but not the same.
    pub missing: u32,
    pub found: u32,
}

/// What comparing with a head from paper says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum HeadVerdict {
    /// All that the head speaks of is here, unchanged.
    Fits,
    /// The archive is shorter than the head tells.
    Missing,
    /// The past is another one.
    Differs,
    /// No head: a number and 64 hexadecimal digits are asked.
    Unreadable,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct HeadCompared {
    pub verdict: HeadVerdict,
    pub missing: u32,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BackupWritten {
    pub file: String,
    /// A backup may have more bytes than 32 bits count.
    pub kilobytes: u32,
    pub files: u32,
    pub head: String,
    pub at: Seconds,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Restored {
    pub folder: String,
    pub head: String,
    /// Open when it was restored into the program's own folder.
    pub state: AppState,
}

/// What was saved of a damaged archive, and where it lies.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Salvaged {
    pub folder: String,
    /// Nothing is lost.
    pub whole: bool,
    /// What was saved and what is lost, a sentence each.
    pub lines: Vec<String>,
}

impl Salvaged {
    pub fn of(saved: &Salvage, lang: Lang) -> Self {
        Salvaged { folder: saved.folder.display().to_string(), whole: saved.is_whole(), lines: saved.lines(lang) }
    }
}

impl From<RolledBack> for RolledBackView {
    fn from(back: RolledBack) -> Self {
        RolledBackView { known: head_text(&back.known), missing: count(back.missing()), found: count(back.found) }
    }
}

impl HeadCompared {
    pub fn unreadable() -> Self {
        HeadCompared { verdict: HeadVerdict::Unreadable, missing: 0 }
    }

    pub fn of(found: Option<RolledBack>) -> Self {
        let missing = found.map_or(0, |back| back.missing());
        let verdict = match found {
            None => HeadVerdict::Fits,
            Some(_) if missing > 0 => HeadVerdict::Missing,
            Some(_) => HeadVerdict::Differs,
        };
        HeadCompared { verdict, missing: count(missing) }
    }
}

impl BackupWritten {
    pub fn of(written: WrittenBackup, at: Seconds) -> Self {
        BackupWritten {
            file: written.file.display().to_string(),
            kilobytes: count(written.bytes.div_ceil(1024)),
            files: count(written.files),
            head: head_text(&written.head),
            at,
        }
    }
}
