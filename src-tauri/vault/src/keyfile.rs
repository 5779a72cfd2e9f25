//! The key file: one atomically replaced file of slots, each of which holds the master key sealed under another secret.
//! Changing the passphrase rewrites a slot, never the archive.
//!
//! ```text
//! {"letopis-keys":2,"archive":…,"slot":"passphrase","cost":{…},"salt":…,"nonce":…,"sealed":…,"check":…}
//! {"letopis-keys":2,"archive":…,"slot":"recovery","salt":…,"nonce":…,"sealed":…,"check":…}
//! {"letopis-keys":2,"archive":…,"slots":["passphrase","recovery"],"seal":…,"check":…}
//! ```
//! Each line stands for itself: a changed byte spoils its line only, the check names it, and the other slots still open.
//! The seal is an HMAC of all lines under a key of the master key: a line that somebody put back or took away is noticed
//! at the next opening. A whole older file put back is not: who needs that keeps a newer head elsewhere.

use crate::keys::{ArchiveKeyId, MasterKey};
use crate::slots::{Sealer, Slot, VERSION, check_of, line};
use crate::{Cost, Error, KeyringSecret, Opener, RecoveryKey, SlotKind, hex, random};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// How every line begins; a line whose ending was changed does not spoil the next one.
const LINE: &[u8] = b"{\"letopis-keys\":";

/// The last line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Closing {
    #[serde(rename = "letopis-keys")]
    version: u32,
    archive: String,
    slots: Vec<String>,
    seal: String,
    check: String,
}

/// A file of version 1.
#[derive(Deserialize)]
struct First {
    format: String,
    version: u32,
    archive: String,
    slots: Vec<FirstSlot>,
}

#[derive(Deserialize)]
struct FirstSlot {
    slot: String,
    cost: Option<Cost>,
    salt: String,
    nonce: String,
    sealed: String,
}

/// What is wrong with a key file that still opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyDamage {
    /// A byte of this slot was changed; the secret that opened it no longer does.
    Slot(SlotKind),
    /// The last line was changed, or bytes between the lines were.
    File,
    /// The lines are whole, but not those that this archive's owner wrote.
    Foreign,
}

