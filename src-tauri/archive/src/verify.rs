//! Self-check: every page's authentication code, the database's own structure, no hole in Seq, every version against its
//! leaf, every tile against the one above it, every kept head against the tree, every chat readable to its end.

use crate::hash::content_hash;
use crate::leaf::{self, COLUMNS};
use crate::tiles::{Stored, TreeHead, size, split};
use crate::tree::{Hash, Tiles, WIDTH, fold};
use crate::{Error, Reader, rows};
use std::collections::HashMap;
use std::ops::ControlFlow;

/// Leaf tiles held while versions are read in the order of chats: 8 KiB each.
const TILES_HELD: usize = 4096;

/// Something that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Damage {
    /// What is wrong, without any text of a message.
    pub what: String,
    /// The place: a page, a version, a tile, a chat.
    pub place: String,
}

/// What a check looked at and what it found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Versions whose leaf was computed anew (deep), or that were counted.
    pub versions: u64,
    pub damaged: Vec<Damage>,
    /// The head that was found; `None` when the tree does not read.
    pub head: Option<TreeHead>,
}

impl Verified {
    fn add(&mut self, place: impl Into<String>, what: impl Into<String>) {
        self.damaged.push(Damage { what: what.into(), place: place.into() });
    }
}

type Progress<'a> = &'a mut dyn FnMut(u64, u64) -> ControlFlow<()>;

impl Reader {
    /// Looks at everything it can reach: a check that cannot go on is itself a finding, and the next one is still made.
    /// `deep` computes every version's leaf anew; `progress` hears of (done, total) versions.
    ///
    /// # Errors
    /// `Stopped` when `progress` breaks.
    pub fn verify(&self, deep: bool, progress: Progress<'_>) -> Result<Verified, Error> {
        let mut report = Verified::default();
        for check in ["PRAGMA cipher_integrity_check", "PRAGMA quick_check"] {
            step(&mut report, "archive.db", |report| self.check_pages(check, report))?;
        }
        step(&mut report, "versions", |report| self.check_numbers(report))?;
        step(&mut report, "tree", |report| self.check_tiles(report))?;
        step(&mut report, "tree", |report| self.check_heads(report))?;
        if deep {
            step(&mut report, "versions", |report| self.check_leaves(report, progress))?;
        }
        if !report.damaged.is_empty() {
            step(&mut report, "chats", |report| self.check_chats(report))?;
        }
        Ok(report)
    }

