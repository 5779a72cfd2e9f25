//! Migrations: a new file in `schema/` and a line here, never an edit of an old one.

use crate::Error;
use rusqlite::Connection;

const MIGRATIONS: &[&str] = &[include_str!("../schema/0001_archive.sql")];

/// The schema this program writes.
pub const LATEST: u32 = MIGRATIONS.len() as u32;

/// Brings an archive from its schema to [`LATEST`], each step in a transaction of its own.
///
/// # Errors
/// `NewerSchema` when a later program wrote the file: nothing is touched then.
pub fn migrate(connection: &mut Connection) -> Result<(), Error> {
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > LATEST {
        return Err(Error::NewerSchema { found, known: LATEST });
    }
    for (number, sql) in (1u32..).zip(MIGRATIONS).skip(found as usize) {
        let step = connection.transaction()?;
        step.execute_batch(sql)?;
        step.pragma_update(None, "user_version", number)?;
        step.commit()?;
    }
    Ok(())
}
