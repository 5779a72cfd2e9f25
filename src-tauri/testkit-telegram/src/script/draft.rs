//! A message about to be sent.

use grammers_tl_types::enums;

use crate::world::media::MediaId;
use crate::world::message::{Attached, Said};
use crate::world::{Topic, UserId};

/// What a person is about to send.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub(crate) text: String,
    pub(crate) entities: Vec<enums::MessageEntity>,
    pub(crate) media: Attached,
    pub(crate) reply: Option<Said>,
    pub(crate) topic: Option<Topic>,
    pub(crate) forwarded_from: Option<UserId>,
    pub(crate) grouped: Option<i64>,
    pub(crate) ttl: Option<i32>,
    pub(crate) silent: bool,
}

impl Draft {
    pub fn text(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    #[must_use]
    pub fn media(self, media: MediaId) -> Self {
        Self { media: Attached::File(media), ..self }
    }

    /// A photo or video that destroys itself so many seconds after it is opened.
    #[must_use]
    pub fn once(self, media: MediaId, seconds: i32) -> Self {
        Self { media: Attached::Once(media, seconds), ..self }
    }

    /// Any other media, as TL: a contact, a place, a poll.
    #[must_use]
    pub fn raw_media(self, media: enums::MessageMedia) -> Self {
        Self { media: Attached::Raw(Box::new(media)), ..self }
    }

    #[must_use]
    pub fn entity(mut self, entity: enums::MessageEntity) -> Self {
        self.entities.push(entity);
        self
    }

    #[must_use]
    pub fn reply(self, to: Said) -> Self {
        Self { reply: Some(to), ..self }
    }

    #[must_use]
    pub fn topic(self, topic: Topic) -> Self {
        Self { topic: Some(topic), ..self }
    }

    #[must_use]
    pub fn forwarded(self, from: UserId) -> Self {
        Self { forwarded_from: Some(from), ..self }
    }

    /// Part of an album.
    #[must_use]
    pub fn group(self, id: i64) -> Self {
        Self { grouped: Some(id), ..self }
    }

    /// Deleted by the server after so many seconds (the script must say when).
    #[must_use]
    pub fn ttl(self, seconds: i32) -> Self {
        Self { ttl: Some(seconds), ..self }
    }

    #[must_use]
    pub fn silent(self) -> Self {
        Self { silent: true, ..self }
    }
}
