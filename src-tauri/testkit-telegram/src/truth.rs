//! The truth log: everything that was ever visible to an account, and whether the server really showed it.

use std::collections::BTreeMap;

use crate::state::State;
use crate::world::media::MediaId;
use crate::world::message::{Said, Utterance};
use crate::world::timeline::Kept;
use crate::world::{Peer, UserId};

/// How far a fact got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shown {
    /// No packet ever carried it: the account could not see it.
    #[default]
    Never,
    /// Put on a link, not known to have arrived.
    Written,
    /// The client acknowledged a packet that carried it.
    Acked,
}

/// One message as an account could see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TruthMessage {
    pub peer: Peer,
    pub id: i32,
    pub said: Said,
    pub outgoing: bool,
    /// Unix seconds.
    pub date: i64,
    pub versions: Vec<TruthVersion>,
    pub deleted: Option<TruthDeletion>,
}

/// One version of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TruthVersion {
    pub text: String,
    pub media: Option<MediaId>,
    pub service: bool,
    /// When it came to be, Unix seconds.
    pub at: i64,
    /// What the message's `edit_date` says; `None` for the first version.
    pub edit_date: Option<i64>,
    pub shown: Shown,
}

/// Its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TruthDeletion {
    pub at: i64,
    /// Whether an update or an empty message told of it.
    pub shown: Shown,
}

/// One fact inside a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Exposure {
    pub(crate) account: UserId,
    pub(crate) said: Said,
    pub(crate) part: Part,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Version(usize),
    Deletion,
}

#[derive(Debug, Default)]
pub(crate) struct ShownBook(BTreeMap<Exposure, Shown>);

impl ShownBook {
    pub(crate) fn written(&mut self, facts: &[Exposure]) {
        self.raise(facts, Shown::Written);
    }

    pub(crate) fn acknowledged(&mut self, facts: &[Exposure]) {
        self.raise(facts, Shown::Acked);
    }

    /// The client had it and was killed before it could keep it.
    pub(crate) fn doubt(&mut self, fact: Exposure) {
        if let Some(shown) = self.0.get_mut(&fact) {
            *shown = (*shown).min(Shown::Written);
        }
    }

    fn raise(&mut self, facts: &[Exposure], to: Shown) {
        for fact in facts {
            let shown = self.0.entry(*fact).or_default();
            *shown = (*shown).max(to);
        }
    }

    fn of(&self, account: UserId, said: Said, part: Part) -> Shown {
        self.0.get(&Exposure { account, said, part }).copied().unwrap_or_default()
    }
}

impl State {
    /// Everything this account could see, by chat and id.
    pub(crate) fn truth(&self, account: UserId) -> Vec<TruthMessage> {
        let mut all: Vec<TruthMessage> =
            self.world.account(account).mailbox.all().map(|(id, kept)| self.true_message(account, id, kept, i64::MAX)).collect();
        for channel in self.world.channels.values() {
            let until = match channel.former.get(&account) {
                _ if channel.members.contains(&account) => i64::MAX,
                Some(left) => *left,
                None => continue,
            };
            let seen = channel.timeline.all().map(|(id, kept)| self.true_message(account, id, kept, until));
            all.extend(seen.filter(|message| !message.versions.is_empty()));
        }
        all.sort_by_key(|message| (message.peer, message.id));
        all
    }

    fn true_message(&self, account: UserId, id: i32, kept: Kept, until: i64) -> TruthMessage {
        let utterance = self.world.utterance(kept.said);
        let hidden = self.world.hidden(account, utterance.chat.peer_for(account)).filter(|(up_to, _)| id <= *up_to);
        let end = [kept.deleted, hidden.map(|(_, at)| at)].into_iter().flatten().min();
        let deleted = end.filter(|at| *at <= until);
        let gone = until.min(end.unwrap_or(i64::MAX));
        TruthMessage {
            peer: utterance.chat.peer_for(account),
            id,
            said: kept.said,
            outgoing: utterance.from == account,
            date: utterance.date,
            versions: self.true_versions(account, kept.said, utterance, gone),
            deleted: deleted.map(|at| TruthDeletion { at, shown: self.shown.of(account, kept.said, Part::Deletion) }),
        }
    }

    fn true_versions(&self, account: UserId, said: Said, utterance: &Utterance, until: i64) -> Vec<TruthVersion> {
        let versions = utterance.versions.iter().enumerate().filter(|(_, version)| version.at <= until);
        let facts = versions.map(|(n, version)| TruthVersion {
            text: version.text.clone(),
            media: version.media.file(),
            service: utterance.service.is_some(),
            at: version.at,
            edit_date: version.edited.then_some(version.at),
            shown: self.shown.of(account, said, Part::Version(n)),
        });
        facts.collect()
    }
}
