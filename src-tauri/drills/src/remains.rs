//! Looks for bytes in everything that an archive folder holds, decrypted: database and log page by page, free pages too,
//! sealed files, and every file as it lies on the disk. Pages are decrypted here, past SQLCipher, which would not show the
//! free ones: AES-256-CBC, 4096 bytes, the last 80 of which are the IV and the authentication code; the first page begins
//! with a salt of 16 bytes.

use aes::Aes256;
use aes::cipher::{BlockDecrypt, KeyInit};
use anyhow::{Context, Result};
use letopis_vault::sealed::{Sealed, Sealing};
use letopis_vault::{KeyFile, Opener, Purpose, RecoveryKey, Subkey};
use std::fs;
use std::path::Path;

const PAGE: usize = 4096;
const RESERVE: usize = 80;
const BLOCK: usize = 16;
const LOG_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// The keys of one archive.
pub struct Keys {
    sql: Subkey,
    index: Subkey,
    blobs: Subkey,
    sidecar: Subkey,
}

impl Keys {
    /// # Errors
    /// The key file does not read.
    pub fn of(archive: &Path, recovery: &str) -> Result<Self> {
        let file = KeyFile::read(&archive.join("keys.json"))?;
        let recovery = RecoveryKey::parse(recovery)?;
        let master = file.open(&Opener::Recovery(&recovery))?;
        let subkey = |purpose| master.subkey(file.archive(), purpose);
        Ok(Keys {
            sql: subkey(Purpose::Sql)?,
            index: subkey(Purpose::Index)?,
            blobs: subkey(Purpose::Blobs)?,
            sidecar: subkey(Purpose::Sidecar)?,
        })
    }

    /// All plain bytes of a file; `None` for one that is not sealed.
    fn plain(&self, archive: &Path, path: &Path) -> Result<Option<Vec<u8>>> {
        let name = path.strip_prefix(archive)?.to_string_lossy().into_owned();
        if name.ends_with(".db") {
            return Ok(Some(database(&fs::read(path)?, &self.sql)));
        }
        if name.ends_with(".db-wal") {
            return Ok(Some(log(&fs::read(path)?, &self.sql)));
        }
        let sealed = if let Some(file) = name.strip_prefix("index/") {
            if fs::metadata(path)?.len() == 0 {
                return Ok(None); // tantivy's lock files
            }
            Sealed::open(path, &Sealing::new(&self.index), file)
        } else if name.starts_with("blobs/") {
            let bound = unhex(path.file_name().unwrap_or_default().to_string_lossy().as_ref());
            Sealed::open_bound(path, &Sealing::new(&self.blobs), "blob", &bound)
        } else if name == "head" {
            Sealed::open(path, &Sealing::new(&self.sidecar), "head")
        } else {
            return Ok(None);
        };
        Ok(Some(sealed.with_context(|| name.clone())?.read_all().with_context(|| name)?))
    }
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|c| c.to_digit(16)).map(|d| d as u8).collect();
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// The pages of a database, one after the other.
pub fn database(bytes: &[u8], key: &Subkey) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    for (number, page) in bytes.chunks_exact(PAGE).enumerate() {
        plain.extend(page_of(page, key, number == 0));
    }
    plain
}

/// The pages in a write-ahead log, those that no longer count too.
pub fn log(bytes: &[u8], key: &Subkey) -> Vec<u8> {
    let mut plain = Vec::new();
    for frame in bytes.get(LOG_HEADER..).unwrap_or_default().chunks_exact(FRAME_HEADER + PAGE) {
        let is_first = frame[..4] == [0, 0, 0, 1];
        plain.extend(page_of(&frame[FRAME_HEADER..], key, is_first));
    }
    plain
}

fn page_of(page: &[u8], key: &Subkey, is_first: bool) -> Vec<u8> {
    let Ok(cipher) = Aes256::new_from_slice(key.bytes()) else { return Vec::new() };
    let (body, reserve) = page.split_at(PAGE - RESERVE);
    let mut before: [u8; BLOCK] = reserve[..BLOCK].try_into().unwrap_or_default();
    let mut plain = Vec::with_capacity(body.len());
    for sealed in body.chunks_exact(BLOCK).skip(usize::from(is_first)) {
        let mut block = aes::Block::clone_from_slice(sealed);
        cipher.decrypt_block(&mut block);
        plain.extend(block.iter().zip(before).map(|(byte, other)| byte ^ other));
        before.copy_from_slice(sealed);
    }
    plain
}

/// The files of an archive folder in which the needle stands, decrypted or as they lie.
///
/// # Errors
/// A file does not read: then nothing can be said of it.
pub fn find(archive: &Path, recovery: &str, needle: &str) -> Result<Vec<String>> {
    let keys = Keys::of(archive, recovery)?;
    let mut found = Vec::new();
    for path in crate::desk::files(archive)? {
        let plain = keys.plain(archive, &path)?.unwrap_or_default();
        if contains(&plain, needle.as_bytes()) || contains(&fs::read(&path)?, needle.as_bytes()) {
            found.push(path.strip_prefix(archive)?.display().to_string());
        }
    }
    Ok(found)
}

pub fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    let Some(first) = needle.first() else { return true };
    bytes.iter().enumerate().any(|(at, byte)| byte == first && bytes[at..].starts_with(needle))
}
