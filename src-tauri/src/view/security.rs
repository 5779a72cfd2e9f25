//! Keys and locking, as the window shows them.

use super::Created;
use crate::state::Shell;
use serde::{Deserialize, Serialize};
use specta::Type;
use zeroize::Zeroize;

/// What can be said about the keys while the archive is locked.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyState {
    /// The system keyring opens the archive.
    pub keyring: bool,
    /// The master key is being changed, and that is not finished.
    pub rekeying: bool,
    /// Seconds until a passphrase may be tried again.
    pub wait: u32,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Security {
    /// This computer has a keyring.
    pub keyring_there: bool,
    pub keyring_on: bool,
    pub rekeying: bool,
    /// 0: never locked for want of input.
    pub idle_minutes: u32,
    /// Accounts go on being recorded while the archive is locked.
    pub record_locked: bool,
}

/// What somebody typed to show that the archive is theirs.
#[derive(Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Secret {
    pub kind: SecretKind,
    pub text: String,
}

#[derive(Clone, Copy, Debug, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum SecretKind {
    Passphrase,
    Recovery,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Rekeyed {
    /// The system keyring did not take the new secret and opens the archive no more.
    pub keyring_lost: bool,
}

impl Security {
    /// Asks the system whether it has a keyring; that may take a moment.
    pub fn of(shell: &Shell) -> Self {
        let keys = shell.engine.home().key_state();
        Security {
            keyring_there: letopis_engine::keyring_is_there(),
            keyring_on: keys.keyring,
            rekeying: keys.rekeying,
            idle_minutes: shell.settings().idle_minutes,
            record_locked: shell.settings().record_locked,
        }
    }
}

impl From<letopis_engine::KeyState> for KeyState {
    fn from(keys: letopis_engine::KeyState) -> Self {
        KeyState { keyring: keys.keyring, rekeying: keys.rekeying, wait: super::keep::count(keys.wait) }
    }
}

impl Created {
    pub fn of(recovery_key: &str) -> Self {
        Created { recovery_key: recovery_key.to_owned() }
    }
}

impl Secret {
    pub fn secret(&self) -> letopis_engine::Secret<'_> {
        match self.kind {
            SecretKind::Passphrase => letopis_engine::Secret::Passphrase(&self.text),
            SecretKind::Recovery => letopis_engine::Secret::Recovery(&self.text),
        }
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}
