//! Reading. A reader never writes and never computes what is not stored.

use crate::append::twice::TOLD_BETTER;
use crate::{Error, append, rows};
use letopis_model::{AccountId, ChatId, ChatType, Content, Message, MessageId, MessageLink, Seq, Source, Timestamp};
use rusqlite::{Connection, Row, params};
use std::collections::HashMap;

/// Columns of [`chat_record`].
macro_rules! chat_select {
    () => {
        "SELECT account, kind, id, type, title, messages, deleted, edited, first_at, last_at, since, until, no, forgotten_at
         FROM chats LEFT JOIN (SELECT chat, max(since) AS since, until FROM chat_vanishings v
           WHERE until = (SELECT min(until) FROM chat_vanishings WHERE chat = v.chat) GROUP BY chat) ON chat = no"
    };
}

pub struct Reader {
    connection: Connection,
}

#[derive(Clone, PartialEq, Eq)]
pub struct ManagerRecord {
    pub account: AccountId,
    pub name: String,
}

/// A chat with its counts.
#[derive(Clone, PartialEq, Eq)]
pub struct ChatRecord {
    pub chat: ChatId,
    /// The managers whose chat it is; several for a shared one, none when nobody's account is known.
    pub accounts: Vec<AccountId>,
    pub kind: ChatType,
    pub title: String,
    pub messages: u64,
    pub deleted: u64,
    pub edited: u64,
    pub first_at: Option<Timestamp>,
    pub last_at: Option<Timestamp>,
    /// The interval in which the whole chat disappeared.
    pub vanished: Option<(Timestamp, Timestamp)>,
    /// Forgotten by wish: only the stub is left.
    pub is_forgotten: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub messages: u64,
    pub chats: u64,
    pub managers: u64,
    pub deleted: u64,
    pub edited: u64,
    pub first_at: Option<Timestamp>,
    pub last_at: Option<Timestamp>,
}

/// One kept content of a message.
#[derive(Clone, PartialEq, Eq)]
pub struct VersionRecord {
    pub content: Content,
    pub edited_at: Option<Timestamp>,
    pub seen_at: Timestamp,
    pub source: Source,
}

/// Messages touched after a cursor, each once, and the cursor to go on from.
#[derive(Debug)]
pub struct Grown {
    pub to: Seq,
    /// `true`: the message had a version before the cursor already.
    pub links: Vec<(MessageLink, bool)>,
}

impl Reader {
    pub(crate) fn new(connection: Connection) -> Self {
        Reader { connection }
    }

