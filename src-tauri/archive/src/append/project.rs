//! The projection: `messages` and the counts of `chats`, kept in the transaction of the versions they come from.
//! The current content is the one with the greatest (edit time, time first seen, hash); the shown deletion is the earliest
//! noticed one, then the narrowest. Both depend on the set of versions only, never on the order in which they came.

use super::memo::Owed;
use super::twice::TOLD_BETTER;
use super::{Batch, Tombstone};
use crate::{Error, rows};
use letopis_model::{Direction, MessageId, PeerKind, Seq, Sighting};
use rusqlite::{Connection, OptionalExtension, named_params, params};

/// The part of a projected row that the counts of its chat are made of.
#[derive(Default)]
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
                "SELECT versions, versions > 0 AND (edited_at IS NOT NULL OR versions > 1), versions > 0 AND deleted_to IS NOT NULL
                 FROM messages WHERE chat = ?1 AND message = ?2",
            )?
            .query_row(params![chat, message.0], |row| {
                Ok(Now { versions: row.get(0)?, edited: row.get(1)?, deleted: row.get(2)? })
            })
            .optional()?)
    }

    /// `is_fresh`: nothing is known of the message.
    pub(super) fn project_content(&mut self, chat: i64, seq: Seq, s: &Sighting, is_fresh: bool) -> Result<(), Error> {
        let before = if is_fresh { None } else { self.now(chat, s.message)? };
        match before {
            None => self.insert_projection(chat, seq, s)?,
            Some(_) => self.project_again(chat, s.message)?,
        }
        self.set_reactions(chat, s)?;
        let after = match before {
            // What was just put in needs no reading back; most messages come this way.
            None => Now { versions: 1, edited: s.edited_at.is_some(), deleted: false },
            Some(_) => self.now(chat, s.message)?.unwrap_or_default(),
        };
        self.count(chat, s, &before.unwrap_or_default(), &after)?;
        self.note_account(chat, s)
    }

    fn insert_projection(&self, chat: i64, seq: Seq, s: &Sighting) -> Result<(), Error> {
        self.sql
            .prepare_cached(
                "INSERT INTO messages (chat, message, sender_kind, sender_id, sender_name, outgoing, sent_at, edited_at, seq, versions, kind)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1, ?10)",
            )?
            .execute(params![
                chat, s.message.0, s.sender.map(|p| p.kind.name()), s.sender.map(|p| p.id), s.sender_name.as_deref().unwrap_or(""),
                s.direction == Direction::Out, s.sent_at.map(|t| t.0), s.edited_at.map(|t| t.0), seq.0 as i64, s.content.kind.name(),
            ])?;
        Ok(())
    }

    /// Computes the projection of one message from all its contents. What the current one does not say (a sender that
    /// the source did not name) is taken from the others.
    fn project_again(&self, chat: i64, message: MessageId) -> Result<(), Error> {
        project_again(&self.sql, chat, message)
    }

    /// Adds to the chat's counts what this content changed.
    fn count(&mut self, chat: i64, s: &Sighting, before: &Now, after: &Now) -> Result<(), Error> {
        let grown = |before: bool, after: bool| i64::from(after) - i64::from(before);
        let at = s.sent_at.map(|t| t.0);
        let owed = Owed {
            messages: grown(before.versions > 0, after.versions > 0),
            edited: grown(before.edited, after.edited),
            deleted: grown(before.deleted, after.deleted),
            first_at: at,
            last_at: at,
        };
        self.owe(chat, &owed)
    }

    /// Remembers which managers write in a chat that belongs to no single account.
    fn note_account(&mut self, chat: i64, s: &Sighting) -> Result<(), Error> {
        let writer = s.sender.filter(|p| p.kind == PeerKind::User && s.direction == Direction::Out);
        let (Some(writer), None) = (writer, s.chat.account()) else { return Ok(()) };
        if self.memo(chat)?.writers.insert(writer.id) {
            self.sql
                .prepare_cached("INSERT OR IGNORE INTO chat_accounts (chat, account) VALUES (?1, ?2)")?
                .execute(params![chat, writer.id])?;
        }
        Ok(())
    }

    pub(super) fn project_deletion(&mut self, chat: i64, message: MessageId, t: &Tombstone) -> Result<(), Error> {
        let before = self.now(chat, message)?;
        let deletion = named_params! {
            ":chat": chat, ":message": message.0, ":from": t.from.0, ":to": t.to.0, ":source": t.source.name(), ":cause": t.cause.name(),
        };
        let sql = match &before {
            // Only its deletion is known yet; the content may still come from an older file.
            None => {
                "INSERT INTO messages (chat, message, outgoing, versions, kind, deleted_from, deleted_to, deleted_source, cause)
                 VALUES (:chat, :message, 0, 0, 'unsupported', :from, :to, :source, :cause)"
            }
            Some(_) => {
                "UPDATE messages SET deleted_from = :from, deleted_to = :to, deleted_source = :source, cause = :cause
                 WHERE chat = :chat AND message = :message AND (deleted_to IS NULL
                   OR (:to, -:from, :source, :cause) < (deleted_to, -deleted_from, deleted_source, cause))"
            }
        };
        self.sql.prepare_cached(sql)?.execute(deletion)?;
        if before.is_some_and(|now| now.versions > 0 && !now.deleted) {
            self.owe(chat, &Owed { deleted: 1, ..Owed::default() })?;
        }
        Ok(())
    }

    /// The reactions seen last stand.
    pub(super) fn set_reactions(&mut self, chat: i64, s: &Sighting) -> Result<(), Error> {
        let Some(reactions) = rows::reactions_json(&s.reactions)? else { return Ok(()) };
        self.sql
            .prepare_cached(
                "UPDATE messages SET reactions = ?3, reactions_at = ?4 WHERE chat = ?1 AND message = ?2
                 AND (reactions_at IS NULL OR (?4, ?3) > (reactions_at, reactions))",
            )?
            .execute(params![chat, s.message.0, reactions, s.seen_at.0])?;
        Ok(())
    }
}

