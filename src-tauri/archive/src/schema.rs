//! Migrations: a new file in `schema/` and a line here, never an edit of an old one. Before the first step of a migration
//! the database is copied beside itself, and the copy is opened and checked: whatever the migration does, yesterday's
//! archive is there.

use crate::{Error, connect};
use letopis_vault::Subkey;
use rusqlite::Connection;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

const MIGRATIONS: &[&str] = &[
    include_str!("../schema/0001_archive.sql"),
    include_str!("../schema/0002_integrity.sql"),
    include_str!("../schema/0003_searches.sql"),
    include_str!("../schema/0004_capture.sql"),
    include_str!("../schema/0005_provisional.sql"),
    include_str!("../schema/0006_sweeps.sql"),
    include_str!("../schema/0007_plain_check.sql"),
];

/// The schema this program writes.
pub const LATEST: u32 = MIGRATIONS.len() as u32;

/// Where the database of an older schema is kept when it is migrated.
pub fn copy_path(database: &Path, schema: u32) -> PathBuf {
    database.with_file_name(format!("archive.schema-{schema}.db"))
}

/// Brings an archive from its schema to [`LATEST`], each step in a transaction of its own.
///
/// # Errors
/// `NewerSchema` when a later program wrote the file: nothing is touched then. When the copy cannot be made or does not
/// read, nothing is migrated.
pub fn migrate(connection: &mut Connection, path: &Path, key: &Subkey) -> Result<(), Error> {
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > LATEST {
        return Err(Error::NewerSchema { found, known: LATEST });
    }
    if found > 0 && found < LATEST {
        copy(connection, path, key, found)?;
    }
    raise(connection, found, LATEST)
}

/// Brings an archive from one schema to a later one; 0: an empty file.
pub fn raise(connection: &mut Connection, from: u32, to: u32) -> Result<(), Error> {
    for (number, sql) in (1u32..=to).zip(MIGRATIONS).skip(from as usize) {
        let step = connection.transaction()?;
        step.execute_batch(sql)?;
        step.pragma_update(None, "user_version", number)?;
        step.commit()?;
    }
    Ok(())
}

/// Copies the database while nobody writes: the archive's lock is held, and this is the only connection. A copy that is
/// there already was checked when it got its name, and what it was made of may have been touched since: it stays.
fn copy(connection: &Connection, path: &Path, key: &Subkey, schema: u32) -> Result<(), Error> {
    let whole = copy_path(path, schema);
    if whole.exists() {
        return Ok(());
    }
    let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy != 0 {
        return Err(Error::Damaged("the write-ahead log could not be folded in before the migration".into()));
    }
    let part = whole.with_extension("part");
    let copied = fs::copy(path, &part).and_then(|_| File::open(&part)?.sync_all());
    copied.map_err(|error| Error::from_io(error, &part))?;
    check(&part, key, connection)?;
    fs::rename(&part, &whole).map_err(|error| Error::from_io(error, &whole))?;
    letopis_vault::sealed::sync_folder(whole.parent().unwrap_or(Path::new("."))).map_err(|e| Error::from_io(e, &whole))
}

/// A copy counts when every page of it reads and it holds as many versions as its original.
fn check(copy: &Path, key: &Subkey, original: &Connection) -> Result<(), Error> {
    let opened = connect::immutable(copy, key)?;
    let bad: Option<String> = {
        let mut statement = opened.prepare("PRAGMA cipher_integrity_check")?;
        let mut rows = statement.query([])?;
        rows.next()?.map(|row| row.get(0)).transpose()?
    };
    let count = |sql: &Connection| sql.query_row("SELECT count(*) FROM message_versions", [], |row| row.get::<_, i64>(0));
    if bad.is_some() || count(&opened)? != count(original)? {
        return Err(Error::Damaged("the copy made before the migration does not read; nothing was migrated".into()));
    }
    Ok(())
}

/// The copies of older schemas beside the database.
///
/// # Errors
/// The folder cannot be read.
pub fn copies(database: &Path) -> Result<Vec<PathBuf>, Error> {
    let candidates = (1..LATEST).map(|schema| copy_path(database, schema));
    Ok(candidates.filter(|path| path.exists()).collect())
}