    /// Reads the tables of an archive from a file that is not encrypted: what a bench compares with.
    #[cfg(feature = "rivals")]
    pub fn unencrypted(path: &std::path::Path) -> Result<Self, Error> {
        Ok(Reader { connection: crate::connect::unencrypted(path)? })
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Reads several things of one state of the archive, which is looked up once: it costs more than a message.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn at_once<T, E: From<Error>>(&self, read: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        if !self.connection.is_autocommit() {
            return read();
        }
        let state = self.connection.unchecked_transaction().map_err(Error::from)?;
        let found = read()?;
        state.finish().map_err(Error::from)?;
        Ok(found)
    }

    pub fn last_seq(&self) -> Result<Seq, Error> {
        append::last_seq(&self.connection)
    }

    pub fn managers(&self) -> Result<Vec<ManagerRecord>, Error> {
        let mut statement = self.connection.prepare_cached("SELECT account, manager FROM accounts ORDER BY manager, account")?;
        let found = statement.query_map([], |row| Ok(ManagerRecord { account: AccountId(row.get(0)?), name: row.get(1)? }))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// All chats, the one with the newest message first.
    pub fn chats(&self) -> Result<Vec<ChatRecord>, Error> {
        let mut statement =
            self.connection.prepare_cached(concat!(chat_select!(), " WHERE merged_into IS NULL ORDER BY last_at DESC, no"))?;
        let mut found = statement.query([])?;
        let mut shared = self.accounts_of()?;
        let mut chats = Vec::new();
        while let Some(row) = found.next()? {
            chats.push(chat_record(row, |no| shared.remove(&no).unwrap_or_default())?);
        }
        Ok(chats)
    }

    /// One chat.
    ///
    /// # Errors
    /// `NotFound` when the archive does not know it.
    pub fn chat(&self, chat: ChatId) -> Result<ChatRecord, Error> {
        let no = self.chat_no(chat)?;
        let mut statement = self.connection.prepare_cached(concat!(chat_select!(), " WHERE no = ?1"))?;
        let mut found = statement.query(params![no])?;
        let mut shared = self.accounts_of()?;
        let row = found.next()?.ok_or(Error::NotFound)?;
        chat_record(row, |no| shared.remove(&no).unwrap_or_default())
    }

    pub fn totals(&self) -> Result<Totals, Error> {
        Ok(self.connection.query_row(
            "SELECT coalesce(sum(messages), 0), coalesce(sum(forgotten_at IS NULL), 0), (SELECT count(*) FROM accounts), coalesce(sum(deleted), 0),
               coalesce(sum(edited), 0), min(first_at), max(last_at) FROM chats WHERE merged_into IS NULL",
            [],
            |row| {
                Ok(Totals {
                    messages: row.get::<_, i64>(0)? as u64,
                    chats: row.get::<_, i64>(1)? as u64,
                    managers: row.get::<_, i64>(2)? as u64,
                    deleted: row.get::<_, i64>(3)? as u64,
                    edited: row.get::<_, i64>(4)? as u64,
                    first_at: row.get::<_, Option<i64>>(5)?.map(Timestamp),
                    last_at: row.get::<_, Option<i64>>(6)?.map(Timestamp),
                })
            },
        )?)
    }

    /// One message as it stands now, or `None`.
    pub fn message(&self, link: MessageLink) -> Result<Option<Message>, Error> {
        let Some(no) = self.find_chat(link.chat)? else { return Ok(None) };
        let sql = format!(
            "SELECT {}, v.kind, v.text, v.rest FROM messages m
             JOIN message_versions v ON v.chat = m.chat AND v.message = m.message AND v.seq = m.seq
             WHERE m.chat = ?1 AND m.message = ?2",
            rows::MESSAGE_COLUMNS
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut found = statement.query(params![no, link.message.0])?;
        match found.next()? {
            Some(row) => Ok(Some(rows::message(link.chat, row, rows::content_at(row, rows::AFTER_MESSAGE)?)?)),
            None => Ok(None),
        }
    }

    /// Messages of a chat whose ids lie in this range, both ends included; 0 for a chat that is not known.
    pub fn count_between(&self, chat: ChatId, first: MessageId, last: MessageId) -> Result<u64, Error> {
        let Some(no) = self.find_chat(chat)? else { return Ok(0) };
        let count: i64 = self
            .connection
            .prepare_cached("SELECT count(*) FROM messages WHERE chat = ?1 AND message BETWEEN ?2 AND ?3 AND versions > 0")?
            .query_row(params![no, first.0, last.0], |row| row.get(0))?;
        Ok(count as u64)
    }

    /// All kept contents of a message, oldest first.
    pub fn versions(&self, link: MessageLink) -> Result<Vec<VersionRecord>, Error> {
        let no = self.chat_no(link.chat)?;
        let query = format!(
            "SELECT kind, text, rest, edited_at, min(seen_at), source FROM message_versions v
             WHERE chat = ?1 AND message = ?2 AND what = 'content' AND NOT ({TOLD_BETTER})
             GROUP BY content_hash, edited_at
             ORDER BY coalesce(edited_at, 0), min(seen_at), content_hash"
        );
        let mut statement = self.connection.prepare_cached(&query)?;
        let mut found = statement.query(params![no, link.message.0])?;
        let mut versions = Vec::new();
        while let Some(row) = found.next()? {
            let source: String = row.get(5)?;
            versions.push(VersionRecord {
                content: rows::content_at(row, 0)?,
                edited_at: row.get::<_, Option<i64>>(3)?.map(Timestamp),
                seen_at: Timestamp(row.get(4)?),
                source: Source::from_name(&source).unwrap_or(Source::Import),
            });
        }
        Ok(versions)
    }

    /// Messages that got a version after `cursor`, looking at up to `limit` versions.
    pub fn grown(&self, cursor: Seq, limit: usize) -> Result<Grown, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT v.seq, v.message, c.account, c.kind, c.id,
               (SELECT min(f.seq) FROM message_versions f WHERE f.chat = v.chat AND f.message = v.message)
             FROM message_versions v
               JOIN chats own ON own.no = v.chat JOIN chats c ON c.no = coalesce(own.merged_into, own.no)
             WHERE v.seq > ?1 ORDER BY v.seq LIMIT ?2",
        )?;
        let mut found = statement.query(params![cursor.0 as i64, limit as i64])?;
        let mut grown = Grown { to: cursor, links: Vec::new() };
        while let Some(row) = found.next()? {
            let kind: String = row.get(3)?;
            grown.to = Seq(row.get::<_, i64>(0)? as u64);
            let chat = rows::chat_id(row.get(2)?, &kind, row.get(4)?)?;
            let known_before = row.get::<_, i64>(5)? <= cursor.0 as i64;
            grown.links.push((MessageLink::new(chat, MessageId(row.get(1)?)), known_before));
        }
        grown.links.sort_unstable();
        grown.links.dedup();
        Ok(grown)
    }

    pub(crate) fn chat_no(&self, chat: ChatId) -> Result<i64, Error> {
        self.find_chat(chat)?.ok_or(Error::NotFound)
    }

    fn find_chat(&self, chat: ChatId) -> Result<Option<i64>, Error> {
        rows::find_chat(&self.connection, chat)
    }

    /// Which managers a chat belongs to: the account that saw it, or those who wrote in a shared one.
    fn accounts_of(&self) -> Result<HashMap<i64, Vec<AccountId>>, Error> {
        let mut statement = self.connection.prepare_cached("SELECT chat, account FROM chat_accounts ORDER BY chat, account")?;
        let mut found = statement.query([])?;
        let mut accounts: HashMap<i64, Vec<AccountId>> = HashMap::new();
        while let Some(row) = found.next()? {
            accounts.entry(row.get(0)?).or_default().push(AccountId(row.get(1)?));
        }
        Ok(accounts)
    }
}

/// `shared` tells who writes in a chat that several accounts share.
fn chat_record(row: &Row<'_>, shared: impl FnOnce(i64) -> Vec<AccountId>) -> Result<ChatRecord, Error> {
    let kind: String = row.get(1)?;
    let vanished = row.get::<_, Option<i64>>(10)?.zip(row.get::<_, Option<i64>>(11)?);
    let chat = rows::chat_id(row.get(0)?, &kind, row.get(2)?)?;
    let mut accounts: Vec<AccountId> = chat.account().into_iter().chain(shared(row.get(12)?)).collect();
    accounts.dedup();
    Ok(ChatRecord {
        accounts,
        chat,
        kind: rows::chat_type(row.get(3)?),
        title: row.get(4)?,
        messages: row.get::<_, i64>(5)? as u64,
        deleted: row.get::<_, i64>(6)? as u64,
        edited: row.get::<_, i64>(7)? as u64,
        first_at: row.get::<_, Option<i64>>(8)?.map(Timestamp),
        last_at: row.get::<_, Option<i64>>(9)?.map(Timestamp),
        vanished: vanished.map(|(from, to)| (Timestamp(from), Timestamp(to))),
        is_forgotten: row.get::<_, Option<i64>>(13)?.is_some(),
    })
}
