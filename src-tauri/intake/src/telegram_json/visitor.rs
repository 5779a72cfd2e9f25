//! What a walk over an export calls. Everything is handed over undecoded.

use super::place::Place;
use crate::Reason;
use std::ops::ControlFlow;

/// Fields of a chat beside its messages; they may stand after the messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Header {
    Name,
    Type,
    Id,
}

/// Chats are numbered in the order of the file, the same in every walk: 0 is the root itself, lists start at 1.
pub(super) trait Visitor {
    /// `personal_information`, undecoded.
    fn personal(&mut self, raw: &[u8]);
    /// `contacts`, undecoded.
    fn contacts(&mut self, raw: &[u8]);
    /// Some other section that only an export of an account has.
    fn section(&mut self);
    fn header(&mut self, chat: usize, field: Header, raw: &[u8]);
    fn chat(&mut self, chat: usize, place: &Place) -> ControlFlow<()>;
    fn message(&mut self, place: &Place, raw: &[u8]) -> ControlFlow<()>;
    fn problem(&mut self, place: &Place, why: Reason);
    fn progress(&mut self, read: u64) -> ControlFlow<()>;
}
