//! The single writer. A batch of changes is one transaction, tree included; the same change twice is a no-op.

mod beside;
pub(crate) mod grow;
mod identify;
mod memo;
pub(crate) mod project;
pub(crate) mod twice;

use crate::capture::Orphans;
use crate::hash::content_hash;
use crate::leaf::Leaf;
use crate::tiles::{self, TreeHead};
use crate::{Error, rows};
use grow::Growth;
use letopis_model::{
    AccountId, Change, ChatId, ChatType, Content, DeletionCause, Direction, MessageId, PeerId, PeerKind, Seq, Sighting, Source,
    Timestamp,
};
use memo::Memo;
use rusqlite::{Connection, OptionalExtension, Transaction, named_params, params};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};

/// What a batch did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Appended {
    /// The last version in the archive now.
    pub seq: Seq,
    /// Contents and deletions that are new; files are not counted.
    pub new_versions: u64,
    /// Contents and deletions that were known already.
    pub unchanged: u64,
    /// A chat whose account was not known has found it: its links read differently now, and what was derived under the
    /// old ones must be derived anew.
    pub adopted: bool,
    /// Changes of chats that were forgotten by explicit wish: not taken.
    pub refused: u64,
}

pub struct Writer {
    pub(crate) connection: Connection,
    seq: Seq,
    chats: HashMap<ChatId, Place>,
    growth: Growth,
    /// The database file is being copied and must not change.
    pub(crate) is_still: bool,
    orphans: Orphans,
}

/// SQLite's own: a log of 4 MB is folded in.
const CHECKPOINT_PAGES: i64 = 1000;

/// A chat in this file.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) no: i64,
    pub(crate) peer: PeerId,
    /// 0: shared by all accounts, or not known.
    pub(crate) account: i64,
    is_forgotten: bool,
}

impl Writer {
    pub(crate) fn new(mut connection: Connection) -> Result<Self, Error> {
        let seq = last_seq(&connection)?;
        let growth = Growth::catch_up(&mut connection, seq)?;
        // A power cut in the middle of folding leaves torn pages in the file that the log makes good: fold it in anew, for
        // whoever looks at the file itself, a self-check or a copy, must see whole pages.
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(Writer { connection, seq, chats: HashMap::new(), growth, is_still: false, orphans: Orphans::new() })
    }

    /// # Errors
    /// Any error undoes the whole batch: the archive stands as before it.
    pub fn append(&mut self, changes: &[Change]) -> Result<Appended, Error> {
        self.in_batch(|batch| changes.iter().try_for_each(|change| batch.apply(change)))
    }

