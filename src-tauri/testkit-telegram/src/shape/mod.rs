//! TL objects as one account sees them. A view collects whom an answer mentions and which facts it shows.

pub(crate) mod message;
pub(crate) mod peers;
pub(crate) mod updates;

use std::collections::BTreeSet;

use grammers_tl_types::enums;

use crate::truth::{Exposure, Part};
use crate::world::message::Said;
use crate::world::{Peer, UserId, World};

/// Builds a TL object from its required fields; optional ones are absent. Short, and true to the schema in use: a missing
/// field does not parse.
macro_rules! blank {
    ($kind:ty; $($field:expr),+ $(,)?) => {{
        let mut bytes = Vec::new();
        $(grammers_tl_types::Serializable::serialize(&$field, &mut bytes);)+
        <$kind as grammers_tl_types::Deserializable>::from_bytes(&bytes).expect("required fields of the schema")
    }};
}
pub(crate) use blank;

/// What one account sees of the world, while one answer is made.
pub(crate) struct View<'w> {
    pub(crate) world: &'w World,
    pub(crate) me: UserId,
    users: BTreeSet<UserId>,
    chats: BTreeSet<Peer>,
    shown: Vec<Exposure>,
    /// People the account does not know come as `min`.
    pub(crate) min_users: bool,
}

/// What goes beside the messages of an answer.
pub(crate) struct Parts {
    pub(crate) users: Vec<enums::User>,
    pub(crate) chats: Vec<enums::Chat>,
    pub(crate) known: Vec<UserId>,
    pub(crate) shown: Vec<Exposure>,
}

impl<'w> View<'w> {
    pub(crate) fn new(world: &'w World, me: UserId) -> Self {
        Self { world, me, users: BTreeSet::new(), chats: BTreeSet::new(), shown: Vec::new(), min_users: false }
    }

    /// The answer mentions this peer, so it must describe it.
    pub(crate) fn refer(&mut self, peer: Peer) {
        match peer {
            Peer::User(id) => _ = self.users.insert(UserId(id)),
            Peer::Group(_) | Peer::Channel(_) => _ = self.chats.insert(peer),
        }
    }

    pub(crate) fn refer_user(&mut self, user: UserId) {
        self.users.insert(user);
    }

    pub(crate) fn show(&mut self, said: Said, part: Part) {
        self.shown.push(Exposure { account: self.me, said, part });
    }

    pub(crate) fn finish(self) -> Parts {
        let is_min = |user: &UserId| self.min_users && !self.world.is_known(self.me, *user);
        let described = |user: &UserId| match is_min(user) {
            true => peers::min_user(self.world, *user),
            false => peers::user(self.world, self.me, *user),
        };
        let users = self.users.iter().map(described).collect();
        let known = self.users.iter().copied().filter(|user| !is_min(user)).collect();
        let chats = self.chats.iter().filter_map(|chat| peers::chat(self.world, self.me, *chat)).collect();
        Parts { users, chats, known, shown: self.shown }
    }
}
