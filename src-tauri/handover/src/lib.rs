//! The handover pack: 1–3 months of a manager's chats for a newcomer, as one HTML file that opens in any browser with a
//! passphrase and nothing else. It never asks the network, never keeps the passphrase, knows no clock and no disk:
//! the caller gives a [`Pack`] and a writer.
//!
//! The file is an [age](https://age-encryption.org/v1) file with a passphrase, armoured, inside a page that can read
//! it. age and not a format of our own: the pack must open in ten years with a tool that others keep, when neither
//! this program nor its viewer runs. The page says how. A pack as a ZIP with a password was refused (names and sizes
//! stay in clear, and the common cipher of ZIP is broken), so was a web service (a third party would hold the chats).
//!
//! What the page cannot do is vouch for itself: the content policy stops a viewer that was damaged, not a forger who
//! rewrites the page whole and asks for the passphrase. Who doubts the file opens it with the age tool.

mod open;
mod pack;
mod page;
mod passphrase;
mod seal;
#[cfg(test)]
mod tests;
mod viewer;

pub use age::secrecy::SecretString;
pub use open::open;
pub use pack::{Client, Deleted, Gap, Lang, Media, Message, Pack, Person, Promise, PromiseState, Quote, Service, Side, Version};
pub use passphrase::MIN_PASSPHRASE_CHARS;
pub use seal::{Sealed, seal};
pub use viewer::Viewer;

/// log2 of scrypt's N: about a second and 256 MB, in a browser too. Fixed, because the age crate otherwise measures the
/// machine that writes, and the browser that reads is several times slower.
const WORK_FACTOR: u8 = 18;

/// Why a pack was not written or not opened; a variant for each thing the caller tells the user differently.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the passphrase does not open this pack")]
    WrongPassphrase,
    #[error("the pack was changed or damaged after it was written")]
    Damaged,
    /// Also a pack of a later format than [`Pack::FORMAT`].
    #[error("this is not a handover pack that this version reads")]
    NotAPack,
    /// Fewer than [`MIN_PASSPHRASE_CHARS`].
    #[error("the passphrase is too short to protect a pack")]
    WeakPassphrase,
    #[error("writing the pack was cancelled")]
    Cancelled,
    #[error("the pack could not be written")]
    Io(#[from] std::io::Error),
}