/// An archive's key file, read or about to be written.
#[derive(Debug)]
pub struct KeyFile {
    path: PathBuf,
    archive: ArchiveKeyId,
    slots: Vec<Slot>,
    /// Slots whose lines cannot be read any more.
    lost: Vec<SlotKind>,
    closing: Option<Closing>,
    /// The bytes are not those that a program writes.
    is_rough: bool,
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
            Slot::seal(archive, Sealer::Passphrase(passphrase, Some(cost)), &master)?,
            Slot::seal(archive, Sealer::Recovery(&recovery), &master)?,
        ];
        let mut file = KeyFile { path: path.to_owned(), archive, slots, lost: Vec::new(), closing: None, is_rough: false };
        file.save(&master)?;
        Ok((file, master, recovery))
    }

    /// # Errors
    /// `Damaged` when no line of it can be read, `Newer` when a later program wrote it, `Io` when it cannot be read.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let bytes = std::fs::read(path)?;
        match serde_json::from_slice::<First>(&bytes) {
            Ok(first) if first.format == "letopis-keys" => KeyFile::from_first(path, first),
            _ => KeyFile::from_lines(path, &bytes),
        }
    }

    fn from_first(path: &Path, first: First) -> Result<Self, Error> {
        if first.version > 1 {
            return Err(Error::Newer { found: first.version });
        }
        let archive = ArchiveKeyId::parse(&first.archive);
        let archive = archive.ok_or_else(|| Error::Damaged { path: path.to_owned(), what: "archive id" })?;
        let adopt = |old: FirstSlot| {
            let FirstSlot { slot, cost, salt, nonce, sealed } = old;
            let archive = first.archive.clone();
            Slot { version: 1, archive, slot, cost, salt, nonce, sealed, check: String::new() }.adopted()
        };
        let slots: Vec<Slot> = first.slots.into_iter().map(adopt).collect::<Result<_, _>>()?;
        let (slots, broken): (Vec<_>, Vec<_>) = slots.into_iter().partition(Slot::is_intact);
        let lost = broken.iter().filter_map(Slot::kind).collect();
        Ok(KeyFile { path: path.to_owned(), archive, slots, lost, closing: None, is_rough: first.version != 1 })
    }

    fn from_lines(path: &Path, bytes: &[u8]) -> Result<Self, Error> {
        let lines = pieces(bytes);
        let found: Vec<Slot> = lines.iter().filter_map(|piece| first_value(piece)).collect();
        let slots: Vec<Slot> = found.iter().filter(|slot| slot.is_intact()).cloned().collect();
        let closing = lines.iter().filter_map(|piece| first_value::<Closing>(piece)).find(Closing::is_intact);
        let newer = lines.iter().filter_map(|piece| first_value::<Stamp>(piece)).map(|stamp| stamp.version).max().unwrap_or(0);
        if slots.is_empty() && closing.is_none() && newer > VERSION {
            return Err(Error::Newer { found: newer });
        }
        let named = closing.as_ref().map(|c| c.archive.clone()).or_else(|| slots.first().map(|s| s.archive.clone()));
        let archive = named.as_deref().and_then(ArchiveKeyId::parse);
        let archive = archive.ok_or_else(|| Error::Damaged { path: path.to_owned(), what: "not a key file" })?;
        let slots: Vec<Slot> = slots.into_iter().filter(|slot| slot.archive == archive.to_string()).collect();
        let expected: Vec<SlotKind> = match &closing {
            Some(closing) => closing.slots.iter().filter_map(|name| SlotKind::from_name(name)).collect(),
            None => found.iter().filter_map(Slot::kind).collect(),
        };
        let lost = expected.into_iter().filter(|kind| !slots.iter().any(|slot| slot.kind() == Some(*kind))).collect();
        let mut file = KeyFile { path: path.to_owned(), archive, slots, lost, closing, is_rough: false };
        file.is_rough = file.lost.is_empty() && file.text()?.as_bytes() != bytes;
        Ok(file)
    }

    pub fn archive(&self) -> ArchiveKeyId {
        self.archive
    }

    pub fn has(&self, kind: SlotKind) -> bool {
        self.find(kind).is_some()
    }

    /// The cost of a guess at the passphrase.
    pub fn cost(&self) -> Option<Cost> {
        self.find(SlotKind::Passphrase).and_then(|slot| slot.cost)
    }

    /// Under which id the operating system's keyring keeps the secret.
    pub fn keyring_id(&self) -> Option<String> {
        self.find(SlotKind::Keyring).map(|slot| slot.salt.clone())
    }

    /// Slots whose lines were changed.
    pub fn lost(&self) -> &[SlotKind] {
        &self.lost
    }

    fn find(&self, kind: SlotKind) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.kind() == Some(kind))
    }

    /// # Errors
    /// `WrongKey` when the secret does not open its slot, `LostSlot` when the slot was changed, `NoSlot` when there is none.
    pub fn open(&self, opener: &Opener<'_>) -> Result<MasterKey, Error> {
        self.open_slot(Sealer::from(opener))
    }

    /// The master key that is being replaced, while it is.
    ///
    /// # Errors
    /// As [`KeyFile::open`], but for `NoSlot`.
    pub fn previous(&self, master: &MasterKey) -> Result<Option<MasterKey>, Error> {
        match self.open_slot(Sealer::Next(master)) {
            Err(Error::NoSlot(_)) => Ok(None),
            other => other.map(Some),
        }
    }

    fn open_slot(&self, sealer: Sealer<'_>) -> Result<MasterKey, Error> {
        let kind = sealer.kind();
        match self.find(kind) {
            Some(slot) => slot.open(self.archive, sealer),
            None if self.lost.contains(&kind) => Err(Error::LostSlot(kind)),
            None => Err(Error::NoSlot(kind)),
        }
    }

    /// Everything that is wrong with the file, now that the master key is known. A file of version 1 has no seal.
    pub fn damage(&self, master: &MasterKey) -> Result<Vec<KeyDamage>, Error> {
        let mut damage: Vec<KeyDamage> = self.lost.iter().map(|kind| KeyDamage::Slot(*kind)).collect();
        let is_first = self.slots.iter().all(|slot| slot.version == 1);
        match &self.closing {
            None if is_first && !self.is_rough => {}
            None => damage.push(KeyDamage::File),
            // A lost line cannot be sealed over; it is named already.
            Some(_) if !self.lost.is_empty() => {}
            Some(closing) if closing.seal != self.seal(master)? => damage.push(KeyDamage::Foreign),
            Some(_) if self.is_rough => damage.push(KeyDamage::File),
            Some(_) => {}
        }
        Ok(damage)
    }

    /// Whether writing the file anew would make it better: an older form, or nothing lost but the last line.
    pub fn is_worn(&self) -> bool {
        self.closing.is_none() || self.is_rough
    }

    /// Seals the master key under a new passphrase and replaces the file; the archive is not touched.
    pub fn set_passphrase(&mut self, master: &MasterKey, passphrase: &str, cost: Cost) -> Result<(), Error> {
        self.put(Sealer::Passphrase(passphrase, Some(cost)), master)?;
        self.save(master)
    }

    /// Replaces the recovery slot; the old recovery key opens nothing any more.
    pub fn set_recovery(&mut self, master: &MasterKey, recovery: &RecoveryKey) -> Result<(), Error> {
        self.put(Sealer::Recovery(recovery), master)?;
        self.save(master)
    }

    /// Adds or replaces the slot of the operating system's keyring, which must hold the secret already.
    pub fn set_keyring(&mut self, master: &MasterKey, secret: &KeyringSecret) -> Result<(), Error> {
        self.put(Sealer::Keyring(secret), master)?;
        self.save(master)
    }

    /// Removes the slot of the operating system's keyring.
    pub fn remove_keyring(&mut self, master: &MasterKey) -> Result<(), Error> {
        self.drop_slot(SlotKind::Keyring);
        self.save(master)
    }

    /// Begins to change the master key: all slots seal the new one, and the old one is sealed under it, in one
    /// replacement of the file. Every slot is made anew, so each secret must be given.
    ///
    /// # Errors
    /// `Unfinished` while an earlier change is not finished.
    pub fn begin_rotation(
        &mut self,
        old: &MasterKey,
        (passphrase, cost): (&str, Cost),
        recovery: &RecoveryKey,
        keyring: Option<&KeyringSecret>,
    ) -> Result<MasterKey, Error> {
        if self.has(SlotKind::Previous) || self.lost.contains(&SlotKind::Previous) {
            return Err(Error::Unfinished);
        }
        let master = MasterKey::generate()?;
        let archive = self.archive;
        let mut slots = vec![
            Slot::seal(archive, Sealer::Passphrase(passphrase, Some(cost)), &master)?,
            Slot::seal(archive, Sealer::Recovery(recovery), &master)?,
        ];
        if let Some(secret) = keyring {
            slots.push(Slot::seal(archive, Sealer::Keyring(secret), &master)?);
        }
        // Twice: until the archive is rewritten, the old key has no other way to it.
        for _ in 0..2 {
            slots.push(Slot::seal(archive, Sealer::Next(&master), old)?);
        }
        self.slots = slots;
        self.lost.clear();
        self.save(&master)?;
        Ok(master)
    }

    /// Forgets the old master key: nothing is sealed under it any more.
    pub fn finish_rotation(&mut self, master: &MasterKey) -> Result<(), Error> {
        self.drop_slot(SlotKind::Previous);
        self.save(master)
    }

    /// Writes the file as it was read, in today's form.
    pub fn refresh(&mut self, master: &MasterKey) -> Result<(), Error> {
        self.save(master)
    }

    fn put(&mut self, sealer: Sealer<'_>, master: &MasterKey) -> Result<(), Error> {
        let slot = Slot::seal(self.archive, sealer, master)?;
        self.drop_slot(sealer.kind());
        self.slots.push(slot);
        Ok(())
    }

    fn drop_slot(&mut self, kind: SlotKind) {
        self.slots.retain(|slot| slot.kind() != Some(kind));
        self.lost.retain(|lost| *lost != kind);
    }

    /// A lost slot stays named in the file, so that it is not forgotten that it is lost.
    fn save(&mut self, master: &MasterKey) -> Result<(), Error> {
        self.slots.sort_by_key(Slot::kind);
        let names: Vec<String> = {
            let mut kinds: Vec<SlotKind> = self.slots.iter().filter_map(Slot::kind).chain(self.lost.iter().copied()).collect();
            kinds.sort_unstable();
            kinds.dedup();
            kinds.iter().map(|kind| kind.name().to_owned()).collect()
        };
        let seal = self.seal(master)?;
        let closing = Closing { version: VERSION, archive: self.archive.to_string(), slots: names, seal, check: String::new() };
        self.closing = Some(Closing { check: check_of(&line(&closing)?), ..closing });
        crate::sealed::replace(&self.path, self.text()?.as_bytes())?;
        self.is_rough = false;
        Ok(())
    }

    fn seal(&self, master: &MasterKey) -> Result<String, Error> {
        let mut lines = String::new();
        for slot in &self.slots {
            lines.push_str(&line(slot)?);
            lines.push('\n');
        }
        Ok(hex(&master.file_seal(self.archive, lines.as_bytes())?))
    }

    fn text(&self) -> Result<String, Error> {
        let mut text = String::new();
        for slot in &self.slots {
            text.push_str(&line(slot)?);
            text.push('\n');
        }
        if let Some(closing) = &self.closing {
            text.push_str(&line(closing)?);
            text.push('\n');
        }
        Ok(text)
    }
}

impl Closing {
    fn is_intact(&self) -> bool {
        let unchecked = line(&Closing { check: String::new(), ..self.clone() });
        self.version <= VERSION && unchecked.is_ok_and(|line| check_of(&line) == self.check)
    }
}

/// All that is known of a line of a later version.
#[derive(Deserialize)]
struct Stamp {
    #[serde(rename = "letopis-keys")]
    version: u32,
}

/// The parts of the file that begin as lines do.
fn pieces(bytes: &[u8]) -> Vec<&[u8]> {
    let mut starts: Vec<usize> =
        bytes.windows(LINE.len()).enumerate().filter(|(_, window)| *window == LINE).map(|(at, _)| at).collect();
    starts.push(bytes.len());
    starts.windows(2).filter_map(|pair| bytes.get(*pair.first()?..*pair.last()?)).collect()
}

/// The value at the beginning of a piece, whatever follows it.
fn first_value<T: for<'de> Deserialize<'de>>(piece: &[u8]) -> Option<T> {
    serde_json::Deserializer::from_slice(piece).into_iter::<T>().next()?.ok()
}

#[cfg(test)]
mod tests;
