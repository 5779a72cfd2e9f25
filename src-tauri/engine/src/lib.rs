//! The only one who knows everybody: keys in memory, the writer thread, the index follower, jobs and the clock.
//! The window and the command line both stand on it; it opens no socket and draws nothing.

mod access;
mod archive;
mod attached;
mod attempts;
mod backup;
pub mod capture;
mod changes;
mod clock;
mod daily;
mod evidence;
mod failure;
mod findings;
mod handover;
mod heads;
mod home;
mod idle;
mod import;
mod index;
mod job;
mod keeping;
mod keys;
mod media;
mod os_keyring;
mod rekey;
mod salvage;
mod search;
mod settings;
mod summary;
mod verify;
mod words;
mod writer;

pub use access::who;
pub use archive::{ChatOverview, OpenArchive};
pub use attached::attached_line;
pub use backup::{WrittenBackup, restore};
pub use changes::{ChangeFilter, ChangePage, Happening, MassEvent, RowKind};
pub use clock::{Clock, moment};
pub use evidence::WrittenEvidence;
pub use failure::{Failure, FailureKind};
pub use findings::ChatFindings;
pub use handover::{Draft, DraftClient, DraftLine, DraftRequest, LineKind, Person, WrittenPack, service_detail};
pub use heads::{RolledBack, head_text, parse_head};
pub use home::{Home, Phase};
pub use idle::{Moment, Watch, WhyLock};
pub use import::{ImportOptions, ImportPreview, ImportReport, Skipped, save_reports, sources};
pub use job::{Job, Paced, Progress, Stage};
pub use keeping::{ForgetPlan, ForgetReport, RetentionPlan};
pub use keys::{KeyState, PASSPHRASE_LEAST};
pub use media::OpenMedia;
pub use os_keyring::{Unavailable, is_there as keyring_is_there, keep_head, known_head};
pub use rekey::Rekeyed;
pub use salvage::{LostChat, Salvage, salvage_folder};
pub use search::{
    Chip, Completion, CompletionKind, Drop, FacetCounts, Hit, InChat, InsteadKind, MarkedMessage, SearchAnswer, SearchFilter,
    SearchRequest, Way,
};
pub use settings::Settings;
pub use summary::{ManagerPromise, SummaryAnswer, SummaryItem, SummaryRequest};
pub use verify::{Damage, Verification};
pub use words::{Lang, plural_ru};

pub use jiff::tz::TimeZone;
pub use letopis_archive::SavedSearch;
pub use letopis_archive::{
    Access, AccessRecord, Anchor, ChangeKind, ChangeRecord, ChatRecord, CoverageRecord, ErasureRecord, HoldRecord, KeptHead,
    ManagerRecord, MediaRecord, Page, RetentionRecord, Totals, TreeHead, VersionRecord, Weighed,
};
pub use letopis_insights as insights;
pub use letopis_intake::{ChatSurvey, OwnerGuess, Survey};
pub use letopis_model as model;
pub use letopis_search::{OperatorName, Sort};
pub use letopis_vault::hex;

use keys::{Held, Keys};
use letopis_archive::Archive;
use letopis_model::Timestamp;
use letopis_vault::{MasterKey, Purpose};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use zeroize::Zeroizing;

