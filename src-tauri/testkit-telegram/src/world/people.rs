//! People, and what belongs to one who has an account here: mailbox, folders, read marks, password.

use std::collections::{BTreeMap, BTreeSet};

use grammers_tl_types::enums;

use super::timeline::Timeline;
use super::{Chat, Peer};
use crate::srp::Verifier;

#[derive(Debug)]
pub(crate) struct User {
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) username: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) bot: bool,
    pub(crate) deleted: bool,
}

#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) home_dc: i32,
    pub(crate) password: Option<Password>,
    /// Private chats and basic groups: one space of ids, one pts.
    pub(crate) mailbox: Timeline,
    pub(crate) qts: i32,
    /// Counts updates that have no pts.
    pub(crate) seq: i32,
    /// Updates without pts, and when they happened: part of a difference asked for from before.
    pub(crate) loose: Vec<(i64, enums::Update)>,
    /// Chats in the list. A cleared private chat leaves it, a left channel too.
    pub(crate) dialogs: BTreeSet<Chat>,
    pub(crate) folders: Vec<Folder>,
    pub(crate) archived: BTreeSet<Chat>,
    pub(crate) pinned: Vec<Chat>,
    pub(crate) contacts: BTreeSet<super::UserId>,
    /// Channels whose past was taken away: up to this id, since this moment.
    pub(crate) hidden: BTreeMap<i64, (i32, i64)>,
    pub(crate) read_inbox: BTreeMap<Peer, i32>,
    pub(crate) read_outbox: BTreeMap<Peer, i32>,
    /// Takeout sessions that are open, and how long one must wait for a new one.
    pub(crate) takeouts: BTreeSet<i64>,
    pub(crate) takeout_delay: Option<u32>,
}

#[derive(Debug)]
pub(crate) struct Password {
    pub(crate) verifier: Verifier,
    pub(crate) hint: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Folder {
    pub(crate) id: i32,
    pub(crate) title: String,
    pub(crate) chats: Vec<Chat>,
    pub(crate) excluded: Vec<Chat>,
    pub(crate) kinds: FolderKinds,
}

/// Which kinds of chats a folder takes by rule.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FolderKinds {
    pub(crate) contacts: bool,
    pub(crate) non_contacts: bool,
    pub(crate) groups: bool,
    pub(crate) broadcasts: bool,
    pub(crate) bots: bool,
}

impl Account {
    pub(crate) fn new(home_dc: i32) -> Self {
        Self {
            home_dc,
            password: None,
            mailbox: Timeline::new(),
            qts: 1,
            seq: 0,
            hidden: BTreeMap::new(),
            loose: Vec::new(),
            dialogs: BTreeSet::new(),
            folders: Vec::new(),
            archived: BTreeSet::new(),
            pinned: Vec::new(),
            contacts: BTreeSet::new(),
            read_inbox: BTreeMap::new(),
            read_outbox: BTreeMap::new(),
            takeouts: BTreeSet::new(),
            takeout_delay: None,
        }
    }
}
