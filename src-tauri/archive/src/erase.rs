//! Forgetting: the one way in which content leaves the archive. By explicit wish, in two steps (weigh, then erase), in one
//! transaction. The version's row stays as a stub and its leaf hash stays in the tree, so everything else can still be
//! proved; the salt goes with the content, so that the hash tells nothing of it. Afterwards the file is rewritten, so that
//! no page of it, free or in the log, holds what was erased. Files and index are the engine's part.

use crate::keep::chat_at;
use crate::read::Reader;
use crate::tiles::TreeHead;
use crate::{Error, Writer, rows};
use letopis_model::{AccountId, ChatId, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

/// What is to be erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// A chat as a whole, its name included; nothing enters it any more.
    Chat(ChatId),
    /// Messages of an account's chats that were sent before a moment: retention.
    Older { account: AccountId, before: Timestamp },
}

/// What an erasure would take.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Weighed {
    pub chats: u64,
    pub messages: u64,
    pub versions: u64,
    /// Files that no other message speaks of.
    pub files: u64,
    /// Chats that are left alone because they are on hold.
    pub held: Vec<ChatId>,
}

/// What an erasure took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    pub weighed: Weighed,
    /// Hashes of files that no version speaks of any more: the blob store drops them.
    pub orphans: Vec<[u8; 32]>,
}

/// The stub of an erasure.
#[derive(Clone, PartialEq, Eq)]
pub struct ErasureRecord {
    pub at: Timestamp,
    pub chat: ChatId,
    /// `None`: the whole chat; else messages sent before this moment.
    pub before: Option<Timestamp>,
    pub versions: u64,
    pub messages: u64,
    pub files: u64,
    /// The head under which the erased versions were still there.
    pub head: TreeHead,
    pub who: String,
    pub why: String,
}

/// The messages of one chat that are to go.
struct Going {
    chat: i64,
    before: Option<i64>,
}

impl Going {
    const MESSAGES: &str = "SELECT message FROM messages WHERE chat = ?1 AND (?2 IS NULL OR sent_at < ?2)";

    fn count(&self, sql: &Connection, what: &str) -> Result<u64, Error> {
        let query = format!(
            "SELECT {what} FROM message_versions WHERE chat = ?1 AND what <> 'erased' AND message IN ({})",
            Self::MESSAGES
        );
        Ok(sql.query_row(&query, params![self.chat, self.before], |row| row.get::<_, i64>(0))? as u64)
    }

