//! A tantivy directory whose every file is sealed. Everything is read by stretches of blocks, decrypted when somebody asks
//! for them, through a cache of bounded size, one for those who search and one for the writer; of dictionaries and columns,
//! which tantivy holds as long as a segment is open, no two of those who search get a copy each.
//!
//! Refused: decrypting whole files (a reload after each small commit would cost hundreds of milliseconds, and memory
//! grows with the archive), even of dictionaries and columns only (opening would grow with the archive, and most fields
//! are never asked), and decrypting in `open_read` only (tantivy also reads through `get_file_handle`).

mod blocks;

use blocks::{BlockCache, Handle};
use letopis_vault::{Subkey, sealed};
use std::collections::HashMap;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, Directory, DirectoryLock, FileHandle, Lock, MmapDirectory, TerminatingWrite, WatchCallback, WatchHandle,
    WritePtr,
};

/// Decrypted bytes kept in memory for whoever searches again.
const SEARCHED: usize = 64 << 20;

/// And for whoever writes: a merge reads everything once, in order, and must not drive out what is searched.
const MERGED: usize = 4 << 20;

#[derive(Clone)]
pub struct SealedDirectory(Arc<Inner>);

struct Inner {
    root: PathBuf,
    sealing: sealed::Sealing,
    /// Does what needs no decryption: deletes, locks, watches.
    plain: MmapDirectory,
    cache: Arc<BlockCache>,
    /// Files that somebody holds open; a reload after a small commit reuses them.
    open: Mutex<HashMap<PathBuf, Weak<Handle>>>,
    reading: Reading,
}

/// What is decrypted when a file opens.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Nothing: by blocks, as they are asked for.
    Blocks,
    /// Everything, each time: for a bench.
    #[cfg(feature = "rivals")]
    Whole,
}

impl std::fmt::Debug for SealedDirectory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedDirectory")
    }
}

impl SealedDirectory {
    pub fn open(root: &Path, key: &Subkey) -> io::Result<Self> {
        Self::reading(root, key, Reading::Blocks)
    }

    #[cfg(feature = "rivals")]
    pub fn open_whole(root: &Path, key: &Subkey) -> io::Result<Self> {
        Self::reading(root, key, Reading::Whole)
    }

    fn reading(root: &Path, key: &Subkey, reading: Reading) -> io::Result<Self> {
        sealed::sweep(root)?;
        let plain = MmapDirectory::open(root).map_err(io::Error::other)?;
        let sealing = sealed::Sealing::new(key);
        Ok(Self::with_cache(root.to_owned(), sealing, plain, SEARCHED, reading))
    }

    /// The same folder for whoever writes, with a cache of its own.
    pub fn to_write(&self) -> Self {
        let Inner { root, sealing, plain, .. } = &*self.0;
        Self::with_cache(root.clone(), sealing.clone(), plain.clone(), MERGED, Reading::Blocks)
    }

    fn with_cache(root: PathBuf, sealing: sealed::Sealing, plain: MmapDirectory, cached: usize, reading: Reading) -> Self {
        let cache = Arc::new(BlockCache::new(cached));
        SealedDirectory(Arc::new(Inner { root, sealing, plain, cache, open: Mutex::default(), reading }))
    }

    fn handle(&self, path: &Path) -> io::Result<Arc<Handle>> {
        let mut open = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(handle) = open.get(path).and_then(Weak::upgrade) {
            return Ok(handle);
        }
        let sealed = sealed::Sealed::open(&self.0.root.join(path), &self.0.sealing, &name(path))?;
        let handle = Arc::new(Handle::new(sealed, path, &self.0.cache, self.0.reading)?);
        open.retain(|_, weak| weak.strong_count() > 0);
        open.insert(path.to_owned(), Arc::downgrade(&handle));
        Ok(handle)
    }
}

fn name(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// A list of where a word stands is short and is read as a whole: larger blocks would decrypt its neighbours with it.
fn block_log(path: &Path) -> u8 {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("idx" | "pos") => sealed::SMALL_BLOCK_LOG,
        _ => sealed::BLOCK_LOG,
    }
}

fn read_error(error: io::Error, path: &Path) -> OpenReadError {
    if error.kind() == io::ErrorKind::NotFound {
        OpenReadError::FileDoesNotExist(path.to_owned())
    } else {
        OpenReadError::wrap_io_error(error, path.to_owned())
    }
}

impl Directory for SealedDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        match self.handle(path) {
            Ok(handle) => Ok(handle),
            Err(error) => Err(read_error(error, path)),
        }
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner).remove(path);
        self.0.plain.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.0.plain.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::AlreadyExists => OpenWriteError::FileAlreadyExists(path.to_owned()),
            _ => OpenWriteError::wrap_io_error(error, path.to_owned()),
        };
        let file = sealed::create_new(&self.0.root.join(path)).map_err(failed)?;
        let sealer = sealed::Sealer::in_blocks(file, &self.0.sealing, &name(path), block_log(path)).map_err(failed)?;
        Ok(BufWriter::new(Box::new(Writing(sealer))))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        sealed::Sealed::open(&self.0.root.join(path), &self.0.sealing, &name(path))
            .and_then(|file| file.read_all())
            .map_err(|error| read_error(error, path))
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        sealed::replace_sealed(&self.0.root.join(path), &self.0.sealing, &name(path), data)
    }

    fn sync_directory(&self) -> io::Result<()> {
        sealed::sync_folder(&self.0.root)
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        self.0.plain.acquire_lock(lock)
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.0.plain.watch(callback)
    }
}

struct Writing(sealed::Sealer);

impl Write for Writing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl TerminatingWrite for Writing {
    fn terminate_ref(&mut self, _: AntiCallToken) -> io::Result<()> {
        self.0.finish()
    }
}

#[cfg(test)]
mod tests;
