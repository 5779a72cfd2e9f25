//! Tree heads outside the database. A head that is known from elsewhere tells whether the database was put back to an
//! older copy or its past was changed: the tree must hold at least as many leaves, with that very root.
//!
//! The sidecar `head` lies sealed in the archive folder, so it notices a database that was replaced alone. A folder that
//! was rolled back as a whole is noticed only by a head from outside: the system keyring, paper, or a mail to oneself.

use crate::{Failure, Home, OpenArchive, os_keyring};
use letopis_archive::{KeptHead, TreeHead};
use letopis_vault::sealed::{Sealed, Sealing, replace_sealed};
use letopis_vault::{Subkey, hex, unhex};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::PoisonError;

const NAME: &str = "head";

/// The archive is not the one that a known head speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RolledBack {
    pub known: TreeHead,
    /// Versions that are there now.
    pub found: u64,
}

impl RolledBack {
    /// Versions that must have been there and are not; 0 when they are as many, but not the same.
    pub fn missing(&self) -> u64 {
        self.known.size.saturating_sub(self.found)
    }
}

/// A head as people write it down: `size root`, the root in hexadecimal digits.
pub fn head_text(head: &TreeHead) -> String {
    format!("{} {}", head.size, hex(&head.root))
}

/// Reads what [`head_text`] wrote.
pub fn parse_head(text: &str) -> Option<TreeHead> {
    let (size, root) = text.trim().split_once(' ')?;
    Some(TreeHead { size: size.parse().ok()?, root: unhex(&root.trim().to_ascii_lowercase())? })
}

#[derive(Serialize, Deserialize)]
struct Written {
    head: String,
}

/// The sealed head beside the database.
pub(crate) struct Sidecar {
    sealing: Sealing,
    /// Under which it may still lie while the master key is being changed.
    older: Option<Sealing>,
}

impl Sidecar {
    pub fn new(key: &Subkey) -> Self {
        Sidecar { sealing: Sealing::new(key), older: None }
    }

    /// The same, which also reads what is still under an older key.
    pub fn with_older(self, older: &Subkey) -> Self {
        Sidecar { older: Some(Sealing::new(older)), ..self }
    }

    /// Puts what lies under the older key under this one. A head that fits neither stays: it is a finding, not a loss.
    pub fn take_over(&self, folder: &Path) -> Result<(), Failure> {
        match self.read(folder) {
            Ok(Some(head)) => self.write(folder, &head),
            Ok(None) => Ok(()),
            Err(Failure::Damaged(what)) => {
                tracing::warn!(what, "the head beside the archive is left as it is");
                Ok(())
            }
            Err(failure) => Err(failure),
        }
    }

    fn open(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        let read = |sealing| Sealed::open(path, sealing, NAME).and_then(|sealed| sealed.read_all());
        match (read(&self.sealing), &self.older) {
            (Err(error), Some(older)) if error.kind() == std::io::ErrorKind::InvalidData => read(older),
            (found, _) => found,
        }
    }

    /// The head that was kept last; `None` when there is none yet.
    ///
    /// # Errors
    /// `Damaged` when the file was changed.
    pub fn read(&self, folder: &Path) -> Result<Option<TreeHead>, Failure> {
        use std::io::ErrorKind;
        let path = folder.join(NAME);
        let bytes = match self.open(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) if matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof) => {
                return Err(Failure::Damaged(format!("{NAME}: {error}")));
            }
            Err(error) => return Err(Failure::from_io(error, path)),
        };
        let written: Option<Written> = serde_json::from_slice(&bytes).ok();
        let head = written.and_then(|written| parse_head(&written.head));
        head.map(Some).ok_or_else(|| Failure::Damaged(format!("{NAME}: does not read")))
    }

    pub fn write(&self, folder: &Path, head: &TreeHead) -> Result<(), Failure> {
        let bytes = serde_json::to_vec(&Written { head: head_text(head) }).map_err(anyhow::Error::new)?;
        replace_sealed(&folder.join(NAME), &self.sealing, NAME, &bytes).map_err(|e| Failure::from_io(e, folder.to_owned()))
    }
}

