//! Reading sealed files by blocks, through one cache of decrypted blocks for the whole directory.

use super::Reading;
use letopis_vault::sealed::Sealed;
use lru::LruCache;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tantivy::HasLen;
use tantivy::directory::{FileHandle, OwnedBytes};

/// What a cache entry costs beside its bytes.
const ENTRY: usize = 96;

type Blocks = LruCache<(u64, u64), OwnedBytes>;

/// Decrypted blocks by (file, block), least recently used out first.
pub struct BlockCache {
    /// The blocks and the bytes they use.
    blocks: Mutex<(Blocks, usize)>,
    capacity: usize,
    next_file: AtomicU64,
}

impl BlockCache {
    pub fn new(capacity: usize) -> Self {
        BlockCache { blocks: Mutex::new((LruCache::unbounded(), 0)), capacity, next_file: AtomicU64::new(0) }
    }

    #[cfg(test)]
    pub fn used(&self) -> usize {
        self.blocks.lock().unwrap_or_else(PoisonError::into_inner).1
    }

    fn get(&self, key: (u64, u64)) -> Option<OwnedBytes> {
        self.blocks.lock().unwrap_or_else(PoisonError::into_inner).0.get(&key).cloned()
    }

    pub fn put(&self, key: (u64, u64), bytes: OwnedBytes) {
        let mut guard = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        let (blocks, used) = &mut *guard;
        *used += bytes.len() + ENTRY;
        if let Some((_, replaced)) = blocks.push(key, bytes) {
            *used = used.saturating_sub(replaced.len() + ENTRY);
        }
        while *used > self.capacity {
            let Some((_, old)) = blocks.pop_lru() else { break };
            *used = used.saturating_sub(old.len() + ENTRY);
        }
    }
}

/// One open file.
pub struct Handle {
    /// A number never used twice: a deleted file's blocks cannot answer for a new one of the same name.
    number: u64,
    sealed: Sealed,
    whole: Option<OwnedBytes>,
    cache: Arc<BlockCache>,
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Handle({})", self.number)
    }
}

impl Handle {
    pub fn new(sealed: Sealed, path: &Path, cache: &Arc<BlockCache>, reading: Reading) -> io::Result<Self> {
        let is_read_often = matches!(path.extension().and_then(|e| e.to_str()), Some("term" | "fast" | "fieldnorm"));
        let read_at_once = is_read_often || reading != Reading::Hybrid;
        let whole = if read_at_once { Some(OwnedBytes::new(sealed.read_all()?)) } else { None };
        Ok(Handle { number: cache.next_file.fetch_add(1, Ordering::Relaxed), sealed, whole, cache: cache.clone() })
    }

    fn block(&self, number: u64) -> io::Result<OwnedBytes> {
        let key = (self.number, number);
        if let Some(bytes) = self.cache.get(key) {
            return Ok(bytes);
        }
        let bytes = OwnedBytes::new(self.sealed.read_blocks(number, number + 1)?);
        self.cache.put(key, bytes.clone());
        Ok(bytes)
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
        let inside = range.start - offset..range.end - offset;
        if first == last {
            return Ok(self.block(first)?.slice(inside));
        }
        Ok(OwnedBytes::new(self.sealed.read_blocks(first, last + 1)?).slice(inside))
    }
}
