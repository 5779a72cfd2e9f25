//! The projection: `messages` and the counts of `chats`, kept in the transaction of the versions they come from.
//! The current content is the one with the greatest (edit time, seen, hash); the shown deletion is the earliest noticed
//! one, then the narrowest. Both depend on the set of versions only, never on the order in which they came.

use super::{Batch, Tombstone};
use crate::{Error, rows};
use letopis_model::{Direction, MessageId, Seq, Sighting};
use rusqlite::{OptionalExtension, named_params, params};

/// The part of a projected row that the rules compare.
struct Now {
    versions: i64,
    edited: bool,
    deleted: bool,
}

impl Batch<'_> {
    fn now(&self, chat: i64, message: MessageId) -> Result<Option<Now>, Error> {
        Ok(self
            .sql
            .prepare_cached(
                "SELECT versions, edited_at IS NOT NULL OR versions > 1, deleted_to IS NOT NULL
                 FROM messages WHERE chat = ?1 AND message = ?2",
            )?
            .query_row(params![chat, message.0], |row| {
                Ok(Now { versions: row.get(0)?, edited: row.get(1)?, deleted: row.get(2)? })
            })
            .optional()?)
    }

    pub(super) fn project_content(&mut self, chat: i64, seq: Seq, s: &Sighting, hash: &[u8; 32]) -> Result<(), Error> {
        let before = self.now(chat, s.message)?;
        let wins = match &before {
            Some(now) if now.versions > 0 => self.outranks(chat, s, hash)?,
            _ => true,
        };
        let sql = match (&before, wins) {
            (None, _) => {
                "INSERT INTO messages (chat, message, sender_kind, sender_id, sender_name, outgoing, sent_at, edited_at, seq,
                   versions, kind, reactions)
                 VALUES (:chat, :message, :sender_kind, :sender_id, :sender_name, :outgoing, :sent_at, :edited_at, :seq,
                   1, :kind, :reactions)"
            }
            (Some(_), true) => {
                "UPDATE messages SET sender_kind = coalesce(:sender_kind, sender_kind), sender_id = coalesce(:sender_id, sender_id),
                   sender_name = CASE :sender_name WHEN '' THEN sender_name ELSE :sender_name END, outgoing = :outgoing,
                   sent_at = coalesce(sent_at, :sent_at), edited_at = :edited_at, seq = :seq, versions = versions + 1,
                   kind = :kind, reactions = coalesce(:reactions, reactions)
                 WHERE chat = :chat AND message = :message"
            }
            (Some(_), false) => "UPDATE messages SET versions = versions + 1 WHERE chat = :chat AND message = :message",
        };
        let mut statement = self.sql.prepare_cached(sql)?;
        if wins {
            statement.execute(named_params! {
                ":chat": chat, ":message": s.message.0, ":sender_kind": s.sender.map(|p| p.kind.name()),
                ":sender_id": s.sender.map(|p| p.id), ":sender_name": s.sender_name.as_deref().unwrap_or(""),
                ":outgoing": s.direction == Direction::Out, ":sent_at": s.sent_at.map(|t| t.0),
                ":edited_at": s.edited_at.map(|t| t.0), ":seq": seq.0 as i64, ":kind": s.content.kind.name(),
                ":reactions": rows::reactions_json(&s.reactions)?,
            })?;
        } else {
            statement.execute(named_params! { ":chat": chat, ":message": s.message.0 })?;
        }
        drop(statement);
        self.count(chat, s, before)
    }

    /// True when this content is newer than the one that is current.
    fn outranks(&self, chat: i64, s: &Sighting, hash: &[u8; 32]) -> Result<bool, Error> {
        Ok(self
            .sql
            .prepare_cached(
                "SELECT (coalesce(?3, 0), ?4, ?5) > (coalesce(v.edited_at, 0), v.seen_at, v.content_hash)
                 FROM messages m JOIN message_versions v ON v.chat = m.chat AND v.message = m.message AND v.seq = m.seq
                 WHERE m.chat = ?1 AND m.message = ?2",
            )?
            .query_row(params![chat, s.message.0, s.edited_at.map(|t| t.0), s.seen_at.0, hash], |row| row.get(0))?)
    }

    /// Adds to the chat's counts what this content changed.
    fn count(&mut self, chat: i64, s: &Sighting, before: Option<Now>) -> Result<(), Error> {
        let was_there = before.as_ref().is_some_and(|n| n.versions > 0);
        let was_edited = was_there && before.as_ref().is_some_and(|n| n.edited);
        let after = self.now(chat, s.message)?;
        let is_edited = after.is_some_and(|n| n.edited);
        let deleted_waits = !was_there && before.is_some_and(|n| n.deleted);
        self.sql
            .prepare_cached(
                "UPDATE chats SET messages = messages + ?2, edited = edited + ?3, deleted = deleted + ?4,
                   first_at = min(coalesce(first_at, ?5), coalesce(?5, first_at)),
                   last_at = max(coalesce(last_at, ?5), coalesce(?5, last_at))
                 WHERE no = ?1",
            )?
            .execute(params![
                chat,
                i64::from(!was_there),
                i64::from(is_edited) - i64::from(was_edited),
                i64::from(deleted_waits),
                s.sent_at.map(|t| t.0)
            ])?;
        Ok(())
    }

    pub(super) fn project_deletion(&mut self, chat: i64, message: MessageId, t: &Tombstone) -> Result<(), Error> {
        let before = self.now(chat, message)?;
        let deletion = named_params! {
            ":chat": chat, ":message": message.0, ":from": t.from.0, ":to": t.to.0, ":source": t.source.name(), ":cause": t.cause.name(),
        };
        match &before {
            None => {
                // Only its deletion is known yet; the content may still come from an older file.
                self.sql
                    .prepare_cached(
                        "INSERT INTO messages (chat, message, outgoing, versions, kind, deleted_from, deleted_to, deleted_source, cause)
                         VALUES (:chat, :message, 0, 0, 'unsupported', :from, :to, :source, :cause)",
                    )?
                    .execute(deletion)?;
            }
            Some(_) => {
                self.sql
                    .prepare_cached(
                        "UPDATE messages SET deleted_from = :from, deleted_to = :to, deleted_source = :source, cause = :cause
                         WHERE chat = :chat AND message = :message AND (deleted_to IS NULL
                           OR (:to, -:from, :source, :cause) < (deleted_to, -deleted_from, deleted_source, cause))",
                    )?
                    .execute(deletion)?;
            }
        }
        if before.is_some_and(|now| now.versions > 0 && !now.deleted) {
            self.sql.prepare_cached("UPDATE chats SET deleted = deleted + 1 WHERE no = ?1")?.execute(params![chat])?;
        }
        Ok(())
    }

    /// Reactions are not versions: the last seen ones stand.
    pub(super) fn set_reactions(&mut self, chat: i64, s: &Sighting) -> Result<(), Error> {
        let Some(reactions) = rows::reactions_json(&s.reactions)? else { return Ok(()) };
        self.sql
            .prepare_cached("UPDATE messages SET reactions = ?3 WHERE chat = ?1 AND message = ?2 AND reactions IS NOT ?3")?
            .execute(params![chat, s.message.0, reactions])?;
        Ok(())
    }
}
