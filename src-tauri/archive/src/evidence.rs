//! What evidence is made of: the canonical bytes of a message's versions.

use crate::leaf::{self, COLUMNS};
use crate::read::Reader;
use crate::tree::{self, Hash};
use crate::{Error, rows};
use letopis_model::{MessageLink, Seq};
use rusqlite::params;

/// One version as the tree holds it.
#[derive(Clone, PartialEq, Eq)]
pub struct LeafRecord {
    pub seq: Seq,
    /// What was hashed: UTF-8 JSON, see `leaf.rs`. `None` when the version was erased: only its hash is left.
    pub bytes: Option<Vec<u8>>,
    /// The leaf hash: of the bytes, or of an erased version as the tree keeps it.
    pub hash: Hash,
}

impl Reader {
    /// Every version of a message, in the order in which they came: contents, files, deletions.
    ///
    /// # Errors
    /// `NotFound` when the archive does not know the chat or the message; `Damaged` when a version does not fit the tree.
    pub fn leaves(&self, link: MessageLink) -> Result<Vec<LeafRecord>, Error> {
        let no = rows::find_chat(self.connection(), link.chat)?.ok_or(Error::NotFound)?;
        let query = format!(
            "SELECT {COLUMNS} FROM message_versions v JOIN chats c ON c.no = v.chat
             WHERE v.chat = ?1 AND v.message = ?2 ORDER BY v.seq"
        );
        let mut statement = self.connection().prepare_cached(&query)?;
        let mut found = statement.query(params![no, link.message.0])?;
        let mut leaves = Vec::new();
        while let Some(row) = found.next()? {
            let (seq, bytes) = leaf::read(row, |seq, leaf| Ok((seq, leaf.map(leaf::Leaf::bytes).transpose()?)))?;
            leaves.push(self.fitting(Seq(seq as u64), bytes)?);
        }
        if leaves.is_empty() { Err(Error::NotFound) } else { Ok(leaves) }
    }

    /// A version together with the hash that the tree holds for it.
    fn fitting(&self, seq: Seq, bytes: Option<Vec<u8>>) -> Result<LeafRecord, Error> {
        let hash = self.leaf_hash(seq)?;
        if bytes.as_deref().is_some_and(|bytes| tree::leaf_hash(bytes) != hash) {
            return Err(Error::Damaged(format!("version {} does not fit the tree", seq.0)));
        }
        Ok(LeafRecord { seq, bytes, hash })
    }

    fn leaf_hash(&self, seq: Seq) -> Result<Hash, Error> {
        use crate::tiles::Stored;
        use crate::tree::{Tiles, WIDTH};
        let missing = || Error::Damaged(format!("version {} is not in the tree", seq.0));
        let index = seq.0.checked_sub(1).ok_or_else(missing)?;
        let tile = Stored(self.connection()).tile(0, index / WIDTH)?;
        tile.get((index % WIDTH) as usize).copied().ok_or_else(missing)
    }
}
