//! The operating system's keyring: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows. The only
//! file that names the crate. It keeps a random secret that opens one slot of the key file, and the newest known head of
//! the archive's tree; never a passphrase, never the master key.
//!
//! Every call runs on a thread of its own and is given up after a while: a keyring may ask the user something, or hang.

use letopis_vault::KeyringSecret;
use std::sync::mpsc::channel;
use std::time::Duration;
use zeroize::Zeroizing;

const SERVICE: &str = "Letopis";
/// When the user asked for it and the system may ask back.
const PATIENT: Duration = Duration::from_secs(60);
/// When nobody is waiting for a question.
const QUICK: Duration = Duration::from_secs(5);

#[derive(Debug, thiserror::Error)]
pub enum Unavailable {
    /// No service on this machine, or none that answers.
    #[error("no keyring service")]
    NoService,
    /// It is locked, or the user said no.
    #[error("the keyring gives no access")]
    Refused,
    #[error("the keyring does not answer")]
    Silent,
    #[error("keyring: {0}")]
    Other(String),
}

/// Whether there is a service at all; asks the user nothing.
pub fn is_there() -> bool {
    let asked = asked(QUICK, || match keyring::Entry::store_status() {
        Ok(()) => Ok(()),
        Err(_) => Err(Unavailable::NoService),
    });
    match asked {
        Ok(()) => true,
        Err(error) => {
            tracing::info!(%error, "no keyring");
            false
        }
    }
}

/// Keeps the secret of an archive's keyring slot.
///
/// # Errors
/// When the keyring is not there, refuses or does not answer: nothing may be sealed under the secret then.
pub fn store(archive: &str, secret: &KeyringSecret) -> Result<(), Unavailable> {
    put(slot(archive, &secret.id()), Zeroizing::new(secret.bytes().to_vec()), PATIENT)
}

/// The secret of an archive's keyring slot; `None` when the keyring has none under this id.
pub fn fetch(archive: &str, id: &str) -> Result<Option<KeyringSecret>, Unavailable> {
    let found = get(slot(archive, id), PATIENT)?;
    Ok(found.and_then(|bytes| KeyringSecret::restore(id, &bytes)))
}

/// Forgets a secret; one that is not there is forgotten already.
pub fn forget(archive: &str, id: &str) -> Result<(), Unavailable> {
    let user = slot(archive, id);
    asked(PATIENT, move || match entry(&user)?.delete_credential() {
        Err(keyring::Error::NoEntry) => Ok(()),
        other => other.map_err(told),
    })
}

/// Keeps the newest head of the archive's tree, so that an older archive put back is noticed.
pub fn keep_head(archive: &str, head: &str) -> Result<(), Unavailable> {
    put(format!("{archive} head"), Zeroizing::new(head.as_bytes().to_vec()), QUICK)
}

/// The newest head that this machine has seen.
pub fn known_head(archive: &str) -> Result<Option<String>, Unavailable> {
    let found = get(format!("{archive} head"), QUICK)?;
    Ok(found.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

fn slot(archive: &str, id: &str) -> String {
    format!("{archive} slot {id}")
}

fn put(user: String, secret: Zeroizing<Vec<u8>>, patience: Duration) -> Result<(), Unavailable> {
    asked(patience, move || entry(&user)?.set_secret(&secret).map_err(told))
}

fn get(user: String, patience: Duration) -> Result<Option<Zeroizing<Vec<u8>>>, Unavailable> {
    asked(patience, move || match entry(&user)?.get_secret() {
        Ok(secret) => Ok(Some(Zeroizing::new(secret))),
        Err(keyring::Error::NoEntry) => Ok(None),
        Err(error) => Err(told(error)),
    })
}

fn entry(user: &str) -> Result<keyring::Entry, Unavailable> {
    keyring::Entry::new(SERVICE, user).map_err(told)
}

/// The errors of the crate may carry what was found: only their kind goes on.
fn told(error: keyring::Error) -> Unavailable {
    match error {
        keyring::Error::NoDefaultStore => Unavailable::NoService,
        keyring::Error::NoStorageAccess(_) => Unavailable::Refused,
        keyring::Error::PlatformFailure(cause) => Unavailable::Other(cause.to_string()),
        keyring::Error::Ambiguous(_) => Unavailable::Other("several secrets under one name".into()),
        other => Unavailable::Other(format!("{:?}", std::mem::discriminant(&other))),
    }
}

/// A thread that is given up lives on until the keyring answers; its answer is dropped then.
fn asked<T: Send + 'static>(
    patience: Duration,
    ask: impl FnOnce() -> Result<T, Unavailable> + Send + 'static,
) -> Result<T, Unavailable> {
    let (tell, told) = channel();
    let started = std::thread::Builder::new().name("keyring".into()).spawn(move || {
        // Who asked may have given up.
        let _ = tell.send(ask());
    });
    started.map_err(|error| Unavailable::Other(error.to_string()))?;
    match told.recv_timeout(patience) {
        Ok(answer) => answer,
        Err(std::sync::mpsc::RecvTimeoutError::Timeout) => Err(Unavailable::Silent),
        Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => Err(Unavailable::Other("the keyring's library failed".into())),
    }
}
