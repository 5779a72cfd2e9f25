//! One sequence of message ids with its pts and its events: an account's mailbox, or a channel.

use std::collections::BTreeMap;

use super::message::Said;
use super::{Chat, Peer};

#[derive(Debug)]
pub(crate) struct Timeline {
    pub(crate) pts: i32,
    next_id: i32,
    kept: BTreeMap<i32, Kept>,
    /// What stands, by chat.
    standing: BTreeMap<Chat, BTreeMap<i32, Said>>,
    ids: BTreeMap<Said, i32>,
    /// By rising pts.
    pub(crate) events: Vec<Event>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Kept {
    chat: Chat,
    pub(crate) said: Said,
    pub(crate) deleted: Option<i64>,
}

/// Something that moved the pts.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) pts: i32,
    pub(crate) count: i32,
    pub(crate) at: i64,
    pub(crate) what: Happening,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Happening {
    New(i32),
    Edit(i32),
    Delete(Vec<i32>),
    ReadInbox { peer: Peer, up_to: i32 },
    ReadOutbox { peer: Peer, up_to: i32 },
    Pinned { peer: Peer, ids: Vec<i32>, on: bool },
    Archived { peer: Peer, on: bool },
}

impl Timeline {
    pub(crate) fn new() -> Self {
        Self { pts: 1, next_id: 1, kept: BTreeMap::new(), standing: BTreeMap::new(), ids: BTreeMap::new(), events: Vec::new() }
    }

    pub(crate) fn add(&mut self, chat: Chat, said: Said) -> i32 {
        let id = self.next_id;
        self.next_id += 1;
        self.kept.insert(id, Kept { chat, said, deleted: None });
        self.standing.entry(chat).or_default().insert(id, said);
        self.ids.insert(said, id);
        id
    }

    /// Ids taken by others between two messages: an account's space has chats nobody scripted.
    pub(crate) fn skip_ids(&mut self, count: i32) {
        self.next_id += count;
    }

    pub(crate) fn id_of(&self, said: Said) -> Option<i32> {
        self.ids.get(&said).copied()
    }

    pub(crate) fn get(&self, id: i32) -> Option<Kept> {
        self.kept.get(&id).copied()
    }

    /// What stands in a chat, newest first.
    pub(crate) fn standing(&self, chat: Chat) -> impl Iterator<Item = (i32, Said)> + '_ {
        self.standing.get(&chat).into_iter().flatten().rev().map(|(id, said)| (*id, *said))
    }

    /// Everything that ever stood, oldest first.
    pub(crate) fn all(&self) -> impl Iterator<Item = (i32, Kept)> + '_ {
        self.kept.iter().map(|(id, kept)| (*id, *kept))
    }

    /// Marks as gone; true if it stood until now.
    pub(crate) fn remove(&mut self, id: i32, at: i64) -> bool {
        match self.kept.get_mut(&id) {
            Some(kept) if kept.deleted.is_none() => {
                kept.deleted = Some(at);
                self.standing.entry(kept.chat).or_default().remove(&id);
                true
            }
            _ => false,
        }
    }

    /// Records an event and moves the pts. A deletion counts as many as it deletes.
    pub(crate) fn record(&mut self, what: Happening, at: i64) -> Event {
        let count = match &what {
            Happening::Delete(ids) => i32::try_from(ids.len()).expect("few ids"),
            _ => 1,
        };
        self.pts += count;
        let event = Event { pts: self.pts, count, at, what };
        self.events.push(event.clone());
        event
    }

    /// Events after this pts.
    pub(crate) fn since(&self, pts: i32) -> &[Event] {
        let from = self.events.partition_point(|event| event.pts <= pts);
        &self.events[from..]
    }
}
