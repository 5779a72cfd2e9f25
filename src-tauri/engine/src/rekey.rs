//! A new master key: the key file first, then everything that was under the old one, then the old one is forgotten. The
//! archive is closed meanwhile. Stopped or killed anywhere, the next unlock opens what is there with whichever key fits,
//! says that the change is not finished, and the same work goes on from where it was.

use crate::heads::Sidecar;
use crate::job::{Job, Progress, Stage};
use crate::keys::{Held, Keys, calibrated, drop_secret};
use crate::{Engine, Failure, Home, OpenArchive, Secret, index, os_keyring};
use letopis_archive::Archive;
use letopis_vault::blobs::{BlobStore, Takeover};
use letopis_vault::{KeyFile, KeyringSecret, MasterKey, Purpose, RecoveryKey};
use std::sync::{Arc, PoisonError};
use zeroize::Zeroizing;

/// What a change of the master key came to.
pub struct Rekeyed {
    pub archive: Arc<OpenArchive>,
    /// The operating system's keyring could not take the new secret and opens the archive no more.
    pub keyring_lost: bool,
}

impl Engine {
    /// Words of a recovery key that nothing is sealed under yet: they are shown before [`Engine::rekey`], so that a
    /// crash in the middle leaves nobody without one.
    ///
    /// # Errors
    /// Those of [`Engine::unlock`]: a wrong passphrase is said before a key is shown that will never open anything.
    pub fn draft_recovery_key(&self, secret: &Secret<'_>) -> Result<Zeroizing<String>, Failure> {
        self.change(secret, |_, _| Ok(()))?;
        Ok(RecoveryKey::generate()?.words())
    }

    /// Changes the master key and everything under it; leaves the archive open. `recovery` are the words that were drafted.
    ///
    /// # Errors
    /// `RekeyUnfinished` while an earlier change is; `Cancelled` leaves a whole archive whose change can be finished.
    pub fn rekey(&self, passphrase: &str, recovery: &str, job: &mut Job<'_>) -> Result<Rekeyed, Failure> {
        let recovery = RecoveryKey::parse(recovery)?;
        self.rekey_with(&Secret::Passphrase(passphrase), job, |home, keys| {
            let mut file = home.read_keys()?;
            if keys.previous.is_some() {
                return Err(Failure::RekeyUnfinished);
            }
            let archive = file.archive().to_string();
            let before = file.keyring_id();
            let keyring = before.as_ref().and_then(|_| new_keyring_secret(&archive));
            let keyring_lost = before.is_some() && keyring.is_none();
            let new = file.begin_rotation(&keys.master, (passphrase, calibrated()?), &recovery, keyring.as_ref())?;
            keys.previous = Some(std::mem::replace(&mut keys.master, new));
            keys.damage = file.damage(&keys.master)?;
            drop_secret(&archive, before);
            Ok(keyring_lost)
        })
    }

    /// Goes on with a change of the master key that was stopped.
    ///
    /// # Errors
    /// `NothingToFinish`; else as [`Engine::rekey`].
    pub fn finish_rekey(&self, secret: &Secret<'_>, job: &mut Job<'_>) -> Result<Rekeyed, Failure> {
        self.rekey_with(secret, job, |_, keys| match keys.previous {
            Some(_) => Ok(false),
            None => Err(Failure::NothingToFinish),
        })
    }

    fn rekey_with(
        &self,
        secret: &Secret<'_>,
        job: &mut Job<'_>,
        begin: impl FnOnce(&Home, &mut Keys) -> Result<bool, Failure>,
    ) -> Result<Rekeyed, Failure> {
        let _turn = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let held = self.home().held(secret)?;
        // Before anything is closed: a mistyped passphrase must not lock the user out of the screen.
        if let Held::Passphrase(_) = held {
            self.home().open_keys(&held)?;
        }
        self.lock();
        let mut keys = self.keys(&held)?;
        let done = begin(self.home(), &mut keys).and_then(|keyring_lost| {
            move_everything(self.home(), &mut keys, job)?;
            Ok(keyring_lost)
        });
        // Opened in either case: what was stopped is whole, and its owner goes on reading.
        let archive = self.put(OpenArchive::open(self.home(), keys, self.clock.clone())?);
        Ok(Rekeyed { archive, keyring_lost: done? })
    }
}

/// A keyring that does not take the secret is no reason to keep an old master key.
fn new_keyring_secret(archive: &str) -> Option<KeyringSecret> {
    let secret = KeyringSecret::generate().ok()?;
    match os_keyring::store(archive, &secret) {
        Ok(()) => Some(secret),
        Err(error) => {
            tracing::warn!(%error, "the keyring does not take the new secret");
            None
        }
    }
}

/// Everything that is still under the old key goes under the new one; then the old one is forgotten.
fn move_everything(home: &Home, keys: &mut Keys, job: &mut Job<'_>) -> Result<(), Failure> {
    let Some(previous) = &keys.previous else { return Ok(()) };
    move_databases(home, keys, previous, job)?;
    let both = |purpose| Ok::<_, Failure>((keys.master.subkey(keys.archive, purpose)?, previous.subkey(keys.archive, purpose)?));
    let (new, old) = both(Purpose::Sidecar)?;
    Sidecar::new(&new).with_older(&old).take_over(home.folder())?;
    let (new, old) = both(Purpose::Blobs)?;
    move_files(&BlobStore::at(home.blobs(), &new)?.with_older(BlobStore::at(home.blobs(), &old)?), job)?;
    index::move_aside(home)?;
    let mut file: KeyFile = home.read_keys()?;
    file.finish_rotation(&keys.master).map_err(|e| home.named(e))?;
    keys.previous = None;
    Ok(())
}

/// The database, and the copies of it that migrations left. The database is the last: while it has not moved, everything
/// else is read under the old key too.
fn move_databases(home: &Home, keys: &Keys, previous: &MasterKey, job: &mut Job<'_>) -> Result<(), Failure> {
    let new = keys.master.subkey(keys.archive, Purpose::Sql)?;
    let old = Archive::at(home.folder(), previous.subkey(keys.archive, Purpose::Sql)?);
    let mut step = |done, total| job.step(rekeying(done, total));
    for copy in old.copies()? {
        old.at_path(copy).rekey(&new, &mut step)?;
    }
    Ok(old.rekey(&new, &mut step)?)
}

fn move_files(blobs: &BlobStore, job: &mut Job<'_>) -> Result<(), Failure> {
    blobs.sweep().map_err(|e| Failure::from_io(e, blobs.folder().to_owned()))?;
    let moved = blobs.take_over(&mut |done, total| job.step(rekeying(done, total)));
    match moved.map_err(|e| Failure::from_io(e, blobs.folder().to_owned()))? {
        Takeover::Done => Ok(()),
        Takeover::Stopped => Err(Failure::Cancelled),
        // Under the old key they may still be mended from a backup: it is not forgotten yet.
        Takeover::Damaged(names) => Err(Failure::Damaged(format!("blobs/{}", names.join(", blobs/")))),
    }
}

fn rekeying(done: u64, total: u64) -> Progress {
    Progress { stage: Stage::Rekeying, done, total, messages: 0, chats: 0 }
}
