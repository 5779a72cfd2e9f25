//! The content hash: SHA-256 over what a reader sees. Fields that differ between exporting programs of different age
//! (paths, sizes, buttons, reactions) stay out, or the same message would look edited.

use letopis_model::{Content, EntityKind, MessageKind};
use sha2::{Digest, Sha256};

pub fn content_hash(content: &Content) -> [u8; 32] {
    let targets = content.entities.iter().filter(|e| e.kind == EntityKind::TextLink).filter_map(|e| e.value.as_deref());
    let action = content.service.as_ref().map_or("", |s| s.action.as_str());
    let emoji = match content.kind {
        MessageKind::Sticker => content.media.as_ref().and_then(|m| m.emoji.as_deref()).unwrap_or(""),
        _ => "",
    };
    let mut sha = Sha256::new();
    for field in [content.kind.name(), content.text.as_str(), action, emoji].into_iter().chain(targets) {
        sha.update((field.len() as u64).to_le_bytes());
        sha.update(field.as_bytes());
    }
    sha.finalize().into()
}
