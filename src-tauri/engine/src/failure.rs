//! What can go wrong for the user; one variant per thing the window or a script does differently, and `Other` for the
//! rest, whose cause goes to the log. The words are in `words.rs`.

use crate::os_keyring::Unavailable;
use letopis_vault::SlotKind;
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("wrong passphrase or recovery key")]
    WrongKey,
    #[error("the recovery key has a typing error")]
    MistypedRecoveryKey,
    /// Seconds until the next passphrase may be tried.
    #[error("the next passphrase may be tried in {0} s")]
    TooSoon(u64),
    #[error("the {0:?} slot of the key file is damaged")]
    LostSlot(SlotKind),
    #[error("no system keyring")]
    NoKeyring,
    #[error("the system keyring refused or does not know the archive")]
    KeyringRefused,
    #[error("an earlier change of the master key is not finished")]
    RekeyUnfinished,
    #[error("the master key is not being changed")]
    NothingToFinish,
    #[error("the passphrase is too short")]
    WeakPassphrase,
    #[error("no archive is open")]
    Locked,
    #[error("there is no archive in {0}")]
    NoArchive(PathBuf),
    #[error("there is an archive in {0} already")]
    AlreadyExists(PathBuf),
    #[error("the archive is open in another program")]
    OpenElsewhere,
    #[error("the archive was written by a newer version")]
    NewerVersion,
    #[error("damaged: {0}")]
    Damaged(String),
    #[error("the disk is full")]
    DiskFull,
    #[error("no rights to {0}")]
    NoRights(PathBuf),
    #[error("no such file: {0}")]
    FileNotFound(PathBuf),
    #[error("empty file: {0}")]
    EmptyFile(PathBuf),
    #[error("not an export: {0}")]
    NotAnExport(PathBuf),
    #[error("packed: {0}")]
    Packed(PathBuf),
    #[error("cut off before the first message: {0}")]
    NothingSalvaged(PathBuf),
    #[error("no such chat or message")]
    NotFound,
    #[error("no such manager")]
    NoSuchManager,
    #[error("several managers have such a name")]
    AmbiguousManager,
    #[error("no chat to hand over")]
    NothingToHandOver,
    #[error("not a date: {0}")]
    NotADate(String),
    /// A search that cannot be answered as it stands; its words explain why.
    #[error("the query has a wrong operator or value")]
    Query(Box<letopis_search::Problem>),
    /// The demo company goes into an archive of its own: nothing can be taken out of an archive again.
    #[error("the archive is not empty")]
    NotEmpty,
    #[error("a chat on hold cannot be erased")]
    OnHold,
    /// The confirmation is not the one that the weighing gave: what would be erased has changed since.
    #[error("the confirmation does not fit")]
    NotConfirmed,
    #[error("not a backup: {0}")]
    NotABackup(PathBuf),
    #[error("the backup is damaged: {0}")]
    BackupDamaged(PathBuf),
    #[error("another job is running")]
    Busy,
    #[error("cancelled")]
    Cancelled,
    #[error("the viewer of handover packs was not built into this program")]
    ViewerMissing,
    #[error("the pack passphrase is wrong or the pack was changed")]
    PackRefused,
    #[error("no sign-in was begun")]
    NoLogin,
    #[error("the account is signed out")]
    SignedOut,
    /// Telegram's own name of the reason.
    #[error("Telegram refused: {0}")]
    TelegramRefused(String),
    #[error("Telegram asks to wait {0} s")]
    TelegramWait(u64),
    #[error("Telegram cannot be reached: {0}")]
    TelegramOffline(String),
    #[error("{0:#}")]
    Other(#[from] anyhow::Error),
}

/// What whoever called does about a failure: the window changes its screen by it, the command line its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    WrongKey,
    /// Wrong passphrases are slowed: ask again later.
    TooSoon,
    /// The system keyring does not open the archive.
    Keyring,
    Locked,
    OpenElsewhere,
    /// Something was asked that makes no sense: a date, a name.
    Usage,
    /// The search is written wrongly: whoever typed it sees why.
    Query,
    Damaged,
    Cancelled,
    Other,
}

