//! Writing: a batch of what was heard, with its position, in one transaction; and the small tables around it.

use super::{CaptureChat, CaptureMedia, CapturePosition, CaptureRule, Consent, RuleOf, Sweep};
use crate::append::Tombstone;
use crate::{Appended, Error, Writer, rows};
use letopis_model::{AccountId, Change, ChatId, DeletionCause, MessageId, PeerId, Source, Timestamp};
use rusqlite::{Transaction, params};
use std::collections::BTreeMap;

/// Messages that are gone from some private chat or basic group of the account: Telegram names no chat, because ids are
/// unique in an account there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeletedSomewhere {
    pub ids: Vec<MessageId>,
    pub from: Timestamp,
    pub to: Timestamp,
    pub source: Source,
}

/// Everything that one transaction of live capture keeps.
#[derive(Clone, Debug, Default)]
pub struct Captured {
    pub account: Option<AccountId>,
    pub changes: Vec<Change>,
    pub deleted: Vec<DeletedSomewhere>,
    /// Only these chats of the account are looked at for `deleted`: others are out of scope.
    pub scope: Vec<PeerId>,
    pub position: Option<CapturePosition>,
    /// Channels followed no more.
    pub dropped: Vec<i64>,
    pub chats: Vec<CaptureChat>,
    pub sweep: Option<Sweep>,
    pub media: Vec<CaptureMedia>,
    pub media_done: Vec<(ChatId, MessageId, Option<Timestamp>)>,
    pub heard_at: Option<Timestamp>,
    /// The stretch of unbroken listening that this batch belongs to, by its beginning.
    pub span: Option<Timestamp>,
}

/// Deletions that found no message, in case the message is still on its way: a page of history read before and written
/// after. Only for this run: after a restart history is read anew.
pub(crate) type Orphans = BTreeMap<(AccountId, MessageId), Tombstone>;
const ORPHANS: usize = 100_000;

impl Writer {
    /// Appends, resolves deletions and saves the position, all or nothing.
    ///
    /// # Errors
    /// Any error undoes the whole batch.
    pub fn append_captured(&mut self, captured: &Captured) -> Result<(Appended, Vec<(ChatId, u64)>), Error> {
        let mut counts = BTreeMap::new();
        let done = self.in_batch(|batch| {
            batch.account = captured.account;
            for change in &captured.changes {
                batch.apply(change)?;
                if let Change::Deleted { chat, .. } = change {
                    *counts.entry(*chat).or_default() += 1;
                }
            }
            if let Some(account) = captured.account {
                for deleted in &captured.deleted {
                    batch.deleted_somewhere(account, deleted, &captured.scope, &mut counts)?;
                }
                keep(&batch.sql, account, captured)?;
            }
            Ok(())
        })?;
        Ok((done, counts.into_iter().collect()))
    }

    /// # Errors
    /// `Sql`, `DiskFull`.
    pub fn put_capture_account(&mut self, account: AccountId, name: &str, session: &str, now: Timestamp) -> Result<(), Error> {
        self.sql().execute(
            "INSERT INTO capture_accounts (account, name, session, added_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (account) DO UPDATE SET name = excluded.name, session = excluded.session, trouble = NULL",
            params![account.0, name, session, now.0],
        )?;
        Ok(())
    }

    pub fn put_capture_session(&mut self, account: AccountId, session: &str) -> Result<(), Error> {
        self.sql().execute("UPDATE capture_accounts SET session = ?2 WHERE account = ?1", params![account.0, session])?;
        Ok(())
    }

    pub fn switch_capture(&mut self, account: AccountId, on: bool) -> Result<(), Error> {
        self.sql()
            .execute("UPDATE capture_accounts SET is_on = ?2, trouble = NULL WHERE account = ?1", params![account.0, on])?;
        Ok(())
    }

    pub fn put_fill_days(&mut self, account: AccountId, days: Option<u32>) -> Result<(), Error> {
        self.sql().execute("UPDATE capture_accounts SET fill_days = ?2 WHERE account = ?1", params![account.0, days])?;
        Ok(())
    }

    pub fn note_capture_trouble(&mut self, account: AccountId, trouble: Option<&str>) -> Result<(), Error> {
        self.sql().execute("UPDATE capture_accounts SET trouble = ?2 WHERE account = ?1", params![account.0, trouble])?;
        Ok(())
    }

    pub fn put_capture_folders(&mut self, account: AccountId, folders: &str) -> Result<(), Error> {
        self.sql().execute("UPDATE capture_accounts SET folders = ?2 WHERE account = ?1", params![account.0, folders])?;
        Ok(())
    }

    /// The keys of the account are overwritten on the disk; its record, consents and rules stay.
    pub fn forget_capture_session(&mut self, account: AccountId) -> Result<(), Error> {
        self.sql().pragma_update(None, "secure_delete", "ON")?;
        self.sql().execute(
            "UPDATE capture_accounts SET session = '', is_on = 0, trouble = 'signed out', pts = NULL WHERE account = ?1",
            params![account.0],
        )?;
        self.sql().execute("DELETE FROM capture_channels WHERE account = ?1", params![account.0])?;
        Ok(())
    }

