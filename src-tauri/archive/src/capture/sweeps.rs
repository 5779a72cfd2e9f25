//! What is asked for by a person and takes its time: a chat read again as a whole, and Telegram's takeout.

use super::rows::{message, moment, peer};
use crate::{Error, Reader, Writer};
use letopis_model::{AccountId, MessageId, PeerId, Timestamp};
use rusqlite::{OptionalExtension, Transaction, params};

/// A whole chat read again, under way or ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sweep {
    pub peer: PeerId,
    pub began_at: Timestamp,
    /// The message to go on from.
    pub before: Option<MessageId>,
    /// Messages read so far.
    pub looked_at: u64,
    /// Edits, deletions and messages that were not known before.
    pub found: u64,
    pub ended_at: Option<Timestamp>,
}

/// Whether history is read by takeout, and how that stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Takeout {
    pub is_on: bool,
    /// Telegram's number of it while it runs.
    pub session: Option<i64>,
    /// Telegram lets it begin at this moment.
    pub wait_for: Option<Timestamp>,
}

fn number(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<u64> {
    Ok(row.get::<_, i64>(at)?.unsigned_abs())
}

impl Reader {
    /// The last sweep of each chat of the account.
    ///
    /// # Errors
    /// `Sql`, `Damaged`.
    pub fn capture_sweeps(&self, account: AccountId) -> Result<Vec<Sweep>, Error> {
        let mut statement = self.connection().prepare_cached(
            "SELECT kind, id, began_at, before, looked_at, found, ended_at FROM capture_sweeps WHERE account = ?1 ORDER BY kind, id",
        )?;
        let mut found = statement.query(params![account.0])?;
        let mut sweeps = Vec::new();
        while let Some(row) = found.next()? {
            let kind: String = row.get(0)?;
            sweeps.push(Sweep {
                peer: peer(&kind, row.get(1)?)?,
                began_at: Timestamp(row.get(2)?),
                before: message(row, 3)?,
                looked_at: number(row, 4)?,
                found: number(row, 5)?,
                ended_at: moment(row, 6)?,
            });
        }
        Ok(sweeps)
    }

    /// # Errors
    /// `Sql`.
    pub fn takeout(&self, account: AccountId) -> Result<Takeout, Error> {
        let sql = "SELECT is_on, session, wait_for FROM capture_takeouts WHERE account = ?1";
        let found = self.connection().query_row(sql, params![account.0], |row| {
            Ok(Takeout { is_on: row.get(0)?, session: row.get(1)?, wait_for: moment(row, 2)? })
        });
        Ok(found.optional()?.unwrap_or_default())
    }
}

impl Writer {
    /// Keeps how a sweep stands.
    ///
    /// # Errors
    /// `Sql`, `DiskFull`.
    pub fn put_sweep(&mut self, account: AccountId, sweep: &Sweep) -> Result<(), Error> {
        let sql = self.sql().transaction()?;
        keep_sweep(&sql, account, sweep)?;
        Ok(sql.commit()?)
    }

    /// Gives a sweep up; what it found stays.
    ///
    /// # Errors
    /// `Sql`, `DiskFull`.
    pub fn drop_sweep(&mut self, account: AccountId, peer: PeerId) -> Result<(), Error> {
        let key = params![account.0, peer.kind.name(), peer.id];
        self.sql().execute("DELETE FROM capture_sweeps WHERE account = ?1 AND kind = ?2 AND id = ?3", key)?;
        Ok(())
    }

    /// # Errors
    /// `Sql`, `DiskFull`.
    pub fn put_takeout(&mut self, account: AccountId, takeout: Takeout) -> Result<(), Error> {
        self.sql().execute(
            "INSERT INTO capture_takeouts (account, is_on, session, wait_for) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (account) DO UPDATE SET is_on = excluded.is_on, session = excluded.session, wait_for = excluded.wait_for",
            params![account.0, takeout.is_on, takeout.session, takeout.wait_for.map(|at| at.0)],
        )?;
        Ok(())
    }
}

pub(super) fn keep_sweep(sql: &Transaction<'_>, account: AccountId, sweep: &Sweep) -> Result<(), Error> {
    sql.prepare_cached(
        "INSERT OR REPLACE INTO capture_sweeps (account, kind, id, began_at, before, looked_at, found, ended_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        account.0,
        sweep.peer.kind.name(),
        sweep.peer.id,
        sweep.began_at.0,
        sweep.before.map_or(0, |id| id.0),
        sweep.looked_at.cast_signed(),
        sweep.found.cast_signed(),
        sweep.ended_at.map(|at| at.0),
    ])?;
    Ok(())
}
