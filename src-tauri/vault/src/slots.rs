//! One slot: the master key sealed under one secret, as one line of the key file. The version, archive id, slot name and
//! cost are authenticated with it; a plain check tells a changed byte from a wrong passphrase.

use crate::keys::{ArchiveKeyId, MasterKey, expand};
use crate::{Cost, Error, RecoveryKey, Secret32, hex, random, unhex};
use ring::{aead, digest, hkdf};
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroizing;

/// The version that is written. Version 1 was one JSON object without checks; its slots are still opened.
pub(crate) const VERSION: u32 = 2;

/// The ways to the master key. The names are part of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SlotKind {
    Passphrase,
    Recovery,
    /// A random secret that the operating system's keyring keeps.
    Keyring,
    /// While the master key is being changed: the old one, sealed under the new one.
    Previous,
}

impl SlotKind {
    pub const ALL: [SlotKind; 4] = [SlotKind::Passphrase, SlotKind::Recovery, SlotKind::Keyring, SlotKind::Previous];

    pub fn name(self) -> &'static str {
        match self {
            SlotKind::Passphrase => "passphrase",
            SlotKind::Recovery => "recovery",
            SlotKind::Keyring => "keyring",
            SlotKind::Previous => "previous",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        SlotKind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What the operating system's keyring keeps for one archive: a secret, and the id under which it is found. A new slot
/// has a new id, so that neither the file nor the keyring ever holds a half of a change.
pub struct KeyringSecret {
    pub(crate) id: [u8; 16],
    secret: Secret32,
}

impl fmt::Debug for KeyringSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyringSecret")
    }
}

impl KeyringSecret {
    pub fn generate() -> Result<Self, Error> {
        Ok(KeyringSecret { id: random()?, secret: Secret32::random()? })
    }

    /// From what the keyring gave back; `None` when it is not such a secret.
    pub fn restore(id: &str, secret: &[u8]) -> Option<Self> {
        Some(KeyringSecret { id: unhex(id)?, secret: Secret32::copied(secret)? })
    }

    pub fn id(&self) -> String {
        hex(&self.id)
    }

    pub fn bytes(&self) -> &[u8; 32] {
        &self.secret
    }
}

