//! Live capture: managers' accounts, with their consent, within their scope, silently and without holes. This is where
//! Telegram and the archive meet; neither knows the other.
//!
//! One tokio runtime serves all accounts of an open archive. Each account is one supervised run ([`run`]): a feed that
//! hears, work beside it that reads history ([`work`]), and files ([`files`]). Everything that must survive a crash is
//! saved with what it covers, so that a run is always begun anew from the archive alone.

mod accounts;
mod clock;
mod consent;
mod coverage;
mod desk;
mod files;
mod keep;
mod list;
mod login;
mod proxy;
mod qr;
mod run;
mod scope;
mod sift;
mod standing;
mod status;
mod sweep;
mod takeout;
mod witness;
mod words;
mod work;

pub(crate) use words::refusal;

pub use accounts::{AccountView, ChatCoverage, ScanFolder, ScanRow, ScopeRow};
pub use consent::{CONSENT_VERSION, consent_text};
pub use coverage::GapReason;
pub use desk::{MASS, Tell};
pub use letopis_archive::{CaptureRule, Consent, RuleOf, Sweep, Takeout};
pub use letopis_telegram::{Application, Tuning};
pub use login::LoginView;
pub use proxy::proxy;
pub use qr::qr_rows;
pub use standing::Standing;
pub use status::{CaptureState, Event};

use crate::{Failure, Job, OpenArchive};
use desk::Hall;
use letopis_model::AccountId;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::Notify;
use tokio::task::AbortHandle;

/// Growth that follows closely is one growth for the index.
const FOLLOW_AFTER: Duration = Duration::from_millis(400);
/// An account that should be live and is not is said to be dead after this time.
const DEAD_AFTER: Duration = Duration::from_secs(110);
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// The names of all methods that are ever sent; every one of them only reads, signs in or signs out.
pub fn methods() -> Vec<&'static str> {
    let ours = letopis_telegram::METHODS.iter().map(|(_, name)| *name);
    ours.chain(letopis_telegram::BY_THE_CONNECTION.iter().copied()).collect()
}

/// How the capture runs.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub tuning: Tuning,
    /// A file that names another server than Telegram's; for tests and trials.
    pub server: Option<PathBuf>,
}

impl Options {
    /// Telegram's servers, unless `LETOPIS_TELEGRAM_SERVER` names a file.
    pub fn from_env() -> Self {
        let server = std::env::var_os("LETOPIS_TELEGRAM_SERVER").filter(|path| !path.is_empty()).map(PathBuf::from);
        Options { server, ..Options::default() }
    }
}

pub struct Capture {
    pub(crate) hall: Arc<Hall>,
    login: tokio::sync::Mutex<Option<login::Pending>>,
    runs: Mutex<BTreeMap<AccountId, AbortHandle>>,
    handle: Handle,
    runtime: Mutex<Option<Runtime>>,
}

impl OpenArchive {
    /// Starts the accounts that are on; `tell` is called from any thread.
    ///
    /// # Errors
    /// The system gave no threads.
    pub fn start_capture(self: &Arc<Self>, options: Options, tell: Tell) -> Result<Arc<Capture>, Failure> {
        let mut place = self.capture.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(capture) = &*place {
            return Ok(capture.clone());
        }
        let built = Builder::new_multi_thread().worker_threads(2).thread_name("capture").enable_all().build();
        let runtime = built.map_err(|e| Failure::Other(anyhow::Error::new(e).context("Start the capture")))?;
        let (statuses, desks, kept_out) = (Mutex::default(), Mutex::default(), Mutex::default());
        let hall = Arc::new(Hall {
            archive: Arc::downgrade(self),
            clock: self.clock().clone(),
            tell,
            options,
            grew: Notify::new(),
            statuses,
            desks,
            kept_out,
        });
        let capture = Arc::new(Capture {
            hall,
            login: tokio::sync::Mutex::new(None),
            runs: Mutex::default(),
            handle: runtime.handle().clone(),
            runtime: Mutex::new(Some(runtime)),
        });
        capture.handle.spawn(follow(capture.hall.clone()));
        capture.handle.spawn(watch(capture.hall.clone()));
        *place = Some(capture.clone());
        drop(place);
        for row in self.read(|reader| reader.capture_accounts())?.into_iter().filter(|row| row.is_on) {
            capture.start(row.account);
        }
        Ok(capture)
    }

