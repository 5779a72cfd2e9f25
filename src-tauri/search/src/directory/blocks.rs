//! Reading sealed files by blocks, through one cache of decrypted bytes for the whole directory.

use super::Reading;
use letopis_vault::sealed::Sealed;
use lru::LruCache;
use std::collections::HashMap;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tantivy::HasLen;
use tantivy::directory::{FileHandle, OwnedBytes};

/// What a cache entry costs beside its bytes.
const ENTRY: usize = 96;

/// The part of the cache that one stretch may take: a longer one would drive everything else out.
const LONGEST: usize = 4;

/// A file, and its blocks from the first number to before the second.
type Stretch = (u64, u64, u64);

/// Decrypted blocks and runs of blocks, least recently used out first.
pub struct BlockCache {
    /// The stretches and the bytes they use.
    kept: Mutex<(LruCache<Stretch, OwnedBytes>, usize)>,
    capacity: usize,
    next_file: AtomicU64,
}

impl BlockCache {
    pub fn new(capacity: usize) -> Self {
        BlockCache { kept: Mutex::new((LruCache::unbounded(), 0)), capacity, next_file: AtomicU64::new(0) }
    }

    #[cfg(test)]
    pub fn used(&self) -> usize {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).1
    }

    fn get(&self, key: Stretch) -> Option<OwnedBytes> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).0.get(&key).cloned()
    }

    pub fn put(&self, key: Stretch, bytes: OwnedBytes) {
        if bytes.len() > self.capacity / LONGEST {
            return;
        }
        let mut guard = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (kept, used) = &mut *guard;
        *used += bytes.len() + ENTRY;
        if let Some((_, replaced)) = kept.push(key, bytes) {
            *used = used.saturating_sub(replaced.len() + ENTRY);
        }
        while *used > self.capacity {
            let Some((_, old)) = kept.pop_lru() else { break };
            *used = used.saturating_sub(old.len() + ENTRY);
        }
    }

    /// Lets go of what a file has here that nobody will ask for again.
    fn forget(&self, file: u64) {
        let mut guard = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (kept, used) = &mut *guard;
        let of_file: Vec<Stretch> = kept.iter().map(|(key, _)| *key).filter(|(number, ..)| *number == file).collect();
        for old in of_file.iter().filter_map(|key| kept.pop(key)) {
            *used = used.saturating_sub(old.len() + ENTRY);
        }
    }
}

/// By the first block and the one after the last: what is decrypted as long as somebody has it.
type Held = Mutex<HashMap<(u64, u64), Weak<[u8]>>>;

/// One open file.
pub struct Handle {
    /// A number never used twice: a deleted file's blocks cannot answer for a new one of the same name.
    number: u64,
    sealed: Sealed,
    whole: Option<OwnedBytes>,
    /// Of dictionaries and columns: what somebody holds decrypted is not decrypted a second time for somebody else,
    /// however long it is and whether the cache has room for it or not.
    held: Option<Held>,
    cache: Arc<BlockCache>,
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Handle({})", self.number)
    }
}

impl Handle {
    pub fn new(sealed: Sealed, path: &Path, cache: &Arc<BlockCache>, reading: Reading) -> io::Result<Self> {
        let is_held_long = matches!(path.extension().and_then(|e| e.to_str()), Some("term" | "fast" | "fieldnorm"));
        let whole = if reading == Reading::Blocks { None } else { Some(OwnedBytes::new(sealed.read_all()?)) };
        let held = is_held_long.then(Mutex::default);
        Ok(Handle { number: cache.next_file.fetch_add(1, Ordering::Relaxed), sealed, whole, held, cache: cache.clone() })
    }

    /// The blocks from `first` to before `end`, decrypted.
    fn stretch(&self, first: u64, end: u64) -> io::Result<OwnedBytes> {
        let key = (self.number, first, end);
        if let Some(bytes) = self.cache.get(key) {
            return Ok(bytes);
        }
        let bytes = match &self.held {
            Some(held) => OwnedBytes::new(self.held(held, first, end)?),
            None => OwnedBytes::new(self.sealed.read_blocks(first, end)?),
        };
        self.cache.put(key, bytes.clone());
        Ok(bytes)
    }

    fn held(&self, held: &Held, first: u64, end: u64) -> io::Result<Arc<[u8]>> {
        let lock = || held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bytes) = lock().get(&(first, end)).and_then(Weak::upgrade) {
            return Ok(bytes);
        }
        // Read without the lock: others ask for other columns meanwhile.
        let bytes: Arc<[u8]> = self.sealed.read_blocks(first, end)?.into();
        let mut held = lock();
        held.retain(|_, bytes| bytes.strong_count() > 0);
        held.insert((first, end), Arc::downgrade(&bytes));
        Ok(bytes)
    }
}

/// Live messages are committed several times a second and merged soon after: what their files left in the cache would fill it.
impl Drop for Handle {
    fn drop(&mut self) {
        self.cache.forget(self.number);
    }
}

impl HasLen for Handle {
    fn len(&self) -> usize {
        self.sealed.len() as usize
    }
}

impl FileHandle for Handle {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        if range.start > range.end || range.end > self.len() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        if range.is_empty() {
            return Ok(OwnedBytes::empty());
        }
        if let Some(whole) = &self.whole {
            return Ok(whole.slice(range));
        }
        let log = self.sealed.block_log();
        let (first, last) = ((range.start >> log) as u64, ((range.end - 1) >> log) as u64);
        let offset = (first as usize) << log;
        Ok(self.stretch(first, last + 1)?.slice(range.start - offset..range.end - offset))
    }
}
