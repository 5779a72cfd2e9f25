//! Keys and sealed files. A passphrase or a recovery key opens a slot; a slot holds the random master key; subkeys are
//! derived from the master key for each room. Nothing here knows what is stored, logs anything, or asks for the time.

pub mod blobs;
mod cost;
mod keys;
mod recovery;
pub mod sealed;
mod slots;
pub mod stream;

pub use cost::Cost;
pub use keys::{ArchiveKeyId, MasterKey, Purpose, Subkey};
pub use recovery::RecoveryKey;
pub use slots::{KeyFile, Opener};

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the passphrase or recovery key does not fit")]
    WrongKey,
    #[error("the recovery key has a typing error")]
    MistypedRecoveryKey,
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
    use ring::rand::SecureRandom;
    let mut bytes = [0u8; N];
    ring::rand::SystemRandom::new().fill(&mut bytes).map_err(|_| Error::Crypto("no randomness"))?;
    Ok(bytes)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

pub(crate) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    data_encoding::HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok()
}
