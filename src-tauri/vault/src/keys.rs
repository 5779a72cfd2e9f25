//! The master key and what is derived from it. No `Serialize`, no `Display`, wiped when dropped.

use crate::{Error, fill_random, hex, unhex};
use ring::{hkdf, hmac};
use std::fmt;
use std::ops::Deref;
use zeroize::Zeroize;

/// The archive's random name; bound into every slot so that slots of two archives cannot be exchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ArchiveKeyId(pub [u8; 16]);

impl fmt::Display for ArchiveKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl ArchiveKeyId {
    pub fn parse(text: &str) -> Option<Self> {
        unhex(text).map(ArchiveKeyId)
    }
}

/// 32 secret bytes in a place of their own: they are made there, never move, and are wiped there. (A `Zeroizing` array
/// leaves a copy on the stack wherever it is moved.)
#[derive(Clone)]
pub struct Secret32(Box<[u8; 32]>);

impl Secret32 {
    /// # Errors
    /// What `fill` says.
    pub(crate) fn filled<E>(fill: impl FnOnce(&mut [u8; 32]) -> Result<(), E>) -> Result<Self, E> {
        let mut secret = Secret32(Box::new([0; 32]));
        fill(&mut secret.0)?;
        Ok(secret)
    }

    pub(crate) fn random() -> Result<Self, Error> {
        Secret32::filled(|bytes| fill_random(bytes))
    }

    /// `None` when there are not 32.
    pub(crate) fn copied(bytes: &[u8]) -> Option<Self> {
        let mut secret = Secret32(Box::new([0; 32]));
        (bytes.len() == 32).then(|| secret.0.copy_from_slice(bytes))?;
        Some(secret)
    }
}

impl Deref for Secret32 {
    type Target = [u8; 32];
    fn deref(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Drop for Secret32 {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// 32 random bytes from which every other key of the archive comes.
pub struct MasterKey(pub(crate) Secret32);

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey")
    }
}

/// A key for one purpose.
#[derive(Clone)]
pub struct Subkey(Secret32);

impl fmt::Debug for Subkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subkey")
    }
}

impl Subkey {
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
    /// For tests of rooms that take a subkey.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Subkey(Secret32(Box::new(bytes)))
    }
}

/// Who a subkey is for. The label is part of the format: never rename one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Sql,
    Index,
    Blobs,
    /// Drafts and settings beside the archive.
    Sidecar,
    Backup,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Purpose::Sql => b"letopis sql v1",
            Purpose::Index => b"letopis index v1",
            Purpose::Blobs => b"letopis blobs v1",
            Purpose::Sidecar => b"letopis sidecar v1",
            Purpose::Backup => b"letopis backup v1",
        }
    }
}

impl MasterKey {
    pub fn generate() -> Result<Self, Error> {
        Ok(MasterKey(Secret32::random()?))
    }

    /// HKDF-SHA256 (RFC 5869): salt = archive id, info = the purpose's label.
    pub fn subkey(&self, archive: ArchiveKeyId, purpose: Purpose) -> Result<Subkey, Error> {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, &archive.0).extract(&*self.0);
        expand(&prk, &[purpose.label()]).map(Subkey)
    }

    /// HMAC-SHA256 of the key file's lines, under a key that only the master key gives.
    pub(crate) fn file_seal(&self, archive: ArchiveKeyId, lines: &[u8]) -> Result<[u8; 32], Error> {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, &archive.0).extract(&*self.0);
        let key = hmac::Key::new(hmac::HMAC_SHA256, &*expand(&prk, &[b"letopis key file v2"])?);
        hmac::sign(&key, lines).as_ref().try_into().map_err(|_| Error::Crypto("hmac"))
    }
}

struct Len32;
impl hkdf::KeyType for Len32 {
    fn len(&self) -> usize {
        32
    }
}

pub(crate) fn expand(prk: &hkdf::Prk, info: &[&[u8]]) -> Result<Secret32, Error> {
    Secret32::filled(|out| prk.expand(info, Len32).and_then(|okm| okm.fill(out)).map_err(|_| Error::Crypto("hkdf")))
}