    /// Keeps a sign-in that is not finished; `None` wipes it.
    pub fn put_capture_login(&mut self, state: Option<&str>) -> Result<(), Error> {
        self.sql().pragma_update(None, "secure_delete", "ON")?;
        match state {
            Some(state) => self.sql().execute(
                "INSERT INTO capture_login (one, state) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET state = excluded.state",
                params![state],
            )?,
            None => self.sql().execute("DELETE FROM capture_login", [])?,
        };
        Ok(())
    }

    pub fn put_consent(&mut self, consent: &Consent) -> Result<(), Error> {
        self.sql().execute(
            "INSERT INTO capture_consents (account, what, at, who, text_version, text, scope, owner_present)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                consent.account.0,
                if consent.given { "given" } else { "withdrawn" },
                consent.at.0,
                consent.who,
                consent.text_version,
                consent.text,
                consent.scope,
                consent.owner_present
            ],
        )?;
        Ok(())
    }

    /// Replaces the allow-list of an account.
    pub fn put_capture_rules(&mut self, account: AccountId, rules: &[CaptureRule]) -> Result<(), Error> {
        let sql = self.sql().transaction()?;
        sql.execute("DELETE FROM capture_rules WHERE account = ?1", params![account.0])?;
        for rule in rules {
            let (what, id) = match rule.of {
                RuleOf::Folder(id) => ("folder", i64::from(id)),
                RuleOf::Chat(peer) => (peer.kind.name(), peer.id),
            };
            sql.execute(
                "INSERT INTO capture_rules (account, what, id, allow, with_private) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![account.0, what, id, rule.allow, rule.with_private],
            )?;
        }
        Ok(sql.commit()?)
    }

    /// Chats that left the scope are followed no more; what was captured of them stays.
    pub fn drop_capture_chats(&mut self, account: AccountId, peers: &[PeerId]) -> Result<(), Error> {
        let sql = self.sql().transaction()?;
        for peer in peers {
            let key = params![account.0, peer.kind.name(), peer.id];
            sql.execute("DELETE FROM capture_chats WHERE account = ?1 AND kind = ?2 AND id = ?3", key)?;
            sql.execute("DELETE FROM capture_media WHERE account = ?1 AND kind = ?2 AND id = ?3", key)?;
            sql.execute("DELETE FROM capture_sweeps WHERE account = ?1 AND kind = ?2 AND id = ?3", key)?;
            if peer.kind == letopis_model::PeerKind::Channel {
                sql.execute("DELETE FROM capture_channels WHERE account = ?1 AND channel = ?2", params![account.0, peer.id])?;
            }
        }
        Ok(sql.commit()?)
    }

    /// Owes a second look to the chats of an account.
    pub fn owe_checks(&mut self, account: AccountId) -> Result<(), Error> {
        self.sql().execute("UPDATE capture_chats SET check_owed = 1 WHERE account = ?1 AND is_gone = 0", params![account.0])?;
        Ok(())
    }

    /// Notes a failed try; with a reason the file is given up.
    pub fn media_failed(&mut self, account: AccountId, media: &CaptureMedia, lost: Option<&str>) -> Result<(), Error> {
        let peer = media.chat.peer();
        self.sql().execute(
            "UPDATE capture_media SET tries = tries + 1, lost = ?6
             WHERE account = ?1 AND kind = ?2 AND id = ?3 AND message = ?4 AND edited_at = ?5",
            params![account.0, peer.kind.name(), peer.id, media.message.0, media.edited_at.map_or(0, |t| t.0), lost],
        )?;
        Ok(())
    }
}

fn keep(sql: &Transaction<'_>, account: AccountId, captured: &Captured) -> Result<(), Error> {
    if let Some(position) = &captured.position {
        keep_position(sql, account, position)?;
    }
    for channel in &captured.dropped {
        sql.prepare_cached("DELETE FROM capture_channels WHERE account = ?1 AND channel = ?2")?
            .execute(params![account.0, channel])?;
    }
    captured.chats.iter().try_for_each(|chat| keep_chat(sql, account, chat))?;
    captured.sweep.iter().try_for_each(|sweep| super::sweeps::keep_sweep(sql, account, sweep))?;
    captured.media.iter().try_for_each(|media| keep_media(sql, account, media, captured.heard_at))?;
    for (chat, message, edited_at) in &captured.media_done {
        sql.prepare_cached(
            "DELETE FROM capture_media WHERE account = ?1 AND kind = ?2 AND id = ?3 AND message = ?4 AND edited_at = ?5",
        )?
        .execute(params![
            account.0,
            chat.peer().kind.name(),
            chat.peer().id,
            message.0,
            edited_at.map_or(0, |t| t.0)
        ])?;
    }
    if let Some(at) = captured.heard_at {
        sql.prepare_cached("UPDATE capture_accounts SET heard_at = max(coalesce(heard_at, 0), ?2) WHERE account = ?1")?
            .execute(params![account.0, at.0])?;
    }
    if let (Some(since), Some(until)) = (captured.span, captured.heard_at) {
        sql.prepare_cached(
            "INSERT INTO capture_spans (account, since, until) VALUES (?1, ?2, ?3)
             ON CONFLICT (account, since) DO UPDATE SET until = max(until, excluded.until)",
        )?
        .execute(params![account.0, since.0, until.0])?;
    }
    Ok(())
}

