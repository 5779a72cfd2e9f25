//! A chat with a provisional number turns out to be a known one: everything that is known of it is told again under the
//! right number. Its own versions stay where they are, in rows and tree: nothing recorded is ever moved.

use super::Batch;
use crate::Error;
use crate::rows;
use letopis_model::{ChatId, Direction, KeptMedia, MessageId, PeerId, Sighting, Source, Timestamp};
use rusqlite::{Row, params};

/// Messages that are in memory at once.
const PAGE: i64 = 1_000;

impl Batch<'_> {
    pub(super) fn chat_identified(&mut self, provisional: ChatId, chat: ChatId) -> Result<(), Error> {
        let Some(from) = rows::find_chat(&self.sql, provisional)? else { return Ok(()) };
        let Some(place) = self.open_place(chat)? else { return Ok(()) };
        if place.no == from {
            return Ok(());
        }
        let counted = self.done;
        let mut after = i64::MIN;
        loop {
            let page = self.sightings_of(from, chat, after)?;
            let Some(last) = page.last() else { break };
            after = last.message.0;
            page.iter().try_for_each(|sighting| self.posted(sighting))?;
        }
        let mut after = (i64::MIN, 0);
        loop {
            let page = self.media_of(from, chat, &mut after)?;
            if page.is_empty() {
                break;
            }
            page.iter().try_for_each(|media| self.media_kept(media))?;
        }
        // Told again is neither new nor unchanged.
        (self.done.new_versions, self.done.unchanged) = (counted.new_versions, counted.unchanged);
        self.sql.execute("UPDATE OR IGNORE coverage SET chat = ?2 WHERE chat = ?1", params![from, place.no])?;
        self.sql.execute("DELETE FROM coverage WHERE chat = ?1", params![from])?;
        self.sql.execute(
            "UPDATE chats SET title = (SELECT title FROM chats WHERE no = ?1) WHERE no = ?2 AND title = ''",
            params![from, place.no],
        )?;
        self.sql.execute("UPDATE chats SET merged_into = ?2 WHERE no = ?1", params![from, place.no])?;
        self.chats.retain(|_, known| known.no != from);
        self.done.adopted = true;
        Ok(())
    }

    /// The contents of the next [`PAGE`] messages after this one.
    fn sightings_of(&self, from: i64, chat: ChatId, after: i64) -> Result<Vec<Sighting>, Error> {
        let mut statement = self.sql.prepare_cached(
            "SELECT message, sender_kind, sender_id, sender_name, outgoing, sent_at, edited_at, kind, text, rest, seen_at, source
             FROM message_versions WHERE chat = ?1 AND what = 'content' AND message IN (
               SELECT message FROM messages WHERE chat = ?1 AND message > ?2 AND versions > 0 ORDER BY message LIMIT ?3)
             ORDER BY message, seq",
        )?;
        let mut found = statement.query(params![from, after, PAGE])?;
        let mut sightings = Vec::new();
        while let Some(row) = found.next()? {
            sightings.push(sighting(row, chat)?);
        }
        Ok(sightings)
    }

    /// The next [`PAGE`] files after this (message, version), which moves on.
    fn media_of(&self, from: i64, chat: ChatId, after: &mut (i64, i64)) -> Result<Vec<KeptMedia>, Error> {
        let mut statement = self.sql.prepare_cached(
            "SELECT message, edited_at, media_sha256, media_size, seen_at, source, seq
             FROM message_versions WHERE chat = ?1 AND (message, seq) > (?2, ?3) AND what = 'media'
             ORDER BY message, seq LIMIT ?4",
        )?;
        let mut found = statement.query(params![from, after.0, after.1, PAGE])?;
        let mut media = Vec::new();
        while let Some(row) = found.next()? {
            *after = (row.get(0)?, row.get(6)?);
            media.push(KeptMedia {
                chat,
                message: MessageId(row.get(0)?),
                edited_at: row.get::<_, Option<i64>>(1)?.map(Timestamp),
                sha256: row.get(2)?,
                size: row.get::<_, i64>(3)? as u64,
                seen_at: Timestamp(row.get(4)?),
                source: source(row, 5)?,
            });
        }
        Ok(media)
    }
}

fn sighting(row: &Row<'_>, chat: ChatId) -> Result<Sighting, Error> {
    let sender_kind: Option<String> = row.get(1)?;
    let sender_id: Option<i64> = row.get(2)?;
    let sender = sender_kind.as_deref().and_then(rows::peer_kind).zip(sender_id).map(|(kind, id)| PeerId { kind, id });
    Ok(Sighting {
        chat,
        message: MessageId(row.get(0)?),
        sender,
        sender_name: row.get(3)?,
        direction: if row.get::<_, Option<bool>>(4)?.unwrap_or_default() { Direction::Out } else { Direction::In },
        sent_at: row.get::<_, Option<i64>>(5)?.map(Timestamp),
        edited_at: row.get::<_, Option<i64>>(6)?.map(Timestamp),
        content: rows::content_at(row, 7)?,
        reactions: Vec::new(),
        seen_at: Timestamp(row.get(10)?),
        source: source(row, 11)?,
    })
}

fn source(row: &Row<'_>, column: usize) -> Result<Source, Error> {
    let name: String = row.get(column)?;
    Source::from_name(&name).ok_or_else(|| Error::Damaged("a source has no known name".into()))
}
