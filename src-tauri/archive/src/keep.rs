//! What the archive keeps about its own keeping: who looked at what, how long things are kept, what is on hold.

use crate::read::Reader;
use crate::{Error, Writer, rows};
use letopis_model::{AccountId, ChatId, Timestamp};
use rusqlite::{Row, params};

/// What somebody did with the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Unlocked,
    OpenedChat,
    Searched,
    Exported,
    WroteEvidence,
    WroteHandover,
    WroteBackup,
    SentToModel,
    ChangedKeys,
    SetRetention,
    PlacedHold,
    LiftedHold,
    Erased,
    Verified,
}

impl Access {
    pub const ALL: [Access; 14] = [
        Access::Unlocked,
        Access::OpenedChat,
        Access::Searched,
        Access::Exported,
        Access::WroteEvidence,
        Access::WroteHandover,
        Access::WroteBackup,
        Access::SentToModel,
        Access::ChangedKeys,
        Access::SetRetention,
        Access::PlacedHold,
        Access::LiftedHold,
        Access::Erased,
        Access::Verified,
    ];

    /// The stable name used in storage and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Access::Unlocked => "unlocked",
            Access::OpenedChat => "opened-chat",
            Access::Searched => "searched",
            Access::Exported => "exported",
            Access::WroteEvidence => "evidence",
            Access::WroteHandover => "handover",
            Access::WroteBackup => "backup",
            Access::SentToModel => "sent-to-model",
            Access::ChangedKeys => "changed-keys",
            Access::SetRetention => "set-retention",
            Access::PlacedHold => "placed-hold",
            Access::LiftedHold => "lifted-hold",
            Access::Erased => "erased",
            Access::Verified => "verified",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.name() == name)
    }
}

/// What is to be noted.
#[derive(Clone)]
pub struct Noted {
    pub action: Access,
    pub chat: Option<ChatId>,
    /// The query, the file's name, a number.
    pub what: String,
    pub why: String,
}

/// A row of the access log.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessRecord {
    pub no: i64,
    pub at: Timestamp,
    pub who: String,
    pub action: Access,
    pub chat: Option<ChatId>,
    /// The query, the file's name, a number.
    pub what: String,
    pub why: String,
}

/// How long an account's messages are kept.
#[derive(Clone, PartialEq, Eq)]
pub struct RetentionRecord {
    pub account: AccountId,
    pub days: u32,
    pub set_at: Timestamp,
    pub who: String,
}

/// A hold on a chat, standing or lifted.
#[derive(Clone, PartialEq, Eq)]
pub struct HoldRecord {
    pub chat: ChatId,
    pub placed_at: Timestamp,
    pub placed_by: String,
    pub why: String,
    pub lifted: Option<(Timestamp, String)>,
}

impl Writer {
    /// Adds a row to the access log.
    pub fn note_access(&mut self, at: Timestamp, who: &str, noted: &Noted) -> Result<(), Error> {
        let Noted { action, chat, what, why } = noted;
        let no = match chat {
            Some(chat) => rows::find_chat(&self.connection, *chat)?,
            None => None,
        };
        self.connection
            .prepare_cached("INSERT INTO access_log (at, who, action, chat, what, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![at.0, who, action.name(), no, what, why])?;
        Ok(())
    }

    /// Sets how many days an account's messages are kept; `None`: for ever.
    pub fn set_retention(&mut self, account: AccountId, days: Option<u32>, at: Timestamp, who: &str) -> Result<(), Error> {
        match days {
            Some(days) => self.connection.execute(
                "REPLACE INTO retention (account, days, set_at, who) VALUES (?1, ?2, ?3, ?4)",
                params![account.0, days, at.0, who],
            )?,
            None => self.connection.execute("DELETE FROM retention WHERE account = ?1", params![account.0])?,
        };
        Ok(())
    }

    /// Places a hold; a chat that has one keeps it.
    ///
    /// # Errors
    /// `NotFound` when the archive does not know the chat.
    pub fn place_hold(&mut self, chat: ChatId, at: Timestamp, who: &str, why: &str) -> Result<(), Error> {
        let no = rows::find_chat(&self.connection, chat)?.ok_or(Error::NotFound)?;
        self.connection.execute(
            "INSERT OR IGNORE INTO holds (chat, placed_at, placed_by, why) VALUES (?1, ?2, ?3, ?4)",
            params![no, at.0, who, why],
        )?;
        Ok(())
    }

    /// Lifts the standing hold of a chat.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub fn lift_hold(&mut self, chat: ChatId, at: Timestamp, who: &str) -> Result<(), Error> {
        let no = rows::find_chat(&self.connection, chat)?.ok_or(Error::NotFound)?;
        let sql = "UPDATE holds SET lifted_at = ?2, lifted_by = ?3 WHERE chat = ?1 AND lifted_at IS NULL";
        match self.connection.execute(sql, params![no, at.0, who])? {
            0 => Err(Error::NotFound),
            _ => Ok(()),
        }
    }
}

