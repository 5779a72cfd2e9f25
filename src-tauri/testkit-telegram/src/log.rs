//! Every RPC the server received, in order, with what it answered. Tests prove silence by it.

use crate::world::UserId;

/// One RPC as received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rpc {
    /// The TL name (`messages.getHistory`), or `unknown`.
    pub method: String,
    /// The constructor id.
    pub id: u32,
    /// Who was signed in with that key, if anybody.
    pub account: Option<UserId>,
    pub dc: i32,
    /// Unix seconds of the server's clock.
    pub at: i64,
    /// Wrapped in `invokeWithTakeout`.
    pub takeout: bool,
    pub answer: Answer,
}

/// What went back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Ok,
    Error(i32, String),
    /// Nothing: a fault kept the answer back or cut the link.
    Silent,
}
