//! Sealed files: block AEAD that can be read at any place without decrypting the rest.
//!
//! ```text
//! header 32: "LTS1" | version 1 | log2 of the block size | 0 0 | file id 16 | 0 x8
//! ciphertext, as long as the plaintext | one 16-byte tag a block | plaintext length u64 LE | trailer tag 16
//! ```
//! Key = HKDF-SHA256(subkey, "letopis sealed v1" | file id | name), so a file cannot stand in for another of the same
//! folder. Nonce = block number; the trailer (nonce 2^64-1) authenticates header, length and all tags, so truncation,
//! swapped blocks and a changed length are refused at open, a changed block when it is read. Cipher: AES-256-GCM.
//! Rolling a whole file back to an older sealed state is not noticed here; who needs that keeps a hash elsewhere.

use crate::Subkey;
use crate::keys::expand;
use crate::random;
use ring::{aead, hkdf};
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::Path;

const MAGIC: &[u8; 4] = b"LTS1";
const HEADER: usize = 32;
const TAG: usize = 16;
const TRAILER: usize = 8 + TAG;
const TRAILER_NONCE: u64 = u64::MAX;

/// How the name of a file begins that is not whole yet.
pub const NEW: &str = ".new-";

/// 16 KiB: the usual size of a block.
pub const BLOCK_LOG: u8 = 14;

/// 4 KiB: for a file of which short pieces are read, here and there.
pub const SMALL_BLOCK_LOG: u8 = 12;

/// Sealed bytes that are written at once.
const WRITTEN: usize = 64 << 10;

/// A key from which one folder's files get theirs.
#[derive(Clone)]
pub struct Sealing(Subkey);

impl Sealing {
    pub fn new(subkey: &Subkey) -> Self {
        Sealing(subkey.clone())
    }

    fn file_key(&self, file_id: &[u8], name: &str) -> io::Result<aead::LessSafeKey> {
        // Extracted each time: what the library holds it does not wipe.
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, b"letopis sealed v1").extract(self.0.bytes());
        let key = expand(&prk, &[b"file", file_id, name.as_bytes()]).map_err(io::Error::other)?;
        let key = aead::UnboundKey::new(&aead::AES_256_GCM, &*key).map_err(|_| io::Error::other("file key"))?;
        Ok(aead::LessSafeKey::new(key))
    }
}

fn nonce(block: u64) -> aead::Nonce {
    let mut bytes = [0u8; 12];
    for (to, from) in bytes.iter_mut().skip(4).zip(block.to_be_bytes()) {
        *to = from;
    }
    aead::Nonce::assume_unique_for_key(bytes)
}

fn damaged(name: &str, what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{name}: {what}"))
}

/// Writes one sealed file. Nothing is readable back before [`Sealer::finish`].
pub struct Sealer {
    file: BufWriter<File>,
    key: aead::LessSafeKey,
    header: [u8; HEADER],
    block_log: u8,
    buffer: Vec<u8>,
    block: u64,
    len: u64,
    tags: Vec<u8>,
}

impl Sealer {
    /// Takes a file that was just created and is empty; `name` is its name in its folder.
    pub fn new(file: File, sealing: &Sealing, name: &str) -> io::Result<Self> {
        Self::in_blocks(file, sealing, name, BLOCK_LOG)
    }

    /// As [`Sealer::new`], in blocks of 2^`block_log` bytes.
    pub fn in_blocks(file: File, sealing: &Sealing, name: &str, block_log: u8) -> io::Result<Self> {
        let file_id: [u8; 16] = random().map_err(io::Error::other)?;
        let mut header = [0u8; HEADER];
        let fields = MAGIC.iter().copied().chain([1, block_log, 0, 0]).chain(file_id);
        for (to, from) in header.iter_mut().zip(fields) {
            *to = from;
        }
        let mut file = BufWriter::with_capacity(WRITTEN, file);
        file.write_all(&header)?;
        let key = sealing.file_key(&file_id, name)?;
        Ok(Sealer {
            file,
            key,
            header,
            block_log,
            buffer: Vec::with_capacity(1 << block_log),
            block: 0,
            len: 0,
            tags: Vec::new(),
        })
    }

