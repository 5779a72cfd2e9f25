//! Live capture against a Telegram server of our own over real TCP: sign-in, listening, trouble, and what the archive holds
//! in the end. What the server showed is compared with what was kept, message by message.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

mod asked;
mod deletions;
mod files;
mod login;
mod play;
mod scope;
mod stage;
mod storm;
mod stranger;
mod sweep;
mod talk;
mod trouble;
mod witnesses;