    fn check_pages(&self, check: &str, report: &mut Verified) -> Result<(), Error> {
        let mut statement = self.connection().prepare(check)?;
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            let line: String = row.get(0)?;
            if line != "ok" {
                report.add("archive.db", line);
            }
        }
        Ok(())
    }

    fn check_numbers(&self, report: &mut Verified) -> Result<(), Error> {
        let (count, last): (i64, i64) =
            self.connection().query_row("SELECT count(*), coalesce(max(seq), 0) FROM message_versions", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        report.versions = count as u64;
        if count != last {
            report.add("versions", format!("{count} versions, but the last has number {last}"));
        }
        let leaves = size(self.connection())?;
        if leaves != last as u64 {
            report.add("tree", format!("{leaves} leaves, but {last} versions"));
        }
        Ok(())
    }

    /// Every hash of a tile above the lowest is the root of the tile below it.
    fn check_tiles(&self, report: &mut Verified) -> Result<(), Error> {
        let stored = Stored(self.connection());
        let mut statement = self.connection().prepare("SELECT level, tile, hashes FROM merkle_tiles ORDER BY level, tile")?;
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            let (level, index): (u32, i64) = (row.get(0)?, row.get(1)?);
            let hashes = split(&row.get::<_, Vec<u8>>(2)?).unwrap_or_default();
            let is_full = hashes.len() as u64 == WIDTH;
            let index = index as u64;
            let above = || Ok::<_, Error>(stored.tile(level + 1, index / WIDTH)?.get((index % WIDTH) as usize).copied());
            if hashes.is_empty() || (is_full && above()? != Some(fold(&hashes))) {
                report.add(format!("tree, tile {level}/{index}"), "does not fit the tile above it");
            }
        }
        Ok(())
    }

    fn check_heads(&self, report: &mut Verified) -> Result<(), Error> {
        let head = self.tree_head()?;
        for kept in self.kept_heads(usize::MAX >> 1)? {
            if kept.head.size > head.size {
                report.add("tree", format!("a head of {} leaves was kept, the tree has {}", kept.head.size, head.size));
            } else if self.root_at(kept.head.size)? != kept.head.root {
                report.add("tree", format!("the head kept at {} leaves does not fit the tree", kept.head.size));
            }
        }
        report.head = Some(head);
        Ok(())
    }

    fn check_leaves(&self, report: &mut Verified, progress: Progress<'_>) -> Result<(), Error> {
        let query = format!("SELECT {COLUMNS}, v.content_hash FROM message_versions v JOIN chats c ON c.no = v.chat");
        let mut statement = self.connection().prepare(&query)?;
        let mut found = statement.query([])?;
        let mut tiles = HeldTiles::of(self.connection());
        let (mut done, total) = (0, report.versions);
        while let Some(row) = found.next()? {
            let seq: i64 = row.get(0)?;
            let computed = leaf::read(row, |_, leaf| leaf.map(leaf::Leaf::hash).transpose());
            match computed {
                Ok(None) => {}
                Ok(Some(hash)) if tiles.leaf(seq as u64)? == Some(hash) => {}
                Ok(Some(_)) => report.add(format!("version {seq}"), "does not fit its leaf in the tree"),
                Err(error) => report.add(format!("version {seq}"), error.to_string()),
            }
            if row.get_ref(6)?.as_str().is_ok_and(|what| what == "content") {
                let stored: Vec<u8> = row.get(23)?;
                let content = rows::content_at(row, 15);
                if !content.is_ok_and(|content| stored == content_hash(&content)) {
                    report.add(format!("version {seq}"), "content does not fit its hash");
                }
            }
            done += 1;
            if done % 1024 == 0 && progress(done, total).is_break() {
                return Err(Error::Stopped);
            }
        }
        Ok(())
    }

    /// Which chats can no longer be read to their end.
    fn check_chats(&self, report: &mut Verified) -> Result<(), Error> {
        for chat in self.chats()? {
            let no = self.chat_no(chat.chat)?;
            let read = self.connection().query_row(
                "SELECT count(*), sum(length(text)), sum(length(rest)) FROM message_versions WHERE chat = ?1",
                [no],
                |_| Ok(()),
            );
            if let Err(error) = read {
                report.add(format!("chat {}", chat.chat), Error::from(error).to_string());
            }
        }
        Ok(())
    }
}

/// Makes one check; one that fails is a finding, but a wish to stop is none.
fn step(report: &mut Verified, place: &str, check: impl FnOnce(&mut Verified) -> Result<(), Error>) -> Result<(), Error> {
    match check(report) {
        Err(Error::Stopped) => Err(Error::Stopped),
        Err(error) => {
            report.add(place, error.to_string());
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// Leaf tiles already read.
pub(crate) struct HeldTiles<'a> {
    stored: Stored<'a>,
    held: HashMap<u64, Vec<Hash>>,
}

impl<'a> HeldTiles<'a> {
    pub fn of(connection: &'a rusqlite::Connection) -> Self {
        HeldTiles { stored: Stored(connection), held: HashMap::new() }
    }

    pub fn leaf(&mut self, seq: u64) -> Result<Option<Hash>, Error> {
        let Some(index) = seq.checked_sub(1) else { return Ok(None) };
        let (tile, place) = (index / WIDTH, (index % WIDTH) as usize);
        if let Some(hashes) = self.held.get(&tile) {
            return Ok(hashes.get(place).copied());
        }
        if self.held.len() >= TILES_HELD {
            self.held.clear();
        }
        let hashes = match self.stored.tile(0, tile) {
            Ok(hashes) => hashes,
            Err(Error::Damaged(_)) => Vec::new(),
            Err(error) => return Err(error),
        };
        let found = hashes.get(place).copied();
        self.held.insert(tile, hashes);
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_archive_has_the_head_of_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let archive = crate::Archive::at(dir.path(), letopis_vault::Subkey::from_bytes([3; 32]));
        drop(archive.writer().unwrap());
        let report = archive.reader().unwrap().verify(true, &mut |_, _| ControlFlow::Continue(())).unwrap();
        assert_eq!((report.damaged, report.head), (vec![], Some(TreeHead { size: 0, root: crate::tree::empty_root() })));
    }
}
