//! One logical message: what was said, every version of it. Where it stands and under which id is the timelines' matter.

use grammers_tl_types::enums;

use super::media::MediaId;
use super::{Chat, Service, Topic, UserId};

/// One message, whatever its ids in the accounts that see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Said(pub(crate) usize);

#[derive(Debug)]
pub(crate) struct Utterance {
    pub(crate) chat: Chat,
    pub(crate) from: UserId,
    pub(crate) date: i64,
    /// Oldest first, never empty.
    pub(crate) versions: Vec<Version>,
    pub(crate) service: Option<Service>,
    pub(crate) reply: Option<Said>,
    pub(crate) topic: Option<Topic>,
    pub(crate) forwarded_from: Option<UserId>,
    pub(crate) grouped: Option<i64>,
    pub(crate) ttl: Option<i32>,
    pub(crate) reactions: Vec<(UserId, String)>,
    pub(crate) pinned: bool,
    pub(crate) silent: bool,
    /// Gone for everybody since.
    pub(crate) deleted: Option<i64>,
}

#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) text: String,
    pub(crate) entities: Vec<enums::MessageEntity>,
    pub(crate) media: Attached,
    pub(crate) at: i64,
    pub(crate) edited: bool,
}

/// What hangs on a message.
#[derive(Clone, Debug, Default)]
pub(crate) enum Attached {
    #[default]
    Nothing,
    File(MediaId),
    /// Destroys itself so many seconds after it is opened.
    Once(MediaId, i32),
    /// Anything else, as TL: a contact, a place, a poll.
    Raw(Box<enums::MessageMedia>),
}

impl Utterance {
    pub(crate) fn latest(&self) -> &Version {
        self.versions.last().expect("a message has a version")
    }
}

impl Attached {
    pub(crate) fn file(&self) -> Option<MediaId> {
        match self {
            Attached::File(id) | Attached::Once(id, _) => Some(*id),
            Attached::Nothing | Attached::Raw(_) => None,
        }
    }
}
