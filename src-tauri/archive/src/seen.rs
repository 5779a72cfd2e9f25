//! Reading what happened: the feed of edits and deletions, coverage, files kept.

use crate::keep::chat_at;
use crate::read::Reader;
use crate::{Error, rows};
use letopis_model::{AccountId, ChatId, CoverageState, MessageId, MessageLink, Seq, Source, Timestamp};
use rusqlite::params;
use std::collections::BTreeMap;

/// What a row of the feed says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    Edited,
    Deleted,
    /// The whole chat disappeared: one row, however many messages it had.
    ChatVanished,
}

/// An edit, a deletion or a vanished chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangeRecord {
    pub kind: ChangeKind,
    /// The message; of a vanished chat its last one.
    pub link: MessageLink,
    /// An edit happened at `from`; a deletion or vanishing between `from` and `to`.
    pub from: Timestamp,
    pub to: Timestamp,
    pub source: Source,
    /// Messages concerned.
    pub count: u64,
    /// When it became known; rows of the feed are in the order of this and of the version that told.
    pub seen_at: Timestamp,
    pub seq: Seq,
}

/// A stretch of the coverage ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoverageRecord {
    pub account: Option<AccountId>,
    pub chat: ChatId,
    pub from: Timestamp,
    pub to: Timestamp,
    pub state: CoverageState,
    pub why: String,
    pub source: Source,
}

/// A message's file in the blob store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediaRecord {
    pub sha256: [u8; 32],
    /// Bytes.
    pub size: u64,
    pub seen_at: Timestamp,
    pub edited_at: Option<Timestamp>,
    pub source: Source,
}

impl Reader {
    /// Edits and deletions that became known at or after `since`, newest first; `before` is where to go on from: the `to`
    /// and the version of the last row read. The first content of a message is no change, nor is one that a second
    /// witness saw.
    pub fn changes(&self, since: Timestamp, before: Option<(Timestamp, Seq)>, limit: usize) -> Result<Vec<ChangeRecord>, Error> {
        let mut changes = self.message_changes(since, before, limit)?;
        changes.extend(self.vanishings(since)?.into_iter().filter(|c| before.is_none_or(|before| (c.seen_at, c.seq) < before)));
        changes.sort_by_key(|change| std::cmp::Reverse((change.seen_at, change.seq)));
        changes.truncate(limit);
        Ok(changes)
    }

    fn message_changes(
        &self,
        since: Timestamp,
        before: Option<(Timestamp, Seq)>,
        limit: usize,
    ) -> Result<Vec<ChangeRecord>, Error> {
        let mut statement = self.connection().prepare_cached(
            "SELECT v.what, v.message, coalesce(v.deleted_from, v.edited_at, v.seen_at), coalesce(v.deleted_to, v.edited_at, v.seen_at),
               v.source, v.seq, v.seen_at, c.account, c.kind, c.id
             FROM message_versions v INDEXED BY message_versions_changes JOIN chats c ON c.no = v.chat AND c.merged_into IS NULL
             WHERE (v.again = 1 OR (v.what = 'deleted' AND v.cause <> 'chat-vanished'))
               AND v.seen_at >= ?1 AND (v.seen_at, v.seq) < (?2, ?3) AND v.what <> 'erased'
               AND (v.what = 'deleted' OR v.seq = (SELECT min(o.seq) FROM message_versions o WHERE o.chat = v.chat
                 AND o.message = v.message AND o.what = 'content' AND o.content_hash = v.content_hash AND o.edited_at IS v.edited_at))
             ORDER BY v.seen_at DESC, v.seq DESC LIMIT ?4",
        )?;
        let (at, seq) = before.map_or((i64::MAX, i64::MAX), |(at, seq)| (at.0, seq.0 as i64));
        let mut found = statement.query(params![since.0, at, seq, limit as i64])?;
        let mut changes = Vec::new();
        while let Some(row) = found.next()? {
            let chat = chat_at(row, 7)?.ok_or_else(|| Error::Damaged("chats".into()))?;
            let what: String = row.get(0)?;
            changes.push(ChangeRecord {
                kind: if what == "content" { ChangeKind::Edited } else { ChangeKind::Deleted },
                link: MessageLink::new(chat, MessageId(row.get(1)?)),
                from: Timestamp(row.get(2)?),
                to: Timestamp(row.get(3)?),
                seen_at: Timestamp(row.get(6)?),
                source: source(&row.get::<_, String>(4)?)?,
                count: 1,
                seq: Seq(row.get::<_, i64>(5)? as u64),
            });
        }
        Ok(changes)
    }

