//! The server's handle: start it, look into it, wait for it. It runs on a thread of its own and ends with its last handle.

use std::collections::BTreeMap;
use std::net::{SocketAddr, SocketAddrV4, TcpListener};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::clock::Deadline;
use crate::faults::AccountFaults;
use crate::link;
use crate::log::Rpc;
use crate::provision::{Provision, ProvisionedDc};
use crate::state::{Options, State};
use crate::truth::{Exposure, Part, TruthMessage};
use crate::world::UserId;

/// A wait longer than this is a failed test, not a slow machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server. Clones are the same server; it stops when the last one is dropped.
#[derive(Clone)]
pub struct Telegram {
    shared: Arc<Shared>,
    _life: Arc<Life>,
}

/// What the connections hold of the server.
pub(crate) struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    changes: watch::Sender<u64>,
}

struct Life(watch::Sender<bool>);

impl Drop for Life {
    fn drop(&mut self) {
        _ = self.0.send_replace(true);
    }
}

impl Shared {
    /// Looks, changes nothing.
    fn look<T>(&self, at: impl FnOnce(&State) -> T) -> T {
        at(&self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Does something with the state and tells those who wait.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        let result = act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.changes.send_modify(|count| *count += 1);
        self.changed.notify_all();
        result
    }
}

impl Telegram {
    /// A friendly server on ports that the system gives.
    pub fn start() -> Self {
        Self::with(Options::default())
    }

    pub fn with(options: Options) -> Self {
        let mut listeners = Vec::new();
        let mut addresses = BTreeMap::new();
        for dc in &options.dcs {
            let (listener, address) = listen();
            listeners.push((*dc, listener));
            addresses.insert(*dc, address);
        }
        let state = Mutex::new(State::new(options, addresses));
        let (changes, _) = watch::channel(0);
        let shared = Arc::new(Shared { state, changed: Condvar::new(), changes });
        let (stop, stopped) = watch::channel(false);
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || run(serving, listeners, stopped));
        Self { shared, _life: Arc::new(Life(stop)) }
    }

    pub(crate) fn look<T>(&self, at: impl FnOnce(&State) -> T) -> T {
        self.shared.look(at)
    }

