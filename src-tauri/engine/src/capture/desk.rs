//! One account under capture: what is in scope, what is owed, and the way into the archive. Whoever writes (the feed, the
//! work on history, the files) does it under one lock, so that rows never overtake each other.

use super::keep;
use super::scope::{KeptFolder, Scope};
use super::sift::{Asked, Sieve};
use super::status::{CaptureState, Event, Status};
use crate::{Clock, Failure, OpenArchive};
use letopis_archive::{CapturePosition, Captured, Sweep, Takeout, Writer};
use letopis_model::{AccountId, ChatId, PeerId, Timestamp};
use letopis_telegram::{Account, Error, Folder, PeerFacts, Position};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, mpsc};

pub type Tell = Arc<dyn Fn(Event) + Send + Sync>;

/// What all accounts share.
pub struct Hall {
    /// Weak: an archive that is locked meanwhile must be able to close.
    pub archive: Weak<OpenArchive>,
    pub clock: Clock,
    pub tell: Tell,
    pub options: super::Options,
    pub grew: Notify,
    pub statuses: Mutex<BTreeMap<AccountId, Status>>,
    pub desks: Mutex<BTreeMap<AccountId, Weak<Desk>>>,
    /// Names of chats that a rule keeps out, as an account's list of chats last had them: in memory, never in the archive.
    pub kept_out: Mutex<BTreeMap<(AccountId, PeerId), String>>,
}

impl Hall {
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn clock_fn(&self) -> letopis_telegram::Now {
        let clock = self.clock.clone();
        Arc::new(move || clock.now())
    }

    /// # Errors
    /// `Locked`.
    pub fn archive(&self) -> Result<Arc<OpenArchive>, Failure> {
        self.archive.upgrade().ok_or(Failure::Locked)
    }

    pub fn set_state(&self, account: AccountId, state: CaptureState) {
        let mut statuses = self.statuses.lock().unwrap_or_else(PoisonError::into_inner);
        let status = statuses.entry(account).or_default();
        let changed = status.state != state;
        if changed {
            status.since = Some(crate::clock::instant());
        }
        status.state = state;
        drop(statuses);
        if changed {
            (self.tell)(Event::Account(account));
        }
    }

    pub fn name_kept_out(&self, account: AccountId, peer: PeerId, name: &str) {
        self.kept_out.lock().unwrap_or_else(PoisonError::into_inner).insert((account, peer), name.to_owned());
    }

    pub fn kept_out(&self, account: AccountId, peer: PeerId) -> Option<String> {
        self.kept_out.lock().unwrap_or_else(PoisonError::into_inner).get(&(account, peer)).cloned()
    }

    pub fn set_settled(&self, account: AccountId, is_settled: bool) {
        self.statuses.lock().unwrap_or_else(PoisonError::into_inner).entry(account).or_default().is_settled = is_settled;
    }

    pub fn note_waiting(&self, account: AccountId, waiting: usize) {
        let mut statuses = self.statuses.lock().unwrap_or_else(PoisonError::into_inner);
        let status = statuses.entry(account).or_default();
        status.most_waiting = status.most_waiting.max(waiting);
    }

    pub fn set_idle(&self, account: AccountId, is_idle: bool) {
        self.statuses.lock().unwrap_or_else(PoisonError::into_inner).entry(account).or_default().is_idle = is_idle;
    }

    /// Does some work with the write connection without holding up the sockets.
    pub async fn write<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut letopis_archive::Writer) -> Result<T, letopis_archive::Error> + Send + 'static,
    ) -> Result<T, Failure> {
        let hall = self.clone();
        joined(tokio::task::spawn_blocking(move || hall.archive()?.writer.run(work)).await)
    }

    pub async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        ask: impl FnOnce(&letopis_archive::Reader) -> Result<T, letopis_archive::Error> + Send + 'static,
    ) -> Result<T, Failure> {
        let hall = self.clone();
        joined(tokio::task::spawn_blocking(move || hall.archive()?.read(ask)).await)
    }
}

fn joined<T>(done: Result<Result<T, Failure>, tokio::task::JoinError>) -> Result<T, Failure> {
    done.map_err(|error| Failure::Other(anyhow::Error::new(error).context("Work of the capture")))?
}

/// What the feed is told by the work beside it.
pub enum Order {
    Learn(Vec<(i64, i32)>),
    Forget(Vec<i64>),
}

pub struct Inner {
    pub scope: Scope,
    pub sieve: Sieve,
    /// Chats that are being read again as a whole.
    pub sweeps: BTreeMap<PeerId, Sweep>,
}