    /// The running capture.
    ///
    /// # Errors
    /// `Locked` before [`OpenArchive::start_capture`].
    pub fn capture(&self) -> Result<Arc<Capture>, Failure> {
        self.capture.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or(Failure::Locked)
    }

    /// Ends everything at once; what was saved stays, what was not is asked for again.
    pub fn stop_capture(&self) {
        let capture = self.capture.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(capture) = capture {
            capture.stop_all();
        }
    }
}

impl Capture {
    pub(crate) fn start(&self, account: AccountId) {
        let run = self.handle.spawn(run::supervise(self.hall.clone(), account));
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(old) = runs.insert(account, run.abort_handle()) {
            old.abort();
        }
    }

    /// The most updates that ever waited to be taken, and how many may: what comes beyond that is dropped and asked for.
    pub fn most_waiting(&self) -> (usize, usize) {
        let statuses = self.hall.statuses.lock().unwrap_or_else(PoisonError::into_inner);
        (statuses.values().map(|status| status.most_waiting).max().unwrap_or_default(), letopis_telegram::WAITING_UPDATES)
    }

    /// Stops the accounts that follow a chat; they are to be started again by [`Capture::start`].
    pub(crate) fn pause(&self, chat: letopis_model::ChatId) -> Vec<AccountId> {
        let runs: Vec<AccountId> = self.runs.lock().unwrap_or_else(PoisonError::into_inner).keys().copied().collect();
        let paused: Vec<AccountId> = runs.into_iter().filter(|id| chat.account().is_none_or(|of| of == *id)).collect();
        paused.iter().for_each(|id| self.stop(*id));
        paused
    }

    pub(crate) fn stop(&self, account: AccountId) {
        let run = self.runs.lock().unwrap_or_else(PoisonError::into_inner).remove(&account);
        if let Some(run) = run {
            run.abort();
        }
        self.hall.set_state(account, CaptureState::Off);
    }

    fn stop_all(&self) {
        let runs = std::mem::take(&mut *self.runs.lock().unwrap_or_else(PoisonError::into_inner));
        runs.into_values().for_each(|run| run.abort());
        if let Some(runtime) = self.runtime.lock().unwrap_or_else(PoisonError::into_inner).take() {
            runtime.shutdown_background();
        }
    }

    /// Waits for asynchronous work from a thread that may wait.
    pub(crate) fn block<T>(self: &Arc<Self>, work: impl AsyncFnOnce(&Arc<Self>) -> Result<T, Failure>) -> Result<T, Failure> {
        self.handle.block_on(work(self))
    }
}

/// Brings the index after the archive, then tells.
async fn follow(hall: Arc<Hall>) {
    loop {
        hall.grew.notified().await;
        tokio::time::sleep(FOLLOW_AFTER).await;
        let Ok(archive) = hall.archive() else { return };
        match tokio::task::spawn_blocking(move || archive.catch_up(&mut Job::quiet())).await {
            Ok(Ok(())) | Ok(Err(Failure::Cancelled)) => (hall.tell)(Event::Grew),
            Ok(Err(error)) => tracing::error!(%error, "the index did not follow the capture"),
            Err(error) => tracing::error!(%error, "following the capture ended badly"),
        }
    }
}

/// A dead feed is said once, in time.
async fn watch(hall: Arc<Hall>) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let mut dead = Vec::new();
        for (account, status) in hall.statuses.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
            match status.state {
                CaptureState::Live | CaptureState::Off | CaptureState::NeedsConsent | CaptureState::NeedsScope => {
                    status.told_dead = false;
                    status.down_since = None;
                }
                _ => {
                    let since = *status.down_since.get_or_insert_with(crate::clock::instant);
                    if since.elapsed() >= DEAD_AFTER && !status.told_dead {
                        status.told_dead = true;
                        dead.push(*account);
                    }
                }
            }
        }
        dead.into_iter().for_each(|account| (hall.tell)(Event::DeadFeed(account)));
    }
}
