//! Looks for bytes in everything that an archive folder holds, decrypted: database and log page by page, free pages too,
//! sealed files, and every file as it lies on the disk. Pages are decrypted past SQLCipher, which would not show the free
//! ones.

use anyhow::{Context, Result};
use letopis_vault::pages::{PAGE, PageKey};
use letopis_vault::sealed::{Sealed, Sealing};
use letopis_vault::{KeyFile, Opener, Purpose, RecoveryKey, Subkey, unhex};
use std::fs;
use std::path::Path;

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

    /// The plain bytes of one page of an archive's database; none when it was changed.
    ///
    /// # Errors
    /// The file does not read.
    pub fn page(&self, archive: &Path, number: u32) -> Result<Vec<u8>> {
        let file = fs::read(archive.join("archive.db"))?;
        let key = PageKey::new(&self.sql, file.first_chunk().context("salt")?)?;
        let page = file.chunks_exact(PAGE).nth(number as usize - 1).context("no such page")?;
        Ok(key.open(number, page).unwrap_or_default())
    }

    /// All plain bytes of a file; `None` for one that is not sealed.
    fn plain(&self, archive: &Path, path: &Path) -> Result<Option<Vec<u8>>> {
        let name = path.strip_prefix(archive)?.to_string_lossy().into_owned();
        if let Some(database_name) = name.strip_suffix("-wal").or(Some(&*name)).filter(|name| name.ends_with(".db")) {
            let file = fs::read(archive.join(database_name))?;
            let Some(salt) = file.first_chunk() else { return Ok(None) };
            let key = PageKey::new(&self.sql, salt)?;
            return Ok(Some(if database_name == name { database(&file, &key) } else { log(&fs::read(path)?, &key) }));
        }
        let sealed = if let Some(file) = name.strip_prefix("index/") {
            if fs::metadata(path)?.len() == 0 {
                return Ok(None); // tantivy's lock files
            }
            Sealed::open(path, &Sealing::new(&self.index), file)
        } else if name.starts_with("blobs/") {
            let bound: [u8; 32] =
                unhex(&path.file_name().unwrap_or_default().to_string_lossy()).context("a file with a foreign name")?;
            Sealed::open_bound(path, &Sealing::new(&self.blobs), "blob", &bound)
        } else if name == "head" {
            Sealed::open(path, &Sealing::new(&self.sidecar), "head")
        } else {
            return Ok(None);
        };
        Ok(Some(sealed.with_context(|| name.clone())?.read_all().with_context(|| name)?))
    }
}

/// The pages of a database, one after the other.
fn database(bytes: &[u8], key: &PageKey) -> Vec<u8> {
    (1u32..).zip(bytes.chunks_exact(PAGE)).flat_map(|(number, page)| key.open(number, page).unwrap_or_default()).collect()
}

/// The pages in a write-ahead log, those that no longer count too.
fn log(bytes: &[u8], key: &PageKey) -> Vec<u8> {
    let frames = bytes.get(LOG_HEADER..).unwrap_or_default().chunks_exact(FRAME_HEADER + PAGE);
    let open = |frame: &[u8]| {
        let number = u32::from_be_bytes(frame[..4].try_into().unwrap_or_default());
        key.open(number, &frame[FRAME_HEADER..]).unwrap_or_default()
    };
    frames.flat_map(open).collect()
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
