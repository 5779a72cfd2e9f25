//! Backup: one encrypted file, made while the archive is in use. The database file is held still (appends go on into the
//! log) and copied as it is, then the files of messages; the index is left out, it can be built anew. The file is written
//! under another name, read back to its end, and only then gets its own.
//!
//! ```text
//! "letopis-backup/1\n" | length of keys.json, u32 LE | keys.json | age stream of a tar:
//!     manifest.json   keys.json   archive.db   blobs/ab/ab34…
//! ```
//! The passphrase or the recovery key opens keys.json, the master key in it gives the key of the stream. Everything inside
//! the tar is encrypted once more, each in its own way: an unpacked backup is an archive folder.

use crate::heads::parse_head;
use crate::home::Home;
use crate::job::{Job, Progress, Stage};
use crate::keys::Keys;
use crate::{Failure, OpenArchive, Secret, head_text};
use letopis_archive::{Access, Archive, FILE, TreeHead};
use letopis_vault::stream::{StreamSealer, open_stream};
use letopis_vault::{Purpose, Subkey, hex};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{self, File, TryLockError};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Component, Path, PathBuf};

const MAGIC: &[u8] = b"letopis-backup/1\n";
/// More than any key file needs.
const KEYS_MOST: u32 = 1 << 20;
const KEYS: &str = "keys.json";
const MANIFEST: &str = "manifest.json";
const BLOBS: &str = "blobs";
const TRIES: u32 = 50;
const PAUSE: std::time::Duration = std::time::Duration::from_millis(100);

/// What was written and read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenBackup {
    pub file: PathBuf,
    pub bytes: u64,
    pub files: u64,
    /// The head of the archive that is in it.
    pub head: TreeHead,
}

#[derive(Serialize, Deserialize)]
struct Manifest {
    format: String,
    made_at: i64,
    schema: u32,
    head: String,
}

impl OpenArchive {
    /// Writes a backup. `path` must not exist.
    ///
    /// # Errors
    /// `AlreadyExists`, `DiskFull`, `NoRights`, `Cancelled`; after each of them no part of the file stays.
    pub fn backup(&self, path: &Path, job: &mut Job<'_>) -> Result<WrittenBackup, Failure> {
        if path.exists() {
            return Err(Failure::AlreadyExists(path.to_owned()));
        }
        let part = part_of(path);
        let place = claim(&part)?;
        let written = self.write_backup(place, &part, job).and_then(|(sum, files, head)| {
            check_backup(&part, &self.backup_key, &sum, job)?;
            fs::rename(&part, path).map_err(|e| Failure::from_io(e, path.to_owned()))?;
            sync_parent(path)?;
            let bytes = fs::metadata(path).map_err(|e| Failure::from_io(e, path.to_owned()))?.len();
            Ok(WrittenBackup { file: path.to_owned(), bytes, files, head })
        });
        if written.is_err() {
            // Half a backup is worse than none; the first error is the one to report.
            let _ = fs::remove_file(&part);
        }
        let written = written?;
        self.note(Access::WroteBackup, None, &path.display().to_string(), "")?;
        Ok(written)
    }

    fn write_backup(&self, place: File, part: &Path, job: &mut Job<'_>) -> Result<([u8; 32], u64, TreeHead), Failure> {
        let head = self.hold_still()?;
        let written = self.write_stream(place, part, head, job);
        let moves = self.writer.run(|writer| writer.move_again());
        let (sum, files) = written?;
        moves?;
        Ok((sum, files, head))
    }

    /// Readers are done in a moment; a checkpoint waits for them.
    fn hold_still(&self) -> Result<TreeHead, Failure> {
        for _ in 0..TRIES {
            match self.writer.run(|writer| writer.hold_still()) {
                Err(Failure::Busy) => std::thread::sleep(PAUSE),
                other => return other,
            }
        }
        self.writer.run(|writer| writer.hold_still())
    }

