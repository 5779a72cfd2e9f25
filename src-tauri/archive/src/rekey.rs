//! A new key for the database: it is copied, the copy is rewritten page by page under the new key and compared with the
//! old file, then takes its name in one step. Before that step nothing of the old file has changed, after it nothing
//! of the old key is needed. Nobody may have the archive open meanwhile.
//!
//! Refused: `sqlcipher_export`, which builds every table anew: slower, and schema, triggers and row numbers would have to
//! be proven equal. Refused: rewriting in place, which a power cut would leave under two keys.

use crate::{Archive, Error, connect};
use letopis_vault::{Subkey, sealed};
use rusqlite::Connection;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

const CHUNK: usize = 1 << 20;

/// Hears (done, total) and says whether to go on.
pub type Step<'a> = dyn FnMut(u64, u64) -> ControlFlow<()> + 'a;

impl Archive {
    /// Whether the key opens the file. A file that is not there yet will be made under it.
    ///
    /// # Errors
    /// Anything but a wrong key.
    pub fn fits(&self) -> Result<bool, Error> {
        if !self.path.exists() {
            return Ok(true);
        }
        match connect::read_only(&self.path, &self.key) {
            Ok(_) => Ok(true),
            Err(Error::WrongKey) => Ok(false),
            Err(other) => Err(other),
        }
    }

    /// A copy of the database elsewhere, under the same key.
    pub fn at_path(&self, path: PathBuf) -> Archive {
        Archive { path, key: self.key.clone() }
    }

    /// Puts the database under another key, unless it is under it already. `step` hears how many bytes were copied and of how many, and may stop it.
    ///
    /// # Errors
    /// `Stopped`; `WrongKey` when neither key fits; `Damaged` when the copy does not come out equal; `Busy` when somebody has the archive open; `DiskFull`.
    /// After each of them the file is as it was.
    pub fn rekey(&self, new: &Subkey, step: &mut Step<'_>) -> Result<(), Error> {
        let fresh = beside(&self.path, ".new");
        sweep(&fresh)?;
        if !self.fits()? {
            let moved = Archive { path: self.path.clone(), key: new.clone() };
            return if moved.fits()? { Ok(()) } else { Err(Error::WrongKey) };
        }
        self.fold()?;
        let made = copy(&self.path, &fresh, step)
            .and_then(|()| rewrite(&fresh, &self.key, new))
            .and_then(|()| self.compare(&fresh, new))
            .and_then(|()| self.swap(&fresh));
        if made.is_err() {
            // The first error is the one to report; what cannot be removed now is removed at the next try.
            let _ = sweep(&fresh);
        }
        made
    }

    fn swap(&self, fresh: &Path) -> Result<(), Error> {
        // A log of the old file must never be read into the new one.
        if [beside(&self.path, "-wal"), beside(&self.path, "-journal")].iter().any(|log| log.exists()) {
            return Err(Error::Busy);
        }
        let renamed = fs::rename(fresh, &self.path);
        let kept = renamed.and_then(|()| sealed::sync_folder(self.path.parent().unwrap_or(Path::new("."))));
        kept.map_err(|error| Error::from_io(error, &self.path))
    }

    /// Brings everything into the one file, so that it can be copied.
    fn fold(&self) -> Result<(), Error> {
        let connection = connect::read_write(&self.path, &self.key)?;
        let busy: bool = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        let mode: String = connection.pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get(0))?;
        if busy || mode != "delete" {
            return Err(Error::Busy);
        }
        connection.close().map_err(|(_, error)| error.into())
    }

    /// The new file reads under the new key to its last page and holds what the old one does.
    fn compare(&self, fresh: &Path, new: &Subkey) -> Result<(), Error> {
        let differs = |what: &str| Error::Damaged(format!("the copy under the new key differs: {what}"));
        let (old, new) = (connect::read_only(&self.path, &self.key)?, connect::read_only(fresh, new)?);
        if new.prepare("PRAGMA cipher_integrity_check")?.exists([])? {
            return Err(differs("a page does not fit its code"));
        }
        let schema = schema_of(&old)?;
        if schema != schema_of(&new)? {
            return Err(differs("the schema"));
        }
        for (kind, name, _) in schema.iter().filter(|(kind, _, _)| kind == "table") {
            if rows_of(&old, name)? != rows_of(&new, name)? {
                return Err(differs(&format!("{kind} {name}")));
            }
        }
        Ok(())
    }
}

type Schema = Vec<(String, String, Option<String>)>;

/// Kind, name and definition of everything, and the version as one more row.
fn schema_of(connection: &Connection) -> Result<Schema, Error> {
    let mut statement = connection.prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name")?;
    let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let mut schema: Schema = found.collect::<Result<_, _>>()?;
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    schema.push(("version".into(), version.to_string(), None));
    Ok(schema)
}

fn rows_of(connection: &Connection, table: &str) -> Result<i64, Error> {
    let name = table.replace('"', "\"\"");
    Ok(connection.query_row(&format!("SELECT count(*) FROM \"{name}\""), [], |row| row.get(0))?)
}

fn rewrite(fresh: &Path, old: &Subkey, new: &Subkey) -> Result<(), Error> {
    let connection = connect::plain(fresh, old)?;
    // The copy needs no journal: it is thrown away if anything fails. SQLCipher does not tell all failures of this
    // pragma, so the result is compared afterwards.
    connection.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = FULL;")?;
    connect::rekey(&connection, new)?;
    connection.close().map_err(|(_, error)| Error::from(error))?;
    let synced = File::options().write(true).open(fresh).and_then(|file| file.sync_all());
    synced.map_err(|error| Error::from_io(error, fresh))
}

fn copy(from: &Path, to: &Path, step: &mut Step<'_>) -> Result<(), Error> {
    let failed = |error| Error::from_io(error, to);
    let mut source = File::open(from).map_err(failed)?;
    let mut target = sealed::create_new(to).map_err(failed)?;
    let (mut done, total) = (0u64, source.metadata().map_err(failed)?.len());
    let mut buffer = vec![0u8; CHUNK];
    loop {
        let read = match source.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(failed(error)),
        };
        target.write_all(buffer.split_at(read).0).map_err(failed)?;
        done += read as u64;
        if step(done, total.max(done)).is_break() {
            return Err(Error::Stopped);
        }
    }
}

/// Removes what an earlier try left.
fn sweep(fresh: &Path) -> Result<(), Error> {
    for path in [fresh.to_owned(), beside(fresh, "-wal"), beside(fresh, "-shm"), beside(fresh, "-journal")] {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(Error::from_io(error, fresh)),
            _ => {}
        }
    }
    Ok(())
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