    fn seal_block(&mut self) -> io::Result<()> {
        let tag = self
            .key
            .seal_in_place_separate_tag(nonce(self.block), aead::Aad::empty(), &mut self.buffer)
            .map_err(|_| io::Error::other("seal"))?;
        self.file.write_all(&self.buffer)?;
        self.tags.extend_from_slice(tag.as_ref());
        self.len += self.buffer.len() as u64;
        self.block += 1;
        self.buffer.clear();
        Ok(())
    }

    /// Seals what is left, writes the trailer and waits until the bytes are on the disk.
    pub fn finish(&mut self) -> io::Result<()> {
        self.finish_bound(&[])
    }

    /// As [`Sealer::finish`], for a file whose final name is known only now: it opens with the same `bound` alone.
    pub fn finish_bound(&mut self, bound: &[u8]) -> io::Result<()> {
        if !self.buffer.is_empty() {
            self.seal_block()?;
        }
        let mut aad = self.header.to_vec();
        aad.extend_from_slice(&self.len.to_le_bytes());
        aad.extend_from_slice(&self.tags);
        aad.extend_from_slice(bound);
        let mut nothing: [u8; 0] = [];
        let tag = self
            .key
            .seal_in_place_separate_tag(nonce(TRAILER_NONCE), aead::Aad::from(&aad), &mut nothing)
            .map_err(|_| io::Error::other("seal"))?;
        self.file.write_all(&self.tags)?;
        self.file.write_all(&self.len.to_le_bytes())?;
        self.file.write_all(tag.as_ref())?;
        self.file.flush()?;
        self.file.get_ref().sync_data()
    }
}

impl Write for Sealer {
    fn write(&mut self, mut bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len();
        while !bytes.is_empty() {
            let room = (1usize << self.block_log) - self.buffer.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.buffer.extend_from_slice(now);
            bytes = later;
            if self.buffer.len() == 1 << self.block_log {
                self.seal_block()?;
            }
        }
        Ok(taken)
    }

    /// Keeps a partial block in memory: a block can be sealed only once.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A sealed file open for reading; the header, length and tags are authenticated.
pub struct Sealed {
    file: File,
    name: String,
    key: aead::LessSafeKey,
    len: u64,
    tags: Vec<u8>,
    block_log: u8,
}

impl Sealed {
    /// # Errors
    /// `InvalidData` when anything was changed, cut off or exchanged; `NotFound` and the like as they are.
    pub fn open(path: &Path, sealing: &Sealing, name: &str) -> io::Result<Self> {
        Self::open_bound(path, sealing, name, &[])
    }

    /// Opens a file of [`Sealer::finish_bound`].
    pub fn open_bound(path: &Path, sealing: &Sealing, name: &str, bound: &[u8]) -> io::Result<Self> {
        let file = File::open(path)?;
        let file_len = file.metadata()?.len();
        let body = file_len.checked_sub((HEADER + TRAILER) as u64).ok_or_else(|| damaged(name, "cut off"))?;
        let mut header = [0u8; HEADER];
        read_at(&file, &mut header, 0)?;
        let (magic, rest) = header.split_at(4);
        let (&[_, block_log, ..], Some(file_id)) = (rest, header.get(8..24)) else {
            return Err(damaged(name, "header"));
        };
        if magic != MAGIC || !(9..=24).contains(&block_log) {
            return Err(damaged(name, "not a sealed file"));
        }
        let mut len_bytes = [0u8; 8];
        let mut trailer = [0u8; TAG];
        read_at(&file, &mut len_bytes, file_len - TRAILER as u64)?;
        read_at(&file, &mut trailer, file_len - TAG as u64)?;
        let len = u64::from_le_bytes(len_bytes);
        let tags_len = len.div_ceil(1 << block_log).checked_mul(TAG as u64);
        if len > body || tags_len.and_then(|t| t.checked_add(len)) != Some(body) {
            return Err(damaged(name, "length"));
        }
        let mut tags = vec![0u8; (body - len) as usize];
        read_at(&file, &mut tags, HEADER as u64 + len)?;
        let key = sealing.file_key(file_id, name)?;
        let mut aad = header.to_vec();
        aad.extend_from_slice(&len_bytes);
        aad.extend_from_slice(&tags);
        aad.extend_from_slice(bound);
        key.open_in_place(nonce(TRAILER_NONCE), aead::Aad::from(&aad), &mut trailer)
            .map_err(|_| damaged(name, "changed or cut off"))?;
        Ok(Sealed { file, name: name.to_owned(), key, len, tags, block_log })
    }