    fn write_stream(&self, place: File, part: &Path, head: TreeHead, job: &mut Job<'_>) -> Result<([u8; 32], u64), Failure> {
        let failed = |e| Failure::from_io(e, part.to_owned());
        let keys = fs::read(self.folder().join(KEYS)).map_err(|e| Failure::from_io(e, self.folder().join(KEYS)))?;
        let mut out = BufWriter::new(place);
        let keys_len = u32::try_from(keys.len()).map_err(|_| Failure::Damaged(KEYS.into()))?;
        let begun =
            out.write_all(MAGIC).and_then(|()| out.write_all(&keys_len.to_le_bytes())).and_then(|()| out.write_all(&keys));
        begun.map_err(failed)?;
        let mut packing = Packing {
            tar: tar::Builder::new(Summed::new(StreamSealer::new(out, &self.backup_key).map_err(failed)?)),
            done: 0,
            total: self.bytes_to_copy()?,
            part,
            job,
        };
        let manifest = Manifest {
            format: "letopis-backup/1".into(),
            made_at: self.clock.now().0,
            schema: letopis_archive::SCHEMA,
            head: head_text(&head),
        };
        packing.bytes(MANIFEST, &serde_json::to_vec(&manifest).map_err(anyhow::Error::new)?)?;
        packing.bytes(KEYS, &keys)?;
        packing.file(FILE, &self.folder().join(FILE))?;
        let mut files = 0;
        for (name, path) in self.blob_files()? {
            packing.file(&name, &path)?;
            files += 1;
        }
        let summed = packing.tar.into_inner().map_err(failed)?;
        let (sealer, sum) = summed.finish();
        let out = sealer.finish().map_err(failed)?;
        let file = out.into_inner().map_err(|e| failed(e.into_error()))?;
        file.sync_all().map_err(failed)?;
        Ok((sum, files))
    }

    /// Names in the tar and places on the disk of all files of messages.
    fn blob_files(&self) -> Result<Vec<(String, PathBuf)>, Failure> {
        let failed = |e| Failure::from_io(e, self.blobs.folder().to_owned());
        let named = self.blobs.list().map_err(failed)?.into_iter().map(|name| {
            let name = hex(&name);
            let (shelf, _) = name.split_at(2);
            (format!("{BLOBS}/{shelf}/{name}"), self.blobs.folder().join(shelf).join(&name))
        });
        Ok(named.collect())
    }

    fn bytes_to_copy(&self) -> Result<u64, Failure> {
        let size = |path: &Path| fs::metadata(path).map(|meta| meta.len()).map_err(|e| Failure::from_io(e, path.to_owned()));
        let mut total = size(&self.folder().join(FILE))?;
        for (_, path) in self.blob_files()? {
            total += size(&path)?;
        }
        Ok(total)
    }
}

/// A tar being filled, with progress.
struct Packing<'a, 'job, W: Write> {
    tar: tar::Builder<W>,
    done: u64,
    total: u64,
    part: &'a Path,
    job: &'a mut Job<'job>,
}

impl<W: Write> Packing<'_, '_, W> {
    fn bytes(&mut self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let part = self.part;
        self.tar.append_data(&mut header(bytes.len() as u64), name, bytes).map_err(|e| Failure::from_io(e, part.to_owned()))
    }

    fn file(&mut self, name: &str, path: &Path) -> Result<(), Failure> {
        let failed = |e| Failure::from_io(e, path.to_owned());
        let file = File::open(path).map_err(failed)?;
        let len = file.metadata().map_err(failed)?.len();
        let mut watched = Watched { inner: file.take(len), done: self.done, total: self.total, job: self.job };
        let packed = self.tar.append_data(&mut header(len), name, &mut watched);
        if self.job.is_cancelled() {
            return Err(Failure::Cancelled);
        }
        self.done += len;
        packed.map_err(|e| Failure::from_io(e, self.part.to_owned()))
    }
}

fn header(len: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(len);
    header.set_mode(0o600);
    header.set_mtime(0);
    header
}

/// Counts what passes and stops a cancelled job.
struct Watched<'a, 'job, R> {
    inner: R,
    done: u64,
    total: u64,
    job: &'a mut Job<'job>,
}

impl<R: Read> Read for Watched<'_, '_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.done += read as u64;
        let progress =
            Progress { stage: Stage::Copying, done: self.done, total: self.total.max(self.done), messages: 0, chats: 0 };
        if self.job.step(progress).is_break() {
            return Err(io::Error::other("cancelled"));
        }
        Ok(read)
    }
}

/// The hash of all that passes.
struct Summed<T> {
    inner: T,
    sha: Sha256,
}

impl<T> Summed<T> {
    fn new(inner: T) -> Self {
        Summed { inner, sha: Sha256::new() }
    }