impl OpenArchive {
    /// The head of the tree as it stands now.
    pub fn tree_head(&self) -> Result<TreeHead, Failure> {
        self.read(|reader| reader.tree_head())
    }

    /// Heads that were kept, newest first.
    pub fn kept_heads(&self, limit: usize) -> Result<Vec<KeptHead>, Failure> {
        self.read(|reader| reader.kept_heads(limit))
    }

    /// Keeps the head in the archive and beside it. While a known head does not fit, what is beside stays: it is the proof.
    pub fn keep_head(&self) -> Result<TreeHead, Failure> {
        Ok(self.keep_and_compare()?.0)
    }

    /// As [`OpenArchive::keep_head`]; also what the heads known from elsewhere say.
    pub(crate) fn keep_and_compare(&self) -> Result<(TreeHead, Option<RolledBack>), Failure> {
        let at = self.clock.now();
        let head = self.writer.run(move |writer| writer.keep_head(at))?;
        let back = self.rolled_back()?;
        if back.is_none() {
            self.sidecar.write(self.folder(), &head)?;
        }
        Ok((head, back))
    }

    /// Compares the archive with the head kept beside it and, where the system keyring opens the archive, with the one
    /// kept there: it notices a folder that was rolled back as a whole.
    pub fn rolled_back(&self) -> Result<Option<RolledBack>, Failure> {
        for known in [self.sidecar.read(self.folder())?, self.keyring_head()].into_iter().flatten() {
            if let Some(back) = self.compare_head(known)? {
                return Ok(Some(back));
            }
        }
        Ok(None)
    }

    /// The head in the keyring, asked for once. A keyring that does not answer is no finding: it is only one witness less.
    fn keyring_head(&self) -> Option<TreeHead> {
        let mut held = self.keyring_head.lock().unwrap_or_else(PoisonError::into_inner);
        *held.get_or_insert_with(|| {
            if !self.is_in_keyring() {
                return None;
            }
            let known = os_keyring::known_head(&self.id);
            known.inspect_err(|error| tracing::info!(%error, "no head from the keyring")).ok()?.as_deref().and_then(parse_head)
        })
    }

    fn is_in_keyring(&self) -> bool {
        Home::at(self.folder().to_owned()).key_state().keyring
    }

    /// Gives the keyring the newest head; done when the archive is closed, for a keyring may be slow.
    pub(crate) fn tell_keyring(&self, head: &TreeHead) {
        if !self.is_in_keyring() {
            return;
        }
        match os_keyring::keep_head(&self.id, &head_text(head)) {
            Ok(()) => *self.keyring_head.lock().unwrap_or_else(PoisonError::into_inner) = Some(Some(*head)),
            Err(error) => tracing::info!(%error, "the keyring did not take the head"),
        }
    }

    /// Compares the archive with a head known from elsewhere: paper, mail, the keyring.
    pub fn compare_head(&self, known: TreeHead) -> Result<Option<RolledBack>, Failure> {
        let found = self.read(|reader| reader.tree_head())?.size;
        let fits = known.size <= found && self.read(|reader| reader.root_at(known.size))? == known.root;
        Ok((!fits).then_some(RolledBack { known, found }))
    }

    /// The lead has seen that the archive is an older one and goes on with it.
    pub fn accept_head(&self) -> Result<(), Failure> {
        let head = self.tree_head()?;
        self.tell_keyring(&head);
        self.sidecar.write(self.folder(), &head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_survives_paper() {
        let head = TreeHead { size: 12, root: [0xab; 32] };
        assert_eq!(parse_head(&format!("  {}\n", head_text(&head))), Some(head));
        assert_eq!(parse_head(&head_text(&head).to_uppercase()), Some(head), "typed by hand");
        for bad in ["", "12", "x ab", "12 ab", "12 zz", "привет мир"] {
            assert_eq!(parse_head(bad), None, "{bad}");
        }
    }
}
