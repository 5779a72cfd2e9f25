//! What the window's commands share: the engine, the language, the running job.

use letopis_engine::{Clock, Engine, Failure, ImportReport, Job, Lang, OpenArchive, Paced};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

pub struct Shell {
    pub engine: Engine,
    lang: Mutex<Lang>,
    /// The cancel flag of the job that runs now; one long job at a time.
    job: Arc<Mutex<Option<Arc<AtomicBool>>>>,
    /// What the last import told, until the archive is locked: it may be saved as a file.
    reports: Mutex<Vec<ImportReport>>,
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

impl Shell {
    pub fn new(folder: PathBuf, clock: Clock) -> Self {
        Shell { engine: Engine::new(folder, clock), lang: Mutex::default(), job: Arc::default(), reports: Mutex::default() }
    }

    pub fn lang(&self) -> Lang {
        *self.lang.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn set_lang(&self, lang: Lang) {
        *self.lang.lock().unwrap_or_else(PoisonError::into_inner) = lang;
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

    pub fn cancel_job(&self) {
        if let Some(flag) = &*self.job.lock().unwrap_or_else(PoisonError::into_inner) {
            flag.store(true, Ordering::Relaxed);
        }
    }
}