    /// Chats that vanished: one row each, with the number of messages that went with it.
    fn vanishings(&self, since: Timestamp) -> Result<Vec<ChangeRecord>, Error> {
        let mut statement = self.connection().prepare_cached(
            "SELECT s.since, s.until, s.source, c.account, c.kind, c.id, coalesce(max(v.message), 0), count(DISTINCT v.message),
               coalesce(max(v.seq), 0)
             FROM chat_vanishings s JOIN chats c ON c.no = s.chat LEFT JOIN message_versions v ON v.chat = s.chat
               AND v.what = 'deleted' AND v.cause = 'chat-vanished' AND v.deleted_from = s.since AND v.deleted_to = s.until
             WHERE s.until >= ?1 AND c.forgotten_at IS NULL GROUP BY s.chat, s.until, s.since, s.source",
        )?;
        let mut found = statement.query(params![since.0])?;
        let mut changes = Vec::new();
        while let Some(row) = found.next()? {
            let chat = chat_at(row, 3)?.ok_or_else(|| Error::Damaged("chats".into()))?;
            changes.push(ChangeRecord {
                kind: ChangeKind::ChatVanished,
                link: MessageLink::new(chat, MessageId(row.get(6)?)),
                from: Timestamp(row.get(0)?),
                to: Timestamp(row.get(1)?),
                seen_at: Timestamp(row.get(1)?),
                source: source(&row.get::<_, String>(2)?)?,
                count: row.get::<_, i64>(7)? as u64,
                seq: Seq(row.get::<_, i64>(8)? as u64),
            });
        }
        Ok(changes)
    }

