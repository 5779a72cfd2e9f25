//! The words every other room speaks: ids, messages, changes. No clock, no disk, no network, no error type:
//! what cannot be said in these types cannot enter the archive.

mod change;
mod ids;
mod message;

pub use change::{Change, Coverage, CoverageState, DeletionCause, KeptMedia, Sighting, Source};
pub use ids::{AccountId, ChatId, MessageId, MessageLink, PeerId, PeerKind, Seq, Timestamp};
pub use message::{
    ChatType, Content, Deletion, Direction, Entity, EntityKind, Media, Message, MessageKind, Reaction, ReplyTo, Service,
};
