//! The key file: one atomically replaced file of slots, each of which holds the master key sealed under another secret.
//! Changing the passphrase rewrites a slot, never the archive. The archive id, slot name and version are authenticated.

use crate::keys::{ArchiveKeyId, MasterKey, expand};
use crate::{Cost, Error, RecoveryKey, hex, random, unhex};
use ring::{aead, hkdf};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

const VERSION: u32 = 1;

/// What opens a slot.
pub enum Opener<'a> {
    Passphrase(&'a str),
    Recovery(&'a RecoveryKey),
}

impl Opener<'_> {
    fn slot(&self) -> &'static str {
        match self {
            Opener::Passphrase(_) => "passphrase",
            Opener::Recovery(_) => "recovery",
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Slot {
    slot: String,
    salt: String,
    /// Absent for the recovery key, which is random already and needs no stretching.
    cost: Option<Cost>,
    nonce: String,
    sealed: String,
}

#[derive(Serialize, Deserialize)]
struct Written {
    format: String,
    version: u32,
    archive: String,
    slots: Vec<Slot>,
}

/// An archive's key file, read or about to be written.
pub struct KeyFile {
    path: PathBuf,
    written: Written,
    archive: ArchiveKeyId,
}

impl KeyFile {
    /// Makes a new master key with a passphrase slot and a recovery slot, and writes the file.
    ///
    /// # Errors
    /// `Io` with `AlreadyExists` when the file is there: a key file is never overwritten by creation.
    pub fn create(path: &Path, passphrase: &str, cost: Cost) -> Result<(Self, MasterKey, RecoveryKey), Error> {
        if path.exists() {
            return Err(Error::Io(std::io::ErrorKind::AlreadyExists.into()));
        }
        let archive = ArchiveKeyId(random()?);
        let master = MasterKey::generate()?;
        let recovery = RecoveryKey::generate()?;
        let slots = vec![
            seal(archive, &Opener::Passphrase(passphrase), Some(cost), &master)?,
            seal(archive, &Opener::Recovery(&recovery), None, &master)?,
        ];
        let written = Written { format: "letopis-keys".into(), version: VERSION, archive: archive.to_string(), slots };
        let file = KeyFile { path: path.to_owned(), written, archive };
        file.save()?;
        Ok((file, master, recovery))
    }

    /// # Errors
    /// `Damaged` when it is not a key file, `Newer` when a later program wrote it, `Io` when it cannot be read.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let damaged = |what| Error::Damaged { path: path.to_owned(), what };
        let bytes = std::fs::read(path)?;
        let written: Written = serde_json::from_slice(&bytes).map_err(|_| damaged("not a key file"))?;
        if written.format != "letopis-keys" {
            return Err(damaged("not a key file"));
        }
        if written.version > VERSION {
            return Err(Error::Newer { found: written.version });
        }
        let archive = ArchiveKeyId::parse(&written.archive).ok_or_else(|| damaged("archive id"))?;
        Ok(KeyFile { path: path.to_owned(), written, archive })
    }

    pub fn archive(&self) -> ArchiveKeyId {
        self.archive
    }

    /// # Errors
    /// `WrongKey` when the secret does not open its slot.
    pub fn open(&self, opener: &Opener<'_>) -> Result<MasterKey, Error> {
        let damaged = |what| Error::Damaged { path: self.path.clone(), what };
        let slot = self.written.slots.iter().find(|s| s.slot == opener.slot()).ok_or(Error::WrongKey)?;
        let salt: [u8; 16] = unhex(&slot.salt).ok_or_else(|| damaged("salt"))?;
        let nonce: [u8; 12] = unhex(&slot.nonce).ok_or_else(|| damaged("nonce"))?;
        let mut sealed = Zeroizing::new(unhex::<48>(&slot.sealed).ok_or_else(|| damaged("sealed key"))?);
        if slot.cost.is_some_and(|c| !c.is_sane()) {
            return Err(damaged("key cost"));
        }
        let key = slot_key(opener, slot.cost, &salt)?;
        let aad = aead::Aad::from(bound(self.archive, &slot.slot));
        let opened =
            key.open_in_place(aead::Nonce::assume_unique_for_key(nonce), aad, sealed.as_mut()).map_err(|_| Error::WrongKey)?;
        let master: [u8; 32] = (&*opened).try_into().map_err(|_| damaged("sealed key"))?;
        Ok(MasterKey(Zeroizing::new(master)))
    }

    /// Seals the master key under a new passphrase and replaces the file; the archive is not touched.
    pub fn set_passphrase(&mut self, master: &MasterKey, passphrase: &str, cost: Cost) -> Result<(), Error> {
        let opener = Opener::Passphrase(passphrase);
        let slot = seal(self.archive, &opener, Some(cost), master)?;
        self.written.slots.retain(|s| s.slot != opener.slot());
        self.written.slots.insert(0, slot);
        self.save()
    }

    fn save(&self) -> Result<(), Error> {
        let json = serde_json::to_vec_pretty(&self.written).map_err(std::io::Error::other)?;
        crate::sealed::replace(&self.path, &json)?;
        Ok(())
    }
}

fn seal(archive: ArchiveKeyId, opener: &Opener<'_>, cost: Option<Cost>, master: &MasterKey) -> Result<Slot, Error> {
    let salt: [u8; 16] = random()?;
    let nonce: [u8; 12] = random()?;
    let key = slot_key(opener, cost, &salt)?;
    let mut sealed = Zeroizing::new(master.0.to_vec());
    let aad = aead::Aad::from(bound(archive, opener.slot()));
    key.seal_in_place_append_tag(aead::Nonce::assume_unique_for_key(nonce), aad, &mut *sealed)
        .map_err(|_| Error::Crypto("seal slot"))?;
    Ok(Slot { slot: opener.slot().into(), salt: hex(&salt), cost, nonce: hex(&nonce), sealed: hex(&sealed) })
}

fn slot_key(opener: &Opener<'_>, cost: Option<Cost>, salt: &[u8; 16]) -> Result<aead::LessSafeKey, Error> {
    let key = match (opener, cost) {
        (Opener::Passphrase(text), Some(cost)) => cost.derive(text.as_bytes(), salt)?,
        (Opener::Passphrase(_), None) => return Err(Error::WrongKey),
        (Opener::Recovery(key), _) => {
            let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(key.0.as_ref());
            expand(&prk, &[b"letopis recovery v1"])?
        }
    };
    let key = aead::UnboundKey::new(&aead::AES_256_GCM, key.as_ref()).map_err(|_| Error::Crypto("slot key"))?;
    Ok(aead::LessSafeKey::new(key))
}

fn bound(archive: ArchiveKeyId, slot: &str) -> Vec<u8> {
    format!("letopis-keys {VERSION} {archive} {slot}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passphrase_and_recovery_key_open_the_same_archive() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys.json");
        let (file, master, recovery) = KeyFile::create(&path, "пароль Анны", Cost::FOR_TESTS).unwrap();
        let again = KeyFile::read(&path).unwrap();
        assert_eq!(again.archive(), file.archive());
        assert_eq!(*again.open(&Opener::Passphrase("пароль Анны")).unwrap().0, *master.0);
        assert_eq!(*again.open(&Opener::Recovery(&recovery)).unwrap().0, *master.0);
        assert!(matches!(again.open(&Opener::Passphrase("пароль Игоря")), Err(Error::WrongKey)));
        assert!(KeyFile::create(&path, "x", Cost::FOR_TESTS).is_err(), "an existing key file is never overwritten");
    }

    #[test]
    fn a_new_passphrase_replaces_the_old_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys.json");
        let (mut file, master, _) = KeyFile::create(&path, "старый", Cost::FOR_TESTS).unwrap();
        file.set_passphrase(&master, "новый", Cost::FOR_TESTS).unwrap();
        let again = KeyFile::read(&path).unwrap();
        assert!(again.open(&Opener::Passphrase("старый")).is_err());
        assert!(again.open(&Opener::Passphrase("новый")).is_ok());
    }

    #[test]
    fn slots_of_two_archives_cannot_be_exchanged() {
        let dir = tempfile::tempdir().unwrap();
        let (mut a, _, _) = KeyFile::create(&dir.path().join("a"), "один", Cost::FOR_TESTS).unwrap();
        let (b, _, _) = KeyFile::create(&dir.path().join("b"), "один", Cost::FOR_TESTS).unwrap();
        a.written.slots = b.written.slots;
        assert!(matches!(a.open(&Opener::Passphrase("один")), Err(Error::WrongKey)));
    }

    #[test]
    fn a_newer_or_foreign_file_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys.json");
        std::fs::write(&path, r#"{"format":"letopis-keys","version":9,"archive":"","slots":[]}"#).unwrap();
        assert!(matches!(KeyFile::read(&path), Err(Error::Newer { found: 9 })));
        std::fs::write(&path, "{}").unwrap();
        assert!(matches!(KeyFile::read(&path), Err(Error::Damaged { .. })));
    }
}
