//! Changes beside contents and deletions: files kept, read positions, coverage.

use super::{Batch, Place};
use crate::Error;
use crate::leaf::Leaf;
use letopis_model::{AccountId, ChatId, Coverage, Direction, KeptMedia, MessageId, Source, Timestamp};
use letopis_vault::hex;
use rusqlite::{named_params, params};

impl Batch<'_> {
    /// One version for each file that a message had; the same file seen again is known.
    pub(super) fn media_kept(&mut self, media: &KeptMedia) -> Result<(), Error> {
        let Some(place) = self.open_place(media.chat)? else { return Ok(()) };
        let known: bool = self
            .sql
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM message_versions WHERE chat = ?1 AND message = ?2 AND what = 'media'
                 AND media_sha256 = ?3 AND (edited_at IS ?4 OR ?5))",
            )?
            .query_row(
                // Pages know no edit times: a file that a message has already is that file.
                params![place.no, media.message.0, media.sha256, media.edited_at.map(|t| t.0), media.source == Source::Html],
                |row| row.get(0),
            )?;
        if known { Ok(()) } else { self.insert_media(place, media) }
    }

    fn insert_media(&mut self, place: Place, media: &KeptMedia) -> Result<(), Error> {
        let seq = self.next_seq();
        let salt = self.salts.of(seq);
        let size = i64::try_from(media.size).unwrap_or(i64::MAX);
        let leaf = Leaf {
            seen_at: media.seen_at.0,
            source: media.source.name(),
            edited_at: media.edited_at.map(|t| t.0),
            media_sha256: Some(hex(&media.sha256)),
            media_size: Some(size),
            ..Leaf::of(seq.0, &salt, place.peer, place.account, media.message, "media")
        };
        self.growth.push(&self.sql, leaf.hash()?)?;
        self.sql
            .prepare_cached(
                "INSERT INTO message_versions (chat, message, seq, what, account, salt, seen_at, source, again, edited_at, media_sha256,
                   media_size)
                 VALUES (:chat, :message, :seq, 'media', :account, :salt, :seen_at, :source, 0, :edited_at, :sha256, :size)",
            )?
            .execute(named_params! {
                ":chat": place.no, ":message": media.message.0, ":seq": seq.0 as i64, ":account": place.account, ":salt": salt,
                ":seen_at": media.seen_at.0, ":source": media.source.name(), ":edited_at": leaf.edited_at,
                ":sha256": media.sha256, ":size": size,
            })?;
        self.has_version(place.no, media.message)
    }

    /// The earliest moment at which a position was known stands.
    pub(super) fn read_up_to(
        &mut self,
        chat: ChatId,
        account: AccountId,
        direction: Direction,
        (message, at): (MessageId, Timestamp),
        source: Source,
    ) -> Result<(), Error> {
        let Some(place) = self.open_place(chat)? else { return Ok(()) };
        self.sql
            .prepare_cached(
                "INSERT INTO read_marks (chat, account, outgoing, message, at, source) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT DO UPDATE SET at = min(at, excluded.at),
                   source = CASE WHEN excluded.at < at THEN excluded.source ELSE source END",
            )?
            .execute(params![place.no, account.0, direction == Direction::Out, message.0, at.0, source.name()])?;
        Ok(())
    }

    /// A stretch that begins where a known one of the same kind begins makes it longer.
    pub(super) fn covered(&mut self, coverage: &Coverage) -> Result<(), Error> {
        let Coverage { account, chat, from, to, state, why, source } = coverage;
        let Some(place) = self.open_place(*chat)? else { return Ok(()) };
        self.sql
            .prepare_cached(
                "INSERT INTO coverage (chat, account, since, until, state, why, source) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT DO UPDATE SET until = max(until, excluded.until)",
            )?
            .execute(params![place.no, account.map_or(0, |a| a.0), from.0, to.0, state.name(), why, source.name()])?;
        Ok(())
    }
}