    /// The coverage ledger, of one chat or of all, by chat and time.
    ///
    /// # Errors
    /// `NotFound` when the archive does not know the chat.
    pub fn coverage(&self, chat: Option<ChatId>) -> Result<Vec<CoverageRecord>, Error> {
        let no = chat.map(|chat| self.chat_no(chat)).transpose()?;
        let mut statement = self.connection().prepare_cached(
            "SELECT v.account, v.since, v.until, v.state, v.why, v.source, c.account, c.kind, c.id
             FROM coverage v JOIN chats c ON c.no = v.chat WHERE ?1 IS NULL OR v.chat = ?1 ORDER BY v.chat, v.since, v.until",
        )?;
        let mut found = statement.query(params![no])?;
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            let account: i64 = row.get(0)?;
            let state: String = row.get(3)?;
            rows.push(CoverageRecord {
                account: (account != 0).then_some(AccountId(account)),
                chat: chat_at(row, 6)?.ok_or_else(|| Error::Damaged("chats".into()))?,
                from: Timestamp(row.get(1)?),
                to: Timestamp(row.get(2)?),
                state: CoverageState::from_name(&state).ok_or_else(|| Error::Damaged("coverage.state".into()))?,
                why: row.get(4)?,
                source: source(&row.get::<_, String>(5)?)?,
            });
        }
        Ok(rows)
    }

    /// Stretches of a chat that an account did not watch, oldest first, without those that have this reason.
    ///
    /// # Errors
    /// `Sql`.
    pub fn gaps(&self, account: AccountId, chat: ChatId, except: &str) -> Result<Vec<(Timestamp, Timestamp, String)>, Error> {
        let Some(no) = rows::find_chat(self.connection(), chat)? else { return Ok(Vec::new()) };
        let mut statement = self.connection().prepare_cached(
            "SELECT since, until, why FROM coverage
             WHERE chat = ?1 AND account = ?2 AND state = 'gap' AND why <> ?3 ORDER BY since, until",
        )?;
        let row = |row: &rusqlite::Row<'_>| Ok((Timestamp(row.get(0)?), Timestamp(row.get(1)?), row.get(2)?));
        Ok(statement.query_map(params![no, account.0, except], row)?.collect::<Result<_, _>>()?)
    }

    /// When an account watched a chat last.
    ///
    /// # Errors
    /// `Sql`.
    pub fn watched_to(&self, account: AccountId, chat: ChatId) -> Result<Option<Timestamp>, Error> {
        let Some(no) = rows::find_chat(self.connection(), chat)? else { return Ok(None) };
        let sql = "SELECT max(until) FROM coverage WHERE chat = ?1 AND account = ?2 AND state = 'live'";
        let last: Option<i64> = self.connection().query_row(sql, params![no, account.0], |row| row.get(0))?;
        Ok(last.map(Timestamp))
    }

    /// How far the others have read what an account wrote in a chat (`outgoing`), or how far the account has read: the
    /// last position and the moment at which it was first known.
    pub fn read_mark(&self, chat: ChatId, outgoing: bool) -> Result<Option<(MessageId, Timestamp)>, Error> {
        let no = self.chat_no(chat)?;
        let mut statement = self.connection().prepare_cached(
            "SELECT message, at FROM read_marks WHERE chat = ?1 AND outgoing = ?2 ORDER BY message DESC LIMIT 1",
        )?;
        let mut found = statement.query(params![no, outgoing])?;
        let Some(row) = found.next()? else { return Ok(None) };
        Ok(Some((MessageId(row.get(0)?), Timestamp(row.get(1)?))))
    }

    /// The files kept of one message, oldest content first.
    pub fn media(&self, link: MessageLink) -> Result<Vec<MediaRecord>, Error> {
        let mut found = self.media_between(link.chat, link.message, link.message)?;
        Ok(found.remove(&link.message).unwrap_or_default())
    }

    /// The files kept of a run of messages, both ends included; the last one of each is the current one.
    pub fn media_between(
        &self,
        chat: ChatId,
        first: MessageId,
        last: MessageId,
    ) -> Result<BTreeMap<MessageId, Vec<MediaRecord>>, Error> {
        let Some(no) = rows::find_chat(self.connection(), chat)? else { return Ok(BTreeMap::new()) };
        let mut statement = self.connection().prepare_cached(
            "SELECT message, media_sha256, media_size, min(seen_at), edited_at, source FROM message_versions
             WHERE chat = ?1 AND message BETWEEN ?2 AND ?3 AND what = 'media'
             GROUP BY message, media_sha256, edited_at ORDER BY message, coalesce(edited_at, 0), min(seen_at)",
        )?;
        let mut found = statement.query(params![no, first.0, last.0])?;
        let mut media: BTreeMap<MessageId, Vec<MediaRecord>> = BTreeMap::new();
        while let Some(row) = found.next()? {
            media.entry(MessageId(row.get(0)?)).or_default().push(MediaRecord {
                sha256: row.get(1)?,
                size: row.get::<_, i64>(2)? as u64,
                seen_at: Timestamp(row.get(3)?),
                edited_at: row.get::<_, Option<i64>>(4)?.map(Timestamp),
                source: source(&row.get::<_, String>(5)?)?,
            });
        }
        Ok(media)
    }

    /// The hashes of all files that some version speaks of, in order.
    pub fn media_hashes(&self) -> Result<Vec<[u8; 32]>, Error> {
        let mut statement = self
            .connection()
            .prepare_cached("SELECT DISTINCT media_sha256 FROM message_versions WHERE what = 'media' ORDER BY media_sha256")?;
        let found = statement.query_map([], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

fn source(name: &str) -> Result<Source, Error> {
    Source::from_name(name).ok_or_else(|| Error::Damaged("a source has no known name".into()))
}
