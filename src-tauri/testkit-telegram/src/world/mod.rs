//! What there is: people, accounts, chats, messages. The world knows nothing of connections or bytes.

pub mod media;
pub mod message;
pub(crate) mod people;
pub(crate) mod places;
pub(crate) mod timeline;

use std::collections::BTreeMap;

use media::Media;
use message::{Said, Utterance};
use people::{Account, User};
use places::{Channel, Group};
use timeline::Timeline;

/// A person, with or without an account here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(pub i64);

/// A chat as the server sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Chat {
    /// Two people, the smaller id first; `Telegram::private` makes it.
    Private(UserId, UserId),
    /// A basic group.
    Group(i64),
    /// A supergroup, a forum or a channel.
    Channel(i64),
}

/// A chat as one account sees it: Telegram's bare ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Peer {
    User(i64),
    Group(i64),
    Channel(i64),
}

/// A topic of a forum: the id of the service message that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Topic(pub i32);

/// A service message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Service {
    Created(String),
    Title(String),
    Added(Vec<UserId>),
    Left(UserId),
    Pinned,
    Ttl(i32),
    Topic(String),
    MigratedTo(i64),
    MigratedFrom(i64, String),
    Call { seconds: Option<i32> },
    HistoryCleared,
}

impl Chat {
    /// How this account sees the chat.
    pub fn peer_for(self, account: UserId) -> Peer {
        match self {
            Chat::Private(a, b) => Peer::User(if a == account { b.0 } else { a.0 }),
            Chat::Group(id) => Peer::Group(id),
            Chat::Channel(id) => Peer::Channel(id),
        }
    }
}

/// The account of Telegram itself: login codes and warnings come from it.
pub(crate) const TELEGRAM: UserId = UserId(777_000);

#[derive(Default, Debug)]
pub(crate) struct World {
    pub(crate) users: BTreeMap<UserId, User>,
    pub(crate) accounts: BTreeMap<UserId, Account>,
    pub(crate) groups: BTreeMap<i64, Group>,
    pub(crate) channels: BTreeMap<i64, Channel>,
    said: Vec<Utterance>,
    pub(crate) media: Vec<Media>,
    /// References given out before this epoch are expired.
    pub(crate) reference_epoch: u32,
}

impl World {
    pub(crate) fn utterance(&self, said: Said) -> &Utterance {
        &self.said[said.0]
    }

    pub(crate) fn utterance_mut(&mut self, said: Said) -> &mut Utterance {
        &mut self.said[said.0]
    }

    pub(crate) fn remember(&mut self, utterance: Utterance) -> Said {
        self.said.push(utterance);
        Said(self.said.len() - 1)
    }

    pub(crate) fn account(&self, id: UserId) -> &Account {
        self.accounts.get(&id).expect("an account of this server")
    }

    pub(crate) fn account_mut(&mut self, id: UserId) -> &mut Account {
        self.accounts.get_mut(&id).expect("an account of this server")
    }

    pub(crate) fn channel(&self, id: i64) -> &Channel {
        self.channels.get(&id).expect("a channel of this server")
    }

    pub(crate) fn channel_mut(&mut self, id: i64) -> &mut Channel {
        self.channels.get_mut(&id).expect("a channel of this server")
    }

    /// The timeline that holds this peer's messages for this account.
    pub(crate) fn timeline(&self, account: UserId, peer: Peer) -> &Timeline {
        match peer {
            Peer::Channel(id) => &self.channel(id).timeline,
            Peer::User(_) | Peer::Group(_) => &self.account(account).mailbox,
        }
    }

    /// Whether the account has more to do with a person than sharing a channel.
    pub(crate) fn is_known(&self, account: UserId, user: UserId) -> bool {
        let own = self.account(account);
        account == user || own.contacts.contains(&user) || own.dialogs.contains(&private(account, user))
    }

    /// Accounts that see the chat now.
    pub(crate) fn audience(&self, chat: Chat) -> Vec<UserId> {
        let all: Vec<UserId> = match chat {
            Chat::Private(a, b) if a == b => vec![a],
            Chat::Private(a, b) => vec![a, b],
            Chat::Group(id) => self.groups[&id].members.iter().copied().collect(),
            Chat::Channel(id) => self.channel(id).members.iter().copied().collect(),
        };
        all.into_iter().filter(|user| self.accounts.contains_key(user)).collect()
    }

    /// Ids of what stands in this chat for this account, newest first.
    pub(crate) fn standing(&self, account: UserId, peer: Peer) -> Vec<(i32, Said)> {
        let chat = self.chat(account, peer);
        let hidden = self.hidden(account, peer).map_or(0, |(id, _)| id);
        self.timeline(account, peer).standing(chat).take_while(|(id, _)| *id > hidden).collect()
    }

    /// Up to which id, and since when, this account sees nothing of a channel.
    pub(crate) fn hidden(&self, account: UserId, peer: Peer) -> Option<(i32, i64)> {
        let Peer::Channel(id) = peer else { return None };
        self.account(account).hidden.get(&id).copied()
    }

    pub(crate) fn chat(&self, account: UserId, peer: Peer) -> Chat {
        match peer {
            Peer::User(id) => private(account, UserId(id)),
            Peer::Group(id) => Chat::Group(id),
            Peer::Channel(id) => Chat::Channel(id),
        }
    }

    /// The access hash under which this account knows this user or channel. Another account's hash does not fit.
    pub(crate) fn access_hash(account: UserId, id: i64) -> i64 {
        crate::dice::mix((account.0 as u64).rotate_left(32) ^ (id as u64)) as i64
    }
}

/// The one spelling of a private chat.
pub(crate) fn private(a: UserId, b: UserId) -> Chat {
    Chat::Private(a.min(b), a.max(b))
}