/// Channels that are not named keep their positions.
fn keep_position(sql: &Transaction<'_>, account: AccountId, position: &CapturePosition) -> Result<(), Error> {
    sql.prepare_cached("UPDATE capture_accounts SET pts = ?2, qts = ?3, seq = ?4, date = ?5 WHERE account = ?1")?
        .execute(params![account.0, position.pts, position.qts, position.seq, position.date])?;
    for (channel, pts, at) in &position.channels {
        sql.prepare_cached(
            "INSERT INTO capture_channels (account, channel, pts, at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (account, channel) DO UPDATE SET pts = excluded.pts, at = excluded.at",
        )?
        .execute(params![account.0, channel, pts, at])?;
    }
    Ok(())
}

fn keep_chat(sql: &Transaction<'_>, account: AccountId, chat: &CaptureChat) -> Result<(), Error> {
    sql.prepare_cached(
        "INSERT OR REPLACE INTO capture_chats (account, kind, id, hash, type, title, joined_at, is_gone, fill_since, fill_before,
           fill_done, fill_reached, total, lost_since, lost_why, lost_before, check_owed, checked_at, checked_down_to)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
    )?
    .execute(params![
        account.0,
        chat.peer.kind.name(),
        chat.peer.id,
        chat.hash,
        rows::chat_type_name(chat.kind)?,
        chat.title,
        chat.joined_at.0,
        chat.is_gone,
        chat.fill_since.map(|t| t.0),
        chat.fill_before.map_or(0, |id| id.0),
        chat.fill_done,
        chat.fill_reached.map(|t| t.0),
        chat.total.map(|n| n as i64),
        chat.lost_since.map(|t| t.0),
        chat.lost_why,
        chat.lost_before.map_or(0, |id| id.0),
        chat.check_owed,
        chat.checked_at.map(|t| t.0),
        chat.checked_down_to.map_or(0, |id| id.0),
    ])?;
    Ok(())
}

/// A fresh way to a file replaces an old one; a file that was given up is wanted again; one that is kept is not.
fn keep_media(sql: &Transaction<'_>, account: AccountId, media: &CaptureMedia, now: Option<Timestamp>) -> Result<(), Error> {
    let peer = media.chat.peer();
    sql.prepare_cached(
        "INSERT INTO capture_media (account, kind, id, message, edited_at, size, place, added_at)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE NOT EXISTS (
           SELECT 1 FROM chats c JOIN message_versions v ON v.chat = c.no AND v.message = ?4 AND v.what = 'media'
             AND coalesce(v.edited_at, 0) = ?5
           WHERE c.kind = ?2 AND c.id = ?3 AND c.account IN (?1, 0))
         ON CONFLICT DO UPDATE SET place = excluded.place, lost = NULL",
    )?
    .execute(params![
        account.0,
        peer.kind.name(),
        peer.id,
        media.message.0,
        media.edited_at.map_or(0, |t| t.0),
        media.size as i64,
        media.place,
        now.map_or(0, |t| t.0),
    ])?;
    Ok(())
}

impl crate::append::Batch<'_> {
    fn deleted_somewhere(
        &mut self,
        account: AccountId,
        deleted: &DeletedSomewhere,
        scope: &[PeerId],
        counts: &mut BTreeMap<ChatId, u64>,
    ) -> Result<(), Error> {
        let tombstone = Tombstone { from: deleted.from, to: deleted.to, cause: DeletionCause::Unknown, source: deleted.source };
        for id in &deleted.ids {
            let mut found = false;
            for chat in self.holders(account, *id)? {
                found = true;
                if !scope.contains(&chat.peer()) {
                    continue;
                }
                if let Some(place) = self.open_place(chat)? {
                    self.deleted(place, *id, &tombstone)?;
                    *counts.entry(chat).or_default() += 1;
                }
            }
            if !found && self.orphans.len() < ORPHANS {
                self.orphans.insert((account, *id), tombstone.clone());
            }
        }
        Ok(())
    }

    /// The chats of the account, private or basic group, that hold a message with this id. Chats whose account is not
    /// known do not count: their ids may be another account's.
    fn holders(&self, account: AccountId, id: MessageId) -> Result<Vec<ChatId>, Error> {
        let mut statement = self.sql.prepare_cached(
            "SELECT c.kind, c.id FROM chats c JOIN messages m ON m.chat = c.no AND m.message = ?2
             WHERE c.account = ?1 AND c.kind IN ('user', 'group')",
        )?;
        let mut found = statement.query(params![account.0, id.0])?;
        let mut holders = Vec::new();
        while let Some(row) = found.next()? {
            let kind: String = row.get(0)?;
            holders.push(rows::chat_id(account.0, &kind, row.get(1)?)?);
        }
        Ok(holders)
    }
}
