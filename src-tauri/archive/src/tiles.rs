//! The tree's tiles as the archive stores them, and what is asked of the tree: heads and proofs.

use crate::read::Reader;
use crate::tree::{self, Hash, Tiles, WIDTH};
use crate::{Error, Writer};
use letopis_model::{Seq, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

/// Tiles read straight from the database.
pub struct Stored<'a>(pub &'a Connection);

impl Tiles for Stored<'_> {
    type Error = Error;

    fn tile(&self, level: u32, index: u64) -> Result<Vec<Hash>, Error> {
        let mut statement = self.0.prepare_cached("SELECT hashes FROM merkle_tiles WHERE level = ?1 AND tile = ?2")?;
        let found: Option<Vec<u8>> = statement.query_row(params![level, index as i64], |row| row.get(0)).optional()?;
        split(&found.ok_or_else(|| Self::missing(level, index))?).ok_or_else(|| Self::missing(level, index))
    }

    fn missing(level: u32, index: u64) -> Error {
        Error::Damaged(format!("tile {level}/{index} of the tree"))
    }
}

/// Concatenated hashes to hashes.
pub fn split(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (chunks, rest) = bytes.as_chunks::<32>();
    (rest.is_empty() && !chunks.is_empty() && chunks.len() as u64 <= WIDTH).then(|| chunks.to_vec())
}

/// Leaves that the tiles hold.
pub fn size(connection: &Connection) -> Result<u64, Error> {
    let last: Option<(i64, i64)> = connection
        .query_row("SELECT tile, length(hashes) / 32 FROM merkle_tiles WHERE level = 0 ORDER BY tile DESC LIMIT 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    Ok(last.map_or(0, |(tile, held)| tile as u64 * WIDTH + held as u64))
}

pub fn head(connection: &Connection) -> Result<TreeHead, Error> {
    let size = size(connection)?;
    Ok(TreeHead { size, root: tree::root(&Stored(connection), size)? })
}

/// A size of the tree and its root: whoever knows one can tell later whether anything before it was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeHead {
    pub size: u64,
    pub root: Hash,
}

/// A head that was kept at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptHead {
    pub head: TreeHead,
    pub at: Timestamp,
}

/// The leaf of one version and its way to a root.
#[derive(Clone, PartialEq, Eq)]
pub struct Proof {
    /// 0-based; the version's Seq less one.
    pub index: u64,
    /// Sibling hashes from the leaf up.
    pub path: Vec<Hash>,
}

impl Reader {
    /// The head of the tree as it stands.
    pub fn tree_head(&self) -> Result<TreeHead, Error> {
        head(self.connection())
    }

    /// The root at an earlier size.
    ///
    /// # Errors
    /// `Damaged` when the tree does not hold that many leaves.
    pub fn root_at(&self, size: u64) -> Result<Hash, Error> {
        tree::root(&Stored(self.connection()), size)
    }

    /// Heads that were kept, newest first.
    pub fn kept_heads(&self, limit: usize) -> Result<Vec<KeptHead>, Error> {
        let mut statement =
            self.connection().prepare_cached("SELECT size, root, at FROM tree_heads ORDER BY size DESC LIMIT ?1")?;
        let found = statement.query_map(params![limit as i64], |row| {
            let head = TreeHead { size: row.get::<_, i64>(0)? as u64, root: row.get(1)? };
            Ok(KeptHead { head, at: Timestamp(row.get(2)?) })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Proves that a version is a leaf of the tree of `size` leaves.
    ///
    /// # Errors
    /// `NotFound` when the tree of that size does not hold it.
    pub fn proof(&self, seq: Seq, size: u64) -> Result<Proof, Error> {
        let index = seq.0.checked_sub(1).filter(|index| *index < size).ok_or(Error::NotFound)?;
        Ok(Proof { index, path: tree::inclusion(&Stored(self.connection()), index, size)? })
    }
}

impl Writer {
    /// Keeps the head as it stands now; the same size twice is one head.
    ///
    /// # Errors
    /// `Damaged` when another root was kept at this size: the archive's past was changed.
    pub fn keep_head(&mut self, at: Timestamp) -> Result<TreeHead, Error> {
        let TreeHead { size, root } = head(&self.connection)?;
        let kept: Option<Hash> = self
            .connection
            .query_row("SELECT root FROM tree_heads WHERE size = ?1", params![size as i64], |row| row.get(0))
            .optional()?;
        match kept {
            Some(kept) if kept != root => Err(Error::Damaged(format!("another root was kept at {size} leaves"))),
            Some(_) => Ok(TreeHead { size, root }),
            None => {
                let insert = "INSERT INTO tree_heads (size, root, at) VALUES (?1, ?2, ?3)";
                self.connection.execute(insert, params![size as i64, root, at.0])?;
                Ok(TreeHead { size, root })
            }
        }
    }
}
