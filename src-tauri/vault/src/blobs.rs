//! Blobs: files of messages, sealed, each stored once. A blob's name is HMAC-SHA256(subkey, SHA-256 of its bytes): equal
//! bytes meet, and a name tells nothing to who has no key. A blob appears under its name when it is whole and on the disk.
//!
//! ```text
//! blobs/ab/ab34…  sealed files, the name bound in          blobs/.new-…  being written; swept at the next start
//! ```

mod takeover;

pub use takeover::Takeover;

use crate::keys::expand;
use crate::sealed::{NEW, Sealed, Sealer, Sealing, create_new, sweep, sync_folder};
use crate::{Secret32, Subkey, hex, random, unhex};
use ring::{digest, hmac};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The name a blob's key is derived from: its own is known only at the end, and bound into the trailer then.
const SEAL_NAME: &str = "blob";
const CHUNK: usize = 64 << 10;

/// What [`BlobStore::put`] stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    pub sha256: [u8; 32],
    /// Bytes of plaintext.
    pub len: u64,
    /// False when the same bytes were there already.
    pub is_new: bool,
}

/// The blobs of one archive.
#[derive(Clone)]
pub struct BlobStore {
    folder: PathBuf,
    sealing: Sealing,
    naming: Secret32,
    /// Where blobs may still lie while the key is being changed.
    older: Option<Box<BlobStore>>,
    /// Names of blobs that were put and that nobody speaks of yet: they are no strays. Shared by all clones.
    arriving: Arc<Mutex<BTreeMap<[u8; 32], u64>>>,
}

impl BlobStore {
    /// Names the folder; touches no file.
    ///
    /// # Errors
    /// When cryptography refuses.
    pub fn at(folder: PathBuf, subkey: &Subkey) -> Result<Self, crate::Error> {
        let prk = ring::hkdf::Salt::new(ring::hkdf::HKDF_SHA256, b"letopis blobs v1").extract(subkey.bytes());
        let naming = expand(&prk, &[b"name"])?;
        Ok(BlobStore { folder, sealing: Sealing::new(subkey), naming, older: None, arriving: Arc::default() })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn name(&self, sha256: &[u8; 32]) -> io::Result<[u8; 32]> {
        // Made each time: what the library holds it does not wipe.
        let key = hmac::Key::new(hmac::HMAC_SHA256, &*self.naming);
        hmac::sign(&key, sha256).as_ref().try_into().map_err(|_| io::Error::other("name of a blob"))
    }

    fn path(&self, sha256: &[u8; 32]) -> io::Result<PathBuf> {
        let name = hex(&self.name(sha256)?);
        let (shelf, _) = name.split_at(2);
        Ok(self.folder.join(shelf).join(&name))
    }

    /// Seals all that `source` gives. Memory does not depend on the length.
    ///
    /// # Errors
    /// Reading or writing failed: nothing was stored, and no part of it stays.
    pub fn put(&self, source: impl Read) -> io::Result<Stored> {
        if !self.folder.exists() {
            fs::create_dir_all(&self.folder)?;
            sync_folder(self.folder.parent().unwrap_or(Path::new(".")))?;
        }
        let temporary = self.folder.join(format!("{NEW}{}", hex(&random::<8>().map_err(io::Error::other)?)));
        let stored = self.write(&temporary, source).and_then(|stored| self.settle(&temporary, stored));
        if !matches!(stored, Ok(Stored { is_new: true, .. })) {
            // Half a blob, or one that is there already: the first error is the one to report.
            let _ = fs::remove_file(&temporary);
        }
        stored
    }

    fn write(&self, temporary: &Path, mut source: impl Read) -> io::Result<Stored> {
        let mut sealer = Sealer::new(create_new(temporary)?, &self.sealing, SEAL_NAME)?;
        let mut sha = digest::Context::new(&digest::SHA256);
        let mut buffer = vec![0u8; CHUNK];
        let mut len = 0u64;
        loop {
            let read = match source.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let (bytes, _) = buffer.split_at(read);
            sha.update(bytes);
            sealer.write_all(bytes)?;
            len += read as u64;
        }
        let sha256: [u8; 32] = sha.finish().as_ref().try_into().map_err(|_| io::Error::other("SHA-256"))?;
        sealer.finish_bound(&self.name(&sha256)?)?;
        Ok(Stored { sha256, len, is_new: true })
    }

    /// Gives the written file its name, unless a whole blob of that name is there. From here on it is arriving.
    fn settle(&self, temporary: &Path, stored: Stored) -> io::Result<Stored> {
        let mut arriving = self.arriving.lock().unwrap_or_else(PoisonError::into_inner);
        let settled = self.name_it(temporary, stored)?;
        *arriving.entry(self.name(&settled.sha256)?).or_default() += 1;
        Ok(settled)
    }

    /// A version speaks of the blob that was put: it has arrived. One that never does stays until the store is opened anew.
    ///
    /// # Errors
    /// When cryptography refuses.
    pub fn arrived(&self, sha256: &[u8; 32]) -> io::Result<()> {
        let name = self.name(sha256)?;
        let mut arriving = self.arriving.lock().unwrap_or_else(PoisonError::into_inner);
        let left = arriving.get(&name).map_or(0, |count| count.saturating_sub(1));
        if left == 0 {
            arriving.remove(&name)
        } else {
            arriving.insert(name, left)
        };
        Ok(())
    }

    fn name_it(&self, temporary: &Path, stored: Stored) -> io::Result<Stored> {
        let path = self.path(&stored.sha256)?;
        if self.open(&stored.sha256).is_ok_and(|blob| blob.len() == stored.len) {
            return Ok(Stored { is_new: false, ..stored });
        }
        let shelf = path.parent().unwrap_or(&self.folder);
        let is_new_shelf = !shelf.exists();
        fs::create_dir_all(shelf)?;
        fs::rename(temporary, &path)?;
        sync_folder(shelf)?;
        if is_new_shelf {
            sync_folder(&self.folder)?;
        }
        Ok(stored)
    }

    /// Opens a blob to read any part of it; a changed block is refused when it is read.
    ///
    /// # Errors
    /// `NotFound`, or `InvalidData` when the file was changed.
    pub fn open(&self, sha256: &[u8; 32]) -> io::Result<Sealed> {
        let found = Sealed::open_bound(&self.path(sha256)?, &self.sealing, SEAL_NAME, &self.name(sha256)?);
        match (found, &self.older) {
            (Err(error), Some(older)) if error.kind() == io::ErrorKind::NotFound => older.open(sha256),
            (found, _) => found,
        }
    }

    /// Reads a blob as a whole and compares its bytes with the hash; returns the length.
    ///
    /// # Errors
    /// As [`BlobStore::open`].
    pub fn check(&self, sha256: &[u8; 32]) -> io::Result<u64> {
        let blob = self.open(sha256)?;
        let mut sha = digest::Context::new(&digest::SHA256);
        let step = (CHUNK as u64) >> blob.block_log().min(16);
        let mut block = 0;
        while block < blob.blocks() {
            let next = blob.blocks().min(block + step.max(1));
            sha.update(&blob.read_blocks(block, next)?);
            block = next;
        }
        if sha.finish().as_ref() != sha256 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a blob holds other bytes than its name says"));
        }
        Ok(blob.len())
    }