    /// One transaction: all of `work` or nothing.
    pub(crate) fn in_batch(&mut self, work: impl FnOnce(&mut Batch<'_>) -> Result<(), Error>) -> Result<Appended, Error> {
        let appended = self.try_batch(work);
        match &appended {
            Ok(done) => self.seq = done.seq,
            Err(_) => self.forget_undone(),
        }
        appended
    }

    /// Numbers and leaves given in an undone batch are void.
    pub(crate) fn forget_undone(&mut self) {
        self.chats.clear();
        self.growth.forget();
    }

    fn try_batch(&mut self, work: impl FnOnce(&mut Batch<'_>) -> Result<(), Error>) -> Result<Appended, Error> {
        self.growth.load(&self.connection, self.seq)?;
        let done = Appended { seq: self.seq, ..Appended::default() };
        let sql = self.connection.transaction()?;
        let (chats, growth, orphans) = (&mut self.chats, &mut self.growth, &mut self.orphans);
        let mut batch = Batch { sql, chats, growth, orphans, salts: Salts::new()?, account: None, memos: BTreeMap::new(), done };
        work(&mut batch)?;
        batch.settle()?;
        let Batch { sql, done, growth, .. } = batch;
        growth.store(&sql)?;
        sql.commit()?;
        Ok(done)
    }

    pub(crate) fn sql(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// The last version.
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// Moves the write-ahead log into the database file, so that the log does not grow without end; not while the file is
    /// held still.
    pub fn checkpoint(&self) -> Result<(), Error> {
        if self.is_still {
            return Ok(());
        }
        Ok(self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    /// Moves all of the log into the database file and empties it.
    ///
    /// # Errors
    /// `Busy` when a reader is in the way: the log still holds older pages.
    pub(crate) fn fold_in(&self) -> Result<(), Error> {
        let busy: i64 = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if busy == 0 { Ok(()) } else { Err(Error::Busy) }
    }

    /// Folds the log in and lets the database file rest: what is appended from now on stays in the log, so the file can be
    /// copied byte by byte while writing goes on. Returns the head that the file holds.
    ///
    /// # Errors
    /// `Busy` when a reader is in the way: ask again.
    pub fn hold_still(&mut self) -> Result<TreeHead, Error> {
        self.fold_in()?;
        self.connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        self.is_still = true;
        tiles::head(&self.connection)
    }

    /// Ends [`Writer::hold_still`].
    pub fn move_again(&mut self) -> Result<(), Error> {
        self.is_still = false;
        self.connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
        Ok(())
    }
}

pub(crate) fn last_seq(connection: &Connection) -> Result<Seq, Error> {
    let seq: i64 = connection.query_row("SELECT coalesce(max(seq), 0) FROM message_versions", [], |row| row.get(0))?;
    Ok(Seq(seq as u64))
}

/// One open transaction.
pub(crate) struct Batch<'a> {
    pub(crate) sql: Transaction<'a>,
    chats: &'a mut HashMap<ChatId, Place>,
    growth: &'a mut Growth,
    pub(crate) orphans: &'a mut Orphans,
    salts: Salts,
    /// The account that is being captured, if any.
    pub(crate) account: Option<AccountId>,
    memos: BTreeMap<i64, Memo>,
    done: Appended,
}

/// Salts of one batch: 16 bytes a version, from a seed that nobody keeps.
struct Salts([u8; 32]);

impl Salts {
    fn new() -> Result<Self, Error> {
        Ok(Salts(letopis_vault::random().map_err(|_| Error::NoRandomness)?))
    }

    fn of(&self, seq: Seq) -> [u8; 16] {
        let mut salt = [0u8; 16];
        let hash = Sha256::new().chain_update(self.0).chain_update(seq.0.to_le_bytes()).finalize();
        for (to, from) in salt.iter_mut().zip(hash) {
            *to = from;
        }
        salt
    }
}

/// A deletion as it is stored.
#[derive(Clone)]
pub(crate) struct Tombstone {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
    pub(crate) cause: DeletionCause,
    pub(crate) source: Source,
}

impl Batch<'_> {
    pub(crate) fn apply(&mut self, change: &Change) -> Result<(), Error> {
        match change {
            Change::AccountSeen { account, manager, source } => self.account_seen(*account, manager, *source),
            Change::ChatSeen { chat, kind, title, source } => self.chat_seen(*chat, *kind, title.as_deref(), *source),
            Change::PeerSeen { peer, name, source } => self.peer_seen(*peer, name, *source),
            Change::Posted(sighting) => self.posted(sighting),
            Change::Deleted { chat, message, from, to, cause, source } => {
                let Some(place) = self.open_place(*chat)? else { return Ok(()) };
                let tombstone = Tombstone { from: *from, to: *to, cause: *cause, source: *source };
                self.deleted(place, *message, &tombstone)
            }
            Change::MediaKept(media) => self.media_kept(media),
            Change::ReadUpTo { chat, account, direction, message, at, source } => {
                self.read_up_to(*chat, *account, *direction, (*message, *at), *source)
            }
            Change::Covered(coverage) => self.covered(coverage),
            Change::ChatIdentified { provisional, chat } => self.chat_identified(*provisional, *chat),
            Change::ChatVanished { chat, from, to, source } => self.chat_vanished(*chat, *from, *to, *source),
        }
    }

    fn account_seen(&mut self, account: AccountId, manager: &str, source: Source) -> Result<(), Error> {
        let known = "SELECT source FROM accounts WHERE account = ?1";
        if self.is_weaker(known, params![account.0], source)? {
            return Ok(());
        }
        self.sql
            .prepare_cached(
                "INSERT INTO accounts (account, manager, source) VALUES (?1, ?2, ?3)
                 ON CONFLICT (account) DO UPDATE SET manager = excluded.manager, source = excluded.source",
            )?
            .execute(params![account.0, manager, source.name()])?;
        Ok(())
    }

    fn peer_seen(&mut self, peer: PeerId, name: &str, source: Source) -> Result<(), Error> {
        let known = "SELECT source FROM peers WHERE kind = ?1 AND id = ?2";
        if self.is_weaker(known, params![peer.kind.name(), peer.id], source)? {
            return Ok(());
        }
        self.sql
            .prepare_cached(
                "INSERT INTO peers (kind, id, name, source) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (kind, id) DO UPDATE SET name = excluded.name, source = excluded.source",
            )?
            .execute(params![peer.kind.name(), peer.id, name, source.name()])?;
        Ok(())
    }

    /// True when what is stored came from a stronger source than `source`.
    fn is_weaker(&self, known: &str, key: impl rusqlite::Params, source: Source) -> Result<bool, Error> {
        let stored: Option<String> = self.sql.prepare_cached(known)?.query_row(key, |row| row.get(0)).optional()?;
        Ok(stored.and_then(|name| Source::from_name(&name)).is_some_and(|stored| stored > source))
    }

    fn chat_seen(&mut self, chat: ChatId, kind: ChatType, title: Option<&str>, source: Source) -> Result<(), Error> {
        let Some(Place { no, .. }) = self.open_place(chat)? else { return Ok(()) };
        if self.is_weaker("SELECT source FROM chats WHERE no = ?1", params![no], source)? {
            return Ok(());
        }
        self.sql
            .prepare_cached("UPDATE chats SET type = ?2, title = coalesce(?3, title), source = ?4 WHERE no = ?1")?
            .execute(params![no, rows::chat_type_name(kind)?, title, source.name()])?;
        Ok(())
    }

    /// The chat's place, or `None` when it was forgotten: nothing enters it any more.
    pub(crate) fn open_place(&mut self, chat: ChatId) -> Result<Option<Place>, Error> {
        let place = self.place(chat)?;
        self.done.refused += u64::from(place.is_forgotten);
        Ok((!place.is_forgotten).then_some(place))
    }

    /// A chat in this file; a chat heard of for the first time gets a number. A single chat's export may not say whose
    /// account it was made from: such a chat and the same peer of the only account that knows it are one chat.
    fn place(&mut self, chat: ChatId) -> Result<Place, Error> {
        if let Some(place) = self.chats.get(&chat) {
            return Ok(*place);
        }
        let no = match rows::find_chat(&self.sql, chat)? {
            Some(no) => {
                self.adopt(no, chat)?;
                no
            }
            None => self.new_chat(chat)?,
        };
        let (account, is_forgotten, kind, id) = self.sql.query_row(
            "SELECT account, forgotten_at IS NOT NULL, kind, id FROM chats WHERE no = ?1",
            params![no],
            |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?, row.get(3)?)),
        )?;
        // As the file has it: a provisional number leads to the chat that it turned out to be.
        let kind = rows::peer_kind(&kind).ok_or_else(|| Error::Damaged("chats.kind".into()))?;
        let place = Place { no, peer: PeerId { kind, id }, account, is_forgotten };
        self.chats.insert(chat, place);
        Ok(place)
    }

    /// Whoever spoke of the chat did not name it: any source may.
    fn new_chat(&mut self, chat: ChatId) -> Result<i64, Error> {
        let account = chat.account().map_or(0, |a| a.0);
        let kind = rows::chat_type_name(ChatType::Unknown)?;
        self.sql.execute(
            "INSERT INTO chats (account, kind, id, type, source) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![account, chat.peer().kind.name(), chat.peer().id, kind, Source::Demo.name()],
        )?;
        Ok(self.sql.last_insert_rowid())
    }

    /// Gives an ownerless chat its account.
    fn adopt(&mut self, no: i64, chat: ChatId) -> Result<(), Error> {
        let Some(account) = chat.account() else { return Ok(()) };
        let changed = self.sql.execute("UPDATE chats SET account = ?2 WHERE no = ?1 AND account = 0", params![no, account.0])?;
        if changed > 0 {
            self.done.adopted = true;
            self.chats.retain(|_, place| place.no != no);
        }
        Ok(())
    }

    fn posted(&mut self, sighting: &Sighting) -> Result<(), Error> {
        let Some(place) = self.open_place(sighting.chat)? else { return Ok(()) };
        let chat = place.no;
        let hash = content_hash(&sighting.content);
        // Most of an import stands above everything that is known of its chat: nothing is looked for there.
        let is_fresh = self.is_beyond(chat, sighting.message)?;
        if !is_fresh && (self.is_known(chat, sighting, &hash)? || self.says_nothing_new(chat, sighting)?) {
            self.done.unchanged += 1;
            return self.set_reactions(chat, sighting);
        }
        let seq = self.next_seq();
        self.done.new_versions += 1;
        let again = !is_fresh && self.is_again(chat, sighting)?;
        self.insert_content(place, seq, sighting, &hash, again)?;
        self.project_content(chat, seq, sighting, is_fresh)?;
        for tombstone in self.vanishings(chat)?.iter() {
            if sighting.sent_at.is_some_and(|sent| sent <= tombstone.to) {
                self.deleted(place, sighting.message, tombstone)?;
            }
        }
        self.adopt_orphan(place, sighting)
    }

    /// A content seen before is not kept twice, unless this witness saw it earlier: then the order of contents may change.
    fn is_known(&self, chat: i64, sighting: &Sighting, hash: &[u8; 32]) -> Result<bool, Error> {
        let known = "SELECT EXISTS (SELECT 1 FROM message_versions WHERE chat = ?1 AND message = ?2
             AND what = 'content' AND content_hash = ?3 AND edited_at IS ?4 AND seen_at <= ?5)";
        let key = params![chat, sighting.message.0, hash, sighting.edited_at.map(|t| t.0), sighting.seen_at.0];
        Ok(self.sql.prepare_cached(known)?.query_row(key, |row| row.get(0))?)
    }

