//! The window's commands: each takes arguments, asks the engine, maps to a view type. A new command is a function here,
//! a line in `lib.rs` and a name in `permissions/main.toml`.

pub mod accounts;
pub mod dialogs;
pub mod handover;
pub mod import;
pub mod keep;
pub mod read;
pub mod reports;
pub mod search;

use letopis_engine::Failure;
use letopis_engine::model::{ChatId, MessageLink};

pub(crate) fn chat_id(text: &str) -> Result<ChatId, Failure> {
    text.parse().map_err(|()| Failure::NotFound)
}

pub(crate) fn link(text: &str) -> Result<MessageLink, Failure> {
    text.parse().map_err(|()| Failure::NotFound)
}
