//! The account's chats and folders: names and numbers only, so that the user can say which of them are work.

use crate::limiter::Pace;
use crate::translate::{Context, Seen, peer_id};
use crate::{Account, Error, PeerFacts};
use grammers_tl_types as tl;
use letopis_model::{ChatType, MessageId, PeerId, PeerKind, Source};
use std::collections::BTreeSet;
use tl::functions as f;

const ARCHIVED: i32 = 1;
const AT_ONCE: i32 = 100;

/// A chat as the list of chats shows it.
#[derive(Clone, Debug)]
pub struct Dialog {
    pub facts: PeerFacts,
    pub top: MessageId,
    /// A channel's position.
    pub pts: Option<i32>,
    pub read_inbox: MessageId,
    pub read_outbox: MessageId,
    pub archived: bool,
}

/// A folder: chats named one by one, and kinds of chats.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folder {
    pub id: i32,
    pub title: String,
    pub include: BTreeSet<PeerId>,
    pub exclude: BTreeSet<PeerId>,
    pub contacts: bool,
    pub non_contacts: bool,
    pub groups: bool,
    pub broadcasts: bool,
    pub bots: bool,
    pub no_archived: bool,
}

impl Folder {
    /// Whether the chat stands in the folder. Muted or read chats are not taken out: what is work does not change with that.
    pub fn holds(&self, facts: &PeerFacts, archived: bool) -> bool {
        if self.include.contains(&facts.peer) {
            return true;
        }
        if self.exclude.contains(&facts.peer) || (archived && self.no_archived) {
            return false;
        }
        match facts.kind {
            ChatType::PersonalChat => {
                if facts.contact {
                    self.contacts
                } else {
                    self.non_contacts
                }
            }
            ChatType::BotChat => self.bots,
            ChatType::PrivateGroup | ChatType::PrivateSupergroup | ChatType::PublicSupergroup => self.groups,
            ChatType::PrivateChannel | ChatType::PublicChannel => self.broadcasts,
            ChatType::SavedMessages | ChatType::Replies | ChatType::VerificationCodes | ChatType::Unknown => false,
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Dialogs {
    pub chats: Vec<Dialog>,
    /// `None`: Telegram did not say. What was known before still holds.
    pub folders: Option<Vec<Folder>>,
    /// The newest message of each chat, which Telegram sends along: for chats in scope only, the rest is dropped unread.
    pub tops: Vec<Seen>,
}

struct Offset {
    date: i32,
    id: i32,
    peer: tl::enums::InputPeer,
}

impl Account {
    /// All chats and folders.
    ///
    /// # Errors
    /// All of the network.
    pub async fn dialogs(&self) -> Result<Dialogs, Error> {
        let mut found = Dialogs::default();
        self.dialogs_of(None, &mut found).await?;
        // What a server does not have is no reason to do without the rest.
        unless_refused(self.dialogs_of(Some(ARCHIVED), &mut found).await)?;
        found.folders = unless_refused(self.folders().await)?;
        Ok(found)
    }

    /// Like [`Account::dialogs`], over a connection of its own that ends with it.
    ///
    /// # Errors
    /// All of the network.
    pub async fn look(&self) -> Result<Dialogs, Error> {
        let updates = self.api().connect();
        let found = self.dialogs().await;
        drop(updates);
        self.api().disconnect();
        found
    }

    /// # Errors
    /// All of the network.
    pub async fn folders(&self) -> Result<Vec<Folder>, Error> {
        let tl::enums::messages::DialogFilters::Filters(found) =
            self.api().call(&f::messages::GetDialogFilters {}, Pace::Bulk).await?;
        Ok(found.filters.iter().filter_map(|filter| self.folder(filter)).collect())
    }

    async fn dialogs_of(&self, folder_id: Option<i32>, into: &mut Dialogs) -> Result<(), Error> {
        let Dialogs { chats, tops, .. } = into;
        let mut offset = Offset { date: 0, id: 0, peer: tl::enums::InputPeer::Empty };
        let mut met: BTreeSet<PeerId> = chats.iter().map(|dialog| dialog.facts.peer).collect();
        loop {
            let request = f::messages::GetDialogs {
                exclude_pinned: false,
                folder_id,
                offset_date: offset.date,
                offset_id: offset.id,
                offset_peer: offset.peer.clone(),
                limit: AT_ONCE,
                hash: 0,
            };
            use tl::enums::messages::Dialogs as D;
            let (dialogs, messages, more) = match self.api().call(&request, Pace::Bulk).await? {
                D::Dialogs(d) => {
                    self.meet(&d.users, &d.chats);
                    (d.dialogs, d.messages, false)
                }
                D::Slice(d) => {
                    self.meet(&d.users, &d.chats);
                    (d.dialogs, d.messages, true)
                }
                D::NotModified(_) => (Vec::new(), Vec::new(), false),
            };
            tops.extend(self.tops(&messages));
            let before = chats.len();
            let found = dialogs.iter().filter_map(|dialog| self.dialog(dialog, folder_id.is_some()));
            chats.extend(found.filter(|dialog| met.insert(dialog.facts.peer)));
            // Nothing new: the end, or a server that goes in a circle.
            if !more || chats.len() == before {
                return Ok(());
            }
            match self.next_offset(&dialogs, &messages) {
                Some(next) => offset = next,
                None => return Ok(()),
            }
        }
    }

    fn tops(&self, messages: &[tl::enums::Message]) -> Vec<Seen> {
        self.peers(|peers| {
            let context = Context { account: self.id(), peers, seen_at: self.now(), source: Source::Reconcile };
            messages.iter().filter_map(|message| context.message(message)).collect()
        })
    }

    fn dialog(&self, dialog: &tl::enums::Dialog, archived: bool) -> Option<Dialog> {
        let tl::enums::Dialog::Dialog(dialog) = dialog else { return None };
        let peer = peer_id(&dialog.peer);
        let id = |id: i32| MessageId(i64::from(id));
        Some(Dialog {
            facts: self.peers(|peers| peers.get(peer).cloned())?,
            top: id(dialog.top_message),
            pts: dialog.pts,
            read_inbox: id(dialog.read_inbox_max_id),
            read_outbox: id(dialog.read_outbox_max_id),
            archived: archived || dialog.folder_id == Some(ARCHIVED),
        })
    }

    fn next_offset(&self, dialogs: &[tl::enums::Dialog], messages: &[tl::enums::Message]) -> Option<Offset> {
        let last = dialogs.iter().rev().find_map(|dialog| match dialog {
            tl::enums::Dialog::Dialog(dialog) => Some(dialog),
            _ => None,
        })?;
        let peer = peer_id(&last.peer);
        let date = messages.iter().find_map(|message| match message {
            tl::enums::Message::Message(m) if m.id == last.top_message && peer_id(&m.peer_id) == peer => Some(m.date),
            tl::enums::Message::Service(m) if m.id == last.top_message && peer_id(&m.peer_id) == peer => Some(m.date),
            _ => None,
        });
        let input = self.peers(|peers| peers.input(peer)).unwrap_or(tl::enums::InputPeer::Empty);
        Some(Offset { date: date.unwrap_or(0), id: last.top_message, peer: input })
    }

    fn folder(&self, filter: &tl::enums::DialogFilter) -> Option<Folder> {
        let peers = |list: &[tl::enums::InputPeer]| list.iter().filter_map(|peer| self.input_id(peer)).collect::<BTreeSet<_>>();
        let title = |title: &tl::enums::TextWithEntities| {
            let tl::enums::TextWithEntities::Entities(title) = title;
            title.text.clone()
        };
        match filter {
            tl::enums::DialogFilter::Filter(filter) => Some(Folder {
                id: filter.id,
                title: title(&filter.title),
                include: peers(&filter.pinned_peers).into_iter().chain(peers(&filter.include_peers)).collect(),
                exclude: peers(&filter.exclude_peers),
                contacts: filter.contacts,
                non_contacts: filter.non_contacts,
                groups: filter.groups,
                broadcasts: filter.broadcasts,
                bots: filter.bots,
                no_archived: filter.exclude_archived,
            }),
            tl::enums::DialogFilter::Chatlist(list) => Some(Folder {
                id: list.id,
                title: title(&list.title),
                include: peers(&list.pinned_peers).into_iter().chain(peers(&list.include_peers)).collect(),
                ..Folder::default()
            }),
            _ => None,
        }
    }

    fn input_id(&self, peer: &tl::enums::InputPeer) -> Option<PeerId> {
        use tl::enums::InputPeer as P;
        Some(match peer {
            P::User(p) => PeerId::user(p.user_id),
            P::Chat(p) => PeerId::group(p.chat_id),
            P::Channel(p) => PeerId::channel(p.channel_id),
            P::PeerSelf => PeerId::user(self.id().0),
            P::UserFromMessage(p) => PeerId::user(p.user_id),
            P::ChannelFromMessage(p) => PeerId::channel(p.channel_id),
            P::Empty => return None,
        })
    }
}

fn unless_refused<T>(answer: Result<T, Error>) -> Result<Option<T>, Error> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(Error::Refused(name)) => {
            tracing::warn!(name, "a part of the list of chats was refused");
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

/// Whether a chat is between two people.
pub fn is_private(peer: PeerId) -> bool {
    peer.kind == PeerKind::User
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(peer: PeerId, kind: ChatType, contact: bool) -> PeerFacts {
        PeerFacts { peer, name: "Кирилл".into(), hash: None, kind, contact, gone: false, moved_to: None }
    }

    #[test]
    fn a_folder_holds_named_chats_and_kinds() {
        let client = facts(PeerId::user(1), ChatType::PersonalChat, true);
        let stranger = facts(PeerId::user(2), ChatType::PersonalChat, false);
        let group = facts(PeerId::channel(3), ChatType::PrivateSupergroup, false);
        let notes = facts(PeerId::user(4), ChatType::SavedMessages, false);
        let named = Folder { include: [client.peer].into(), ..Folder::default() };
        assert!(named.holds(&client, true) && !named.holds(&stranger, false) && !named.holds(&group, false));
        let kinds = Folder { contacts: true, groups: true, exclude: [group.peer].into(), no_archived: true, ..Folder::default() };
        assert!(kinds.holds(&client, false) && !kinds.holds(&client, true));
        assert!(!kinds.holds(&stranger, false) && !kinds.holds(&group, false) && !kinds.holds(&notes, false));
    }
}