pub struct Desk {
    pub hall: Arc<Hall>,
    pub account: Arc<Account>,
    pub id: AccountId,
    pub name: String,
    pub inner: tokio::sync::Mutex<Inner>,
    /// The scope as the feed sees it.
    pub seen_scope: Arc<RwLock<Scope>>,
    pub orders: mpsc::UnboundedSender<Order>,
    pub work: Notify,
    pub media: Notify,
    pub asked: Mutex<Asked>,
    /// When everything was known last.
    pub settled_at: AtomicI64,
    /// Since when something is known to be missing; 0: nothing is.
    pub unsettled_since: AtomicI64,
    /// When the present stretch of unbroken listening began; 0 before.
    pub span: AtomicI64,
    pub ledger: super::coverage::Ledger,
    pub takeout: tokio::sync::Mutex<Takeout>,
    alarms: Mutex<BTreeMap<ChatId, Alarm>>,
}

struct Alarm {
    last: Instant,
    count: u64,
    told: bool,
}

/// Deletions in one chat that follow each other so closely are one event.
const ONE_EVENT: Duration = Duration::from_secs(60);
/// So many at once are worth an alarm.
pub const MASS: u64 = 20;

/// Why an account cannot run now.
pub enum NotNow {
    Consent,
    Scope,
    SignedOut,
    Failed(Failure),
}

impl From<Failure> for NotNow {
    fn from(failure: Failure) -> Self {
        NotNow::Failed(failure)
    }
}

pub struct Opened {
    pub desk: Arc<Desk>,
    pub position: Option<Position>,
    pub orders: mpsc::UnboundedReceiver<Order>,
}