    fn finish(self) -> (T, [u8; 32]) {
        (self.inner, self.sha.finalize().into())
    }
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.sha.update(bytes.split_at(written).0);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Reads what was written to its end and compares it with what should have been.
fn check_backup(part: &Path, key: &Subkey, expected: &[u8; 32], job: &mut Job<'_>) -> Result<(), Failure> {
    let total = fs::metadata(part).map_err(|e| Failure::from_io(e, part.to_owned()))?.len();
    let (_, stream) = open_file(part)?;
    let mut watched = Watched { inner: open_stream(stream, key).map_err(|e| damaged(e, part))?, done: 0, total, job };
    let mut summed = Summed::new(io::sink());
    let read = io::copy(&mut watched, &mut summed);
    if job.is_cancelled() {
        return Err(Failure::Cancelled);
    }
    read.map_err(|e| damaged(e, part))?;
    if summed.finish().1 != *expected {
        return Err(Failure::BackupDamaged(part.to_owned()));
    }
    Ok(())
}

fn damaged(error: io::Error, path: &Path) -> Failure {
    match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof | io::ErrorKind::Other | io::ErrorKind::InvalidInput => {
            Failure::BackupDamaged(path.to_owned())
        }
        _ => Failure::from_io(error, path.to_owned()),
    }
}

/// The key file of a backup, and the sealed stream behind it.
fn open_file(path: &Path) -> Result<(Vec<u8>, impl Read + use<>), Failure> {
    let file = File::open(path).map_err(|e| Failure::from_io(e, path.to_owned()))?;
    let mut input = BufReader::with_capacity(1 << 16, file);
    let mut magic = vec![0u8; MAGIC.len()];
    let mut len = [0u8; 4];
    let begun = input.read_exact(&mut magic).and_then(|()| input.read_exact(&mut len));
    if begun.is_err() || magic != MAGIC {
        return Err(Failure::NotABackup(path.to_owned()));
    }
    let len = u32::from_le_bytes(len);
    if len > KEYS_MOST {
        return Err(Failure::BackupDamaged(path.to_owned()));
    }
    let mut keys = vec![0u8; len as usize];
    input.read_exact(&mut keys).map_err(|e| damaged(e, path))?;
    Ok((keys, input))
}

/// Makes an archive folder of a backup. `folder` must not exist; it appears when it is whole and was checked.
///
/// # Errors
/// `WrongKey`, `NotABackup`, `BackupDamaged`, `AlreadyExists`, `DiskFull`, `NewerVersion`, `Cancelled`; nothing stays then.
pub fn restore(path: &Path, secret: &Secret<'_>, folder: &Path, job: &mut Job<'_>) -> Result<TreeHead, Failure> {
    if folder.exists() && fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_some()) {
        return Err(Failure::AlreadyExists(folder.to_owned()));
    }
    let (keys, stream) = open_file(path)?;
    let part = part_of(folder);
    if part.exists() {
        // Left by a restoring that was killed.
        fs::remove_dir_all(&part).map_err(|e| Failure::from_io(e, part.clone()))?;
    }
    fs::create_dir_all(&part).map_err(|e| Failure::from_io(e, part.clone()))?;
    let restored = unpack(&keys, stream, path, secret, &part, job).and_then(|head| {
        if folder.exists() {
            fs::remove_dir(folder).map_err(|e| Failure::from_io(e, folder.to_owned()))?;
        }
        fs::rename(&part, folder).map_err(|e| Failure::from_io(e, folder.to_owned()))?;
        sync_parent(folder)?;
        Ok(head)
    });
    if restored.is_err() {
        // Half an archive must not stand anywhere; the first error is the one to report.
        let _ = fs::remove_dir_all(&part);
    }
    restored
}

fn unpack(
    keys: &[u8],
    stream: impl Read,
    path: &Path,
    secret: &Secret<'_>,
    part: &Path,
    job: &mut Job<'_>,
) -> Result<TreeHead, Failure> {
    let home = Home::at(part.to_owned());
    crate::home::private(part)?;
    write_new(&part.join(KEYS), &mut &keys[..])?;
    let opened = crate::open_keys(&home, secret).map_err(|failure| match failure {
        Failure::Damaged(_) => Failure::BackupDamaged(path.to_owned()),
        other => other,
    })?;
    let key = opened.master.subkey(opened.archive, Purpose::Backup)?;
    let total = fs::metadata(path).map_err(|e| Failure::from_io(e, path.to_owned()))?.len();
    let plain = open_stream(stream, &key).map_err(|e| damaged(e, path))?;
    let mut watched = Watched { inner: plain, done: 0, total, job };
    let manifest = untar(&mut watched, keys, part, path);
    // The end of the stream says that nothing is missing: read on to it.
    let ended =
        manifest.and_then(|manifest| io::copy(&mut watched, &mut io::sink()).map(|_| manifest).map_err(|e| damaged(e, path)));
    if job.is_cancelled() {
        return Err(Failure::Cancelled);
    }
    check_restored(&ended?, &opened, part, path)
}

