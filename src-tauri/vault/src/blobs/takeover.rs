//! Blobs under a new key. Their names come from the key, so each gets a new name too: it is read under the old key, put
//! under the new one, and only then the old file goes. Killed anywhere, both keys together find every blob, and the same
//! call goes on with what is left.

use super::{BlobStore, CHUNK, SEAL_NAME, entries};
use crate::sealed::Sealed;
use crate::{hex, unhex};
use std::fs;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::PathBuf;

/// What a takeover came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Takeover {
    Done,
    Stopped,
    /// These files fit neither key, or a block of them was changed; they lie where they lay.
    Damaged(Vec<String>),
}

impl BlobStore {
    /// The same store, which also finds what is still under an older key.
    pub fn with_older(self, older: BlobStore) -> Self {
        BlobStore { older: Some(Box::new(older)), ..self }
    }

    /// Whether blobs may still lie under an older key.
    pub fn has_older(&self) -> bool {
        self.older.is_some()
    }

    /// Puts everything of the older store under this one. `step` hears (bytes done, bytes in all).
    ///
    /// # Errors
    /// When files cannot be read or written at all.
    pub fn take_over(&self, step: &mut dyn FnMut(u64, u64) -> ControlFlow<()>) -> io::Result<Takeover> {
        let Some(older) = &self.older else { return Ok(Takeover::Done) };
        let names = self.list()?;
        let total = names.iter().map(|name| self.bytes_of(name)).sum::<u64>();
        let (mut done, mut damaged) = (0, Vec::new());
        for name in &names {
            let bytes = self.bytes_of(name);
            if !self.is_ours(name) && !self.take(older, name)? {
                damaged.push(hex(name));
            }
            done += bytes;
            if step(done, total.max(done)).is_break() {
                return Ok(Takeover::Stopped);
            }
        }
        self.drop_empty_shelves()?;
        Ok(if damaged.is_empty() { Takeover::Done } else { Takeover::Damaged(damaged) })
    }

    fn named(&self, name: &[u8; 32]) -> PathBuf {
        let text = hex(name);
        self.folder.join(text.split_at(2).0).join(&text)
    }

    fn bytes_of(&self, name: &[u8; 32]) -> u64 {
        fs::metadata(self.named(name)).map_or(0, |file| file.len())
    }

    fn is_ours(&self, name: &[u8; 32]) -> bool {
        Sealed::open_bound(&self.named(name), &self.sealing, SEAL_NAME, name).is_ok()
    }

    /// `false` when the file is damaged.
    fn take(&self, older: &BlobStore, name: &[u8; 32]) -> io::Result<bool> {
        let path = self.named(name);
        let is_damage = |error: &io::Error| matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof);
        let sealed = match Sealed::open_bound(&path, &older.sealing, SEAL_NAME, name) {
            Ok(sealed) => sealed,
            Err(error) if is_damage(&error) => return Ok(false),
            Err(error) => return Err(error),
        };
        // Alone: the store with its older half would say that the bytes are there already.
        let alone = BlobStore { older: None, ..self.clone() };
        let stored = match alone.put(Plain { sealed, block: 0, rest: io::Cursor::new(Vec::new()) }) {
            Ok(stored) => stored,
            Err(error) if is_damage(&error) => return Ok(false),
            Err(error) => return Err(error),
        };
        if older.name(&stored.sha256)? != *name {
            alone.remove(&stored.sha256)?;
            return Ok(false);
        }
        fs::remove_file(path)?;
        Ok(true)
    }

    fn drop_empty_shelves(&self) -> io::Result<()> {
        for shelf in entries(&self.folder)? {
            let is_shelf = shelf.file_name().is_some_and(|name| unhex::<1>(&name.to_string_lossy()).is_some());
            if is_shelf && entries(&shelf)?.is_empty() {
                fs::remove_dir(&shelf)?;
            }
        }
        Ok(())
    }
}