    /// Copies a whole blob into another folder of blobs, as it lies, under its own name.
    ///
    /// # Errors
    /// As [`BlobStore::check`]; nothing is copied then.
    pub fn copy(&self, sha256: &[u8; 32], folder: &Path) -> io::Result<()> {
        if let (Some(older), false) = (&self.older, self.path(sha256)?.exists()) {
            return older.copy(sha256, folder);
        }
        self.check(sha256)?;
        let path = self.path(sha256)?;
        let shelf = folder.join(path.parent().and_then(Path::file_name).unwrap_or_default());
        fs::create_dir_all(&shelf)?;
        let target = shelf.join(path.file_name().unwrap_or_default());
        fs::copy(&path, &target)?;
        fs::File::open(&target)?.sync_all()
    }

    /// Removes a blob; one that is not there is no error.
    pub fn remove(&self, sha256: &[u8; 32]) -> io::Result<()> {
        self.older.as_ref().map_or(Ok(()), |older| older.remove(sha256))?;
        match fs::remove_file(self.path(sha256)?) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// The name under which bytes of this hash lie.
    ///
    /// # Errors
    /// When cryptography refuses.
    pub fn name_of(&self, sha256: &[u8; 32]) -> io::Result<[u8; 32]> {
        self.name(sha256)
    }

    /// Holds back whatever is being put while `work` looks for strays; it gets the names of those that no version speaks
    /// of yet, but one will.
    pub fn while_none_arrives<T>(&self, work: impl FnOnce(&BTreeMap<[u8; 32], u64>) -> T) -> T {
        work(&self.arriving.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Removes files by their names: for what no version speaks of. Back from here, no power cut brings them back.
    pub fn remove_named(&self, names: &[[u8; 32]]) -> io::Result<()> {
        let mut shelves = BTreeSet::new();
        for name in names {
            let text = hex(name);
            let shelf = self.folder.join(text.split_at(2).0);
            fs::remove_file(shelf.join(&text))?;
            shelves.insert(shelf);
        }
        shelves.iter().try_for_each(|shelf| sync_folder(shelf))
    }

    /// The names of all blobs, in order.
    pub fn list(&self) -> io::Result<Vec<[u8; 32]>> {
        let mut found = Vec::new();
        for shelf in entries(&self.folder)? {
            if shelf.is_dir() {
                found.extend(entries(&shelf)?.iter().filter_map(|path| unhex(&path.file_name()?.to_string_lossy())));
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    /// Removes what a crash left half-written. To be called by who has the archive's lock, before anything is put.
    pub fn sweep(&self) -> io::Result<()> {
        sweep(&self.folder)
    }
}

/// What a folder holds; a folder that is not there holds nothing.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(found) => found.map(|entry| entry.map(|e| e.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(dir: &Path) -> BlobStore {
        BlobStore::at(dir.join("blobs"), &Subkey::from_bytes([5; 32])).unwrap()
    }

    #[test]
    fn equal_bytes_are_stored_once_and_any_part_reads_back() {
        let dir = tempfile::tempdir().unwrap();
        let store = store(dir.path());
        let bytes: Vec<u8> = (0..200_000u32).map(|i| (i * 7 % 253) as u8).collect();
        let first = store.put(&bytes[..]).unwrap();
        let again = store.put(&bytes[..]).unwrap();
        assert_eq!((first.is_new, again.is_new, first.sha256, first.len), (true, false, again.sha256, 200_000));
        assert_eq!(first.sha256, digest::digest(&digest::SHA256, &bytes).as_ref());
        let blob = store.open(&first.sha256).unwrap();
        assert_eq!(blob.read_at(99_990, 20).unwrap(), bytes[99_990..100_010]);
        assert_eq!(blob.read_at(199_990, 100).unwrap(), bytes[199_990..]);
        assert_eq!(store.check(&first.sha256).unwrap(), 200_000);
        assert_eq!(store.list().unwrap(), [store.name_of(&first.sha256).unwrap()]);
        assert_eq!(fs::read_dir(store.folder()).unwrap().count(), 1, "no temporary file stays");
    }

    #[test]
    fn a_source_that_breaks_off_leaves_nothing() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("the disk is gone"))
            }
        }
        let dir = tempfile::tempdir().unwrap();
        let store = store(dir.path());
        assert!(store.put([1u8; 10].chain(Broken)).is_err());
        assert!(store.list().unwrap().is_empty());
        assert_eq!(fs::read_dir(store.folder()).unwrap().count(), 0);
    }

