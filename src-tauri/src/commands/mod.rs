//! The window's commands: each takes arguments, asks the engine, maps to a view type. A new command is a function here,
//! a line in `lib.rs` and a name in `permissions/main.toml`.

pub mod accounts;
pub mod background;
pub mod care;
pub mod changes;
pub mod dialogs;
pub mod handover;
pub mod import;
pub mod keep;
pub mod keeping;
pub mod read;
pub mod reports;
pub mod search;
pub mod security;

use letopis_engine::Failure;
use letopis_engine::model::{ChatId, MessageLink};

pub(crate) fn chat_id(text: &str) -> Result<ChatId, Failure> {
    text.parse().map_err(|()| Failure::NotFound)
}

pub(crate) fn link(text: &str) -> Result<MessageLink, Failure> {
    text.parse().map_err(|()| Failure::NotFound)
}

/// Goes on when the access log cannot be written: a full disk or a damaged page of it must not shut the chats.
pub(crate) fn noted(done: Result<(), Failure>) {
    if let Err(error) = done {
        tracing::warn!(%error, "the access log was not written");
    }
}