impl Desk {
    /// Reads everything of the account. Nothing is asked of Telegram before consent and scope are there.
    pub async fn open(hall: &Arc<Hall>, id: AccountId) -> Result<Opened, NotNow> {
        let loaded = hall
            .read(move |reader| {
                Ok((
                    reader.capture_account(id)?,
                    reader.consents(id)?.pop(),
                    reader.capture_rules(id)?,
                    reader.capture_chats(id)?,
                    reader.capture_position(id)?,
                    reader.capture_sweeps(id)?,
                    reader.takeout(id)?,
                ))
            })
            .await?;
        let (row, consent, rules, chats, position, sweeps, takeout) = loaded;
        if row.session.is_empty() {
            return Err(NotNow::SignedOut);
        }
        let consent = consent.filter(|consent| consent.given).ok_or(NotNow::Consent)?;
        if !rules.iter().any(|rule| rule.allow) {
            return Err(NotNow::Scope);
        }
        let folders = folders(&row.folders);
        let members = chats.iter().map(|chat| chat.peer).collect();
        let scope = Scope { rules, folders, members, ..Scope::default() };
        let (app, session) = keep::from_json(&row.session)?;
        let store = keep::store(hall, id, app.clone());
        let account = Account::new(id, app, session, store, hall.clock_fn(), hall.options.tuning);
        account.remember(chats.iter().map(remembered));
        let position = position.map(from_kept);
        let since = fill_since(consent.at, row.fill_days);
        let sieve = Sieve::new(id, chats, since, position.as_ref());
        let sweeps = sweeps.into_iter().filter(|sweep| sweep.ended_at.is_none()).map(|sweep| (sweep.peer, sweep)).collect();
        let (orders, received) = mpsc::unbounded_channel();
        let desk = Desk {
            hall: hall.clone(),
            account: Arc::new(account),
            id,
            name: row.name,
            seen_scope: Arc::new(RwLock::new(scope.clone())),
            inner: tokio::sync::Mutex::new(Inner { scope, sieve, sweeps }),
            orders,
            work: Notify::new(),
            media: Notify::new(),
            asked: Mutex::new(Asked { dialogs: true, ..Asked::default() }),
            settled_at: AtomicI64::new(row.heard_at.map_or(0, |at| at.0)),
            unsettled_since: AtomicI64::new(0),
            span: AtomicI64::new(0),
            ledger: super::coverage::Ledger::default(),
            takeout: tokio::sync::Mutex::new(takeout),
            alarms: Mutex::default(),
        };
        let desk = Arc::new(desk);
        hall.desks.lock().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::downgrade(&desk));
        Ok(Opened { desk, position, orders: received })
    }

    pub fn wanted(&self) -> letopis_telegram::Wanted {
        let scope = self.seen_scope.clone();
        Arc::new(move |facts: &PeerFacts| scope.read().unwrap_or_else(PoisonError::into_inner).holds(facts))
    }

    /// After the scope changed under the lock.
    pub fn show_scope(&self, scope: &Scope) {
        *self.seen_scope.write().unwrap_or_else(PoisonError::into_inner) = scope.clone();
    }

    pub fn ask(&self, more: Asked) {
        let wakes = more.work || more.folders || more.dialogs || !more.look_at.is_empty() || !more.touched.is_empty();
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.folders |= more.folders;
        asked.dialogs |= more.dialogs;
        asked.look_at.extend(more.look_at);
        for (peer, ids) in more.touched {
            asked.touched.entry(peer).or_default().extend(ids);
        }
        drop(asked);
        if wakes {
            self.hall.set_idle(self.id, false);
            self.work.notify_one();
        }
    }

    pub fn is_asked(&self) -> bool {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.folders || asked.dialogs || !asked.look_at.is_empty() || !asked.touched.is_empty()
    }

    pub fn take_asked(&self) -> Asked {
        std::mem::take(&mut self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Keeps what was heard or read; all of it or nothing. Returns how many versions were new.
    pub async fn keep(&self, captured: Captured) -> Result<u64, Failure> {
        let (files, settled) = (!captured.media.is_empty(), captured.heard_at);
        let blobs = self.hall.archive()?.blobs().clone();
        let write = move |writer: &mut Writer| {
            let appended = writer.append_captured(&captured)?;
            crate::writer::arrived(&blobs, &captured.changes);
            Ok(appended)
        };
        let (done, gone) = self.hall.write(write).await?;
        if done.new_versions > 0 || done.adopted {
            self.hall.note_growth(done.adopted);
        }
        if files {
            self.media.notify_one();
        }
        if let Some(at) = settled {
            self.settled_at.store(at.0, Ordering::Relaxed);
        }
        gone.into_iter().for_each(|(chat, count)| self.alarm(chat, count));
        Ok(done.new_versions)
    }

    /// The beginning of the stretch of unbroken listening that `now` belongs to.
    pub fn span_at(&self, now: Timestamp) -> Timestamp {
        match self.span.compare_exchange(0, now.0, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => now,
            Err(since) => Timestamp(since),
        }
    }

    /// One alarm for one event, at once, however many updates it comes in.
    fn alarm(&self, chat: ChatId, count: u64) {
        let mut alarms = self.alarms.lock().unwrap_or_else(PoisonError::into_inner);
        let now = crate::clock::instant();
        let alarm = alarms.entry(chat).or_insert(Alarm { last: now, count: 0, told: false });
        if now.duration_since(alarm.last) > ONE_EVENT {
            *alarm = Alarm { last: now, count: 0, told: false };
        }
        alarm.last = now;
        alarm.count += count;
        if alarm.count >= MASS && !alarm.told {
            alarm.told = true;
            (self.hall.tell)(Event::MassDeletion { chat, count: alarm.count });
        }
    }
}

impl Hall {
    fn note_growth(&self, adopted: bool) {
        // A chat that found its account reads differently in the index.
        if adopted && let Err(error) = self.archive().and_then(|archive| Ok(archive.index.clear()?)) {
            tracing::warn!(%error, "the index was not cleared");
        }
        self.grew.notify_one();
    }
}

pub fn folders(json: &str) -> Vec<Folder> {
    let kept: Vec<KeptFolder> = serde_json::from_str(json).unwrap_or_default();
    kept.into_iter().map(Folder::from).collect()
}

const DAY: i64 = 86_400;

/// How far back chats are read: nothing older than the consent unless more was wanted; zero days means everything.
fn fill_since(consent: Timestamp, days: Option<u32>) -> Timestamp {
    match days {
        None => consent,
        Some(0) => Timestamp(0),
        Some(days) => consent.plus(-i64::from(days) * DAY),
    }
}

fn remembered(chat: &letopis_archive::CaptureChat) -> PeerFacts {
    PeerFacts {
        peer: chat.peer,
        name: chat.title.clone(),
        hash: chat.hash,
        kind: chat.kind,
        contact: false,
        gone: chat.is_gone,
        moved_to: None,
    }
}

fn from_kept(kept: CapturePosition) -> Position {
    let channels = kept.channels.into_iter().map(|(id, pts, at)| (id, (pts, at))).collect();
    Position { pts: kept.pts, qts: kept.qts, seq: kept.seq, date: kept.date, channels }
}

/// An error of Telegram as the log and the window name it.
pub fn named(error: &Error) -> String {
    match error {
        Error::SignedOut(name) | Error::Refused(name) | Error::Server(name) => name.clone(),
        other => other.to_string(),
    }
}
