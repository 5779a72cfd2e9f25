//! One signed-in account: its door to the network and the peers it has met in this run.

use crate::api::Api;
use crate::limiter::{Limiter, Pace};
use crate::session::Keeper;
use crate::{Application, Error, PeerFacts, Peers, SessionData, Store};
use grammers_tl_types as tl;
use letopis_model::{AccountId, PeerId, Timestamp};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How patient we are. The defaults are for Telegram, tests make them short.
#[derive(Clone, Copy, Debug)]
pub struct Tuning {
    /// How long a late update may take before the difference is asked for (Telegram's advice: half a second).
    pub hole_wait: Duration,
    /// After how long without updates the difference is asked for anyway (Telegram's advice: 15 minutes).
    pub silence: Duration,
    /// A request without an answer for so long means a dead link.
    pub rpc_timeout: Duration,
    /// How often a quiet link is tried.
    pub ping: Duration,
    /// Between two requests for history or dialogs.
    pub pause: Duration,
    /// Between two pieces of files.
    pub file_pause: Duration,
}

impl Default for Tuning {
    fn default() -> Self {
        Tuning {
            hole_wait: Duration::from_millis(500),
            silence: Duration::from_secs(15 * 60),
            rpc_timeout: Duration::from_secs(20),
            ping: Duration::from_secs(50),
            pause: Duration::from_millis(400),
            file_pause: Duration::from_millis(60),
        }
    }
}

/// Asked for the time; the engine owns the clock.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

pub struct Account {
    api: Api,
    id: AccountId,
    peers: Mutex<Peers>,
    now: Now,
    tuning: Tuning,
    pub(crate) takeout: Mutex<Option<i64>>,
    /// Telegram's clock minus ours, seconds, as last heard.
    skew: AtomicI64,
}

impl Account {
    pub fn new(id: AccountId, app: Application, session: SessionData, store: Arc<dyn Store>, now: Now, tuning: Tuning) -> Self {
        let api = door(app, session, store, tuning);
        Account { api, id, peers: Mutex::default(), now, tuning, takeout: Mutex::new(None), skew: AtomicI64::new(0) }
    }

    pub fn id(&self) -> AccountId {
        self.id
    }

    pub(crate) fn api(&self) -> &Api {
        &self.api
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.now)()
    }

    pub(crate) fn note_skew(&self, seconds: i64) {
        self.skew.store(seconds, Ordering::Relaxed);
    }

    /// Now by our clock or Telegram's, whichever is later: the end of an interval must not lie before what it holds.
    pub fn latest(&self) -> Timestamp {
        let now = self.now();
        now.max(now.plus(self.skew.load(Ordering::Relaxed) + 1))
    }

    pub(crate) fn tuning(&self) -> &Tuning {
        &self.tuning
    }

    /// Remembers the peers that came with an answer.
    pub(crate) fn meet(&self, users: &[tl::enums::User], chats: &[tl::enums::Chat]) {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner).take(users, chats);
    }

    /// Puts back what an earlier run knew: a chat cannot be addressed without its hash.
    pub fn remember(&self, facts: impl IntoIterator<Item = PeerFacts>) {
        let mut peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        facts.into_iter().for_each(|facts| peers.put(facts));
    }

    /// Looks at the peers met so far.
    pub fn peers<T>(&self, look: impl FnOnce(&Peers) -> T) -> T {
        look(&self.peers.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn input(&self, peer: PeerId) -> Result<tl::enums::InputPeer, Error> {
        if peer == PeerId::user(self.id.0) {
            return Ok(tl::enums::InputPeer::PeerSelf);
        }
        self.peers(|peers| peers.input(peer)).ok_or(Error::UnknownPeer)
    }

    /// When Telegram's last named wait ends, if it has not yet.
    pub fn waits_for(&self) -> Option<Duration> {
        let until = self.api.limiter().flood_until();
        Some(until.saturating_duration_since(crate::pulse::now())).filter(|wait| !wait.is_zero())
    }

    /// Unix seconds as Telegram has them, for when nothing else is answered.
    pub async fn server_time(&self) -> Option<i64> {
        self.api.server_time().await
    }

    /// Ends the session on Telegram's side: the account's list of devices shows it no more.
    ///
    /// # Errors
    /// All of the network; `SignedOut` when it had ended already.
    pub async fn sign_out(&self) -> Result<(), Error> {
        let updates = self.api.connect();
        let done = self.api.call(&tl::functions::auth::LogOut {}, Pace::Urgent).await;
        drop(updates);
        self.api.disconnect();
        done.map(|_| ())
    }
}

pub(crate) fn door(app: Application, session: SessionData, store: Arc<dyn Store>, tuning: Tuning) -> Api {
    let keeper = Arc::new(Keeper::new(session, store));
    let limiter = Arc::new(Limiter::new(tuning.pause, tuning.file_pause));
    Api::new(app, keeper, limiter, tuning.rpc_timeout)
}
