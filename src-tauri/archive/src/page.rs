//! Pages of a chat: keyset reads around an anchor, so that the first and the last message of a million cost the same.
//! The order of a chat is the order of Telegram's message ids; a merged basic group's negative ids come first.

use crate::read::Reader;
use crate::{Error, rows};
use letopis_model::{ChatId, Message, MessageId, MessageLink, Timestamp};
use rusqlite::{OptionalExtension, params};

/// Where a page starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    First,
    Last,
    Around(MessageId),
    Before(MessageId),
    After(MessageId),
    /// The first message sent at or after this moment, in the middle of the page.
    Date(Timestamp),
}

/// A run of messages, oldest first.
#[derive(Debug)]
pub struct Page {
    pub messages: Vec<Message>,
    pub has_before: bool,
    pub has_after: bool,
    /// The message that `Around` or `Date` led to.
    pub focus: Option<MessageLink>,
}

#[derive(Clone, Copy)]
enum Toward {
    Older,
    Newer,
}

impl Reader {
    /// Reads up to `limit` messages.
    ///
    /// # Errors
    /// `NotFound` when the archive does not know the chat.
    pub fn page(&self, chat: ChatId, anchor: Anchor, limit: usize) -> Result<Page, Error> {
        self.at_once(|| self.page_at(chat, anchor, limit))
    }

    fn page_at(&self, chat: ChatId, anchor: Anchor, limit: usize) -> Result<Page, Error> {
        let no = self.chat_no(chat)?;
        match anchor {
            Anchor::First => self.newer_page(chat, no, i64::MIN, limit),
            Anchor::After(id) => self.newer_page(chat, no, id.0, limit),
            Anchor::Last => self.older_page(chat, no, i64::MAX, limit),
            Anchor::Before(id) => self.older_page(chat, no, id.0, limit),
            Anchor::Around(id) => self.middle_page(chat, no, id.0, limit),
            Anchor::Date(at) => match self.first_since(no, at)? {
                Some(id) => self.middle_page(chat, no, id, limit),
                None => self.older_page(chat, no, i64::MAX, limit),
            },
        }
    }

    /// The newest `limit` messages that were sent at or after `from`, oldest first.
    pub fn since(&self, chat: ChatId, from: Timestamp, limit: usize) -> Result<Vec<Message>, Error> {
        let no = self.chat_no(chat)?;
        let mut messages = self.run(chat, no, i64::MAX, limit, Toward::Older)?;
        messages.reverse();
        let older = messages.iter().take_while(|m| m.sent_at.is_none_or(|at| at < from)).count();
        messages.drain(..older);
        Ok(messages)
    }

    fn newer_page(&self, chat: ChatId, no: i64, after: i64, limit: usize) -> Result<Page, Error> {
        let mut messages = self.run(chat, no, after, limit.saturating_add(1), Toward::Newer)?;
        let has_after = messages.len() > limit;
        messages.truncate(limit);
        let has_before = after != i64::MIN;
        Ok(Page { messages, has_before, has_after, focus: None })
    }

    fn older_page(&self, chat: ChatId, no: i64, before: i64, limit: usize) -> Result<Page, Error> {
        let mut messages = self.run(chat, no, before, limit.saturating_add(1), Toward::Older)?;
        let has_before = messages.len() > limit;
        messages.truncate(limit);
        messages.reverse();
        Ok(Page { messages, has_before, has_after: before != i64::MAX, focus: None })
    }

    fn middle_page(&self, chat: ChatId, no: i64, id: i64, limit: usize) -> Result<Page, Error> {
        let half = limit / 2;
        let older = self.older_page(chat, no, id, half)?;
        let newer = self.newer_page(chat, no, id.saturating_sub(1), limit - half)?;
        let focus = newer.messages.first().map(|m| m.link);
        let mut messages = older.messages;
        messages.extend(newer.messages);
        Ok(Page { messages, has_before: older.has_before, has_after: newer.has_after, focus })
    }

    /// Messages strictly beyond `edge`, nearest first. Both tables are clustered by chat and message, so they are read side by
    /// side, each as one run: a join would look for each message's version from the root of the tree.
    fn run(&self, chat: ChatId, no: i64, edge: i64, limit: usize, toward: Toward) -> Result<Vec<Message>, Error> {
        let (beyond, order) = match toward {
            Toward::Older => ("<", "DESC"),
            Toward::Newer => (">", "ASC"),
        };
        let heads = format!(
            "SELECT {}, m.seq FROM messages m WHERE m.chat = ?1 AND m.message {beyond} ?2 AND m.seq IS NOT NULL
             ORDER BY m.message {order} LIMIT ?3",
            rows::MESSAGE_COLUMNS
        );
        let versions = format!(
            "SELECT message, seq, kind, text, rest FROM message_versions
             WHERE chat = ?1 AND message {beyond} ?2 ORDER BY message {order}"
        );
        let mut heads = self.connection().prepare_cached(&heads)?;
        let mut versions = self.connection().prepare_cached(&versions)?;
        let mut heads = heads.query(params![no, edge, i64::try_from(limit).unwrap_or(i64::MAX)])?;
        let mut versions = versions.query(params![no, edge])?;
        let mut messages = Vec::with_capacity(limit.min(1024));
        while let Some(head) = heads.next()? {
            let current: (i64, i64) = (head.get(0)?, head.get(rows::AFTER_MESSAGE)?);
            let content = loop {
                let version = versions.next()?.ok_or_else(|| Error::Damaged("messages.seq".into()))?;
                if current == (version.get(0)?, version.get(1)?) {
                    break rows::content_at(version, 2)?;
                }
            };
            messages.push(rows::message(chat, head, content)?);
        }
        Ok(messages)
    }

    fn first_since(&self, no: i64, at: Timestamp) -> Result<Option<i64>, Error> {
        Ok(self
            .connection()
            .prepare_cached("SELECT message FROM messages WHERE chat = ?1 AND sent_at >= ?2 AND seq IS NOT NULL ORDER BY sent_at, message LIMIT 1")?
            .query_row(params![no, at.0], |row| row.get(0))
            .optional()?)
    }
}
