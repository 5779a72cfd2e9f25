//! What the first pass over a chat learns: what it is called, who writes in it, and what it can be known again by.

use super::date;
use super::message::{self, Context, Mapped, Running};
use super::page::Raw;
use crate::acquaintance::{Beginning, Sampler};
use letopis_model::{MessageKind, Sighting};
use std::collections::BTreeSet;

/// What the first pass learns of a chat.
#[derive(Default)]
pub(super) struct Facts {
    pub title: Option<String>,
    pub beginning: Option<Beginning>,
    /// At most three different ones: more than two people are no chat of two.
    pub names: BTreeSet<String>,
    pub is_group: bool,
    pub sampler: Sampler,
}

impl Facts {
    pub fn note(&mut self, raw: Raw, context: &Context<'_>, running: &mut Running) {
        let is_service = raw.is_service;
        let at = raw.date.as_deref().and_then(date::written).map(|(at, _)| at);
        let Ok(Mapped::Message { sighting, .. }) = message::map(raw, context, running) else { return };
        let Sighting { message, sent_at, sender_name, content, .. } = *sighting;
        if is_service {
            self.is_group |= content.service.is_some_and(|s| is_of_groups(&s.action));
            return;
        }
        if content.kind != MessageKind::Service {
            self.beginning.get_or_insert_with(|| Beginning::new(message, at, &content.text));
            self.sampler.offer(message, sent_at, &content.text);
        }
        if self.names.len() < 3 {
            self.names.extend(sender_name);
        }
    }
}

/// Not done in a chat of two.
fn is_of_groups(action: &str) -> bool {
    let words = ["group", "members", "topic", "channel", "migrate", "voice_chat"];
    words.iter().any(|word| action.contains(word))
}