    /// The deletion of this message was heard before the message was.
    fn adopt_orphan(&mut self, place: Place, sighting: &Sighting) -> Result<(), Error> {
        let (Some(account), PeerKind::User | PeerKind::Group) = (self.account, place.peer.kind) else { return Ok(()) };
        match self.orphans.get(&(account, sighting.message)).cloned() {
            Some(tombstone) => self.deleted(place, sighting.message, &tombstone),
            None => Ok(()),
        }
    }

    fn next_seq(&mut self) -> Seq {
        self.done.seq = Seq(self.done.seq.0 + 1);
        self.done.seq
    }

    fn insert_content(&mut self, place: Place, seq: Seq, sighting: &Sighting, hash: &[u8; 32], again: bool) -> Result<(), Error> {
        let rest = rows::rest_json(&sighting.content)?;
        let Content { kind, text, .. } = &sighting.content;
        let salt = self.salts.of(seq);
        let leaf = Leaf {
            seen_at: sighting.seen_at.0,
            source: sighting.source.name(),
            sender: sighting.sender.map(|p| p.to_string()),
            sender_name: sighting.sender_name.as_deref(),
            outgoing: Some(sighting.direction == Direction::Out),
            sent_at: sighting.sent_at.map(|t| t.0),
            edited_at: sighting.edited_at.map(|t| t.0),
            kind: Some(kind.name()),
            text: Some(text),
            rest: rest.as_deref(),
            ..Leaf::of(seq.0, &salt, place.peer, place.account, sighting.message, "content")
        };
        self.growth.push(&self.sql, leaf.hash()?)?;
        // Numbered, not named: names are looked up one by one for each row.
        self.sql
            .prepare_cached(
                "INSERT INTO message_versions (chat, message, seq, what, account, salt, seen_at, source, again, sender_kind, sender_id,
                   sender_name, outgoing, sent_at, edited_at, content_hash, kind, text, rest)
                 VALUES (?1, ?2, ?3, 'content', ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
            )?
            .execute(params![
                place.no, sighting.message.0, seq.0 as i64, place.account, salt, leaf.seen_at, leaf.source, again,
                sighting.sender.map(|p| p.kind.name()), sighting.sender.map(|p| p.id), leaf.sender_name, leaf.outgoing,
                leaf.sent_at, leaf.edited_at, hash, leaf.kind, text, rest,
            ])?;
        self.has_version(place.no, sighting.message)
    }

