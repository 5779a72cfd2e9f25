//! Groups and channels: who is in, what kind, and for channels their own timeline.

use std::collections::{BTreeMap, BTreeSet};

use super::UserId;
use super::timeline::Timeline;

#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) title: String,
    pub(crate) creator: UserId,
    pub(crate) members: BTreeSet<UserId>,
    /// Were in once; their copies stay with them.
    pub(crate) former: BTreeSet<UserId>,
    pub(crate) date: i64,
    pub(crate) migrated_to: Option<i64>,
    pub(crate) deactivated: bool,
    pub(crate) version: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChannelKind {
    Supergroup,
    Forum,
    Broadcast,
}

#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) title: String,
    pub(crate) kind: ChannelKind,
    pub(crate) creator: UserId,
    pub(crate) members: BTreeSet<UserId>,
    /// When a former member stopped seeing the channel.
    pub(crate) former: BTreeMap<UserId, i64>,
    pub(crate) date: i64,
    pub(crate) timeline: Timeline,
    pub(crate) topics: BTreeMap<i32, String>,
    pub(crate) migrated_from: Option<i64>,
    pub(crate) deleted: bool,
}

impl Channel {
    pub(crate) fn is_broadcast(&self) -> bool {
        self.kind == ChannelKind::Broadcast
    }
}
