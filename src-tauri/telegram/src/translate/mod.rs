//! From Telegram's objects to the words of the archive. The same message must read the same whether it came live or from
//! an export of Telegram Desktop: names of kinds and actions, senders and texts follow the export (see the intake). What
//! has no place in a `Content` is kept in `extra` under the export's names. A file that destroys itself is only a fact.

mod action;
mod extra;
mod media;
mod message;
mod peers;
#[cfg(test)]
mod tests;
mod text;
mod update;

pub use peers::{PeerFacts, Peers, peer_id};

pub(crate) use update::{Heard, read, step};

use crate::FileRef;
use letopis_model::{AccountId, ChatId, PeerId, Sighting, Source, Timestamp};

/// What the message itself does not say.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub account: AccountId,
    pub peers: &'a Peers,
    pub seen_at: Timestamp,
    pub source: Source,
}

impl Context<'_> {
    pub fn chat(&self, peer: PeerId) -> ChatId {
        ChatId::new(Some(self.account), peer)
    }
}

/// A message as it was seen, and where its file can be had.
#[derive(Clone, Debug)]
pub struct Seen {
    pub sighting: Sighting,
    pub file: Option<FileRef>,
}

impl Context<'_> {
    /// `None`: an empty message, which only says that there is none.
    pub fn message(&self, message: &grammers_tl_types::enums::Message) -> Option<Seen> {
        message::read(message, self)
    }
}