/// What opens a slot.
pub enum Opener<'a> {
    Passphrase(&'a str),
    Recovery(&'a RecoveryKey),
    Keyring(&'a KeyringSecret),
}

impl Opener<'_> {
    pub fn kind(&self) -> SlotKind {
        Sealer::from(self).kind()
    }
}

/// What a slot is sealed under: an opener, or the new master key over the old one.
#[derive(Clone, Copy)]
pub(crate) enum Sealer<'a> {
    Passphrase(&'a str, Option<Cost>),
    Recovery(&'a RecoveryKey),
    Keyring(&'a KeyringSecret),
    Next(&'a MasterKey),
}

impl<'a> From<&'a Opener<'a>> for Sealer<'a> {
    fn from(opener: &'a Opener<'a>) -> Self {
        match opener {
            Opener::Passphrase(text) => Sealer::Passphrase(text, None),
            Opener::Recovery(key) => Sealer::Recovery(key),
            Opener::Keyring(secret) => Sealer::Keyring(secret),
        }
    }
}

impl Sealer<'_> {
    pub(crate) fn kind(&self) -> SlotKind {
        match self {
            Sealer::Passphrase(..) => SlotKind::Passphrase,
            Sealer::Recovery(_) => SlotKind::Recovery,
            Sealer::Keyring(_) => SlotKind::Keyring,
            Sealer::Next(_) => SlotKind::Previous,
        }
    }

    /// Only a passphrase is stretched: the other secrets are random already.
    fn key(&self, salt: &[u8; 16]) -> Result<aead::LessSafeKey, Error> {
        let random = |secret: &[u8], label: &[u8]| expand(&hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(secret), &[label]);
        let key = match self {
            Sealer::Passphrase(text, Some(cost)) => cost.derive(text.as_bytes(), salt)?,
            Sealer::Passphrase(_, None) => return Err(Error::Crypto("a passphrase slot without a cost")),
            Sealer::Recovery(key) => random(&*key.0, b"letopis recovery v1")?,
            Sealer::Keyring(secret) => random(&*secret.secret, b"letopis keyring v1")?,
            Sealer::Next(master) => random(&*master.0, b"letopis previous v1")?,
        };
        let key = aead::UnboundKey::new(&aead::AES_256_GCM, &*key).map_err(|_| Error::Crypto("slot key"))?;
        Ok(aead::LessSafeKey::new(key))
    }
}

/// One line of the key file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Slot {
    /// The version of the format in which this slot was sealed.
    #[serde(rename = "letopis-keys")]
    pub version: u32,
    pub archive: String,
    pub slot: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    pub salt: String,
    pub nonce: String,
    pub sealed: String,
    #[serde(default)]
    pub check: String,
}

impl Slot {
    pub(crate) fn seal(archive: ArchiveKeyId, sealer: Sealer<'_>, master: &MasterKey) -> Result<Self, Error> {
        let salt: [u8; 16] = match sealer {
            Sealer::Keyring(secret) => secret.id,
            Sealer::Passphrase(..) | Sealer::Recovery(_) | Sealer::Next(_) => random()?,
        };
        let nonce: [u8; 12] = random()?;
        let cost = match sealer {
            Sealer::Passphrase(_, cost) => cost,
            Sealer::Recovery(_) | Sealer::Keyring(_) | Sealer::Next(_) => None,
        };
        let mut slot = Slot {
            version: VERSION,
            archive: archive.to_string(),
            slot: sealer.kind().name().into(),
            cost,
            salt: hex(&salt),
            nonce: hex(&nonce),
            sealed: String::new(),
            check: String::new(),
        };
        // Long enough for the tag: a buffer that grows leaves its old bytes.
        let mut sealed = Zeroizing::new(Vec::with_capacity(48));
        sealed.extend_from_slice(&*master.0);
        sealer
            .key(&salt)?
            .seal_in_place_append_tag(
                aead::Nonce::assume_unique_for_key(nonce),
                aead::Aad::from(slot.bound(archive)),
                &mut *sealed,
            )
            .map_err(|_| Error::Crypto("seal slot"))?;
        slot.sealed = hex(&sealed);
        slot.check = check_of(&slot.unchecked()?);
        Ok(slot)
    }

    /// `archive` is the file's: a slot of another archive does not fit, whatever it says of itself.
    pub(crate) fn open(&self, archive: ArchiveKeyId, sealer: Sealer<'_>) -> Result<MasterKey, Error> {
        let malformed = || Error::Crypto("a slot in an unknown form");
        let salt: [u8; 16] = unhex(&self.salt).ok_or_else(malformed)?;
        let nonce: [u8; 12] = unhex(&self.nonce).ok_or_else(malformed)?;
        let mut sealed = Zeroizing::new(unhex::<48>(&self.sealed).ok_or_else(malformed)?);
        let sealer = match sealer {
            Sealer::Passphrase(text, _) => Sealer::Passphrase(text, self.cost),
            Sealer::Recovery(_) | Sealer::Keyring(_) | Sealer::Next(_) => sealer,
        };
        let opened = sealer
            .key(&salt)?
            .open_in_place(aead::Nonce::assume_unique_for_key(nonce), aead::Aad::from(self.bound(archive)), sealed.as_mut())
            .map_err(|_| Error::WrongKey)?;
        Secret32::copied(opened).map(MasterKey).ok_or_else(malformed)
    }

    pub(crate) fn kind(&self) -> Option<SlotKind> {
        SlotKind::from_name(&self.slot)
    }

    /// Whether the line is one that a program wrote and nothing changed since. Slots of version 1 have no check of their
    /// own until the file is written anew.
    pub(crate) fn is_intact(&self) -> bool {
        let is_known = self.kind().is_some() && (1..=VERSION).contains(&self.version);
        let has_form = unhex::<16>(&self.salt).is_some()
            && unhex::<12>(&self.nonce).is_some()
            && unhex::<48>(&self.sealed).is_some()
            && self.cost.is_none_or(Cost::is_sane)
            && self.cost.is_some() == (self.kind() == Some(SlotKind::Passphrase));
        is_known && has_form && self.unchecked().is_ok_and(|line| check_of(&line) == self.check)
    }

    /// A slot of a file of version 1, which had no checks.
    pub(crate) fn adopted(mut self) -> Result<Self, Error> {
        self.check = check_of(&self.unchecked()?);
        Ok(self)
    }

    fn unchecked(&self) -> Result<String, Error> {
        line(&Slot { check: String::new(), ..self.clone() })
    }

    fn bound(&self, archive: ArchiveKeyId) -> Vec<u8> {
        let Slot { version, slot, cost, .. } = self;
        let cost = match cost {
            Some(cost) if *version > 1 => format!(" {} {}", cost.memory, cost.passes),
            _ => String::new(),
        };
        format!("letopis-keys {version} {archive} {slot}{cost}").into_bytes()
    }
}

/// The one way in which a line is written.
pub(crate) fn line(value: &impl Serialize) -> Result<String, Error> {
    Ok(serde_json::to_string(value).map_err(std::io::Error::other)?)
}

/// 64 bits of SHA-256: against accidents. Against people stands the seal at the end of the file.
pub(crate) fn check_of(line: &str) -> String {
    hex(digest::digest(&digest::SHA256, line.as_bytes()).as_ref().get(..8).unwrap_or_default())
}