    #[test]
    fn a_blob_cannot_stand_in_for_another() {
        let dir = tempfile::tempdir().unwrap();
        let store = store(dir.path());
        let (a, b) = (store.put(&b"one"[..]).unwrap(), store.put(&b"two"[..]).unwrap());
        fs::copy(store.path(&a.sha256).unwrap(), store.path(&b.sha256).unwrap()).unwrap();
        assert_eq!(store.open(&b.sha256).err().unwrap().kind(), io::ErrorKind::InvalidData);
        assert!(store.check(&b.sha256).is_err());
        assert!(store.check(&a.sha256).is_ok());
    }

    #[test]
    fn a_damaged_blob_is_named_and_mended_by_the_same_bytes() {
        let dir = tempfile::tempdir().unwrap();
        let store = store(dir.path());
        let stored = store.put(&vec![9u8; 40_000][..]).unwrap();
        let path = store.path(&stored.sha256).unwrap();
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() - 1]).unwrap();
        assert!(store.check(&stored.sha256).is_err());
        assert!(store.put(&vec![9u8; 40_000][..]).unwrap().is_new, "what is damaged does not count as there");
        assert!(store.check(&stored.sha256).is_ok());
    }

    #[test]
    fn what_a_crash_left_is_swept_and_names_tell_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let store = store(dir.path());
        let stored = store.put(&b"hello"[..]).unwrap();
        fs::write(store.folder().join(".new-0000"), b"half").unwrap();
        store.sweep().unwrap();
        assert_eq!(store.list().unwrap(), [store.name_of(&stored.sha256).unwrap()]);
        let other = BlobStore::at(dir.path().join("other"), &Subkey::from_bytes([6; 32])).unwrap();
        assert_ne!(other.name_of(&stored.sha256).unwrap(), store.name_of(&stored.sha256).unwrap());
        store.remove(&stored.sha256).unwrap();
        store.remove(&stored.sha256).unwrap();
        assert!(store.list().unwrap().is_empty());
    }
}