    /// Hashes of files that only these messages have.
    fn orphans(&self, sql: &Connection) -> Result<Vec<[u8; 32]>, Error> {
        let query = format!(
            "SELECT DISTINCT media_sha256 FROM message_versions WHERE chat = ?1 AND what = 'media' AND message IN ({messages})
             EXCEPT SELECT media_sha256 FROM message_versions WHERE what = 'media' AND NOT (chat = ?1 AND message IN ({messages}))",
            messages = Self::MESSAGES
        );
        let mut statement = sql.prepare(&query)?;
        let found = statement.query_map(params![self.chat, self.before], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

/// The chats of a scope: those that may be erased, and those that are on hold. A hold is of the client: it holds the chats
/// of every account with the same peer.
fn resolve(sql: &Connection, scope: Scope) -> Result<(Vec<Going>, Vec<ChatId>), Error> {
    let (chats, before) = match scope {
        Scope::Chat(chat) => (vec![rows::find_chat(sql, chat)?.ok_or(Error::NotFound)?], None),
        Scope::Older { account, before } => {
            // A group that several accounts see has no single retention: it goes by the accounts that wrote in it, and only
            // when this is the only one.
            let mut statement = sql.prepare(
                "SELECT no FROM chats WHERE account = ?1 OR (account = 0 AND no IN (SELECT chat FROM chat_accounts WHERE account = ?1)
                   AND no NOT IN (SELECT chat FROM chat_accounts WHERE account <> ?1)) ORDER BY no",
            )?;
            let found = statement.query_map(params![account.0], |row| row.get(0))?;
            (found.collect::<Result<Vec<i64>, _>>()?, Some(before.0))
        }
    };
    let chats = with_merged(sql, chats)?;
    let mut going = Vec::new();
    let mut held = Vec::new();
    for chat in chats {
        let on_hold = sql.query_row(
            "SELECT mine.account, mine.kind, mine.id FROM chats mine JOIN chats c ON c.kind = mine.kind AND c.id = mine.id
               JOIN holds h ON h.chat = c.no WHERE mine.no = ?1 AND h.lifted_at IS NULL LIMIT 1",
            params![chat],
            |row| Ok(chat_at(row, 0)),
        );
        match on_hold.optional()? {
            Some(id) => held.extend(id?),
            None => going.push(Going { chat, before }),
        }
    }
    Ok((going, held))
}

/// What was told of these chats under provisional numbers goes with them.
fn with_merged(sql: &Connection, chats: Vec<i64>) -> Result<Vec<i64>, Error> {
    let mut statement = sql.prepare("SELECT no FROM chats WHERE merged_into = ?1 ORDER BY no")?;
    let mut all = Vec::new();
    for chat in chats {
        all.push(chat);
        let merged = statement.query_map(params![chat], |row| row.get(0))?;
        all.extend(merged.collect::<Result<Vec<i64>, _>>()?);
    }
    Ok(all)
}

fn weigh(sql: &Connection, going: &[Going], held: Vec<ChatId>) -> Result<(Weighed, Vec<[u8; 32]>), Error> {
    let mut weighed = Weighed { held, ..Weighed::default() };
    let mut orphans = Vec::new();
    for chat in going {
        let versions = chat.count(sql, "count(*)")?;
        weighed.chats += u64::from(versions > 0);
        weighed.versions += versions;
        weighed.messages += chat.count(sql, "count(DISTINCT message)")?;
        orphans.extend(chat.orphans(sql)?);
    }
    orphans.sort_unstable();
    orphans.dedup();
    weighed.files = orphans.len() as u64;
    Ok((weighed, orphans))
}

impl Reader {
    /// The first step: what an erasure would take.
    ///
    /// # Errors
    /// `NotFound` when the archive does not know the chat.
    pub fn weigh(&self, scope: Scope) -> Result<Weighed, Error> {
        let (going, held) = resolve(self.connection(), scope)?;
        Ok(weigh(self.connection(), &going, held)?.0)
    }

    /// What was erased so far, newest first.
    pub fn erasures(&self) -> Result<Vec<ErasureRecord>, Error> {
        let mut statement = self.connection().prepare_cached(
            "SELECT e.at, e.before, e.versions, e.messages, e.files, e.tree_size, e.tree_root, e.who, e.why, c.account, c.kind, c.id
             FROM erasures e JOIN chats c ON c.no = e.chat ORDER BY e.no DESC",
        )?;
        let mut found = statement.query([])?;
        let mut erasures = Vec::new();
        while let Some(row) = found.next()? {
            erasures.push(ErasureRecord {
                at: Timestamp(row.get(0)?),
                before: row.get::<_, Option<i64>>(1)?.map(Timestamp),
                versions: row.get::<_, i64>(2)? as u64,
                messages: row.get::<_, i64>(3)? as u64,
                files: row.get::<_, i64>(4)? as u64,
                head: TreeHead { size: row.get::<_, i64>(5)? as u64, root: row.get(6)? },
                who: row.get(7)?,
                why: row.get(8)?,
                chat: chat_at(row, 9)?.ok_or_else(|| Error::Damaged("erasures.chat".into()))?,
            });
        }
        Ok(erasures)
    }
}

impl Writer {
    /// The second step. Content goes in one transaction; [`Writer::rewrite`] then clears the places where it stood, and an
    /// archive that was stopped in between says so ([`Writer::must_rewrite`]).
    ///
    /// # Errors
    /// `OnHold` when a chat that was asked for by name is on hold; `NotFound`.
    pub fn erase(&mut self, scope: Scope, at: Timestamp, who: &str, why: &str) -> Result<Erased, Error> {
        let head = self.keep_head(at)?;
        let sql = self.connection.transaction()?;
        let (going, held) = resolve(&sql, scope)?;
        if matches!(scope, Scope::Chat(_)) && !held.is_empty() {
            return Err(Error::OnHold);
        }
        let (weighed, orphans) = weigh(&sql, &going, held)?;
        for chat in &going {
            let files = chat.orphans(&sql)?.len();
            let (versions, messages) = (chat.count(&sql, "count(*)")?, chat.count(&sql, "count(DISTINCT message)")?);
            if versions > 0 || chat.before.is_none() {
                sql.execute(
                    "INSERT INTO erasures (at, chat, scope, before, versions, messages, files, tree_size, tree_root, who, why)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                    params![
                        at.0,
                        chat.chat,
                        if chat.before.is_some() { "older" } else { "chat" },
                        chat.before,
                        versions as i64,
                        messages as i64,
                        files as i64,
                        head.size as i64,
                        head.root,
                        who,
                        why
                    ],
                )?;
                erase_chat(&sql, chat, at)?;
            }
        }
        // A chat without messages still had a name.
        if weighed.versions > 0 || matches!(scope, Scope::Chat(_)) {
            sql.execute("REPLACE INTO meta (key, value) VALUES ('rewrite', 'due')", [])?;
        }
        sql.commit()?;
        self.forget_undone(); // a forgotten chat must not be found in memory as an open one
        Ok(Erased { weighed, orphans })
    }

    /// True when something was erased and the file was not rewritten since.
    pub fn must_rewrite(&self) -> Result<bool, Error> {
        Ok(self.connection.query_row("SELECT EXISTS (SELECT 1 FROM meta WHERE key = 'rewrite')", [], |row| row.get(0))?)
    }

    /// Writes the database anew without free pages, folds the log in, and forgets copies made before migrations: they
    /// hold what was erased. Also makes the file as small as its content.
    ///
    /// # Errors
    /// `DiskFull` when there is no room for a second copy; `Busy` when a reader does not let go of the log. The archive stands
    /// as before and still says that it must be rewritten.
    pub fn rewrite(&mut self) -> Result<(), Error> {
        if self.is_still {
            return Err(Error::Busy);
        }
        // The second copy may be larger than memory. SQLCipher encrypts it as it does the archive.
        self.connection.execute_batch("PRAGMA temp_store = FILE")?;
        let rewritten = self.connection.execute_batch("VACUUM");
        self.connection.execute_batch("PRAGMA temp_store = MEMORY")?;
        rewritten?;
        self.fold_in()?;
        self.connection.execute("DELETE FROM meta WHERE key = 'rewrite'", [])?;
        self.checkpoint()
    }
}

fn erase_chat(sql: &Connection, going: &Going, at: Timestamp) -> Result<(), Error> {
    let Going { chat, before } = going;
    sql.execute("INSERT INTO erasing (chat) VALUES (?1)", params![chat])?;
    let update = format!(
        "UPDATE message_versions SET what = 'erased', salt = x'', again = 0, sender_kind = NULL, sender_id = NULL, sender_name = NULL,
           outgoing = NULL, sent_at = NULL, edited_at = NULL, content_hash = NULL, kind = NULL, text = NULL, rest = NULL,
           deleted_from = NULL, deleted_to = NULL, cause = NULL, media_sha256 = NULL, media_size = NULL
         WHERE chat = ?1 AND message IN ({})",
        Going::MESSAGES
    );
    sql.execute(&update, params![chat, before])?;
    match before {
        None => forget_chat(sql, *chat, at)?,
        Some(_) => {
            sql.execute("DELETE FROM messages WHERE chat = ?1 AND sent_at < ?2", params![chat, before])?;
            recount(sql, *chat)?;
        }
    }
    sql.execute("DELETE FROM erasing", [])?;
    Ok(())
}

/// Takes what else is known of a chat: its name, its people's names unless they are met elsewhere, what was noted of it.
fn forget_chat(sql: &Connection, chat: i64, at: Timestamp) -> Result<(), Error> {
    sql.execute(
        "DELETE FROM peers WHERE (kind, id) IN (SELECT kind, id FROM chats WHERE no = ?1
           UNION SELECT sender_kind, sender_id FROM messages WHERE chat = ?1 AND sender_id IS NOT NULL)
         AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.chat <> ?1 AND m.sender_kind = peers.kind AND m.sender_id = peers.id)
         AND NOT EXISTS (SELECT 1 FROM accounts a WHERE peers.kind = 'user' AND a.account = peers.id)",
        params![chat],
    )?;
    for table in ["messages", "coverage", "read_marks", "chat_vanishings"] {
        sql.execute(&format!("DELETE FROM {table} WHERE chat = ?1"), params![chat])?;
    }
    sql.execute("UPDATE access_log SET what = '' WHERE chat = ?1 AND what <> ''", params![chat])?;
    // What live capture owes to it or knows of it; who forgets a chat does not want it read again.
    sql.execute(
        "INSERT INTO capture_rules (account, what, id, allow)
         SELECT f.account, f.kind, f.id, 0 FROM capture_chats f JOIN chats c ON c.no = ?1
         WHERE f.kind = c.kind AND f.id = c.id AND c.account IN (f.account, 0)
         ON CONFLICT DO UPDATE SET allow = 0",
        params![chat],
    )?;
    for table in ["capture_chats", "capture_media", "capture_sweeps"] {
        sql.execute(
            &format!(
                "DELETE FROM {table} WHERE EXISTS (SELECT 1 FROM chats c WHERE c.no = ?1 AND c.kind = {table}.kind AND c.id = {table}.id
                   AND c.account IN ({table}.account, 0))"
            ),
            params![chat],
        )?;
    }
    sql.execute(
        "UPDATE chats SET title = '', messages = 0, deleted = 0, edited = 0, first_at = NULL, last_at = NULL, forgotten_at = ?2
         WHERE no = ?1",
        params![chat, at.0],
    )?;
    Ok(())
}

/// The counts of a chat from what is left of it.
pub(crate) fn recount(sql: &Connection, chat: i64) -> Result<(), Error> {
    sql.execute(
        "UPDATE chats SET
           messages = (SELECT count(*) FROM messages WHERE chat = ?1 AND versions > 0),
           deleted = (SELECT count(*) FROM messages WHERE chat = ?1 AND versions > 0 AND deleted_to IS NOT NULL),
           edited = (SELECT count(*) FROM messages WHERE chat = ?1 AND versions > 0 AND (edited_at IS NOT NULL OR versions > 1)),
           first_at = (SELECT min(sent_at) FROM messages WHERE chat = ?1),
           last_at = (SELECT max(sent_at) FROM messages WHERE chat = ?1)
         WHERE no = ?1",
        params![chat],
    )?;
    Ok(())
}
