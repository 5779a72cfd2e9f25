//! The tree grows with the versions, in their transaction. Tiles that became full are written at once, the unfinished ones
//! at the end of the batch.

use crate::leaf::{self, COLUMNS};
use crate::tree::{Edge, Hash, Tile};
use crate::{Error, tiles};
use letopis_model::Seq;
use rusqlite::{Connection, params};

/// Versions whose leaves are computed in one transaction when an older archive gets its tree.
const STEP: i64 = 20_000;

/// The right edge of the tree in memory; `None` after a batch that was undone.
pub struct Growth {
    edge: Option<Edge>,
}

impl Growth {
    /// Gives an archive of schema 1 its tree; any other has it already. May be stopped at any point.
    ///
    /// # Errors
    /// `Damaged` when the tree and the versions do not fit.
    pub fn catch_up(connection: &mut Connection, last: Seq) -> Result<Self, Error> {
        loop {
            let size = tiles::size(connection)?;
            if size > last.0 {
                return Err(Error::Damaged(format!("the tree has {size} leaves, the archive {} versions", last.0)));
            }
            let mut growth = Growth { edge: Some(Edge::load(&tiles::Stored(connection), size)?) };
            if size == last.0 {
                return Ok(growth);
            }
            growth.grow(connection, size)?;
        }
    }

    fn grow(&mut self, connection: &mut Connection, size: u64) -> Result<(), Error> {
        let step = connection.transaction()?;
        for hash in leaves(&step, size as i64)? {
            self.push(&step, hash)?;
        }
        self.store(&step)?;
        Ok(step.commit()?)
    }

    pub fn forget(&mut self) {
        self.edge = None;
    }

    pub fn load(&mut self, connection: &Connection, last: Seq) -> Result<(), Error> {
        if self.edge.is_none() {
            self.edge = Some(Edge::load(&tiles::Stored(connection), last.0)?);
        }
        Ok(())
    }

    pub fn push(&mut self, sql: &Connection, leaf: Hash) -> Result<(), Error> {
        let edge = self.edge.as_mut().ok_or_else(|| Error::Damaged("the tree was not loaded".into()))?;
        edge.push(leaf).iter().try_for_each(|tile| write(sql, tile))
    }

    pub fn store(&mut self, sql: &Connection) -> Result<(), Error> {
        let dirty = self.edge.as_mut().map(Edge::take_dirty).unwrap_or_default();
        dirty.iter().try_for_each(|tile| write(sql, tile))
    }
}

fn write(sql: &Connection, tile: &Tile) -> Result<(), Error> {
    sql.prepare_cached("REPLACE INTO merkle_tiles (level, tile, hashes) VALUES (?1, ?2, ?3)")?.execute(params![
        tile.level,
        tile.index as i64,
        tile.hashes.concat()
    ])?;
    Ok(())
}

/// The leaf hashes of the versions after `after`, at most [`STEP`], in order.
fn leaves(sql: &Connection, after: i64) -> Result<Vec<Hash>, Error> {
    let query = format!(
        "SELECT {COLUMNS} FROM message_versions v JOIN chats c ON c.no = v.chat WHERE v.seq > ?1 ORDER BY v.seq LIMIT ?2"
    );
    let mut statement = sql.prepare_cached(&query)?;
    let mut found = statement.query(params![after, STEP])?;
    let mut hashes = Vec::new();
    while let Some(row) = found.next()? {
        hashes.push(leaf::read(row, |seq, leaf| match leaf {
            Some(leaf) if seq == after + 1 + hashes.len() as i64 => leaf.hash(),
            _ => Err(Error::Damaged(format!("version {seq} is not where the tree expects it"))),
        })?);
    }
    if hashes.is_empty() {
        return Err(Error::Damaged(format!("no version after {after}, but there must be one")));
    }
    Ok(hashes)
}
