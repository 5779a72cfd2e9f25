//! The master key and what is derived from it. No `Serialize`, no `Display`, wiped when dropped.

use crate::{Error, hex, random, unhex};
use ring::hkdf;
use std::fmt;
use zeroize::Zeroizing;

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

/// 32 random bytes from which every other key of the archive comes.
pub struct MasterKey(pub(crate) Zeroizing<[u8; 32]>);

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey")
    }
}

/// A key for one purpose.
#[derive(Clone)]
pub struct Subkey(Zeroizing<[u8; 32]>);

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
        Subkey(Zeroizing::new(bytes))
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
        Ok(MasterKey(Zeroizing::new(random()?)))
    }

    /// HKDF-SHA256 (RFC 5869): salt = archive id, info = the purpose's label.
    pub fn subkey(&self, archive: ArchiveKeyId, purpose: Purpose) -> Result<Subkey, Error> {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, &archive.0).extract(self.0.as_ref());
        expand(&prk, &[purpose.label()]).map(Subkey)
    }
}

struct Len32;
impl hkdf::KeyType for Len32 {
    fn len(&self) -> usize {
        32
    }
}

pub(crate) fn expand(prk: &hkdf::Prk, info: &[&[u8]]) -> Result<Zeroizing<[u8; 32]>, Error> {
    let mut out = Zeroizing::new([0u8; 32]);
    prk.expand(info, Len32).and_then(|okm| okm.fill(out.as_mut())).map_err(|_| Error::Crypto("hkdf"))?;
    Ok(out)
}
