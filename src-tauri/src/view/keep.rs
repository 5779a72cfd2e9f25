//! State of the archive, progress and reports of jobs.

use super::{KeyState, Lang, Seconds, Skipped};
use letopis_engine::model::Timestamp;
use letopis_engine::{Engine, Failure};
use serde::Serialize;
use specta::Type;
use tauri::ipc::Channel;

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AppState {
    pub phase: Phase,
    /// Folder of the archive, as shown to the user.
    pub archive_dir: String,
    /// Present when the archive is open.
    pub archive: Option<ArchiveInfo>,
    pub keys: KeyState,
    /// Locked, and the accounts go on being recorded behind the lock.
    pub records: bool,
    pub version: String,
    /// Now; the demo company and tests may fix it.
    pub now: Seconds,
}

#[derive(Clone, Copy, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    /// There is no archive in the folder yet.
    Absent,
    Locked,
    Open,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ArchiveInfo {
    pub messages: u32,
    pub chats: u32,
    pub managers: u32,
    pub deleted: u32,
    pub edited: u32,
    pub first_at: Option<Seconds>,
    pub last_at: Option<Seconds>,
    /// Messages that the search index does not hold yet; 0 when it is complete.
    pub not_indexed: u32,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Created {
    /// Shown once, never again.
    pub recovery_key: String,
}

/// Progress of a long job. `total` is 0 while it is unknown.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    pub stage: Stage,
    pub done: u32,
    pub total: u32,
    pub messages: u32,
    pub chats: u32,
    /// Messages a second in this stage; 0 while it is unknown.
    pub rate: u32,
    /// Seconds until this stage ends, once they can be told.
    pub left: Option<u32>,
}

#[derive(Clone, Copy, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Stage {
    /// Reading the file; `done` and `total` are kilobytes.
    Reading,
    /// Building the index; `done` and `total` are messages.
    Indexing,
    /// Encrypting the pack.
    Sealing,
    /// Checking the archive; `done` and `total` are versions, then files.
    Checking,
    /// Copying the archive; `done` and `total` are kilobytes.
    Copying,
    /// Putting the archive under a new master key; `done` and `total` are kilobytes.
    Rekeying,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Verified {
    pub checked: u32,
    pub damaged: Vec<Skipped>,
    /// The head of the tree, as people write it down.
    pub head: Option<String>,
}

/// Unix seconds that fit the window's numbers; what lies outside 1970..2106 is clamped.
pub fn seconds(at: Timestamp) -> Seconds {
    u32::try_from(at.0.max(0)).unwrap_or(u32::MAX)
}

/// A count for the window.
pub fn count(n: impl TryInto<u32>) -> u32 {
    n.try_into().unwrap_or(u32::MAX)
}

impl From<Lang> for letopis_engine::Lang {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Ru => letopis_engine::Lang::Ru,
            Lang::En => letopis_engine::Lang::En,
        }
    }
}

impl AppState {
    pub fn of(engine: &Engine) -> Result<Self, Failure> {
        let phase = match engine.phase() {
            letopis_engine::Phase::Absent => Phase::Absent,
            letopis_engine::Phase::Locked => Phase::Locked,
            letopis_engine::Phase::Open => Phase::Open,
        };
        let archive = match engine.archive() {
            Ok(archive) => Some(ArchiveInfo::of(&archive)?),
            Err(_) => None,
        };
        Ok(AppState {
            phase,
            archive_dir: engine.home().folder().display().to_string(),
            archive,
            keys: engine.home().key_state().into(),
            records: matches!(phase, Phase::Locked) && engine.behind().is_some(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            now: seconds(engine.now()),
        })
    }
}

impl ArchiveInfo {
    fn of(archive: &letopis_engine::OpenArchive) -> Result<Self, Failure> {
        let totals = archive.totals()?;
        Ok(ArchiveInfo {
            messages: count(totals.messages),
            chats: count(totals.chats),
            managers: count(totals.managers),
            deleted: count(totals.deleted),
            edited: count(totals.edited),
            first_at: totals.first_at.map(seconds),
            last_at: totals.last_at.map(seconds),
            not_indexed: count(archive.not_indexed()?),
        })
    }
}

impl Progress {
    /// Sends progress to the window; a window that is gone needs none.
    pub fn send(channel: &Channel<Progress>, paced: letopis_engine::Paced) {
        let progress = paced.progress;
        let unit = match progress.stage {
            letopis_engine::Stage::Reading | letopis_engine::Stage::Sealing | letopis_engine::Stage::Copying => 1024,
            letopis_engine::Stage::Rekeying => 1024,
            letopis_engine::Stage::Indexing | letopis_engine::Stage::Checking => 1,
        };
        let stage = match progress.stage {
            letopis_engine::Stage::Reading => Stage::Reading,
            letopis_engine::Stage::Indexing => Stage::Indexing,
            letopis_engine::Stage::Sealing => Stage::Sealing,
            letopis_engine::Stage::Checking => Stage::Checking,
            letopis_engine::Stage::Copying => Stage::Copying,
            letopis_engine::Stage::Rekeying => Stage::Rekeying,
        };
        let sent = channel.send(Progress {
            stage,
            done: count(progress.done / unit),
            total: count(progress.total / unit),
            messages: count(progress.messages),
            chats: count(progress.chats),
            rate: count(paced.rate),
            left: paced.left.map(count),
        });
        if let Err(error) = sent {
            tracing::debug!(%error, "progress was not shown");
        }
    }
}

impl From<letopis_engine::Verification> for Verified {
    fn from(found: letopis_engine::Verification) -> Self {
        let damaged = found.damaged.into_iter().map(|damage| Skipped { place: damage.place, why: damage.what }).collect();
        Verified { checked: count(found.checked), damaged, head: found.head.map(|head| letopis_engine::head_text(&head)) }
    }
}
