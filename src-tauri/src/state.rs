//! What the window's commands share: the engine, the language, the running job.

use letopis_engine::model::AccountId;
use letopis_engine::{Clock, Engine, Failure, ImportReport, Job, Lang, OpenArchive, Paced, Settings, Watch, moment};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use zeroize::Zeroizing;

pub struct Shell {
    pub engine: Engine,
    settings: Mutex<Settings>,
    watch: Mutex<Watch>,
    /// The cancel flag of the job that runs now; one long job at a time.
    job: Arc<Mutex<Option<Arc<AtomicBool>>>>,
    /// The stop flag of the count that runs now.
    count: Mutex<Arc<AtomicBool>>,
    /// What the last import told, until the archive is locked: it may be saved as a file.
    reports: Mutex<Vec<ImportReport>>,
    /// Accounts that were paused all at once.
    paused: Mutex<Vec<AccountId>>,
}

/// Frees the place of the running job.
pub struct Running {
    job: Arc<Mutex<Option<Arc<AtomicBool>>>>,
    cancelled: Arc<AtomicBool>,
}

impl Drop for Running {
    fn drop(&mut self) {
        *self.job.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Running {
    pub fn job<'a>(&self, report: impl FnMut(Paced) + Send + 'a) -> Job<'a> {
        Job::new(self.cancelled.clone(), report)
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shell {
    pub fn new(folder: PathBuf, clock: Clock) -> Self {
        let engine = Engine::new(folder, clock);
        let settings = Mutex::new(engine.home().settings());
        Shell {
            engine,
            settings,
            watch: Mutex::new(Watch::new(moment())),
            job: Arc::default(),
            count: Mutex::default(),
            reports: Mutex::default(),
            paused: Mutex::default(),
        }
    }

    pub fn settings(&self) -> Settings {
        *held(&self.settings)
    }

    pub fn lang(&self) -> Lang {
        self.settings().lang.unwrap_or_default()
    }

    /// The window says it at every start; a language that cannot be kept is asked for again then.
    pub fn set_lang(&self, lang: Lang) {
        if let Err(error) = self.set(|settings| settings.lang = Some(lang)) {
            tracing::warn!(%error, "the language was not kept");
        }
    }

    /// # Errors
    /// When it could not be kept: it holds until the program ends all the same.
    pub fn set(&self, change: impl FnOnce(&mut Settings)) -> Result<(), Failure> {
        let mut settings = held(&self.settings);
        change(&mut settings);
        self.engine.home().keep_settings(*settings)
    }

    /// Whether it must be explained now what closing the window means; true once.
    pub fn explain_tray(&self) -> bool {
        if self.settings().told_of_tray {
            return false;
        }
        if let Err(error) = self.set(|settings| settings.told_of_tray = true) {
            tracing::warn!(%error, "it will be explained again what closing the window means");
        }
        true
    }

    /// What was chosen before there was an archive is kept beside the new one.
    pub fn create(&self, passphrase: &str) -> Result<Zeroizing<String>, Failure> {
        let words = self.engine.create(passphrase)?;
        if let Err(error) = self.engine.home().keep_settings(self.settings()) {
            tracing::warn!(%error, "settings were not kept");
        }
        Ok(words)
    }

    pub fn touch(&self) {
        held(&self.watch).input(moment());
    }

    /// Locks for people. Accounts that are on go on being recorded if the user wants that; otherwise the keys are forgotten.
    pub fn lock(&self) {
        self.cancel_job();
        self.keep_reports(Vec::new());
        if self.settings().record_locked && self.records() { self.engine.shut() } else { self.engine.lock() }
    }

    /// Forgets the keys and ends recording.
    pub fn close(&self) {
        self.cancel_job();
        self.keep_reports(Vec::new());
        self.engine.lock();
    }

    /// Whether some account is to be recorded.
    fn records(&self) -> bool {
        let standings = self.engine.behind().map(|archive| archive.standings());
        match standings {
            Some(Ok(standings)) => standings.iter().any(|one| one.is_on && one.may_record()),
            Some(Err(error)) => {
                tracing::warn!(%error, "the accounts are not known: the archive is closed");
                false
            }
            None => false,
        }
    }

    /// Switches all accounts off for a while.
    ///
    /// # Errors
    /// `Locked`.
    pub fn pause_recording(&self) -> Result<(), Failure> {
        let paused = self.archive()?.capture()?.pause_all()?;
        *held(&self.paused) = paused;
        Ok(())
    }

    /// Switches on what was paused, or everything that may record.
    ///
    /// # Errors
    /// `Locked`.
    pub fn resume_recording(&self) -> Result<(), Failure> {
        let paused = std::mem::take(&mut *held(&self.paused));
        self.archive()?.capture()?.resume_all(&paused)
    }

    /// Locks when nobody has been here for the time the user chose, or the machine was asleep. Whoever calls does it
    /// every `every`.
    pub fn lock_if_left(&self, every: Duration) -> bool {
        let idle = Duration::from_secs(60 * u64::from(self.settings().idle_minutes));
        let is_waited_for = held(&self.job).is_some();
        let is_open = self.engine.archive().is_ok();
        let mut watch = held(&self.watch);
        if !is_open || is_waited_for {
            watch.input(moment());
        }
        let why = watch.look(moment(), every, (!idle.is_zero()).then_some(idle));
        drop(watch);
        if why.is_some() && is_open {
            self.lock();
        }
        why.is_some() && is_open
    }

    pub fn archive(&self) -> Result<Arc<OpenArchive>, Failure> {
        self.engine.archive()
    }

    pub fn keep_reports(&self, reports: Vec<ImportReport>) {
        *self.reports.lock().unwrap_or_else(PoisonError::into_inner) = reports;
    }

    pub fn reports(&self) -> Vec<ImportReport> {
        self.reports.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes the place of the running job.
    ///
    /// # Errors
    /// `Busy` while another one has it.
    pub fn begin_job(&self) -> Result<Running, Failure> {
        let mut place = self.job.lock().unwrap_or_else(PoisonError::into_inner);
        if place.is_some() {
            return Err(Failure::Busy);
        }
        let cancelled: Arc<AtomicBool> = Arc::default();
        *place = Some(cancelled.clone());
        Ok(Running { job: self.job.clone(), cancelled })
    }

    /// Stops the count that runs and gives the flag of the next one.
    pub fn begin_count(&self) -> Arc<AtomicBool> {
        let mut place = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        place.store(true, Ordering::Relaxed);
        *place = Arc::default();
        place.clone()
    }

    pub fn cancel_job(&self) {
        if let Some(flag) = &*self.job.lock().unwrap_or_else(PoisonError::into_inner) {
            flag.store(true, Ordering::Relaxed);
        }
    }
}
