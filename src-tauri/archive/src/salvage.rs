//! Salvage: everything that is whole in a damaged database, in a new one under the same key. The damaged one is read page
//! by page and never written. Every version is held against its leaf; a version that is lost leaves the stub that
//! forgetting leaves, so the tree has the head it had; projection and counts are made anew.
//!
//! Refused: `.recover` of SQLite, which guesses (free pages, unknown trees) where we must not, and sees no page of an
//! encrypted file; mending in place, for the damaged file is the only proof of what was there.

mod btree;
mod forest;
mod mend;
mod shape;
mod source;

use crate::tiles::TreeHead;
use crate::{Archive, Error, connect, schema};
use forest::{Forest, Step};
use letopis_model::{ChatId, MessageLink, Seq, Timestamp};
use rusqlite::Connection;
use shape::{Shape, shapes};
use source::Source;
use std::collections::BTreeMap;
use std::fs::File;

/// Tables that are made anew from others, or that hold nothing between two transactions.
const DERIVED: &[&str] = &["messages", "erasing", "tree_heads"];
/// Rows in one transaction of the new file.
const BATCH: u64 = 20_000;

/// What was lost of one chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostOfChat {
    /// `None`: where these versions stood is lost too.
    pub chat: Option<ChatId>,
    pub versions: u64,
    pub first: Seq,
    pub last: Seq,
    /// Some of the messages concerned, as far as they are known.
    pub messages: Vec<MessageLink>,
}

/// What a salvage came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Salvaged {
    pub pages: u64,
    /// Pages that were changed.
    pub lost_pages: u64,
    /// Versions there must have been.
    pub versions: u64,
    pub lost: Vec<LostOfChat>,
    /// Lost versions of which the leaf hash is lost too: no proof can be made of them, nor be refused.
    pub unproven: u64,
    /// Chats whose entry was lost: they read, but their name may be another.
    pub renamed: Vec<ChatId>,
    /// Other tables of which something is lost, with the number of places.
    pub tables: BTreeMap<String, u64>,
    /// Kept heads that the tree cannot be held against any more.
    pub heads_dropped: u64,
    pub head: Option<TreeHead>,
    /// Whether the tree has the head that is known from elsewhere; `None` when none was.
    pub fits_known: Option<bool>,
}

impl Salvaged {
    /// Versions that are lost.
    pub fn lost_versions(&self) -> u64 {
        self.lost.iter().map(|lost| lost.versions).sum()
    }
}

impl Archive {
    /// Reads what is whole into `into`, a file that is not there yet, under the same key. `known` is a head from elsewhere.
    ///
    /// # Errors
    /// `WrongKey` when no page opens under the key; `NewerSchema`; `DiskFull`; `Stopped`. What was written of the new file
    /// then is of no use.
    pub fn salvage(
        &self,
        into: &Archive,
        known: Option<TreeHead>,
        at: Timestamp,
        step: &mut Step<'_>,
    ) -> Result<Salvaged, Error> {
        let mut source = Source::open(&self.path, &self.key)?;
        let version = version(&mut source)?;
        let mut sql = connect::read_write(&into.path, &into.key)?;
        // Nobody else sees the new file before it is whole and on the disk.
        sql.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;")?;
        schema::raise(&mut sql, 0, version)?;
        let shapes = shapes(&sql)?;
        let mut forest = Forest::of(&mut source, &shapes, step)?;
        for shape in shapes.iter().filter(|shape| !DERIVED.contains(&shape.name.as_str())) {
            copy(&sql, &mut source, &mut forest, shape, step)?;
        }
        let mut done = Salvaged { pages: u64::from(source.pages()), lost_pages: forest.lost.len() as u64, ..Salvaged::default() };
        mend::mend(&mut sql, &mut source, &mut forest, (version, known, at), &mut done)?;
        let derived = |name: &str| {
            ["messages", "message_versions", "merkle_tiles", "tree_heads"].contains(&name) || name.starts_with("sqlite_")
        };
        done.tables = forest
            .lost_of
            .into_iter()
            .filter(|(name, _)| !derived(name) && shapes.iter().any(|s| s.name == *name && s.is_stored()))
            .collect();
        sql.close().map_err(|(_, error)| Error::from(error))?;
        let synced = File::options().write(true).open(&into.path).and_then(|file| file.sync_all());
        synced.map_err(|error| Error::from_io(error, &into.path))?;
        Ok(done)
    }
}

/// The schema of the damaged file; the one of today when its first page is gone: an archive is brought up to date whenever
/// it is opened.
fn version(source: &mut Source) -> Result<u32, Error> {
    let found = source.page(1)?.map(|page| source::big_endian(&page, 60));
    match found.unwrap_or(schema::LATEST) {
        newer if newer > schema::LATEST => Err(Error::NewerSchema { found: newer, known: schema::LATEST }),
        0 => Ok(schema::LATEST),
        known => Ok(known),
    }
}

/// Puts the rows of one table into the new file as they are stored.
fn copy(sql: &Connection, source: &mut Source, forest: &mut Forest, shape: &Shape, step: &mut Step<'_>) -> Result<(), Error> {
    if !shape.is_stored() {
        return Ok(());
    }
    let total = u64::from(source.pages());
    let (mut insert, mut count, mut refused) = (sql.prepare(&shape.insert())?, 0u64, 0u64);
    sql.execute_batch("BEGIN")?;
    forest.rows(source, &shape.name, &mut |number, row| {
        count += 1;
        if count.is_multiple_of(BATCH) {
            sql.execute_batch("COMMIT; BEGIN")?;
        }
        // Rows are not counted before they are read: the pages say how far it is, and a cancel is heard.
        if step(total.saturating_sub(1), total).is_break() {
            return Err(Error::Stopped);
        }
        match shape.full(number, row) {
            Some(row) => refused += u64::from(insert.execute(rusqlite::params_from_iter(row))? == 0),
            None => refused += 1,
        }
        Ok(())
    })?;
    sql.execute_batch("COMMIT")?;
    if refused > 0 {
        *forest.lost_of.entry(shape.name.clone()).or_default() += refused;
    }
    Ok(())
}
