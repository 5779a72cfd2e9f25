//! Files that messages may carry.

use crate::telegram::Telegram;
use crate::world::media::{Media, MediaId, MediaKind};

impl Telegram {
    fn add_media(&self, kind: MediaKind, bytes: &[u8], dc: i32) -> MediaId {
        self.with_state(|state| {
            let date = state.now();
            state.world.media.push(Media { kind, bytes: bytes.to_vec(), dc, date });
            MediaId(state.world.media.len() - 1)
        })
    }

    /// A document in this data centre.
    pub fn file(&self, name: &str, mime: &str, bytes: &[u8], dc: i32) -> MediaId {
        self.add_media(MediaKind::File { name: name.to_owned(), mime: mime.to_owned() }, bytes, dc)
    }

    pub fn photo(&self, bytes: &[u8], dc: i32) -> MediaId {
        self.add_media(MediaKind::Photo, bytes, dc)
    }

    pub fn voice(&self, bytes: &[u8], seconds: i32, dc: i32) -> MediaId {
        self.add_media(MediaKind::Voice { seconds }, bytes, dc)
    }

    pub fn video_note(&self, bytes: &[u8], seconds: i32, dc: i32) -> MediaId {
        self.add_media(MediaKind::RoundVideo { seconds }, bytes, dc)
    }

    pub fn video(&self, bytes: &[u8], seconds: i32, dc: i32) -> MediaId {
        self.add_media(MediaKind::Video { seconds }, bytes, dc)
    }

    pub fn sticker(&self, emoji: &str, bytes: &[u8], dc: i32) -> MediaId {
        self.add_media(MediaKind::Sticker { emoji: emoji.to_owned() }, bytes, dc)
    }

    pub fn bytes_of(&self, media: MediaId) -> Vec<u8> {
        self.look(|state| state.world.media[media.0].bytes.clone())
    }

    /// Every file reference given out until now is expired; a message asked for anew brings a fresh one.
    pub fn expire_references(&self) {
        self.with_state(|state| state.world.reference_epoch += 1);
    }
}
