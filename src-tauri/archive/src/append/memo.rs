//! What a batch remembers of a chat, so that an import asks and writes once a batch what would be the same for each of its
//! messages. Lives as long as the batch: nothing here can be stale, and an undone batch takes it along.

use super::{Batch, Tombstone};
use crate::Error;
use letopis_model::{DeletionCause, MessageId, Source, Timestamp};
use rusqlite::params;
use std::collections::BTreeSet;
use std::rc::Rc;

/// One chat as this batch knows it.
pub(super) struct Memo {
    /// The greatest message id that has a version; above it nothing has to be looked for.
    last: i64,
    vanishings: Option<Rc<[Tombstone]>>,
    /// Who was noted to write here as a manager.
    pub writers: BTreeSet<i64>,
    owed: Owed,
}

/// What the batch has changed in the chat's counts and its row does not say yet.
#[derive(Default)]
pub(super) struct Owed {
    pub messages: i64,
    pub edited: i64,
    pub deleted: i64,
    pub first_at: Option<i64>,
    pub last_at: Option<i64>,
}

impl Owed {
    fn add(&mut self, other: &Owed) {
        self.messages += other.messages;
        self.edited += other.edited;
        self.deleted += other.deleted;
        self.first_at = self.first_at.into_iter().chain(other.first_at).min();
        self.last_at = self.last_at.into_iter().chain(other.last_at).max();
    }
}

impl Batch<'_> {
    pub(super) fn memo(&mut self, chat: i64) -> Result<&mut Memo, Error> {
        if !self.memos.contains_key(&chat) {
            let last: Option<i64> = self
                .sql
                .prepare_cached("SELECT max(message) FROM message_versions WHERE chat = ?1")?
                .query_row(params![chat], |row| row.get(0))?;
            let last = last.unwrap_or(i64::MIN);
            self.memos.insert(chat, Memo { last, vanishings: None, writers: BTreeSet::new(), owed: Owed::default() });
        }
        self.memos.get_mut(&chat).ok_or_else(|| Error::Damaged("chats".into()))
    }

    /// Whether no version of this message can be in the archive.
    pub(super) fn is_beyond(&mut self, chat: i64, message: MessageId) -> Result<bool, Error> {
        Ok(self.memo(chat)?.last < message.0)
    }

    /// A version of this message was put in.
    pub(super) fn has_version(&mut self, chat: i64, message: MessageId) -> Result<(), Error> {
        let memo = self.memo(chat)?;
        memo.last = memo.last.max(message.0);
        Ok(())
    }

    pub(super) fn owe(&mut self, chat: i64, owed: &Owed) -> Result<(), Error> {
        self.memo(chat)?.owed.add(owed);
        Ok(())
    }

    /// The deletions that every message of a vanished chat carries, those found later included.
    pub(super) fn vanishings(&mut self, chat: i64) -> Result<Rc<[Tombstone]>, Error> {
        if let Some(known) = &self.memo(chat)?.vanishings {
            return Ok(known.clone());
        }
        let found: Rc<[Tombstone]> = self.find_vanishings(chat)?.into();
        self.memo(chat)?.vanishings = Some(found.clone());
        Ok(found)
    }

    /// The chat has vanished once more.
    pub(super) fn forget_vanishings(&mut self, chat: i64) {
        if let Some(memo) = self.memos.get_mut(&chat) {
            memo.vanishings = None;
        }
    }

    fn find_vanishings(&self, chat: i64) -> Result<Vec<Tombstone>, Error> {
        let mut statement = self.sql.prepare_cached("SELECT since, until, source FROM chat_vanishings WHERE chat = ?1")?;
        let found = statement.query_map(params![chat], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?)))?;
        found
            .map(|row| {
                let (from, to, source) = row?;
                let source = Source::from_name(&source).unwrap_or(Source::Import);
                Ok(Tombstone { from: Timestamp(from), to: Timestamp(to), cause: DeletionCause::ChatVanished, source })
            })
            .collect()
    }

    /// Writes into the rows of the chats what is owed to them.
    pub(super) fn settle(&mut self) -> Result<(), Error> {
        let mut update = self.sql.prepare_cached(
            "UPDATE chats SET messages = messages + ?2, edited = edited + ?3, deleted = deleted + ?4,
               first_at = min(coalesce(first_at, ?5), coalesce(?5, first_at)),
               last_at = max(coalesce(last_at, ?6), coalesce(?6, last_at))
             WHERE no = ?1",
        )?;
        for (chat, memo) in &mut self.memos {
            let Owed { messages, edited, deleted, first_at, last_at } = std::mem::take(&mut memo.owed);
            update.execute(params![chat, messages, edited, deleted, first_at, last_at])?;
        }
        Ok(())
    }
}