    /// Bytes of plaintext.
    pub fn len(&self) -> u64 {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn block_log(&self) -> u8 {
        self.block_log
    }

    pub fn blocks(&self) -> u64 {
        self.len.div_ceil(1 << self.block_log)
    }

    /// Decrypts the blocks `from..to`.
    ///
    /// # Errors
    /// `InvalidData` when a block was changed.
    pub fn read_blocks(&self, from: u64, to: u64) -> io::Result<Vec<u8>> {
        let start = from << self.block_log;
        let end = (to << self.block_log).min(self.len);
        let mut bytes = vec![0u8; end.saturating_sub(start) as usize];
        read_at(&self.file, &mut bytes, HEADER as u64 + start)?;
        let tags = self.tags.chunks_exact(TAG).skip(from as usize);
        for ((number, block), tag) in (from..).zip(bytes.chunks_mut(1 << self.block_log)).zip(tags) {
            let tag = aead::Tag::try_from(tag).map_err(|_| damaged(&self.name, "tag"))?;
            self.key
                .open_in_place_separate_tag(nonce(number), aead::Aad::empty(), tag, block, 0..)
                .map_err(|_| damaged(&self.name, "a block was changed"))?;
        }
        Ok(bytes)
    }

    /// Reads `len` bytes from `offset` on, fewer at the end.
    ///
    /// # Errors
    /// `InvalidData` when a block was changed.
    pub fn read_at(&self, offset: u64, len: u64) -> io::Result<Vec<u8>> {
        let end = offset.saturating_add(len).min(self.len);
        if offset >= end {
            return Ok(Vec::new());
        }
        let first = offset >> self.block_log;
        let mut bytes = self.read_blocks(first, end.div_ceil(1 << self.block_log))?;
        bytes.truncate((end - (first << self.block_log)) as usize);
        bytes.drain(..(offset - (first << self.block_log)) as usize);
        Ok(bytes)
    }

    pub fn read_all(&self) -> io::Result<Vec<u8>> {
        self.read_blocks(0, self.blocks())
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        let read = std::os::windows::fs::FileExt::seek_read(file, buffer, offset)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        buffer = buffer.split_at_mut(read).1;
        offset += read as u64;
    }
    Ok(())
}

/// Creates a file that did not exist.
pub fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// Replaces a sealed file as a whole: a reader sees the old bytes or the new ones.
pub fn replace_sealed(path: &Path, sealing: &Sealing, name: &str, plaintext: &[u8]) -> io::Result<()> {
    replace_with(path, |file| {
        let mut sealer = Sealer::new(file, sealing, name)?;
        sealer.write_all(plaintext)?;
        sealer.finish()
    })
}

/// Replaces a plain file as a whole. Only for bytes that need no secrecy, such as sealed keys.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace_with(path, |mut file| {
        file.write_all(bytes)?;
        file.sync_data()
    })
}

