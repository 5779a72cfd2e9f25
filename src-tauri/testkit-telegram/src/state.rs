//! Everything the server knows, behind one lock: the world, the keys, the open links, the logs.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddrV4;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use crate::clock::{Clock, Ticker};
use crate::dice::Dice;
use crate::exchange::ExchangeFault;
use crate::faults::Faults;
use crate::keys::{KeyBytes, KeyId, Seal};
use crate::link::{Packet, ToLink};
use crate::log::Rpc;
use crate::rpc::Refusal;
use crate::rpc::login::Logins;
use crate::srp::Challenge;
use crate::truth::{Exposure, ShownBook};
use crate::world::{UserId, World};

/// How the server behaves; `Options::default()` is a plain, friendly Telegram.
#[derive(Clone, Debug)]
pub struct Options {
    /// Data centres, each one a loopback listener.
    pub dcs: Vec<i32>,
    /// Where accounts live unless a test moves them, and where a fresh device knocks first.
    pub home_dc: i32,
    pub clock: Clock,
    /// Seeds keys, secrets and nothing a test compares.
    pub seed: u64,
    /// Events in one `getDifference`; more come as slices.
    pub slice: usize,
    /// A gap of more pts than this is answered `differenceTooLong`.
    pub too_long_after: i32,
    /// A gap of more pts than this is answered `channelDifferenceTooLong`.
    pub channel_too_long_after: i32,
    /// Whether a difference says `updateChannelTooLong` for channels that moved meanwhile, as Telegram does.
    pub channel_hints: bool,
    /// Plain texts to a device that knows the sender come as `updateShortMessage`, as Telegram does.
    pub short_updates: bool,
    /// A login makes a message of Telegram (777000) and an `updateNewAuthorization`.
    pub login_notices: bool,
    /// People in pushes of channels come as `min`, with a hash that opens nothing, unless the account knows them.
    pub min_users: bool,
    /// Packets must carry the salt of their key; the first one never does.
    pub salts: bool,
    /// Long answers are gzipped.
    pub gzip: bool,
    /// All that the protocol allows around an answer: containers, service messages, an update before the answer, gzip
    /// everywhere, and a configuration that names other addresses.
    pub chatty: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            dcs: vec![1, 2, 4],
            home_dc: 2,
            clock: Clock::System,
            seed: 1,
            slice: 100,
            too_long_after: i32::MAX,
            channel_too_long_after: 1000,
            channel_hints: true,
            short_updates: true,
            login_notices: true,
            min_users: true,
            salts: true,
            gzip: true,
            chatty: false,
        }
    }
}

/// One auth key: one device in one data centre.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) seal: Arc<Seal>,
    pub(crate) salt: i64,
    pub(crate) dc: i32,
    pub(crate) device: u64,
    pub(crate) account: Option<UserId>,
    /// The code was right, the two-step password is still to come.
    pub(crate) awaits_password: Option<UserId>,
    pub(crate) challenge: Option<Challenge>,
    /// What every call on this key is answered.
    pub(crate) refusal: Option<Refusal>,
    /// Forgotten by the server: transport error 404.
    pub(crate) lost: bool,
    pub(crate) login_token: Option<LoginToken>,
    pub(crate) device_model: String,
    pub(crate) since: i64,
    /// People this device has been told about.
    pub(crate) knows: BTreeSet<UserId>,
}

#[derive(Clone, Debug)]
pub(crate) struct LoginToken {
    pub(crate) bytes: Vec<u8>,
    pub(crate) expires: i64,
    pub(crate) accepted_by: Option<UserId>,
}

/// One open connection.
pub(crate) struct Link {
    pub(crate) dc: i32,
    pub(crate) key: Option<KeyId>,
    pub(crate) out: mpsc::UnboundedSender<ToLink>,
    pub(crate) frozen: watch::Sender<bool>,
    pub(crate) killed: watch::Sender<bool>,
    /// A push kept back to be sent after the next one.
    pub(crate) held: Option<Packet>,
    pub(crate) unacknowledged: BTreeMap<i64, Vec<Exposure>>,
    /// Updates arrive only after the client asked for its state or a difference, or signed in.
    pub(crate) wants_updates: bool,
}

pub(crate) struct State {
    pub(crate) options: Options,
    pub(crate) ticker: Ticker,
    pub(crate) dice: Dice,
    pub(crate) addresses: BTreeMap<i32, SocketAddrV4>,
    pub(crate) world: World,
    pub(crate) keys: BTreeMap<KeyId, Key>,
    pub(crate) links: BTreeMap<u64, Link>,
    pub(crate) logins: Logins,
    pub(crate) faults: Faults,
    pub(crate) rpcs: Vec<Rpc>,
    pub(crate) shown: ShownBook,
    /// Pushes that will go out together.
    pub(crate) bundle: Option<BTreeMap<UserId, Vec<crate::events::Push>>>,
    pub(crate) exchange_fault: Option<ExchangeFault>,
    pub(crate) exchanges: u32,
    next_device: u64,
    next_link: u64,
}

impl State {
    pub(crate) fn new(options: Options, addresses: BTreeMap<i32, SocketAddrV4>) -> Self {
        let mut world = World::default();
        world.users.insert(crate::world::TELEGRAM, crate::script::people::named("Telegram", None));
        Self {
            ticker: Ticker::new(options.clock),
            dice: Dice::new(options.seed),
            options,
            addresses,
            world,
            keys: BTreeMap::new(),
            links: BTreeMap::new(),
            logins: Logins::default(),
            faults: Faults::default(),
            rpcs: Vec::new(),
            shown: ShownBook::default(),
            bundle: None,
            exchange_fault: None,
            exchanges: 0,
            next_device: 1,
            next_link: 1,
        }
    }