/// How to open an archive.
pub enum Secret<'a> {
    Passphrase(&'a str),
    Recovery(&'a str),
    /// What the operating system's keyring keeps.
    Keyring,
}

/// Opens the key file of an archive folder and takes its lock.
pub(crate) fn open_keys(home: &Home, secret: &Secret<'_>) -> Result<Keys, Failure> {
    home.unlock(&home.held(secret)?)
}

/// One archive folder, locked or open.
pub struct Engine {
    home: Home,
    clock: Clock,
    open: RwLock<Option<Arc<OpenArchive>>>,
    /// Nothing is given out until a secret is shown again, though the archive is open: it goes on being written.
    shut: AtomicBool,
    /// This engine has had the archive open before.
    was_open: AtomicBool,
    /// Held by whoever changes keys.
    changing: Mutex<()>,
}

const PAUSE: Duration = Duration::from_millis(100);
const PATIENCE: u32 = 50;

impl Engine {
    pub fn new(folder: PathBuf, clock: Clock) -> Self {
        Engine {
            home: Home::at(folder),
            clock,
            open: RwLock::new(None),
            shut: AtomicBool::new(false),
            was_open: AtomicBool::new(false),
            changing: Mutex::default(),
        }
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
    pub fn create(&self, passphrase: &str) -> Result<Zeroizing<String>, Failure> {
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
    /// `WrongKey`, `TooSoon`, `LostSlot`, `KeyringRefused`, `OpenElsewhere`, `NewerVersion`, `Damaged`, `NoArchive`.
    pub fn unlock(&self, secret: &Secret<'_>) -> Result<Arc<OpenArchive>, Failure> {
        if self.shut.load(Ordering::Acquire)
            && let Some(open) = self.behind()
        {
            self.prove(secret)?;
            self.shut.store(false, Ordering::Release);
            return Ok(open);
        }
        let keys = self.keys(&self.home.held(secret)?)?;
        Ok(self.put(OpenArchive::open(&self.home, keys, self.clock.clone())?))
    }

    fn keys(&self, held: &Held<'_>) -> Result<Keys, Failure> {
        self.patiently(|home| home.unlock(held))
    }

    /// Work that was running when the archive was locked may hold it a moment longer.
    fn patiently<T>(&self, ask: impl Fn(&Home) -> Result<T, Failure>) -> Result<T, Failure> {
        for _ in 0..PATIENCE {
            match ask(&self.home) {
                Err(Failure::OpenElsewhere) if self.was_open.load(Ordering::Relaxed) => std::thread::sleep(PAUSE),
                other => return other,
            }
        }
        ask(&self.home)
    }

    /// Whether a secret opens the very archive that is open: another key file in its place opens nothing.
    fn prove(&self, secret: &Secret<'_>) -> Result<(), Failure> {
        let (file, master) = self.home.open_keys(&self.home.held(secret)?)?;
        let fits = |master: &MasterKey| {
            let key = master.subkey(file.archive(), Purpose::Sql)?;
            Ok::<bool, Failure>(Archive::at(self.home.folder(), key).fits()?)
        };
        let fits = match file.previous(&master)? {
            Some(previous) => fits(&previous)? || fits(&master)?,
            None => fits(&master)?,
        };
        if fits { Ok(()) } else { Err(Failure::WrongKey) }
    }

    /// Locks for people, not for recording: everything is refused until a secret is shown again, while what records keeps
    /// its handle. The keys stay in memory. Long work that runs is not stopped here.
    pub fn shut(&self) {
        self.shut.store(true, Ordering::Release);
    }

    /// The archive though it may be shut: for its state and for what records, never to show anything of it.
    pub fn behind(&self) -> Option<Arc<OpenArchive>> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Forgets the keys. Work that still runs keeps its own handle until it ends.
    pub fn lock(&self) {
        self.shut.store(false, Ordering::Release);
        if let Some(open) = self.open.write().unwrap_or_else(PoisonError::into_inner).take() {
            open.cancel_background();
            open.stop_capture();
        }
    }

    /// The open archive.
    ///
    /// # Errors
    /// `Locked` when there is none, or it is shut.
    pub fn archive(&self) -> Result<Arc<OpenArchive>, Failure> {
        if self.shut.load(Ordering::Acquire) {
            return Err(Failure::Locked);
        }
        self.open.read().unwrap_or_else(PoisonError::into_inner).clone().ok_or(Failure::Locked)
    }

    fn put(&self, open: OpenArchive) -> Arc<OpenArchive> {
        let open = Arc::new(open);
        self.was_open.store(true, Ordering::Relaxed);
        self.shut.store(false, Ordering::Release);
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = Some(open.clone());
        open
    }
}