fn replace_with(path: &Path, write: impl FnOnce(File) -> io::Result<()>) -> io::Result<()> {
    let suffix = u64::from_le_bytes(random().map_err(io::Error::other)?);
    let temporary = path.with_file_name(format!("{NEW}{suffix:016x}"));
    let done = create_new(&temporary).and_then(write).and_then(|()| std::fs::rename(&temporary, path));
    if done.is_err() {
        // The half-written file is of no use to anybody; the first error is the one to report.
        let _ = std::fs::remove_file(&temporary);
    }
    done?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

/// Removes what [`replace`] and its like were writing when the program was killed. To be called by who has the archive's
/// lock; a folder that is not there has nothing to remove.
pub fn sweep(folder: &Path) -> io::Result<()> {
    let found = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        found => found?,
    };
    for entry in found {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(NEW) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Makes renames and new names in a folder survive a power cut.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(windows) {
        return Ok(()); // Windows has no such call; NTFS journals names.
    }
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealing() -> Sealing {
        Sealing::new(&Subkey::from_bytes([7; 32]))
    }

    fn write(path: &Path, name: &str, bytes: &[u8]) {
        write_in(path, name, bytes, BLOCK_LOG);
    }

    fn write_in(path: &Path, name: &str, bytes: &[u8], block_log: u8) {
        let mut sealer = Sealer::in_blocks(create_new(path).unwrap(), &sealing(), name, block_log).unwrap();
        sealer.write_all(bytes).unwrap();
        sealer.finish().unwrap();
    }

    fn read(path: &Path, name: &str) -> io::Result<Vec<u8>> {
        Sealed::open(path, &sealing(), name)?.read_all()
    }

    #[test]
    fn any_length_reads_back() {
        let dir = tempfile::tempdir().unwrap();
        for block_log in [SMALL_BLOCK_LOG, BLOCK_LOG] {
            let block = 1usize << block_log;
            for len in [0, 1, 15, 16, block - 1, block, block + 1, 3 * block, 3 * block + 7] {
                let path = dir.path().join(format!("{block_log}-{len}"));
                let bytes: Vec<u8> = (0..len).map(|i| (i * 31 % 251) as u8).collect();
                write_in(&path, "f", &bytes, block_log);
                assert_eq!(read(&path, "f").unwrap(), bytes, "{len}");
                let sealed = Sealed::open(&path, &sealing(), "f").unwrap();
                assert_eq!((sealed.len(), sealed.block_log()), (len as u64, block_log));
                if len > 2 * block {
                    assert_eq!(sealed.read_blocks(1, 2).unwrap(), bytes[block..2 * block]);
                }
            }
        }
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        write(&path, "f", &vec![42u8; (1 << BLOCK_LOG) + 100]);
        let whole = std::fs::read(&path).unwrap();
        let places = (0..HEADER).chain((HEADER..whole.len()).step_by(97)).chain(whole.len() - 60..whole.len());
        for at in places {
            // Bytes 6, 7 and 24.. of the header are reserved, yet authenticated like the rest.
            let mut changed = whole.clone();
            changed[at] ^= 1;
            std::fs::write(&path, &changed).unwrap();
            assert!(read(&path, "f").is_err(), "byte {at}");
        }
        for cut in [0, 1, HEADER, whole.len() / 2, whole.len() - 1] {
            std::fs::write(&path, &whole[..cut]).unwrap();
            assert!(read(&path, "f").is_err(), "cut at {cut}");
        }
        let mut longer = whole.clone();
        longer.push(0);
        std::fs::write(&path, &longer).unwrap();
        assert!(read(&path, "f").is_err(), "one byte more");
    }

    #[test]
    fn a_file_cannot_stand_in_for_another() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        write(&path, "seg1.term", b"abc");
        assert!(read(&path, "seg2.term").is_err());
        let other = Sealing::new(&Subkey::from_bytes([8; 32]));
        assert!(Sealed::open(&path, &other, "seg1.term").is_err());
    }

    #[test]
    fn plain_text_is_not_on_the_disk() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        replace_sealed(&path, &sealing(), "f", "канарейка".repeat(1000).as_bytes()).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let canary = "канарейка".as_bytes();
        assert!(!bytes.windows(canary.len()).any(|w| w == canary));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "no temporary file stays");
    }
}
