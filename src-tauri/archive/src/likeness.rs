//! What an archive tells, as one hash: two archives that were filled in different ways (in one go, or stopped and taken up
//! again) tell the same if it is the same. The order and moment of arrival, salts and local numbers do not count.

use crate::Error;
use crate::read::Reader;
use crate::tree::Hash;
use rusqlite::types::ValueRef;
use rusqlite::{Params, Row, params};
use sha2::{Digest, Sha256};

/// Of the archive as a whole.
const WHOLE: &[&str] = &[
    "SELECT account, manager, source FROM accounts ORDER BY account",
    "SELECT kind, id, name, source FROM peers ORDER BY kind, id",
];

/// The chats; the first column is the local number.
const CHATS: &str =
    "SELECT no, account, kind, id, type, title, source, messages, deleted, edited, first_at, last_at, forgotten_at
    FROM chats WHERE merged_into IS NULL ORDER BY account, kind, id";

/// Of one chat.
const OF_CHAT: &[&str] = &[
    "SELECT account FROM chat_accounts WHERE chat = ?1 ORDER BY account",
    "SELECT since, until, source FROM chat_vanishings WHERE chat = ?1 ORDER BY since, until, source",
    "SELECT account, since, until, state, why, source FROM coverage WHERE chat = ?1 ORDER BY account, state, since, why",
    "SELECT account, outgoing, message, at, source FROM read_marks WHERE chat = ?1 ORDER BY account, outgoing, message",
    "SELECT message, sender_kind, sender_id, sender_name, outgoing, sent_at, edited_at, versions, kind, deleted_from, deleted_to,
       deleted_source, cause, reactions FROM messages WHERE chat = ?1 ORDER BY message",
    "SELECT message, what, account, source, again, sender_kind, sender_id, sender_name, outgoing, sent_at, edited_at, content_hash, kind,
       text, rest, deleted_from, deleted_to, cause, media_sha256, media_size
     FROM message_versions WHERE chat = ?1 ORDER BY message, seq",
];

impl Reader {
    /// Reads every row that is told of: takes as long as reading the archive.
    pub fn likeness(&self) -> Result<Hash, Error> {
        let mut sha = Sha256::new();
        for query in WHOLE {
            self.hash_rows(query, [], &mut sha)?;
        }
        for no in self.hash_rows(CHATS, [], &mut sha)? {
            for query in OF_CHAT {
                self.hash_rows(query, params![no], &mut sha)?;
            }
        }
        Ok(sha.finalize().into())
    }

    /// Hashes the rows of one query, and gives back the first column of those that are chats.
    fn hash_rows(&self, query: &str, key: impl Params, sha: &mut Sha256) -> Result<Vec<i64>, Error> {
        let is_chats = query == CHATS;
        let mut statement = self.connection().prepare_cached(query)?;
        let columns = statement.column_count();
        let mut found = statement.query(key)?;
        let mut chats = Vec::new();
        while let Some(row) = found.next()? {
            if is_chats {
                chats.push(row.get(0)?);
            }
            hash_row(row, usize::from(is_chats)..columns, sha)?;
        }
        sha.update([b'.']);
        Ok(chats)
    }
}

fn hash_row(row: &Row<'_>, columns: std::ops::Range<usize>, sha: &mut Sha256) -> Result<(), Error> {
    for column in columns {
        match row.get_ref(column)? {
            ValueRef::Null => sha.update([0]),
            ValueRef::Integer(number) => sha.update([&[1][..], &number.to_le_bytes()].concat()),
            ValueRef::Real(number) => sha.update([&[2][..], &number.to_le_bytes()].concat()),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
                sha.update([&[3][..], &bytes.len().to_le_bytes()].concat());
                sha.update(bytes);
            }
        }
    }
    Ok(())
}