/// The projection of one message that has a row already, from all its contents.
pub(crate) fn project_again(sql: &Connection, chat: i64, message: MessageId) -> Result<(), Error> {
    let query = format!(
        "WITH told AS (SELECT * FROM message_versions WHERE chat = ?1 AND message = ?2 AND what = 'content'),
             contents AS (
               SELECT min(seq) AS seq, content_hash, edited_at, min(seen_at) AS first_seen, kind,
                 max(sender_kind) AS sender_kind, max(sender_id) AS sender_id, max(sender_name) AS sender_name
               FROM told v WHERE NOT ({TOLD_BETTER}) GROUP BY content_hash, edited_at),
             current AS (
               SELECT * FROM contents ORDER BY coalesce(edited_at, 0) DESC, first_seen DESC, content_hash DESC LIMIT 1)
             UPDATE messages SET
               seq = current.seq, kind = current.kind, edited_at = current.edited_at,
               versions = (SELECT count(*) FROM contents),
               outgoing = (SELECT max(outgoing) FROM told),
               -- pages are an hour off in summer: any other source knows the moment better
               sent_at = coalesce((SELECT min(sent_at) FROM told WHERE source <> 'html'), (SELECT min(sent_at) FROM told)),
               sender_kind = coalesce(current.sender_kind, (SELECT max(sender_kind) FROM told)),
               sender_id = coalesce(current.sender_id, (SELECT max(sender_id) FROM told)),
               sender_name = coalesce(current.sender_name, (SELECT max(sender_name) FROM told), '')
             FROM current WHERE chat = ?1 AND message = ?2"
    );
    sql.prepare_cached(&query)?.execute(params![chat, message.0])?;
    Ok(())
}