fn untar(stream: impl Read, keys: &[u8], part: &Path, path: &Path) -> Result<Manifest, Failure> {
    let mut archive = tar::Archive::new(stream);
    let mut manifest = None;
    for entry in archive.entries().map_err(|e| damaged(e, path))? {
        let mut entry = entry.map_err(|e| damaged(e, path))?;
        let name = entry.path().map_err(|e| damaged(e, path))?.into_owned();
        if name == Path::new(MANIFEST) {
            let bytes = read_small(&mut entry).map_err(|e| damaged(e, path))?;
            manifest = serde_json::from_slice(&bytes).ok();
        } else if name == Path::new(KEYS) {
            let inner = read_small(&mut entry).map_err(|e| damaged(e, path))?;
            if inner != keys {
                return Err(Failure::BackupDamaged(path.to_owned()));
            }
        } else {
            let target = place(&name, part).ok_or_else(|| Failure::BackupDamaged(path.to_owned()))?;
            if let Some(shelf) = target.parent() {
                fs::create_dir_all(shelf).map_err(|e| Failure::from_io(e, shelf.to_owned()))?;
            }
            write_new(&target, &mut entry).map_err(|failure| match failure {
                Failure::Other(_) => Failure::BackupDamaged(path.to_owned()),
                other => other,
            })?;
        }
    }
    manifest.ok_or_else(|| Failure::BackupDamaged(path.to_owned()))
}

fn read_small(entry: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    entry.take(u64::from(KEYS_MOST)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Where an entry goes: the database, or a file of a message; nothing else is in a backup of ours.
fn place(name: &Path, part: &Path) -> Option<PathBuf> {
    let parts: Vec<&str> = name
        .components()
        .map(|part| match part {
            Component::Normal(part) => part.to_str(),
            _ => None,
        })
        .collect::<Option<_>>()?;
    match parts.as_slice() {
        [file] if *file == FILE => Some(part.join(FILE)),
        [blobs, shelf, blob] if *blobs == BLOBS && blob.starts_with(shelf) && is_hex(blob, 64) => {
            Some(part.join(BLOBS).join(shelf).join(blob))
        }
        _ => None,
    }
}

fn is_hex(text: &str, len: usize) -> bool {
    text.len() == len && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The restored archive opens, every page of it reads, and its tree has the head that the backup tells.
fn check_restored(manifest: &Manifest, keys: &Keys, part: &Path, path: &Path) -> Result<TreeHead, Failure> {
    if manifest.schema > letopis_archive::SCHEMA {
        return Err(Failure::NewerVersion);
    }
    let (master, _) = crate::archive::masters(&Home::at(part.to_owned()), keys)?;
    let archive = Archive::at(part, master.subkey(keys.archive, Purpose::Sql)?);
    drop(archive.writer()?);
    let reader = archive.reader()?;
    let report = reader.verify(false, &mut |_, _| std::ops::ControlFlow::Continue(()))?;
    let expected = parse_head(&manifest.head);
    match report.head {
        Some(head) if report.damaged.is_empty() && Some(head) == expected => Ok(head),
        _ => Err(Failure::BackupDamaged(path.to_owned())),
    }
}

pub(crate) fn write_new(path: &Path, from: &mut impl Read) -> Result<(), Failure> {
    let done = File::options().write(true).create_new(true).open(path).and_then(|mut file| {
        io::copy(from, &mut file)?;
        file.sync_all()
    });
    done.map_err(|e| Failure::from_io(e, path.to_owned()))
}

/// Where something is written before it is whole. The ending is ours alone: what stands there was left by a program that
/// was killed, and is written over.
pub(crate) fn part_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".letopis-part");
    path.with_file_name(name)
}

/// Takes the empty place where a backup is written, so that two do not write into one file.
fn claim(part: &Path) -> Result<File, Failure> {
    let failed = |e| Failure::from_io(e, part.to_owned());
    let file = File::options().write(true).create(true).truncate(false).open(part).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => file.set_len(0).map(|()| file).map_err(failed),
        Err(TryLockError::WouldBlock) => Err(Failure::Busy),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

pub(crate) fn sync_parent(path: &Path) -> Result<(), Failure> {
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    letopis_vault::sealed::sync_folder(parent).map_err(|e| Failure::from_io(e, parent.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_belongs_into_an_archive_folder_is_unpacked() {
        let part = Path::new("part");
        let blob = format!("blobs/ab/ab{}", "0".repeat(62));
        for (name, fits) in [
            ("archive.db", true),
            (blob.as_str(), true),
            ("blobs/cd/ab00", false),
            ("../archive.db", false),
            ("/archive.db", false),
            ("blobs/../archive.db", false),
            ("index/meta.json", false),
            ("keys.json/x", false),
        ] {
            assert_eq!(place(Path::new(name), part).is_some(), fits, "{name}");
        }
    }
}
