//! The archive folder: which files it holds and who has it open. Everything in it is encrypted, but for the key file
//! (sealed keys) and three files that hold no secret.
//!
//! ```text
//! keys.json       slots that hold the master key      archive.db (-wal, -shm)   the record
//! lock            held while a program has it open    index/                    derived, may be deleted
//! blobs/          files of messages                   head                      newest tree head
//! attempts        wrong passphrases in a row          settings.json             language, idle time
//! ```

use crate::Failure;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a folder that somebody else has open is waited for.
const CLOSING: Duration = Duration::from_secs(2);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Absent,
    Locked,
    Open,
}

#[derive(Clone, Debug)]
pub struct Home {
    folder: PathBuf,
}

impl Home {
    pub fn at(folder: PathBuf) -> Self {
        Home { folder }
    }

    /// The platform's data folder: `$XDG_DATA_HOME/letopis` on Linux, Application Support on macOS, Roaming on Windows.
    pub fn default_folder() -> Option<PathBuf> {
        let from = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        let home = || from("HOME");
        if cfg!(windows) {
            return Some(from("APPDATA")?.join("Letopis"));
        }
        if cfg!(target_os = "macos") {
            return Some(home()?.join("Library/Application Support/Letopis"));
        }
        Some(from("XDG_DATA_HOME").or_else(|| Some(home()?.join(".local/share")))?.join("letopis"))
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn index(&self) -> PathBuf {
        self.folder.join("index")
    }

    pub fn blobs(&self) -> PathBuf {
        self.folder.join("blobs")
    }

    pub(crate) fn key_file(&self) -> PathBuf {
        self.folder.join("keys.json")
    }

    pub(crate) fn attempts_file(&self) -> PathBuf {
        self.folder.join("attempts")
    }

    pub(crate) fn settings_file(&self) -> PathBuf {
        self.folder.join("settings.json")
    }

    pub fn exists(&self) -> bool {
        self.key_file().exists()
    }

    /// Makes the folder, for its owner only.
    ///
    /// # Errors
    /// `AlreadyExists`: an archive whose key file is missing is still somebody's archive, and new keys beside it would
    /// only hide the loss.
    pub(crate) fn make(&self) -> Result<(), Failure> {
        if self.exists() || self.folder.join(letopis_archive::FILE).exists() {
            return Err(Failure::AlreadyExists(self.folder.clone()));
        }
        std::fs::create_dir_all(&self.folder).map_err(|e| Failure::from_io(e, self.folder.clone()))?;
        private(&self.folder)?;
        let parent = self.folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        letopis_vault::sealed::sync_folder(parent).map_err(|e| Failure::from_io(e, parent.to_owned()))
    }

    /// Takes back a creation whose archive could not be opened: its recovery key was never shown.
    pub(crate) fn undo_create(&self) {
        for name in ["keys.json", letopis_archive::FILE] {
            if let Err(error) = std::fs::remove_file(self.folder.join(name)) {
                tracing::warn!(%error, name, "left behind by a failed creation");
            }
        }
    }

    /// Puts the folder's name where the vault could not know it.
    pub(crate) fn named(&self, error: letopis_vault::Error) -> Failure {
        match error {
            letopis_vault::Error::Io(error) => Failure::from_io(error, self.folder.clone()),
            other => other.into(),
        }
    }

    pub(crate) fn lock(&self) -> Result<File, Failure> {
        let path = self.folder.join("lock");
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
        let file = file.map_err(|e| Failure::from_io(e, self.folder.clone()))?;
        // Whoever starts the program again at once meets the one that is just closing: it gets a moment to end.
        let patience = Instant::now() + CLOSING;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) if Instant::now() < patience => std::thread::sleep(CLOSING / 20),
                Err(TryLockError::WouldBlock) => return Err(Failure::OpenElsewhere),
                Err(TryLockError::Error(error)) => return Err(Failure::from_io(error, path)),
            }
        }
    }
}

/// Nobody else on this computer has business in the folder.
#[cfg(unix)]
pub(crate) fn private(folder: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).map_err(|e| Failure::from_io(e, folder.to_owned()))
}

#[cfg(not(unix))]
pub(crate) fn private(_: &Path) -> Result<(), Failure> {
    Ok(()) // the user's profile folder is private on Windows
}
