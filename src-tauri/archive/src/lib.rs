//! The append-only record: every content and every deletion of every message, in SQLCipher under a raw key.
//! One [`Writer`] owns the only write connection; [`Reader`]s are read-only. Nothing here deletes a version, replaces a
//! damaged file, knows the time, or writes text to a log.
//!
//! Identity of a version is `(content hash, edit time)`, of a deletion its interval, source and cause. The state of a
//! message is a function of the *set* of its versions, so changes may arrive in any order and any number of times.

mod append;
mod capture;
mod connect;
mod erase;
mod evidence;
mod hash;
mod keep;
mod leaf;
mod likeness;
mod page;
mod read;
mod rekey;
mod rows;
mod salvage;
mod schema;
mod searches;
mod seen;
mod tiles;
pub mod tree;
mod verify;

pub use append::{Appended, Writer};
pub use capture::{
    CaptureAccount, CaptureChat, CaptureMedia, CapturePosition, CaptureRule, Captured, Consent, DeletedSomewhere, KnownMessage,
    RuleOf, Sweep, Takeout,
};
pub use erase::{Erased, ErasureRecord, Scope, Weighed};
pub use evidence::LeafRecord;
pub use keep::{Access, AccessRecord, HoldRecord, Noted, RetentionRecord};
pub use page::{Anchor, Page};
pub use read::{ChatRecord, Grown, ManagerRecord, Reader, Totals, VersionRecord};
pub use salvage::{LostOfChat, Salvaged};
pub use schema::LATEST as SCHEMA;
pub use searches::SavedSearch;
pub use seen::{ChangeKind, ChangeRecord, CoverageRecord, MediaRecord};
pub use tiles::{KeptHead, Proof, TreeHead};
pub use verify::{Damage, Verified};

use std::path::{Path, PathBuf};

use letopis_vault::Subkey;

/// File name of the database inside the archive folder.
pub const FILE: &str = "archive.db";

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The key does not open this file, or the file is not an archive: SQLCipher cannot tell the two apart.
    #[error("the key does not fit this archive")]
    WrongKey,
    #[error("archive schema {found} is newer than this program's {known}")]
    NewerSchema { found: u32, known: u32 },
    #[error("the archive file is damaged: {0}")]
    Damaged(String),
    #[error("the disk is full")]
    DiskFull,
    #[error("no right to write to {0}")]
    NoRights(PathBuf),
    #[error("no such chat or message")]
    NotFound,
    #[error("a chat on hold cannot be erased")]
    OnHold,
    #[error("the operating system gives no randomness")]
    NoRandomness,
    #[error("a reader is in the way")]
    Busy,
    #[error("stopped")]
    Stopped,
    #[error("{0}: {1}")]
    Io(PathBuf, std::io::Error),
    #[error("database: {0}")]
    Sql(rusqlite::Error),
    #[error("stored JSON does not read: {0}")]
    Json(#[from] serde_json::Error),
}

impl Error {
    pub(crate) fn from_io(error: std::io::Error, path: &Path) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Error::DiskFull,
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Error::NoRights(path.to_owned()),
            _ => Error::Io(path.to_owned(), error),
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::{ErrorCode, ffi};
        // The memory that connections share lies in a file too: on a full disk it does not get its first page.
        if error.sqlite_error().is_some_and(|failure| failure.extended_code == ffi::SQLITE_IOERR_SHMSIZE) {
            return Error::DiskFull;
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Error::WrongKey,
            Some(ErrorCode::DatabaseCorrupt) => Error::Damaged(error.to_string()),
            Some(ErrorCode::DiskFull) => Error::DiskFull,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => Error::NoRights(FILE.into()),
            _ if error == rusqlite::Error::QueryReturnedNoRows => Error::NotFound,
            _ => Error::Sql(error),
        }
    }
}

/// An archive file and its key; connections are made from it.
#[derive(Clone, Debug)]
pub struct Archive {
    path: PathBuf,
    key: Subkey,
}

impl Archive {
    /// Names the database of an archive folder; touches no file.
    pub fn at(folder: &Path, key: Subkey) -> Self {
        Archive { path: folder.join(FILE), key }
    }

    /// Opens for writing, creating the file or bringing its schema up to date.
    ///
    /// # Errors
    /// `WrongKey`, `NewerSchema`, `Damaged`, `DiskFull`, `NoRights`.
    pub fn writer(&self) -> Result<Writer, Error> {
        let mut connection = connect::read_write(&self.path, &self.key)?;
        schema::migrate(&mut connection, &self.path, &self.key)?;
        Writer::new(connection)
    }

    /// Copies of the database that were made before migrations.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn copies(&self) -> Result<Vec<PathBuf>, Error> {
        schema::copies(&self.path)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens for reading an archive that a writer has opened before.
    pub fn reader(&self) -> Result<Reader, Error> {
        Ok(Reader::new(connect::read_only(&self.path, &self.key)?))
    }
}
