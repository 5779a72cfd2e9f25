//! The self-check over all rooms: database and tree, files, index, the head kept beside. Every finding names its place;
//! nothing is mended here. The index is the only part that may simply be built anew.

use crate::job::{Job, Progress, Stage};
use crate::{Failure, OpenArchive};
use letopis_archive::{Reader, TreeHead};
use letopis_vault::{KeyDamage, SlotKind, hex};
use std::collections::BTreeMap;
use std::sync::PoisonError;

pub use letopis_archive::Damage;

/// What a self-check found.
#[derive(Clone, Debug, Default)]
pub struct Verification {
    /// Versions and files looked at.
    pub checked: u64,
    pub damaged: Vec<Damage>,
    /// The head of the tree; `None` when it does not read.
    pub head: Option<TreeHead>,
}

impl Verification {
    fn add(&mut self, place: impl Into<String>, what: impl Into<String>) {
        self.damaged.push(Damage { what: what.into(), place: place.into() });
    }
}

impl OpenArchive {
    /// Checks the archive, its files and its index; `deep` computes every version's leaf and every file's hash anew.
    ///
    /// # Errors
    /// `Cancelled`. Damage is no error but a finding.
    pub fn verify(&self, deep: bool, job: &mut Job<'_>) -> Result<Verification, Failure> {
        let mut report = Verification::default();
        // Pages are checked as they lie in the file, so what is in the log goes there first.
        if let Err(error) = self.writer.run(|writer| writer.checkpoint()) {
            report.add("archive.db", format!("the log cannot be folded in: {error}"));
        }
        // A connection of its own: the chats stay readable meanwhile.
        let reader = self.archive.reader()?;
        let checked = reader.verify(deep, &mut |done, total| job.step(checking(done, total)))?;
        report.checked = checked.versions;
        report.head = checked.head;
        report.damaged.extend(checked.damaged);
        self.verify_head(&mut report);
        self.verify_files(&reader, deep, job, &mut report)?;
        self.verify_index(&mut report);
        for damage in self.key_damage.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            report.add("keys.json", key_damage(*damage));
        }
        Ok(report)
    }

    fn verify_head(&self, report: &mut Verification) {
        match self.rolled_back() {
            Ok(None) => {}
            Ok(Some(back)) if back.missing() > 0 => {
                report.add("archive.db", format!("rolled back: {} versions are known, {} are there", back.known.size, back.found))
            }
            Ok(Some(back)) => {
                report.add("archive.db", format!("the past was changed: the root known at {} versions differs", back.known.size));
            }
            Err(error) => report.add("head", error.to_string()),
        }
    }

    /// Every file that a version speaks of is there and whole; one that no version speaks of is not damage.
    fn verify_files(&self, reader: &Reader, deep: bool, job: &mut Job<'_>, report: &mut Verification) -> Result<(), Failure> {
        let hashes = match reader.media_hashes() {
            Ok(hashes) => hashes,
            Err(error) => {
                report.add("archive.db", error.to_string());
                return Ok(());
            }
        };
        let total = hashes.len() as u64;
        for (done, sha256) in (1u64..).zip(&hashes) {
            let looked = if deep { self.blobs.check(sha256) } else { self.blobs.open(sha256).map(|blob| blob.len()) };
            if let Err(error) = looked {
                let name = self.blobs.name_of(sha256).map(|name| hex(&name)).unwrap_or_default();
                report.add(format!("blobs/{name}"), error.to_string());
            }
            report.checked += 1;
            if job.step(checking(done, total)).is_break() {
                return Err(Failure::Cancelled);
            }
        }
        Ok(())
    }

    fn verify_index(&self, report: &mut Verification) {
        match self.index.verify() {
            Ok(files) => files.into_iter().for_each(|file| report.add(format!("index/{file}"), "does not fit its seal")),
            Err(error) => report.add("index", error.to_string()),
        }
        match self.read(|reader| reader.last_seq()) {
            Ok(last) if self.index.cursor() > last => report.add("index", "is ahead of the archive"),
            Ok(_) => {}
            Err(error) => report.add("archive.db", error.to_string()),
        }
    }

    /// Removes files that no version speaks of: what was forgotten, and what a crash left between a file and its change.
    pub(crate) fn sweep_files(&self, reader: &Reader) -> Result<(), Failure> {
        self.blobs.while_none_arrives(|arriving| {
            let mut strays = self.stray_files(reader)?;
            strays.retain(|name| !arriving.contains_key(name));
            self.blobs.remove_named(&strays).map_err(|e| Failure::from_io(e, self.blobs.folder().to_owned()))
        })
    }

    fn stray_files(&self, reader: &Reader) -> Result<Vec<[u8; 32]>, Failure> {
        let failed = |e| Failure::from_io(e, self.blobs.folder().to_owned());
        // Under which of two keys a file lies is not known here: none is a stray while the master key is being changed.
        if self.blobs.has_older() {
            return Ok(Vec::new());
        }
        let mut strays: BTreeMap<[u8; 32], ()> = self.blobs.list().map_err(failed)?.into_iter().map(|name| (name, ())).collect();
        for sha256 in reader.media_hashes()? {
            strays.remove(&self.blobs.name_of(&sha256).map_err(failed)?);
        }
        Ok(strays.into_keys().collect())
    }
}

fn key_damage(damage: KeyDamage) -> &'static str {
    match damage {
        KeyDamage::Slot(SlotKind::Passphrase) => "the passphrase slot was changed: set the passphrase again",
        KeyDamage::Slot(SlotKind::Recovery) => "the recovery slot was changed: make a new recovery key",
        KeyDamage::Slot(SlotKind::Keyring) => "the keyring slot was changed: turn the keyring on again",
        KeyDamage::Slot(SlotKind::Previous) => "the slot of the previous key was changed",
        KeyDamage::File => "bytes outside the slots were changed",
        KeyDamage::Foreign => "the slots are not those that this archive's owner wrote: change the passphrase and the master key",
    }
}

pub(crate) fn checking(done: u64, total: u64) -> Progress {
    Progress { stage: Stage::Checking, done, total, messages: done, chats: 0 }
}