    pub(crate) fn now(&self) -> i64 {
        self.ticker.now()
    }

    /// The server's date as TL has it.
    pub(crate) fn date(&self) -> i32 {
        i32::try_from(self.now()).expect("a date before 2038")
    }

    /// Registers a device: one key per data centre.
    pub(crate) fn new_device(&mut self, account: Option<UserId>) -> Vec<(i32, KeyBytes)> {
        let device = self.next_device;
        self.next_device += 1;
        let home = account.map(|account| self.world.account(account).home_dc);
        let mut keys = Vec::new();
        for dc in self.options.dcs.clone() {
            let mut bytes = [0; 256];
            self.dice.fill(&mut bytes);
            let key = self.fresh_key(&bytes, dc, device, account.filter(|_| home == Some(dc)));
            self.keys.insert(key.seal.id(), key);
            keys.push((dc, bytes));
        }
        keys
    }

    /// A key that was agreed on: a device of its own in each data centre.
    pub(crate) fn put_agreed(&mut self, bytes: &KeyBytes, salt: i64, dc: i32) {
        let device = self.next_device;
        self.next_device += 1;
        self.exchanges += 1;
        let key = Key { salt, ..self.fresh_key(bytes, dc, device, None) };
        self.keys.insert(key.seal.id(), key);
    }

    fn fresh_key(&self, bytes: &KeyBytes, dc: i32, device: u64, account: Option<UserId>) -> Key {
        Key {
            seal: Arc::new(Seal::new(bytes)),
            salt: i64::from_le_bytes([1, bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6]]),
            dc,
            device,
            account,
            awaits_password: None,
            challenge: None,
            refusal: None,
            lost: false,
            login_token: None,
            device_model: String::new(),
            since: self.now(),
            knows: BTreeSet::new(),
        }
    }

    pub(crate) fn add_link(&mut self, link: Link) -> u64 {
        let id = self.next_link;
        self.next_link += 1;
        self.links.insert(id, link);
        id
    }

    /// Keys of this account, in all data centres.
    pub(crate) fn keys_of(&mut self, account: UserId) -> impl Iterator<Item = &mut Key> {
        self.keys.values_mut().filter(move |key| key.account == Some(account))
    }

    /// Open links whose key belongs to this account.
    pub(crate) fn links_of(&mut self, account: UserId) -> impl Iterator<Item = &mut Link> {
        let keys = &self.keys;
        self.links.values_mut().filter(move |link| {
            let key = link.key.and_then(|id| keys.get(&id));
            key.is_some_and(|key| key.account == Some(account))
        })
    }

    pub(crate) fn links_seen(&self, account: UserId) -> impl Iterator<Item = &Link> {
        self.links.values().filter(move |link| {
            let key = link.key.and_then(|id| self.keys.get(&id));
            key.is_some_and(|key| key.account == Some(account))
        })
    }

    /// A packet of this key arrived on this link. `None` for a key that the server does not know.
    pub(crate) fn admit(&mut self, link: u64, id: KeyId) -> Option<Arc<Seal>> {
        let key = self.keys.get(&id)?;
        let link = self.links.get_mut(&link)?;
        if key.lost || key.dc != link.dc {
            return None;
        }
        let is_new = link.key.replace(id).is_none();
        if let Some(account) = key.account
            && is_new
            && self.faults.plan(account).frozen
        {
            _ = link.frozen.send_replace(true);
        }
        Some(Arc::clone(&key.seal))
    }

    pub(crate) fn is_offline(&mut self, id: KeyId) -> bool {
        let account = self.keys.get(&id).and_then(|key| key.account);
        account.is_some_and(|account| self.faults.plan(account).offline)
    }

    /// The salt this key's packets must carry, if this one is wrong.
    pub(crate) fn wrong_salt(&self, key: KeyId, salt: i64) -> Option<i64> {
        let right = self.keys.get(&key)?.salt;
        (self.options.salts && salt != right).then_some(right)
    }

    /// The salt of the link's key, where the server is a talkative one.
    pub(crate) fn chatty_salt(&self, link: u64) -> Option<i64> {
        let key = self.links.get(&link).filter(|_| self.options.chatty)?.key?;
        self.keys.get(&key).map(|key| key.salt)
    }

    /// The error code for a message id that is not of our time (core.telegram.org/mtproto/service_messages_about_messages):
    /// 16 too old, 17 too new. Ids may be 300 s old or 30 s early.
    pub(crate) fn wrong_time(&self, message: i64) -> Option<i32> {
        let ahead = (message >> 32) - self.ticker.wire().0;
        match ahead {
            31.. => Some(17),
            ..-300 => Some(16),
            _ => None,
        }
    }

    /// What is put on the link; kept until the client says that it arrived.
    pub(crate) fn note_written(&mut self, link: u64, packet: i64, shown: Vec<Exposure>) {
        self.shown.written(&shown);
        if let Some(link) = self.links.get_mut(&link)
            && !shown.is_empty()
        {
            link.unacknowledged.insert(packet, shown);
        }
    }

    pub(crate) fn note_acknowledged(&mut self, link: u64, packets: &[i64]) {
        let Some(link) = self.links.get_mut(&link) else { return };
        for packet in packets {
            if let Some(shown) = link.unacknowledged.remove(packet) {
                self.shown.acknowledged(&shown);
            }
        }
    }
}