    pub(crate) fn with_state<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        self.shared.with(act)
    }

    /// Unix seconds of the server's clock.
    pub fn now(&self) -> i64 {
        self.look(|state| state.now())
    }

    /// Lets time pass for the server.
    pub fn pass(&self, seconds: i64) {
        self.with_state(|state| state.ticker.pass(seconds));
    }

    /// The server's clock on the wire is off by so much: calls are refused until the client has corrected its own.
    pub fn skew(&self, seconds: i64) {
        self.with_state(|state| state.ticker.skew = seconds);
    }

    /// A fresh device that nobody is signed in on.
    pub fn provision(&self) -> Provision {
        self.with_state(|state| {
            let keys = state.new_device(None);
            provision(state, state.options.home_dc, &keys)
        })
    }

    /// The server as a stranger knows it: addresses and its public key; keys are agreed on when the client comes.
    pub fn description(&self) -> String {
        self.look(|state| {
            let dcs = state.addresses.iter().map(|(id, address)| serde_json::json!({ "id": id, "address": address }));
            let dcs: Vec<_> = dcs.collect();
            let rsa = [crate::exchange::public_key()];
            serde_json::json!({ "home_dc": state.options.home_dc, "dcs": dcs, "rsa": rsa }).to_string()
        })
    }

    /// The next key exchanges go wrong like this.
    pub fn exchange_fault(&self, fault: Option<crate::exchange::ExchangeFault>) {
        self.with_state(|state| state.exchange_fault = fault);
    }

    /// Keys agreed on so far.
    pub fn exchanges(&self) -> u32 {
        self.look(|state| state.exchanges)
    }

    /// A device this account is signed in on.
    pub fn provision_signed_in(&self, account: UserId) -> Provision {
        self.with_state(|state| {
            let keys = state.new_device(Some(account));
            provision(state, state.world.account(account).home_dc, &keys)
        })
    }

    pub fn faults(&self, account: UserId) -> AccountFaults {
        AccountFaults { server: self.clone(), account }
    }

    /// Faults of calls that nobody is signed in with: of the sign-in itself.
    pub fn door_faults(&self) -> AccountFaults {
        self.faults(crate::rpc::NOBODY)
    }

    /// Every RPC received so far.
    pub fn rpcs(&self) -> Vec<Rpc> {
        self.look(|state| state.rpcs.clone())
    }

    pub fn rpcs_of(&self, account: UserId) -> Vec<Rpc> {
        self.rpcs().into_iter().filter(|rpc| rpc.account == Some(account)).collect()
    }

    /// How often this method was called.
    pub fn count(&self, method: &str) -> usize {
        self.look(|state| state.rpcs.iter().filter(|rpc| rpc.method == method).count())
    }

    /// Open connections with a key of this account.
    pub fn links(&self, account: UserId) -> usize {
        self.look(|state| state.links_seen(account).count())
    }

    /// Open connections of this account that get its updates.
    pub fn listeners(&self, account: UserId) -> usize {
        self.look(|state| state.links_seen(account).filter(|link| link.wants_updates).count())
    }

    /// Everything ever visible to the account.
    pub fn truth(&self, account: UserId) -> Vec<TruthMessage> {
        self.look(|state| state.truth(account))
    }

    /// The client acknowledged this version, the n-th of its message, and was killed before it could keep it: from now on it
    /// counts as [`crate::Shown::Written`]. Acknowledging is the transport's, keeping is the archive's.
    pub fn doubt(&self, account: UserId, said: crate::Said, version: usize) {
        self.with_state(|state| state.shown.doubt(Exposure { account, said, part: Part::Version(version) }));
    }

    /// Where the account's common state stands: pts and qts.
    pub fn position(&self, account: UserId) -> (i32, i32) {
        self.look(|state| (state.world.account(account).mailbox.pts, state.world.account(account).qts))
    }

    /// Waits until something is so. Asks again whenever the server did something.
    pub async fn until(&self, what: impl Fn(&Telegram) -> bool) {
        let mut changes = self.shared.changes.subscribe();
        while !what(self) {
            if tokio::time::timeout(PATIENCE, changes.changed()).await.is_err() {
                self.give_up();
            }
        }
    }

    /// Like [`Self::until`], for a test without async.
    pub fn wait_until(&self, what: impl Fn(&Telegram) -> bool) {
        let end = Deadline::after(PATIENCE);
        while !what(self) {
            let state = self.shared.state.lock().unwrap_or_else(PoisonError::into_inner);
            drop(self.shared.changed.wait_timeout(state, Duration::from_millis(20)));
            if end.is_over() {
                self.give_up();
            }
        }
    }

    fn give_up(&self) -> ! {
        let rpcs = self.rpcs();
        let last: Vec<&str> = rpcs.iter().rev().take(20).map(|rpc| rpc.method.as_str()).collect();
        panic!("what the test waits for did not come; the last calls, newest first: {last:?}");
    }
}

fn provision(state: &State, home_dc: i32, keys: &[(i32, crate::keys::KeyBytes)]) -> Provision {
    let dcs = keys.iter().map(|(id, key)| ProvisionedDc { id: *id, address: state.addresses[id], key: *key }).collect();
    Provision { home_dc, dcs }
}

fn listen() -> (TcpListener, SocketAddrV4) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port on loopback");
    listener.set_nonblocking(true).expect("a socket that does not block");
    let SocketAddr::V4(address) = listener.local_addr().expect("a bound socket") else { panic!("an IPv4 address was asked for") };
    (listener, address)
}

fn run(shared: Arc<Shared>, listeners: Vec<(i32, TcpListener)>, mut stopped: watch::Receiver<bool>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        for (dc, listener) in listeners {
            tokio::spawn(accept(listener, Arc::clone(&shared), dc));
        }
        _ = stopped.wait_for(|stopped| *stopped).await;
    });
}

async fn accept(listener: TcpListener, shared: Arc<Shared>, dc: i32) {
    let listener = tokio::net::TcpListener::from_std(listener).expect("a socket for the runtime");
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(link::serve(stream, Arc::clone(&shared), dc));
    }
}
