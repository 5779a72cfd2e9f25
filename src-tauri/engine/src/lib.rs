//! The only one who knows everybody: keys in memory, the writer thread, the index follower, jobs and the clock.
//! The window and the command line both stand on it; it opens no socket and draws nothing.

mod access;
mod archive;
mod attached;
mod backup;
pub mod capture;
mod changes;
mod clock;
mod evidence;
mod failure;
mod findings;
mod handover;
mod heads;
mod home;
mod import;
mod index;
mod job;
mod keeping;
mod search;
mod summary;
mod verify;
mod words;
mod writer;

pub use access::who;
pub use archive::{ChatOverview, OpenArchive};
pub use attached::attached_line;
pub use backup::{WrittenBackup, restore};
pub use changes::Happening;
pub use clock::Clock;
pub use evidence::WrittenEvidence;
pub use failure::{Failure, FailureKind};
pub use findings::ChatFindings;
pub use handover::{Draft, DraftClient, DraftLine, DraftRequest, LineKind, Person, WrittenPack, service_detail};
pub use heads::{RolledBack, head_text, hex, parse_head};
pub use home::{Home, Phase};
pub use import::{ImportOptions, ImportReport, Skipped};
pub use job::{Job, Progress, Stage};
pub use keeping::{ForgetPlan, ForgetReport, RetentionPlan};
pub use search::{FacetCounts, Hit, SearchAnswer, SearchFilter, SearchRequest};
pub use summary::{ManagerPromise, SummaryAnswer, SummaryItem, SummaryRequest};
pub use verify::{Damage, Verification};
pub use words::Lang;

pub use jiff::tz::TimeZone;
pub use letopis_archive::{
    Access, AccessRecord, Anchor, ChangeKind, ChangeRecord, ChatRecord, CoverageRecord, ErasureRecord, HoldRecord, KeptHead,
    ManagerRecord, MediaRecord, Page, RetentionRecord, Totals, TreeHead, VersionRecord, Weighed,
};
pub use letopis_insights as insights;
pub use letopis_model as model;
pub use letopis_search::Sort;

use letopis_model::Timestamp;
use letopis_vault::{Opener, RecoveryKey};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// How to open an archive.
pub enum Secret<'a> {
    Passphrase(&'a str),
    Recovery(&'a str),
}

/// Opens the key file of an archive folder and takes its lock.
pub(crate) fn open_keys(home: &Home, secret: &Secret<'_>) -> Result<home::Keys, Failure> {
    let recovery;
    let opener = match secret {
        Secret::Passphrase(text) => Opener::Passphrase(text),
        Secret::Recovery(words) => {
            recovery = RecoveryKey::parse(words)?;
            Opener::Recovery(&recovery)
        }
    };
    home.unlock(&opener)
}

/// One archive folder, locked or open.
pub struct Engine {
    home: Home,
    clock: Clock,
    open: RwLock<Option<Arc<OpenArchive>>>,
    /// This engine has had the archive open before.
    was_open: AtomicBool,
}

const PAUSE: Duration = Duration::from_millis(100);
const PATIENCE: u32 = 50;

impl Engine {
    pub fn new(folder: PathBuf, clock: Clock) -> Self {
        Engine { home: Home::at(folder), clock, open: RwLock::new(None), was_open: AtomicBool::new(false) }
    }

    pub fn home(&self) -> &Home {
        &self.home
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn phase(&self) -> Phase {
        match self.archive() {
            Ok(_) => Phase::Open,
            Err(_) if self.home.exists() => Phase::Locked,
            Err(_) => Phase::Absent,
        }
    }

    /// Makes a new archive and leaves it open. The words of the recovery key are returned once and kept nowhere.
    ///
    /// # Errors
    /// `WeakPassphrase`, `AlreadyExists`, `NoRights`, `DiskFull`.
    pub fn create(&self, passphrase: &str) -> Result<String, Failure> {
        let (keys, recovery) = self.home.create(passphrase)?;
        match OpenArchive::open(&self.home, keys, self.clock.clone()) {
            Ok(open) => self.put(open),
            Err(failure) => {
                self.home.undo_create();
                return Err(failure);
            }
        };
        Ok(recovery)
    }

    /// # Errors
    /// `WrongKey`, `OpenElsewhere`, `NewerSchema`, `Damaged`, `NoArchive`.
    pub fn unlock(&self, secret: &Secret<'_>) -> Result<Arc<OpenArchive>, Failure> {
        let recovery;
        let opener = match secret {
            Secret::Passphrase(text) => Opener::Passphrase(text),
            Secret::Recovery(words) => {
                recovery = RecoveryKey::parse(words)?;
                Opener::Recovery(&recovery)
            }
        };
        let keys = self.keys(&opener)?;
        Ok(self.put(OpenArchive::open(&self.home, keys, self.clock.clone())?))
    }

    /// Work that was running when the archive was locked may hold it a moment longer.
    fn keys(&self, opener: &Opener<'_>) -> Result<home::Keys, Failure> {
        for _ in 0..PATIENCE {
            match self.home.unlock(opener) {
                Err(Failure::OpenElsewhere) if self.was_open.load(Ordering::Relaxed) => std::thread::sleep(PAUSE),
                other => return other,
            }
        }
        self.home.unlock(opener)
    }

    /// Forgets the keys. Work that still runs keeps its own handle until it ends.
    pub fn lock(&self) {
        if let Some(open) = self.open.write().unwrap_or_else(PoisonError::into_inner).take() {
            open.cancel_background();
            open.stop_capture();
        }
    }

    /// The open archive.
    ///
    /// # Errors
    /// `Locked` when there is none.
    pub fn archive(&self) -> Result<Arc<OpenArchive>, Failure> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).clone().ok_or(Failure::Locked)
    }

    fn put(&self, open: OpenArchive) -> Arc<OpenArchive> {
        let open = Arc::new(open);
        self.was_open.store(true, Ordering::Relaxed);
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = Some(open.clone());
        open
    }
}
