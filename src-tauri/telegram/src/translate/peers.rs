//! Users, groups and channels as answers bring them along: names, kinds, and the hash by which Telegram lets them be
//! addressed.

use grammers_tl_types as tl;
use letopis_model::{ChatType, PeerId, PeerKind};
use std::collections::BTreeMap;
use std::fmt;

/// Telegram's own account for answers to comments.
const REPLIES: i64 = 1_271_266_957;
const VERIFICATION_CODES: i64 = 489_000;

#[derive(Clone, PartialEq, Eq)]
pub struct PeerFacts {
    pub peer: PeerId,
    /// Empty for a deleted account.
    pub name: String,
    /// `None`: seen in passing only, or not needed (basic groups).
    pub hash: Option<i64>,
    pub kind: ChatType,
    pub contact: bool,
    /// The account is no longer in it, or it is no more.
    pub gone: bool,
    /// A basic group that became this channel.
    pub moved_to: Option<i64>,
}

impl fmt::Debug for PeerFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PeerFacts({}, {:?})", self.peer, self.kind)
    }
}

pub fn peer_id(peer: &tl::enums::Peer) -> PeerId {
    match peer {
        tl::enums::Peer::User(p) => PeerId::user(p.user_id),
        tl::enums::Peer::Chat(p) => PeerId::group(p.chat_id),
        tl::enums::Peer::Channel(p) => PeerId::channel(p.channel_id),
    }
}

/// All peers heard of in this run.
#[derive(Clone, Debug, Default)]
pub struct Peers {
    known: BTreeMap<PeerId, PeerFacts>,
}

impl Peers {
    pub fn get(&self, peer: PeerId) -> Option<&PeerFacts> {
        self.known.get(&peer)
    }

    pub fn iter(&self) -> impl Iterator<Item = &PeerFacts> {
        self.known.values()
    }

    pub fn name(&self, peer: PeerId) -> Option<&str> {
        self.known.get(&peer).map(|facts| facts.name.as_str()).filter(|name| !name.is_empty())
    }

    pub fn take(&mut self, users: &[tl::enums::User], chats: &[tl::enums::Chat]) {
        for facts in users.iter().filter_map(user).chain(chats.iter().filter_map(chat)) {
            self.put(facts);
        }
    }

    /// Facts seen in passing (without a hash) never replace full ones.
    pub fn put(&mut self, facts: PeerFacts) {
        match self.known.get_mut(&facts.peer) {
            Some(known) if facts.hash.is_none() && known.hash.is_some() => {
                known.gone |= facts.gone;
                if !facts.name.is_empty() {
                    known.name = facts.name;
                }
            }
            _ => {
                self.known.insert(facts.peer, facts);
            }
        }
    }

    /// How Telegram wants this peer to be addressed.
    pub fn input(&self, peer: PeerId) -> Option<tl::enums::InputPeer> {
        Some(match peer.kind {
            PeerKind::User => {
                let access_hash = self.known.get(&peer)?.hash?;
                tl::types::InputPeerUser { user_id: peer.id, access_hash }.into()
            }
            PeerKind::Group => tl::types::InputPeerChat { chat_id: peer.id }.into(),
            PeerKind::Channel => {
                let access_hash = self.known.get(&peer)?.hash?;
                tl::types::InputPeerChannel { channel_id: peer.id, access_hash }.into()
            }
        })
    }

    pub fn input_channel(&self, id: i64) -> Option<tl::enums::InputChannel> {
        let access_hash = self.known.get(&PeerId::channel(id))?.hash?;
        Some(tl::types::InputChannel { channel_id: id, access_hash }.into())
    }
}

fn user(user: &tl::enums::User) -> Option<PeerFacts> {
    let tl::enums::User::User(user) = user else { return None };
    let names = [user.first_name.as_deref(), user.last_name.as_deref()];
    let name = names.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let kind = match user.id {
        _ if user.is_self => ChatType::SavedMessages,
        REPLIES => ChatType::Replies,
        VERIFICATION_CODES => ChatType::VerificationCodes,
        _ if user.bot => ChatType::BotChat,
        _ => ChatType::PersonalChat,
    };
    Some(PeerFacts {
        peer: PeerId::user(user.id),
        name: if user.deleted { String::new() } else { name.trim().to_owned() },
        hash: user.access_hash.filter(|_| !user.min),
        kind,
        contact: user.contact,
        gone: false,
        moved_to: None,
    })
}

fn chat(chat: &tl::enums::Chat) -> Option<PeerFacts> {
    let facts = |peer, name: &str, hash, kind, gone| PeerFacts {
        peer,
        name: name.to_owned(),
        hash,
        kind,
        contact: false,
        gone,
        moved_to: None,
    };
    Some(match chat {
        tl::enums::Chat::Chat(chat) => PeerFacts {
            moved_to: chat.migrated_to.as_ref().and_then(|to| match to {
                tl::enums::InputChannel::Channel(channel) => Some(channel.channel_id),
                _ => None,
            }),
            ..facts(PeerId::group(chat.id), &chat.title, None, ChatType::PrivateGroup, chat.left || chat.deactivated)
        },
        tl::enums::Chat::Forbidden(chat) => facts(PeerId::group(chat.id), &chat.title, None, ChatType::PrivateGroup, true),
        tl::enums::Chat::Channel(channel) => {
            let public = channel.username.is_some() || channel.usernames.as_ref().is_some_and(|names| !names.is_empty());
            let hash = channel.access_hash.filter(|_| !channel.min);
            let kind = channel_kind(channel.broadcast, public);
            facts(PeerId::channel(channel.id), &channel.title, hash, kind, channel.left)
        }
        tl::enums::Chat::ChannelForbidden(channel) => {
            let kind = channel_kind(channel.broadcast, false);
            facts(PeerId::channel(channel.id), &channel.title, Some(channel.access_hash), kind, true)
        }
        _ => return None,
    })
}

fn channel_kind(broadcast: bool, public: bool) -> ChatType {
    match (broadcast, public) {
        (true, true) => ChatType::PublicChannel,
        (true, false) => ChatType::PrivateChannel,
        (false, true) => ChatType::PublicSupergroup,
        (false, false) => ChatType::PrivateSupergroup,
    }
}
