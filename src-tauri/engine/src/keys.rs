//! Keys at work: making them, opening them, slowing wrong passphrases, raising the cost of a guess, and changing one way
//! in without touching the others. Whoever changes keys shows a secret first: an unlocked screen alone changes nothing.

use crate::attempts::Attempts;
use crate::clock::{machine_millis, timed};
use crate::{Engine, Failure, Home, Secret, os_keyring};
use letopis_vault::{ArchiveKeyId, Cost, KeyDamage, KeyFile, KeyringSecret, MasterKey, Opener, RecoveryKey, SlotKind};
use std::fs::File;
use std::sync::PoisonError;
use std::time::Duration;
use zeroize::Zeroizing;

/// Shorter passphrases are guessed.
pub const PASSPHRASE_LEAST: usize = 8;
/// What one guess should cost on this machine.
const UNLOCK_TIME: Duration = Duration::from_millis(500);

/// Keys in memory and the lock that says that this program has the archive.
pub struct Keys {
    pub master: MasterKey,
    /// The old master key while it is being changed: parts of the archive may still be under it.
    pub previous: Option<MasterKey>,
    pub archive: ArchiveKeyId,
    pub damage: Vec<KeyDamage>,
    pub lock: File,
}

/// What can be said about an archive's keys without a secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyState {
    /// The operating system's keyring opens the archive.
    pub keyring: bool,
    /// The master key is being changed, and that is not finished.
    pub rekeying: bool,
    /// Seconds until a passphrase may be tried again.
    pub wait: u64,
}

/// A secret that was typed or fetched, ready to open a slot.
pub(crate) enum Held<'a> {
    Passphrase(&'a str),
    Recovery(RecoveryKey),
    Keyring(KeyringSecret),
}

impl Held<'_> {
    fn opener(&self) -> Opener<'_> {
        match self {
            Held::Passphrase(text) => Opener::Passphrase(text),
            Held::Recovery(key) => Opener::Recovery(key),
            Held::Keyring(secret) => Opener::Keyring(secret),
        }
    }
}

impl Home {
    /// Makes the folder and the key file; returns the words of the recovery key.
    pub(crate) fn create(&self, passphrase: &str) -> Result<(Keys, Zeroizing<String>), Failure> {
        strong(passphrase)?;
        self.make()?;
        let lock = self.lock()?;
        let made = KeyFile::create(&self.key_file(), passphrase, calibrated()?);
        let (file, master, recovery) = made.map_err(|e| self.named(e))?;
        Ok((Keys { master, previous: None, archive: file.archive(), damage: Vec::new(), lock }, recovery.words()))
    }

    pub(crate) fn unlock(&self, held: &Held<'_>) -> Result<Keys, Failure> {
        if !self.exists() {
            return Err(Failure::NoArchive(self.folder().to_owned()));
        }
        let lock = self.lock()?;
        let (mut file, master) = self.open_keys(held)?;
        let damage = file.damage(&master)?;
        if file.is_worn() && damage.is_empty() {
            file.refresh(&master).map_err(|e| self.named(e))?;
        }
        Ok(Keys { previous: file.previous(&master)?, archive: file.archive(), master, damage, lock })
    }

    /// As [`Home::unlock`], but nothing of the key file is made better: what is damaged stays as it is.
    pub(crate) fn unlock_untouched(&self, held: &Held<'_>) -> Result<Keys, Failure> {
        if !self.exists() {
            return Err(Failure::NoArchive(self.folder().to_owned()));
        }
        let lock = self.lock()?;
        let (file, master, _) = self.open_file(held)?;
        let damage = file.damage(&master)?;
        Ok(Keys { previous: file.previous(&master)?, archive: file.archive(), master, damage, lock })
    }

    pub(crate) fn read_keys(&self) -> Result<KeyFile, Failure> {
        KeyFile::read(&self.key_file()).map_err(|e| self.named(e))
    }