impl Reader {
    /// The access log, newest first; `before` is a row's number to go on from.
    pub fn access_log(&self, before: Option<i64>, limit: usize) -> Result<Vec<AccessRecord>, Error> {
        let mut statement = self.connection().prepare_cached(
            "SELECT l.no, l.at, l.who, l.action, l.what, l.why, c.account, c.kind, c.id
             FROM access_log l LEFT JOIN chats c ON c.no = l.chat WHERE l.no < ?1 ORDER BY l.no DESC LIMIT ?2",
        )?;
        let mut found = statement.query(params![before.unwrap_or(i64::MAX), limit as i64])?;
        let mut log = Vec::new();
        while let Some(row) = found.next()? {
            let action: String = row.get(3)?;
            log.push(AccessRecord {
                no: row.get(0)?,
                at: Timestamp(row.get(1)?),
                who: row.get(2)?,
                action: Access::from_name(&action).ok_or_else(|| Error::Damaged("access_log.action".into()))?,
                chat: chat_at(row, 6)?,
                what: row.get(4)?,
                why: row.get(5)?,
            });
        }
        Ok(log)
    }

    pub fn retention(&self) -> Result<Vec<RetentionRecord>, Error> {
        let mut statement =
            self.connection().prepare_cached("SELECT account, days, set_at, who FROM retention ORDER BY account")?;
        let found = statement.query_map([], |row| {
            let account = AccountId(row.get(0)?);
            Ok(RetentionRecord { account, days: row.get(1)?, set_at: Timestamp(row.get(2)?), who: row.get(3)? })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// All holds, standing ones first, then the newest.
    pub fn holds(&self) -> Result<Vec<HoldRecord>, Error> {
        let mut statement = self.connection().prepare_cached(
            "SELECT h.placed_at, h.placed_by, h.why, h.lifted_at, h.lifted_by, c.account, c.kind, c.id
             FROM holds h JOIN chats c ON c.no = h.chat ORDER BY h.lifted_at IS NOT NULL, h.placed_at DESC, h.no DESC",
        )?;
        let mut found = statement.query([])?;
        let mut holds = Vec::new();
        while let Some(row) = found.next()? {
            let lifted = row.get::<_, Option<i64>>(3)?.map(Timestamp).zip(row.get::<_, Option<String>>(4)?);
            holds.push(HoldRecord {
                chat: chat_at(row, 5)?.ok_or_else(|| Error::Damaged("holds.chat".into()))?,
                placed_at: Timestamp(row.get(0)?),
                placed_by: row.get(1)?,
                why: row.get(2)?,
                lifted,
            });
        }
        Ok(holds)
    }
}

/// The chat in three columns (account, kind, id), or none of them.
pub(crate) fn chat_at(row: &Row<'_>, column: usize) -> Result<Option<ChatId>, Error> {
    let Some(kind) = row.get::<_, Option<String>>(column + 1)? else { return Ok(None) };
    Ok(Some(rows::chat_id(row.get(column)?, &kind, row.get(column + 2)?)?))
}