impl Failure {
    pub fn kind(&self) -> FailureKind {
        match self {
            Failure::WrongKey | Failure::MistypedRecoveryKey => FailureKind::WrongKey,
            Failure::TooSoon(_) => FailureKind::TooSoon,
            Failure::LostSlot(_) => FailureKind::Damaged,
            Failure::NoKeyring | Failure::KeyringRefused => FailureKind::Keyring,
            Failure::Locked => FailureKind::Locked,
            Failure::OpenElsewhere => FailureKind::OpenElsewhere,
            Failure::NotADate(_) | Failure::NoSuchManager | Failure::AmbiguousManager | Failure::NotConfirmed => {
                FailureKind::Usage
            }
            Failure::Query(_) => FailureKind::Query,
            Failure::Damaged(_) | Failure::BackupDamaged(_) => FailureKind::Damaged,
            Failure::Cancelled => FailureKind::Cancelled,
            Failure::WeakPassphrase
            | Failure::NoArchive(_)
            | Failure::AlreadyExists(_)
            | Failure::NewerVersion
            | Failure::RekeyUnfinished
            | Failure::NothingToFinish
            | Failure::DiskFull
            | Failure::NoRights(_)
            | Failure::FileNotFound(_)
            | Failure::EmptyFile(_)
            | Failure::NotAnExport(_)
            | Failure::Packed(_)
            | Failure::NothingSalvaged(_)
            | Failure::NotFound
            | Failure::NothingToHandOver
            | Failure::NotEmpty
            | Failure::OnHold
            | Failure::NotABackup(_)
            | Failure::Busy
            | Failure::ViewerMissing
            | Failure::PackRefused
            | Failure::NoLogin
            | Failure::SignedOut
            | Failure::TelegramRefused(_)
            | Failure::TelegramWait(_)
            | Failure::TelegramOffline(_)
            | Failure::Other(_) => FailureKind::Other,
        }
    }
}

impl From<letopis_vault::Error> for Failure {
    fn from(error: letopis_vault::Error) -> Self {
        use letopis_vault::Error;
        match error {
            Error::WrongKey => Failure::WrongKey,
            Error::MistypedRecoveryKey => Failure::MistypedRecoveryKey,
            Error::LostSlot(kind) => Failure::LostSlot(kind),
            Error::NoSlot(SlotKind::Keyring) => Failure::KeyringRefused,
            Error::NoSlot(_) => Failure::WrongKey,
            Error::Unfinished => Failure::RekeyUnfinished,
            Error::Damaged { path, what } => Failure::Damaged(format!("{}: {what}", path.display())),
            Error::Newer { .. } => Failure::NewerVersion,
            Error::Crypto(what) => Failure::Other(anyhow::anyhow!("cryptography refused: {what}")),
            Error::Io(error) => Failure::from_io(error, PathBuf::new()),
        }
    }
}

impl From<Unavailable> for Failure {
    fn from(error: Unavailable) -> Self {
        tracing::info!(%error, "the keyring was asked in vain");
        match error {
            Unavailable::NoService | Unavailable::Silent => Failure::NoKeyring,
            Unavailable::Refused => Failure::KeyringRefused,
            Unavailable::Other(what) => Failure::Other(anyhow::anyhow!("keyring: {what}")),
        }
    }
}

impl From<letopis_archive::Error> for Failure {
    fn from(error: letopis_archive::Error) -> Self {
        use letopis_archive::Error;
        match error {
            // The key file was opened before, so the key is right: it is the database that does not fit.
            Error::WrongKey => Failure::Damaged("archive.db".into()),
            Error::NewerSchema { .. } => Failure::NewerVersion,
            Error::Damaged(what) => Failure::Damaged(what),
            Error::DiskFull => Failure::DiskFull,
            Error::NoRights(path) => Failure::NoRights(path),
            Error::NotFound => Failure::NotFound,
            Error::Sql(error) => Failure::Other(anyhow::Error::new(error).context("Ask the archive")),
            Error::Json(error) => Failure::Damaged(error.to_string()),
            Error::OnHold => Failure::OnHold,
            Error::Busy => Failure::Busy,
            Error::Stopped => Failure::Cancelled,
            Error::NoRandomness => Failure::Other(anyhow::anyhow!("the operating system gives no randomness")),
            Error::Io(path, error) => Failure::from_io(error, path),
        }
    }
}