    /// What can be said without a secret; a key file that does not read says nothing here and everything when it is opened.
    pub fn key_state(&self) -> KeyState {
        let wait = self.attempts().wait(machine_millis());
        let wait = u64::try_from(wait).unwrap_or(0).div_ceil(1000);
        match KeyFile::read(&self.key_file()) {
            Ok(file) => KeyState { keyring: file.has(SlotKind::Keyring), rekeying: file.has(SlotKind::Previous), wait },
            Err(_) => KeyState { wait, ..KeyState::default() },
        }
    }

    /// A secret as the key file wants it; the keyring is asked for its own.
    pub(crate) fn held<'a>(&self, secret: &Secret<'a>) -> Result<Held<'a>, Failure> {
        match secret {
            Secret::Passphrase(text) => Ok(Held::Passphrase(text)),
            Secret::Recovery(words) => Ok(Held::Recovery(RecoveryKey::parse(words)?)),
            Secret::Keyring => {
                if !self.exists() {
                    return Err(Failure::NoArchive(self.folder().to_owned()));
                }
                let file = self.read_keys()?;
                if file.lost().contains(&SlotKind::Keyring) {
                    return Err(Failure::LostSlot(SlotKind::Keyring));
                }
                let id = file.keyring_id().ok_or(Failure::KeyringRefused)?;
                let found = os_keyring::fetch(&file.archive().to_string(), &id)?;
                found.map(Held::Keyring).ok_or(Failure::KeyringRefused)
            }
        }
    }

    /// Opens the key file. A wrong passphrase is counted, a right one that has become cheap to guess is sealed anew.
    pub(crate) fn open_keys(&self, held: &Held<'_>) -> Result<(KeyFile, MasterKey), Failure> {
        let (file, master, spent) = self.open_file(held)?;
        match held {
            Held::Passphrase(passphrase) => Ok((self.raised(file, &master, passphrase, spent), master)),
            Held::Recovery(_) | Held::Keyring(_) => Ok((file, master)),
        }
    }

    /// The key file, the master key, and how long the stretching took.
    fn open_file(&self, held: &Held<'_>) -> Result<(KeyFile, MasterKey, Duration), Failure> {
        let file = self.read_keys()?;
        let Held::Passphrase(_) = held else {
            let master = file.open(&held.opener())?;
            return Ok((file, master, Duration::ZERO));
        };
        self.begin_attempt()?;
        let (opened, spent) = timed(|| file.open(&held.opener()));
        match &opened {
            Ok(_) => self.count(Attempts::default()),
            Err(letopis_vault::Error::WrongKey) => {}
            // The passphrase was not tried.
            Err(_) => self.count(self.attempts().taken_back()),
        }
        Ok((file, opened?, spent))
    }

    /// Counts a try before it is made.
    fn begin_attempt(&self) -> Result<(), Failure> {
        let now = machine_millis();
        let attempts = self.attempts().not_after(now);
        let wait = attempts.wait(now);
        if wait > 0 {
            self.count(attempts);
            return Err(Failure::TooSoon(u64::try_from(wait).unwrap_or(0).div_ceil(1000)));
        }
        self.count(attempts.one_more(now));
        Ok(())
    }

    fn attempts(&self) -> Attempts {
        Attempts::read(&self.attempts_file()).unwrap_or_else(|error| {
            tracing::warn!(%error, "wrong passphrases could not be counted");
            Attempts::default()
        })
    }

    /// An archive that cannot count is still its owner's: the passphrase's cost stands.
    fn count(&self, attempts: Attempts) {
        if let Err(error) = attempts.write(&self.attempts_file()) {
            tracing::warn!(%error, "wrong passphrases could not be counted");
        }
    }

    /// Machines get faster, and the first cost was measured on a busy one. What just took `spent` tells what fits now.
    fn raised(&self, mut file: KeyFile, master: &MasterKey, passphrase: &str, spent: Duration) -> KeyFile {
        let Some(cost) = file.cost() else { return file };
        let better = cost.fitted(spent, UNLOCK_TIME);
        let is_whole = file.damage(master).is_ok_and(|damage| damage.is_empty());
        if !is_whole || !cost.should_become(better) {
            return file;
        }
        match file.set_passphrase(master, passphrase, better) {
            Ok(()) => file,
            Err(error) => {
                tracing::warn!(%error, "the passphrase keeps its old cost");
                // As it lies on the disk.
                self.read_keys().unwrap_or(file)
            }
        }
    }
}

