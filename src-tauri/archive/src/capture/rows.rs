//! Reading the tables of live capture.

use super::{CaptureAccount, CaptureChat, CaptureMedia, CapturePosition, CaptureRule, Consent, KnownMessage, RuleOf};
use crate::{Error, Reader, rows};
use letopis_model::{AccountId, ChatId, MessageId, PeerId, PeerKind, Timestamp};
use rusqlite::{OptionalExtension, Row, params};

pub(super) fn moment(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<i64>>(at)?.map(Timestamp))
}

pub(super) fn message(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<MessageId>> {
    Ok(Some(MessageId(row.get(at)?)).filter(|id| id.0 != 0))
}

pub(super) fn peer(kind: &str, id: i64) -> Result<PeerId, Error> {
    let kind = PeerKind::ALL.into_iter().find(|k| k.name() == kind);
    kind.map(|kind| PeerId { kind, id }).ok_or_else(|| Error::Damaged("capture: kind of a chat".into()))
}

impl Reader {
    pub fn capture_accounts(&self) -> Result<Vec<CaptureAccount>, Error> {
        let mut statement = self.connection().prepare_cached(
            "SELECT account, name, session, is_on, added_at, heard_at, trouble, folders, fill_days FROM capture_accounts ORDER BY name, account",
        )?;
        let found = statement.query_map([], |row| {
            Ok(CaptureAccount {
                account: AccountId(row.get(0)?),
                name: row.get(1)?,
                session: row.get(2)?,
                is_on: row.get(3)?,
                added_at: Timestamp(row.get(4)?),
                heard_at: moment(row, 5)?,
                trouble: row.get(6)?,
                folders: row.get(7)?,
                fill_days: row.get(8)?,
            })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// # Errors
    /// `NotFound`.
    pub fn capture_account(&self, account: AccountId) -> Result<CaptureAccount, Error> {
        self.capture_accounts()?.into_iter().find(|found| found.account == account).ok_or(Error::NotFound)
    }

    /// Where the account's capture stands; `None` before it has begun.
    pub fn capture_position(&self, account: AccountId) -> Result<Option<CapturePosition>, Error> {
        let sql = "SELECT pts, qts, seq, date FROM capture_accounts WHERE account = ?1 AND pts IS NOT NULL";
        let found = self.connection().query_row(sql, params![account.0], |row| {
            let (pts, qts, seq, date) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
            Ok(CapturePosition { pts, qts, seq, date, channels: Vec::new() })
        });
        let Some(mut position) = found.optional()? else { return Ok(None) };
        let mut statement = self
            .connection()
            .prepare_cached("SELECT channel, pts, at FROM capture_channels WHERE account = ?1 ORDER BY channel")?;
        let channels = statement.query_map(params![account.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        position.channels = channels.collect::<Result<_, _>>()?;
        Ok(Some(position))
    }

    /// Stretches in which nothing was missed as it happened, oldest first.
    pub fn capture_spans(&self, account: AccountId) -> Result<Vec<(Timestamp, Timestamp)>, Error> {
        let sql = "SELECT since, until FROM capture_spans WHERE account = ?1 ORDER BY since";
        let mut statement = self.connection().prepare_cached(sql)?;
        let found = statement.query_map(params![account.0], |row| Ok((Timestamp(row.get(0)?), Timestamp(row.get(1)?))))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    pub fn capture_login(&self) -> Result<Option<String>, Error> {
        Ok(self.connection().query_row("SELECT state FROM capture_login", [], |row| row.get(0)).optional()?)
    }

    /// Oldest first; the last one counts.
    pub fn consents(&self, account: AccountId) -> Result<Vec<Consent>, Error> {
        let mut statement = self.connection().prepare_cached(
            "SELECT what, at, who, text_version, text, scope, owner_present FROM capture_consents WHERE account = ?1 ORDER BY no",
        )?;
        let found = statement.query_map(params![account.0], |row| {
            Ok(Consent {
                account,
                given: row.get::<_, String>(0)? == "given",
                at: Timestamp(row.get(1)?),
                who: row.get(2)?,
                text_version: row.get(3)?,
                text: row.get(4)?,
                scope: row.get(5)?,
                owner_present: row.get(6)?,
            })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    pub fn capture_rules(&self, account: AccountId) -> Result<Vec<CaptureRule>, Error> {
        let mut statement = self
            .connection()
            .prepare_cached("SELECT what, id, allow, with_private FROM capture_rules WHERE account = ?1 ORDER BY what, id")?;
        let mut found = statement.query(params![account.0])?;
        let mut rules = Vec::new();
        while let Some(row) = found.next()? {
            let (what, id): (String, i64) = (row.get(0)?, row.get(1)?);
            let of = match what.as_str() {
                "folder" => RuleOf::Folder(i32::try_from(id).unwrap_or_default()),
                kind => RuleOf::Chat(peer(kind, id)?),
            };
            rules.push(CaptureRule { of, allow: row.get(2)?, with_private: row.get(3)? });
        }
        Ok(rules)
    }

    pub fn capture_chats(&self, account: AccountId) -> Result<Vec<CaptureChat>, Error> {
        let mut statement = self.connection().prepare_cached(
            "SELECT kind, id, hash, type, title, joined_at, is_gone, fill_since, fill_before, fill_done, fill_reached, total,
               lost_since, lost_why, lost_before, check_owed, checked_at, checked_down_to
             FROM capture_chats WHERE account = ?1 ORDER BY kind, id",
        )?;
        let mut found = statement.query(params![account.0])?;
        let mut chats = Vec::new();
        while let Some(row) = found.next()? {
            let kind: String = row.get(0)?;
            chats.push(CaptureChat {
                peer: peer(&kind, row.get(1)?)?,
                hash: row.get(2)?,
                kind: rows::chat_type(row.get(3)?),
                title: row.get(4)?,
                joined_at: Timestamp(row.get(5)?),
                is_gone: row.get(6)?,
                fill_since: moment(row, 7)?,
                fill_before: message(row, 8)?,
                fill_done: row.get(9)?,
                fill_reached: moment(row, 10)?,
                total: row.get::<_, Option<i64>>(11)?.and_then(|n| u64::try_from(n).ok()),
                lost_since: moment(row, 12)?,
                lost_why: row.get(13)?,
                lost_before: message(row, 14)?,
                check_owed: row.get(15)?,
                checked_at: moment(row, 16)?,
                checked_down_to: message(row, 17)?,
            });
        }
        Ok(chats)
    }

    /// The other accounts that follow a channel or supergroup and have not lost it, and whether each is switched on.
    ///
    /// # Errors
    /// `Sql`.
    pub fn other_witnesses(&self, account: AccountId, peer: PeerId) -> Result<Vec<(AccountId, bool)>, Error> {
        if peer.kind != PeerKind::Channel {
            return Ok(Vec::new());
        }
        let mut statement = self.connection().prepare_cached(
            "SELECT c.account, a.is_on FROM capture_chats c JOIN capture_accounts a ON a.account = c.account
             WHERE c.kind = ?2 AND c.id = ?3 AND c.account <> ?1 AND c.is_gone = 0 ORDER BY c.account",
        )?;
        let key = params![account.0, peer.kind.name(), peer.id];
        let found = statement.query_map(key, |row| Ok((AccountId(row.get(0)?), row.get(1)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Files still wanted, the ones tried least and the newest first.
    pub fn wanted_media(&self, account: AccountId, limit: usize) -> Result<Vec<CaptureMedia>, Error> {
        let mut statement = self.connection().prepare_cached(
            "SELECT kind, id, message, edited_at, size, place, tries FROM capture_media
             WHERE account = ?1 AND lost IS NULL ORDER BY tries, added_at DESC, message DESC LIMIT ?2",
        )?;
        let mut found = statement.query(params![account.0, limit as i64])?;
        let mut media = Vec::new();
        while let Some(row) = found.next()? {
            let kind: String = row.get(0)?;
            media.push(CaptureMedia {
                chat: ChatId::new(Some(account), peer(&kind, row.get(1)?)?),
                message: MessageId(row.get(2)?),
                edited_at: Some(Timestamp(row.get(3)?)).filter(|t| t.0 != 0),
                size: row.get::<_, i64>(4)? as u64,
                place: row.get(5)?,
                tries: row.get(6)?,
            });
        }
        Ok(media)
    }

    /// (wanted, given up)
    pub fn media_counts(&self, account: AccountId) -> Result<(u64, u64), Error> {
        let sql = "SELECT count(*) FILTER (WHERE lost IS NULL), count(lost) FROM capture_media WHERE account = ?1";
        let counts = |row: &Row<'_>| Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64));
        Ok(self.connection().query_row(sql, params![account.0], counts)?)
    }

    /// The newest messages of a chat that are not known to be deleted, newest first, below `before`.
    pub fn known_messages(&self, chat: ChatId, before: Option<MessageId>, limit: usize) -> Result<Vec<KnownMessage>, Error> {
        let Some(no) = rows::find_chat(self.connection(), chat)? else { return Ok(Vec::new()) };
        let mut statement = self.connection().prepare_cached(
            "WITH known AS (
               SELECT message FROM messages
               WHERE chat = ?1 AND deleted_to IS NULL AND versions > 0 AND message > 0 AND message < ?2
               ORDER BY message DESC LIMIT ?3)
             SELECT k.message, max(v.seen_at), max(v.source NOT IN ('import', 'demo'))
             FROM known k JOIN message_versions v ON v.chat = ?1 AND v.message = k.message AND v.what = 'content'
             GROUP BY k.message ORDER BY k.message DESC",
        )?;
        let below = before.map_or(i64::MAX, |id| id.0);
        let found = statement.query_map(params![no, below, limit as i64], |row| {
            let (message, seen_at) = (MessageId(row.get(0)?), Timestamp(row.get(1)?));
            Ok(KnownMessage { message, seen_at, is_captured: row.get(2)? })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}
