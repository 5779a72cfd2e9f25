//! Telegram over MTProto, read only. The only room that knows grammers: connections, login, the receive loop, history and
//! media, and the translation of Telegram's objects into `Change`s. It never writes to a disk (a [`Store`] keeps what must
//! survive), never sends, marks or changes anything in an account ([`api`] refuses every method that is not on its list),
//! and never decides what is kept: scope, consent and the archive are the engine's.
//!
//! Why not the whole of grammers: its update stream loses messages silently in ways that an archive cannot allow
//! (a difference that is too long, a channel position overwritten before it was used), and it panics on odd data. Our
//! changes may arrive in any order and twice, so [`Boxes`] can be simple: everything received is passed on at once, and
//! only the *position* waits until the way to it has no hole.

mod account;
mod api;
mod boxes;
mod dialogs;
mod download;
mod error;
mod exchange;
mod history;
mod limiter;
mod login;
mod methods;
mod pulse;
mod receive;
mod server_key;
mod session;
mod short;
mod takeout;
mod time;
mod translate;

pub use account::{Account, Now, Tuning};
pub use api::WAITING_UPDATES;
pub use boxes::{Boxes, Key, Position};
pub use dialogs::{Dialog, Dialogs, Folder, is_private};
pub use download::{FileRef, PIECE, Piece};
pub use error::{Error, Trouble};
pub use history::{Found, PAGE, Page};
pub use login::{CodeSent, CodeWay, Login, LoginStep, Owner, QrCode};
pub use methods::{BY_THE_CONNECTION, METHODS};
pub use receive::{Batch, Blind, Deleted, Feed, News, Wanted, Why};
pub use server_key::ServerKey;
pub use session::{Dc, SessionData, Store};
pub use translate::{PeerFacts, Peers, Seen};

/// Who asks Telegram: the user's own application id, never ours.
#[derive(Clone)]
pub struct Application {
    pub api_id: i32,
    pub api_hash: String,
    /// `socks5://user:password@host:port`
    pub proxy: Option<String>,
    pub language: &'static str,
}
