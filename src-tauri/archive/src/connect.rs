//! Connections: the raw key first, then the settings that keep plain text off the disk.

use crate::Error;
use letopis_vault::Subkey;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::fmt::Write;
use std::path::Path;
use std::sync::Once;
use zeroize::Zeroizing;

/// Statements kept prepared.
const STATEMENTS: usize = 64;

/// SQLite calls itself ready before SQLCipher in it is, and refuses its key to a database that another thread opens at that
/// moment: the first connection of a process is made by one thread alone.
fn open(path: &Path, flags: OpenFlags) -> Result<Connection, Error> {
    static FIRST: Once = Once::new();
    // Should it fail, so does the one that is asked for, and says why.
    FIRST.call_once(|| drop(Connection::open_in_memory()));
    Ok(Connection::open_with_flags(path, flags)?)
}

pub fn read_write(path: &Path, key: &Subkey) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = open(path, flags)?;
    unlock(&connection, key)?;
    // secure_delete: what is erased by explicit wish leaves no bytes in free places.
    // FULL: a batch that was reported as kept survives a power cut. recursive_triggers: REPLACE cannot go round the
    // append-only triggers.
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA recursive_triggers = ON;
         PRAGMA secure_delete = ON;
         PRAGMA cache_size = -16000;",
    )?;
    Ok(connection)
}

pub fn read_only(path: &Path, key: &Subkey) -> Result<Connection, Error> {
    // WAL readers need the -shm file, so the flags allow writing; query_only refuses it.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = open(path, flags)?;
    unlock(&connection, key)?;
    connection.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -8000;")?;
    Ok(connection)
}

/// Opens a file that nobody else has open, without leaving a log beside it.
pub fn immutable(path: &Path, key: &Subkey) -> Result<Connection, Error> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    unlock(&connection, key)?;
    connection.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -2000;")?;
    Ok(connection)
}

/// An archive that is not encrypted, with the 2 MB of cache that SQLite itself takes: what a bench compares with. Never in a
/// program that people use.
#[cfg(feature = "rivals")]
pub fn unencrypted(path: &Path) -> Result<Connection, Error> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    settle(&connection)?;
    connection.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -2000;")?;
    Ok(connection)
}

/// A connection without any of the archive's settings.
pub fn plain(path: &Path, key: &Subkey) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = open(path, flags)?;
    unlock(&connection, key)?;
    Ok(connection)
}

/// A raw key spares PBKDF2: the key is random already. Temporary tables stay in memory: SQLCipher does not encrypt
/// temporary files.
fn unlock(connection: &Connection, key: &Subkey) -> Result<(), Error> {
    // SQLCipher would print page errors to stderr; they come back as errors and are told in words.
    connection.execute_batch("PRAGMA cipher_log_level = NONE;")?;
    connection.execute_batch(&keyed("key", key))?;
    settle(connection)
}

fn settle(connection: &Connection) -> Result<(), Error> {
    connection.execute_batch("PRAGMA temp_store = MEMORY;")?;
    // A batch of everything uses more statements than the 16 that are kept by default.
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // A plan is kept whatever values come: with the indexes that cover a part of a table, SQLite would else compile a
    // statement anew for each new value.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(())
}

/// Rewrites every page under another key.
pub fn rekey(connection: &Connection, new: &Subkey) -> Result<(), Error> {
    Ok(connection.execute_batch(&keyed("rekey", new))?)
}

/// The statement is ours to wipe; `pragma_update` would leave a copy of it behind.
fn keyed(pragma: &str, key: &Subkey) -> Zeroizing<String> {
    // Long enough that it never moves: a moved String leaves its old bytes.
    let mut sql = Zeroizing::new(String::with_capacity(128));
    // Writing to a String cannot fail.
    let _ = write!(sql, "PRAGMA {pragma} = \"x'");
    for byte in key.bytes() {
        let _ = write!(sql, "{byte:02x}");
    }
    sql.push_str("'\";");
    sql
}