/// The plaintext of a sealed file, a few blocks at a time.
struct Plain {
    sealed: Sealed,
    block: u64,
    rest: io::Cursor<Vec<u8>>,
}

impl Read for Plain {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.rest.position() == self.rest.get_ref().len() as u64 && self.block < self.sealed.blocks() {
            let step = ((CHUNK as u64) >> self.sealed.block_log().min(16)).max(1);
            let next = self.sealed.blocks().min(self.block + step);
            self.rest = io::Cursor::new(self.sealed.read_blocks(self.block, next)?);
            self.block = next;
        }
        self.rest.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Subkey;
    use std::path::Path;

    fn store(dir: &Path, key: u8) -> BlobStore {
        BlobStore::at(dir.join("blobs"), &Subkey::from_bytes([key; 32])).unwrap()
    }

    fn bytes(seed: u32, len: u32) -> Vec<u8> {
        (0..len).map(|i| (i.wrapping_mul(seed) % 251) as u8).collect()
    }

    fn go_on(_: u64, _: u64) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    #[test]
    fn every_blob_is_found_before_during_and_after() {
        let dir = tempfile::tempdir().unwrap();
        let old = store(dir.path(), 1);
        let texts: Vec<Vec<u8>> = [(3, 10), (5, 100_000), (7, 0), (11, 70_001)].map(|(seed, len)| bytes(seed, len)).into();
        let stored: Vec<_> = texts.iter().map(|text| old.put(&text[..]).unwrap().sha256).collect();
        let both = store(dir.path(), 2).with_older(store(dir.path(), 1));
        let all_there = |store: &BlobStore| {
            stored.iter().zip(&texts).all(|(sha, text)| store.open(sha).unwrap().read_all().unwrap() == *text)
        };
        assert!(all_there(&both), "before");
        assert!(!both.put(&texts[1][..]).unwrap().is_new, "what lies under the old key counts as there");
        let mut asked = 0;
        let stopped = both.take_over(&mut |_, _| {
            asked += 1;
            if asked == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!(stopped.unwrap(), Takeover::Stopped);
        assert!(all_there(&both), "during");
        assert_eq!(both.take_over(&mut go_on).unwrap(), Takeover::Done);
        let new = store(dir.path(), 2);
        assert!(all_there(&new) && stored.iter().all(|sha| new.check(sha).is_ok()), "after");
        assert!(stored.iter().all(|sha| old.open(sha).is_err()), "nothing stays under the old key");
        assert_eq!(new.list().unwrap().len(), texts.len());
    }

    #[test]
    fn a_damaged_blob_is_named_and_left_where_it_lies() {
        let dir = tempfile::tempdir().unwrap();
        let old = store(dir.path(), 1);
        let (whole, broken) = (old.put(&b"whole"[..]).unwrap(), old.put(&bytes(3, 50_000)[..]).unwrap());
        let name = old.name_of(&broken.sha256).unwrap();
        let path = old.named(&name);
        let mut file = fs::read(&path).unwrap();
        file[20_000] ^= 1;
        fs::write(&path, &file).unwrap();
        let both = store(dir.path(), 2).with_older(old);
        assert_eq!(both.take_over(&mut go_on).unwrap(), Takeover::Damaged(vec![hex(&name)]));
        assert_eq!(fs::read(&path).unwrap(), file);
        assert!(store(dir.path(), 2).check(&whole.sha256).is_ok());
        assert_eq!(both.list().unwrap().len(), 2, "no half-made file stays");
    }

    #[test]
    fn removing_removes_under_both_keys() {
        let dir = tempfile::tempdir().unwrap();
        let old = store(dir.path(), 1);
        let sha = old.put(&b"forget me"[..]).unwrap().sha256;
        let both = store(dir.path(), 2).with_older(old);
        both.remove(&sha).unwrap();
        assert!(both.open(&sha).is_err() && both.list().unwrap().is_empty());
    }
}