impl From<letopis_telegram::Error> for Failure {
    fn from(error: letopis_telegram::Error) -> Self {
        use letopis_telegram::Error;
        match error {
            Error::Flood(wait) => Failure::TelegramWait(wait.as_secs()),
            Error::SignedOut(_) => Failure::SignedOut,
            Error::Offline(why) | Error::Server(why) => Failure::TelegramOffline(why),
            Error::TakeoutDelay(wait) => Failure::TelegramWait(wait.as_secs()),
            Error::NoKey => Failure::TelegramOffline(error.to_string()),
            Error::Refused(name) => Failure::TelegramRefused(name),
            Error::Unreadable | Error::Migrate(_) | Error::UnknownPeer | Error::Forbidden(_) | Error::Store(_) => {
                Failure::Other(anyhow::Error::new(error).context("Ask Telegram"))
            }
        }
    }
}

impl From<letopis_search::Error> for Failure {
    fn from(error: letopis_search::Error) -> Self {
        match error {
            letopis_search::Error::Stopped => Failure::Cancelled,
            letopis_search::Error::Io(error) => Failure::from_io(error, PathBuf::from("index")),
            error if chain_has_full_disk(&error) => Failure::DiskFull,
            error => Failure::Other(anyhow::Error::new(error).context("Ask the index")),
        }
    }
}

/// tantivy wraps the operating system's error several times over.
fn chain_has_full_disk(error: &dyn std::error::Error) -> bool {
    let text = error.to_string();
    if text.contains("StorageFull") || text.contains("os error 28") || text.contains("No space left") {
        return true;
    }
    error.source().is_some_and(chain_has_full_disk)
}

impl Failure {
    pub fn from_io(error: std::io::Error, path: PathBuf) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::WriteZero => Failure::DiskFull,
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Failure::NoRights(path),
            ErrorKind::NotFound => Failure::FileNotFound(path),
            ErrorKind::AlreadyExists => Failure::AlreadyExists(path),
            _ => Failure::Other(anyhow::Error::new(error).context(format!("Work with {}", path.display()))),
        }
    }

    pub fn from_intake(error: letopis_intake::Error, path: &std::path::Path) -> Self {
        use letopis_intake::Error;
        let path = path.to_owned();
        match error {
            Error::NotFound => Failure::FileNotFound(path),
            Error::NoAccess => Failure::NoRights(path),
            Error::Empty => Failure::EmptyFile(path),
            Error::NotAnExport => Failure::NotAnExport(path),
            Error::Packed => Failure::Packed(path),
            Error::NothingSalvaged => Failure::NothingSalvaged(path),
            Error::Io(error) => Failure::from_io(error, path),
        }
    }

    pub fn from_handover(error: letopis_handover::Error, path: &std::path::Path) -> Self {
        use letopis_handover::Error;
        match error {
            Error::WrongPassphrase | Error::Damaged | Error::NotAPack => Failure::PackRefused,
            Error::WeakPassphrase => Failure::WeakPassphrase,
            Error::Cancelled => Failure::Cancelled,
            Error::Io(error) => Failure::from_io(error, path.to_owned()),
        }
    }

    /// Another source may do better: this one is not there, cannot be read, or is no export.
    pub(crate) fn is_of_the_source(&self) -> bool {
        matches!(
            self,
            Failure::FileNotFound(_)
                | Failure::NoRights(_)
                | Failure::EmptyFile(_)
                | Failure::NotAnExport(_)
                | Failure::Packed(_)
                | Failure::NothingSalvaged(_)
        )
    }
}