    pub(crate) fn deleted(&mut self, place: Place, message: MessageId, tombstone: &Tombstone) -> Result<(), Error> {
        let Tombstone { from, to, cause, source } = tombstone;
        let known: bool = self
            .sql
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM message_versions WHERE chat = ?1 AND message = ?2 AND what = 'deleted'
                 AND deleted_from = ?3 AND deleted_to = ?4 AND source = ?5 AND cause = ?6)",
            )?
            .query_row(params![place.no, message.0, from.0, to.0, source.name(), cause.name()], |row| row.get(0))?;
        if known {
            self.done.unchanged += 1;
            return Ok(());
        }
        let seq = self.next_seq();
        self.done.new_versions += 1;
        let salt = self.salts.of(seq);
        let leaf = Leaf {
            seen_at: to.0,
            source: source.name(),
            deleted_from: Some(from.0),
            deleted_to: Some(to.0),
            cause: Some(cause.name()),
            ..Leaf::of(seq.0, &salt, place.peer, place.account, message, "deleted")
        };
        self.growth.push(&self.sql, leaf.hash()?)?;
        self.sql
            .prepare_cached(
                "INSERT INTO message_versions (chat, message, seq, what, account, salt, seen_at, source, again, deleted_from, deleted_to, cause)
                 VALUES (:chat, :message, :seq, 'deleted', :account, :salt, :to, :source, 0, :from, :to, :cause)",
            )?
            .execute(named_params! {
                ":chat": place.no, ":message": message.0, ":seq": seq.0 as i64, ":account": place.account, ":salt": salt,
                ":to": to.0, ":source": source.name(), ":from": from.0, ":cause": cause.name(),
            })?;
        self.has_version(place.no, message)?;
        self.project_deletion(place.no, message, tombstone)
    }

    fn chat_vanished(&mut self, chat: ChatId, from: Timestamp, to: Timestamp, source: Source) -> Result<(), Error> {
        let Some(place) = self.open_place(chat)? else { return Ok(()) };
        self.sql.execute(
            "INSERT OR IGNORE INTO chat_vanishings (chat, since, until, source) VALUES (?1, ?2, ?3, ?4)",
            params![place.no, from.0, to.0, source.name()],
        )?;
        self.forget_vanishings(place.no);
        let gone: Vec<i64> = self
            .sql
            .prepare_cached("SELECT message FROM messages WHERE chat = ?1 AND sent_at <= ?2 ORDER BY message")?
            .query_map(params![place.no, to.0], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let tombstone = Tombstone { from, to, cause: DeletionCause::ChatVanished, source };
        gone.into_iter().try_for_each(|message| self.deleted(place, MessageId(message), &tombstone))
    }
}
