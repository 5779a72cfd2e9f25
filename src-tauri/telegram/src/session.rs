//! The session that grammers works with: data centres and their keys, in memory, written through to a [`Store`]. Peers and
//! positions are not kept here: grammers would overwrite a position before it was used, so its requests to do so are
//! ignored and the receive loop keeps its own, in the transaction of what they cover.

use crate::{Error, ServerKey};
use grammers_session::types::{DcOption, PeerId, PeerInfo, UpdateState, UpdatesState};
use grammers_session::{BoxFuture, Session};
use std::collections::BTreeMap;
use std::fmt;
use std::net::{SocketAddrV4, SocketAddrV6};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use zeroize::Zeroize;

/// A data centre, and the key that was agreed on with it: whoever has the key has the account.
#[derive(Clone, PartialEq, Eq)]
pub struct Dc {
    pub id: i32,
    pub address: SocketAddrV4,
    pub key: Option<[u8; 256]>,
}

impl fmt::Debug for Dc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dc({}, key {})", self.id, if self.key.is_some() { "known" } else { "unknown" })
    }
}

impl Drop for Dc {
    fn drop(&mut self) {
        if let Some(key) = &mut self.key {
            key.zeroize();
        }
    }
}

/// What a session is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionData {
    pub home: i32,
    pub dcs: Vec<Dc>,
    /// Not Telegram's servers but one's own: its addresses are fixed, and keys are agreed on under these public keys.
    /// With none of them each data centre has its key already.
    pub own_server: Option<Vec<ServerKey>>,
}

impl Default for SessionData {
    /// Telegram's public data centres; no key yet.
    fn default() -> Self {
        let known = grammers_session::SessionData::default();
        let mut dcs: Vec<Dc> = known.dc_options.values().map(|dc| Dc { id: dc.id, address: dc.ipv4, key: None }).collect();
        dcs.sort_by_key(|dc| dc.id);
        SessionData { home: known.home_dc, dcs, own_server: None }
    }
}

/// Keeps the session where it is encrypted. Called rarely: when a key is made or a home found.
pub trait Store: Send + Sync + 'static {
    /// # Errors
    /// In words for a log, without any of the data.
    fn keep(&self, session: &SessionData) -> Result<(), String>;
}

#[derive(Debug)]
pub struct StoreError(String);

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StoreError {}

pub struct Keeper {
    home: Mutex<i32>,
    dcs: Mutex<BTreeMap<i32, Dc>>,
    own_server: Option<Vec<ServerKey>>,
    store: Arc<dyn Store>,
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Keeper {
    pub fn new(data: SessionData, store: Arc<dyn Store>) -> Self {
        let dcs = data.dcs.into_iter().map(|dc| (dc.id, dc)).collect();
        Keeper { home: Mutex::new(data.home), dcs: Mutex::new(dcs), own_server: data.own_server, store }
    }

    pub fn home(&self) -> i32 {
        *held(&self.home)
    }

    pub fn data(&self) -> SessionData {
        let own_server = self.own_server.clone();
        SessionData { home: self.home(), dcs: held(&self.dcs).values().cloned().collect(), own_server }
    }

    pub fn address(&self, dc: i32) -> Option<SocketAddrV4> {
        held(&self.dcs).get(&dc).map(|dc| dc.address)
    }

    /// Where a key must be agreed on before anything can be said to this data centre, and under which public keys.
    pub fn owes_key(&self, dc: i32) -> Option<(SocketAddrV4, &[ServerKey])> {
        let keys = self.own_server.as_deref().filter(|keys| !keys.is_empty())?;
        held(&self.dcs).get(&dc).filter(|dc| dc.key.is_none()).map(|dc| (dc.address, keys))
    }

    /// # Errors
    /// `Store`.
    pub async fn put_key(self: &Arc<Self>, dc: i32, key: [u8; 256]) -> Result<(), Error> {
        if let Some(dc) = held(&self.dcs).get_mut(&dc) {
            dc.key = Some(key);
        }
        self.save().await.map_err(|error| Error::Store(error.0))
    }

    /// One's own server does not know the key any more. `false`: there is no way to another one.
    pub fn drop_key(&self, dc: i32) -> bool {
        let can_agree = self.own_server.as_ref().is_some_and(|keys| !keys.is_empty());
        if can_agree && let Some(dc) = held(&self.dcs).get_mut(&dc) {
            dc.key = None;
        }
        can_agree
    }

    /// # Errors
    /// `Store`.
    pub async fn move_home(self: &Arc<Self>, dc: i32) -> Result<(), Error> {
        *held(&self.home) = dc;
        self.save().await.map_err(|error| Error::Store(error.0))
    }

    /// The disk may be slow; the loop that drives the sockets must not wait for it on its own thread.
    async fn save(&self) -> Result<(), StoreError> {
        let (store, data) = (self.store.clone(), self.data());
        match tokio::task::spawn_blocking(move || store.keep(&data)).await {
            Ok(done) => done.map_err(StoreError),
            Err(_) => Err(StoreError("the store panicked".into())),
        }
    }
}

impl Session for Keeper {
    type Error = StoreError;

    fn home_dc_id(&self) -> Result<i32, StoreError> {
        Ok(self.home())
    }

    fn set_home_dc_id(&self, dc: i32) -> BoxFuture<'_, Result<(), StoreError>> {
        *held(&self.home) = dc;
        Box::pin(self.save())
    }

    fn dc_option(&self, id: i32) -> Result<Option<DcOption>, StoreError> {
        Ok(held(&self.dcs).get(&id).map(|dc| DcOption {
            id,
            ipv4: dc.address,
            ipv6: SocketAddrV6::new(dc.address.ip().to_ipv6_mapped(), dc.address.port(), 0, 0),
            auth_key: dc.key,
        }))
    }

    fn set_dc_option(&self, option: &DcOption) -> BoxFuture<'_, Result<(), StoreError>> {
        let mut dcs = held(&self.dcs);
        // What one's own server says of its addresses may be true only where it stands.
        let fixed = dcs.get(&option.id).filter(|_| self.own_server.is_some()).map(|dc| dc.address);
        let dc = Dc { id: option.id, address: fixed.unwrap_or(option.ipv4), key: option.auth_key };
        let is_new = dcs.insert(dc.id, dc.clone()).as_ref() != Some(&dc);
        drop(dcs);
        Box::pin(async move { if is_new { self.save().await } else { Ok(()) } })
    }

    fn peer(&self, _: PeerId) -> BoxFuture<'_, Result<Option<PeerInfo>, StoreError>> {
        Box::pin(async { Ok(None) })
    }

    fn cache_peer(&self, _: PeerInfo) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async { Ok(()) })
    }

    fn updates_state(&self) -> BoxFuture<'_, Result<UpdatesState, StoreError>> {
        Box::pin(async { Ok(UpdatesState::default()) })
    }

    fn set_update_state(&self, _: UpdateState) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async { Ok(()) })
    }
}
