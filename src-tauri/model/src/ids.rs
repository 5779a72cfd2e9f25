//! Ids. Telegram's users, basic groups and channels share one number space, so a bare number never travels alone.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Telegram's user id of the manager whose account a chat was seen from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AccountId(pub i64);

/// What a bare peer number means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PeerKind {
    User,
    Group,
    Channel,
}

impl PeerKind {
    pub const ALL: [PeerKind; 3] = [PeerKind::User, PeerKind::Group, PeerKind::Channel];

    pub fn name(self) -> &'static str {
        match self {
            PeerKind::User => "user",
            PeerKind::Group => "group",
            PeerKind::Channel => "channel",
        }
    }
}

/// A user, basic group or channel; written `user:123`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PeerId {
    pub kind: PeerKind,
    pub id: i64,
}

impl PeerId {
    pub fn user(id: i64) -> Self {
        PeerId { kind: PeerKind::User, id }
    }
    pub fn group(id: i64) -> Self {
        PeerId { kind: PeerKind::Group, id }
    }
    pub fn channel(id: i64) -> Self {
        PeerId { kind: PeerKind::Channel, id }
    }
}

impl fmt::Display for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.name(), self.id)
    }
}

impl FromStr for PeerId {
    type Err = ();
    fn from_str(s: &str) -> Result<Self, ()> {
        let (kind, id) = s.split_once(':').ok_or(())?;
        let kind = PeerKind::ALL.into_iter().find(|k| k.name() == kind).ok_or(())?;
        Ok(PeerId { kind, id: id.parse().map_err(|_| ())? })
    }
}

/// A chat as the archive knows it. Users and basic groups belong to an account; channels and supergroups are shared
/// by all accounts, so their account is always `None`. Written `4001.user:123`, or `user:123` without an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ChatId {
    account: Option<AccountId>,
    peer: PeerId,
}

impl ChatId {
    /// `account` is what saw the chat, if known; it is dropped for channels, which are shared.
    pub fn new(account: Option<AccountId>, peer: PeerId) -> Self {
        let account = match peer.kind {
            PeerKind::Channel => None,
            PeerKind::User | PeerKind::Group => account,
        };
        ChatId { account, peer }
    }
    pub fn account(&self) -> Option<AccountId> {
        self.account
    }
    pub fn peer(&self) -> PeerId {
        self.peer
    }
}

impl fmt::Display for ChatId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.account {
            Some(AccountId(account)) => write!(f, "{account}.{}", self.peer),
            None => write!(f, "{}", self.peer),
        }
    }
}

impl FromStr for ChatId {
    type Err = ();
    fn from_str(s: &str) -> Result<Self, ()> {
        match s.split_once('.') {
            Some((account, peer)) => {
                let account = AccountId(account.parse().map_err(|_| ())?);
                Ok(ChatId::new(Some(account), peer.parse()?))
            }
            None => Ok(ChatId::new(None, s.parse()?)),
        }
    }
}

/// Telegram's id of a message in its chat. Negative for the history of a basic group merged into a supergroup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MessageId(pub i64);

/// The app's stable link to a message; it survives edits and deletion. Written `letopis:4001.user:123/45`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MessageLink {
    pub chat: ChatId,
    pub message: MessageId,
}

impl MessageLink {
    const SCHEME: &str = "letopis:";

    pub fn new(chat: ChatId, message: MessageId) -> Self {
        MessageLink { chat, message }
    }
}

impl fmt::Display for MessageLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}/{}", Self::SCHEME, self.chat, self.message.0)
    }
}

impl FromStr for MessageLink {
    type Err = ();
    fn from_str(s: &str) -> Result<Self, ()> {
        let (chat, message) = s.strip_prefix(Self::SCHEME).unwrap_or(s).split_once('/').ok_or(())?;
        Ok(MessageLink { chat: chat.parse()?, message: MessageId(message.parse().map_err(|_| ())?) })
    }
}

/// The number of a version in the order in which the archive took it; starts at 1, has no holes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Seq(pub u64);

/// Seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Timestamp(pub i64);

impl Timestamp {
    pub fn plus(self, seconds: i64) -> Self {
        Timestamp(self.0.saturating_add(seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_survive_writing_and_reading() {
        let chat = ChatId::new(Some(AccountId(4001)), PeerId::user(77));
        let link = MessageLink::new(chat, MessageId(-999_997_039));
        assert_eq!(link.to_string(), "letopis:4001.user:77/-999997039");
        assert_eq!(link.to_string().parse(), Ok(link));
        assert_eq!("channel:5".parse(), Ok(ChatId::new(None, PeerId::channel(5))));
        for bad in ["", "user:", ":1", "user:x", "4001.", "x.user:1", "letopis:/1", "letopis:user:1/"] {
            assert_eq!(bad.parse::<MessageLink>(), Err(()), "{bad}");
        }
    }

    #[test]
    fn channels_are_shared_by_accounts() {
        assert_eq!(ChatId::new(Some(AccountId(1)), PeerId::channel(5)), ChatId::new(None, PeerId::channel(5)));
    }
}
