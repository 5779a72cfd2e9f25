//! Keys and sealed files. A passphrase or a recovery key opens a slot; a slot holds the random master key; subkeys are
//! derived from the master key for each room. Nothing here knows what is stored, logs anything, or asks for the time.

pub mod blobs;
mod cost;
mod keyfile;
mod keys;
pub mod pages;
mod recovery;
pub mod sealed;
mod slots;
pub mod stream;

pub use cost::Cost;
pub use keyfile::{KeyDamage, KeyFile};
pub use keys::{ArchiveKeyId, MasterKey, Purpose, Secret32, Subkey};
pub use recovery::RecoveryKey;
pub use slots::{KeyringSecret, Opener, SlotKind};

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the passphrase or recovery key does not fit")]
    WrongKey,
    #[error("the recovery key has a typing error")]
    MistypedRecoveryKey,
    #[error("the {0:?} slot of the key file was changed and opens no more")]
    LostSlot(SlotKind),
    #[error("the key file has no {0:?} slot")]
    NoSlot(SlotKind),
    #[error("an earlier change of the master key is not finished")]
    Unfinished,
    #[error("{path}: {what}")]
    Damaged { path: PathBuf, what: &'static str },
    #[error("key file version {found} is newer than this program")]
    Newer { found: u32 },
    #[error("cryptography refused: {0}")]
    Crypto(&'static str),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Fills an array with the operating system's randomness.
///
/// # Errors
/// When the operating system gives none.
pub fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0u8; N];
    fill_random(&mut bytes)?;
    Ok(bytes)
}

pub(crate) fn fill_random(bytes: &mut [u8]) -> Result<(), Error> {
    use ring::rand::SecureRandom;
    ring::rand::SystemRandom::new().fill(bytes).map_err(|_| Error::Crypto("no randomness"))
}

/// Hexadecimal digits, lower case.
pub fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

/// What [`hex`] wrote, of this very length; upper case is not ours.
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    data_encoding::HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok()
}