fn strong(passphrase: &str) -> Result<(), Failure> {
    if passphrase.chars().count() < PASSPHRASE_LEAST { Err(Failure::WeakPassphrase) } else { Ok(()) }
}

/// As many passes as fit the unlock time here, never below the floor.
pub(crate) fn calibrated() -> Result<Cost, Failure> {
    let (derived, spent) = timed(|| Cost::FLOOR.derive(b"calibration", &[0; 16]));
    derived?;
    Ok(Cost::FLOOR.fitted(spent, UNLOCK_TIME))
}

impl Engine {
    /// Gives the archive a new passphrase. The archive itself is not touched, and it may be open meanwhile.
    ///
    /// # Errors
    /// `WeakPassphrase`, and those of [`Engine::unlock`].
    pub fn change_passphrase(&self, secret: &Secret<'_>, new: &str) -> Result<(), Failure> {
        strong(new)?;
        self.change(secret, |file, master| Ok(file.set_passphrase(master, new, calibrated()?)?))
    }

    /// Makes a new recovery key; the old one opens nothing any more. Its words are returned once and kept nowhere.
    pub fn new_recovery_key(&self, secret: &Secret<'_>) -> Result<Zeroizing<String>, Failure> {
        let key = RecoveryKey::generate()?;
        self.change(secret, |file, master| Ok(file.set_recovery(master, &key)?))?;
        Ok(key.words())
    }

    /// Lets the operating system's keyring open the archive.
    ///
    /// # Errors
    /// `NoKeyring`, `KeyringRefused`: nothing was changed.
    pub fn keyring_on(&self, secret: &Secret<'_>) -> Result<(), Failure> {
        self.change(secret, |file, master| {
            let archive = file.archive().to_string();
            let before = file.keyring_id();
            let new = KeyringSecret::generate()?;
            // The keyring first: a slot whose secret nobody keeps would be a door without a key.
            os_keyring::store(&archive, &new)?;
            file.set_keyring(master, &new)?;
            drop_secret(&archive, before);
            Ok(())
        })
    }

    /// The keyring opens the archive no more.
    pub fn keyring_off(&self, secret: &Secret<'_>) -> Result<(), Failure> {
        self.change(secret, |file, master| {
            let (archive, id) = (file.archive().to_string(), file.keyring_id());
            file.remove_keyring(master)?;
            drop_secret(&archive, id);
            Ok(())
        })
    }

    /// Opens the key file with a secret and lets it be changed.
    pub(crate) fn change<T>(
        &self,
        secret: &Secret<'_>,
        change: impl FnOnce(&mut KeyFile, &MasterKey) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let home = self.home();
        if !home.exists() {
            return Err(Failure::NoArchive(home.folder().to_owned()));
        }
        let _turn = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        // Another program must not change the same file; one that has the archive open here holds the lock already.
        let _lock = if self.behind().is_some() { None } else { Some(home.lock()?) };
        let held = home.held(secret)?;
        let (mut file, master) = home.open_keys(&held)?;
        let changed = change(&mut file, &master)?;
        if let Some(open) = self.behind() {
            *open.key_damage.lock().unwrap_or_else(PoisonError::into_inner) = file.damage(&master)?;
        }
        Ok(changed)
    }
}

/// A secret that opens nothing any more is harmless where it lies; it is removed for tidiness.
pub(crate) fn drop_secret(archive: &str, id: Option<String>) {
    if let Some(id) = id
        && let Err(error) = os_keyring::forget(archive, &id)
    {
        tracing::warn!(%error, "an old secret stays in the keyring");
    }
}
