//! What makes a new archive of the rows that were saved: chats that lost their entry, stubs for versions that are lost, the
//! tree as it was, the projection anew.

use super::forest::Forest;
use super::shape::{CHATS, seqs};
use super::source::Source;
use super::{LostOfChat, Salvaged};
use crate::append::{grow::Growth, last_seq, project::project_again};
use crate::leaf::{self, COLUMNS};
use crate::tiles::{self, Stored, TreeHead};
use crate::tree::{self, Hash, Tiles, WIDTH, fold};
use crate::verify::HeldTiles;
use crate::{Error, erase, rows, schema};
use letopis_model::{ChatType, MessageId, MessageLink, Seq, Source as Origin, Timestamp};
use rusqlite::types::Value;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;

/// Messages that a report names of one chat.
const NAMED: usize = 200;
/// A number that Telegram gives to nobody: the chat of what nobody knows the chat of.
const NOWHERE: i64 = -(1 << 50);
/// A version that is lost, as forgetting leaves it.
const STUB: &str =
    "what = 'erased', salt = x'', again = 0, sender_kind = NULL, sender_id = NULL, sender_name = NULL, outgoing = NULL,
    sent_at = NULL, edited_at = NULL, content_hash = NULL, kind = NULL, text = NULL, rest = NULL, deleted_from = NULL,
    deleted_to = NULL, cause = NULL, media_sha256 = NULL, media_size = NULL";

/// Lost versions by Seq, with chat and message as far as they are known.
type LostVersions = BTreeMap<i64, Option<(i64, i64)>>;

pub fn mend(
    sql: &mut Connection,
    source: &mut Source,
    forest: &mut Forest,
    (version, known, at): (u32, Option<TreeHead>, Timestamp),
    done: &mut Salvaged,
) -> Result<(), Error> {
    if version < 2 {
        // There was no tree yet, nor a stub: what is left is numbered anew.
        renumber(sql)?;
    }
    schema::raise(sql, version, schema::LATEST)?;
    sql.execute_batch("CREATE TEMP TABLE leaves (seq INTEGER PRIMARY KEY, hash BLOB NOT NULL); BEGIN;")?;
    let rebuilt = restore_chats(sql, source, forest, at)?;
    if version < 2 {
        sql.execute_batch("COMMIT")?;
        Growth::catch_up(sql, last_seq(sql)?)?;
        sql.execute_batch("BEGIN")?;
    }
    let heads = kept_heads(source, forest)?;
    let size = [tiles::size(sql)?, last_seq(sql)?.0, known.map_or(0, |head| head.size)];
    let size = heads.iter().map(|(head, _)| head.size).chain(size).max().unwrap_or(0);
    let mut lost = check_leaves(sql)?;
    lost.append(&mut put_stubs(sql, source, forest, size, at)?);
    done.versions = size;
    done.unproven = mend_tiles(sql, size)?;
    for (head, kept_at) in &heads {
        if tree::root(&Stored(sql), head.size)? == head.root {
            let insert = "INSERT OR IGNORE INTO tree_heads (size, root, at) VALUES (?1, ?2, ?3)";
            sql.execute(insert, params![head.size as i64, head.root, kept_at])?;
        } else {
            done.heads_dropped += 1;
        }
    }
    let head = tiles::head(sql)?;
    done.head = Some(head);
    done.fits_known =
        known.map(|known| known == head || tree::root(&Stored(sql), known.size).is_ok_and(|root| root == known.root));
    project(sql)?;
    put_reactions(sql, source, forest)?;
    sql.execute_batch("DELETE FROM meta WHERE key = 'rewrite'; COMMIT;")?;
    done.lost = tell(sql, &lost)?;
    done.renamed = rebuilt.into_iter().map(|no| chat_of(sql, no)).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
    Ok(())
}

/// Numbers from 1 without holes, in the old order.
fn renumber(sql: &Connection) -> Result<(), Error> {
    sql.execute_batch("DROP TRIGGER message_versions_no_update;")?;
    let old: Vec<i64> = sql
        .prepare("SELECT seq FROM message_versions ORDER BY seq")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut change = sql.prepare("UPDATE message_versions SET seq = ?2 WHERE seq = ?1")?;
    for (new, old) in (1i64..).zip(old).filter(|(new, old)| new != old) {
        change.execute([old, new])?;
    }
    Ok(())
}

/// Entries of chats that were lost, from the index that knows them a second time; a chat that nothing knows gets a place
/// where its versions' stubs stand. Returns the numbers of those whose entry was made anew.
fn restore_chats(sql: &Connection, source: &mut Source, forest: &mut Forest, at: Timestamp) -> Result<Vec<i64>, Error> {
    let mut found = Vec::new();
    forest.rows(source, CHATS, &mut |_, row| {
        if let [Value::Integer(account), Value::Text(kind), Value::Integer(id), Value::Integer(no)] = row.as_slice() {
            found.push((*account, kind.clone(), *id, *no));
        }
        Ok(())
    })?;
    let unknown = rows::chat_type_name(ChatType::Unknown)?;
    let mut rebuilt = Vec::new();
    for (account, kind, id, no) in found {
        let made = sql.execute(
            "INSERT OR IGNORE INTO chats (no, account, kind, id, type, source, title, forgotten_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6,
               coalesce((SELECT name FROM peers p WHERE p.kind = ?3 AND p.id = ?4),
                 (SELECT max(sender_name) FROM message_versions v WHERE v.chat = ?1 AND v.sender_kind = ?3 AND v.sender_id = ?4), ''),
               (SELECT max(at) FROM erasures e WHERE e.chat = ?1 AND e.scope = 'chat'))",
            params![no, account, kind, id, unknown, Origin::Demo.name()],
        )?;
        rebuilt.extend((made > 0).then_some(no));
    }
    let nameless: Vec<i64> = sql
        .prepare("SELECT DISTINCT chat FROM message_versions WHERE chat NOT IN (SELECT no FROM chats)")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    nameless.into_iter().try_for_each(|no| put_nowhere(sql, no, at))?;
    Ok(rebuilt)
}

/// A chat that is shown nowhere, for versions whose chat is not known.
fn put_nowhere(sql: &Connection, no: i64, at: Timestamp) -> Result<(), Error> {
    sql.execute(
        "INSERT OR IGNORE INTO chats (no, account, kind, id, type, source, forgotten_at) VALUES (?1, 0, 'group', ?2, ?3, ?4, ?5)",
        params![no, NOWHERE - no, rows::chat_type_name(ChatType::Unknown)?, Origin::Demo.name(), at.0],
    )?;
    Ok(())
}

fn kept_heads(source: &mut Source, forest: &mut Forest) -> Result<Vec<(TreeHead, i64)>, Error> {
    let mut heads = Vec::new();
    forest.rows(source, "tree_heads", &mut |size, row| {
        if let [_, Value::Blob(root), Value::Integer(at)] = row.as_slice()
            && let Ok(root) = Hash::try_from(root.as_slice())
        {
            heads.push((TreeHead { size: size as u64, root }, *at));
        }
        Ok(())
    })?;
    Ok(heads)
}

/// Holds every version against its leaf. One that does not fit becomes a stub; leaves whose tile is lost are noted.
fn check_leaves(sql: &Connection) -> Result<LostVersions, Error> {
    let mut wrong = Vec::new();
    {
        let mut held = HeldTiles::of(sql);
        let mut note = sql.prepare("INSERT INTO leaves (seq, hash) VALUES (?1, ?2)")?;
        let query = format!(
            "SELECT {COLUMNS}, v.chat FROM message_versions v JOIN chats c ON c.no = v.chat ORDER BY v.chat, v.message, v.seq"
        );
        let mut statement = sql.prepare(&query)?;
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            let hash = leaf::read(row, |_, leaf| leaf.map(leaf::Leaf::hash).transpose());
            let (seq, message, chat): (i64, i64, i64) = (row.get(0)?, row.get(5)?, row.get(23)?);
            match (hash, held.leaf(seq as u64)?) {
                (Ok(None), _) => {}
                (Ok(Some(hash)), None) => drop(note.execute(params![seq, hash])?),
                (Ok(Some(hash)), Some(kept)) if hash == kept => {}
                _ => wrong.push((seq, chat, message)),
            }
        }
    }
    let mut lost = LostVersions::new();
    for (seq, chat, message) in wrong {
        sql.execute("INSERT INTO erasing (chat) VALUES (?1)", [chat])?;
        sql.execute(
            &format!("UPDATE message_versions SET {STUB} WHERE chat = ?1 AND message = ?2 AND seq = ?3"),
            [chat, message, seq],
        )?;
        sql.execute("DELETE FROM erasing", [])?;
        lost.insert(seq, Some((chat, message)));
    }
    Ok(lost)
}

/// A stub for every number that no version has, in the place that the other trees know for it.
fn put_stubs(
    sql: &Connection,
    source: &mut Source,
    forest: &mut Forest,
    size: u64,
    at: Timestamp,
) -> Result<LostVersions, Error> {
    let mut lost = LostVersions::new();
    {
        let mut statement = sql.prepare("SELECT seq FROM message_versions ORDER BY seq")?;
        let mut found = statement.query([])?;
        let mut expected = 1i64;
        while let Some(row) = found.next()? {
            let seq: i64 = row.get(0)?;
            lost.extend((expected..seq).map(|seq| (seq, None)));
            expected = seq + 1;
        }
        lost.extend((expected..=size as i64).map(|seq| (seq, None)));
    }
    if lost.is_empty() {
        return Ok(lost);
    }
    forest.rows(source, &seqs(sql)?, &mut |_, row| {
        if let [Value::Integer(seq), Value::Integer(chat), Value::Integer(message)] = row.as_slice()
            && let Some(place) = lost.get_mut(seq)
        {
            *place = Some((*chat, *message));
        }
        Ok(())
    })?;
    forest.rows(source, "messages", &mut |_, row| {
        if let (Some(Value::Integer(chat)), Some(Value::Integer(message)), Some(Value::Integer(seq))) =
            (row.first(), row.get(1), row.get(SEQ))
            && let Some(place) = lost.get_mut(seq)
        {
            *place = Some((*chat, *message));
        }
        Ok(())
    })?;
    let nowhere: i64 = sql.query_row("SELECT coalesce(max(no), 0) + 1 FROM chats", [], |row| row.get(0))?;
    let mut insert = sql.prepare(
        "INSERT INTO message_versions (chat, message, seq, what, account, salt, seen_at, source, again)
         VALUES (?1, ?2, ?3, 'erased', 0, x'', 0, '', 0)",
    )?;
    for (seq, place) in &lost {
        let (chat, message) = place.unwrap_or((nowhere, *seq));
        put_nowhere(sql, chat, at)?;
        insert.execute([chat, message, *seq])?;
    }
    Ok(lost)
}

/// Columns of `messages` as they are stored.
const SEQ: usize = 8;
const REACTIONS: usize = 15;

/// Gives the tree the tiles that are lost: from the versions, and from the tiles below. Returns how many leaves nothing
/// knows any more; a tile of such leaves keeps the hash that the tile above it has of it.
fn mend_tiles(sql: &Connection, size: u64) -> Result<u64, Error> {
    let (mut unknown, mut level, mut nodes) = (0, 0u32, size);
    while nodes > 0 {
        for tile in 0..nodes.div_ceil(WIDTH) {
            let wanted = WIDTH.min(nodes - tile * WIDTH);
            let mut hashes = stored(sql, level, tile)?;
            if hashes.len() as u64 >= wanted {
                continue;
            }
            for at in hashes.len() as u64..wanted {
                let index = tile * WIDTH + at;
                let hash = match level {
                    0 => noted(sql, index + 1)?,
                    _ => Some(fold(&stored(sql, level - 1, index)?)),
                };
                unknown += u64::from(hash.is_none());
                hashes.push(hash.unwrap_or_default());
            }
            let put = "REPLACE INTO merkle_tiles (level, tile, hashes) VALUES (?1, ?2, ?3)";
            sql.execute(put, params![level, tile as i64, hashes.concat()])?;
        }
        nodes /= WIDTH;
        level += 1;
    }
    Ok(unknown)
}

fn stored(sql: &Connection, level: u32, tile: u64) -> Result<Vec<Hash>, Error> {
    match Stored(sql).tile(level, tile) {
        Err(Error::Damaged(_)) => Ok(Vec::new()),
        other => other,
    }
}

fn noted(sql: &Connection, seq: u64) -> Result<Option<Hash>, Error> {
    use rusqlite::OptionalExtension;
    let mut statement = sql.prepare_cached("SELECT hash FROM leaves WHERE seq = ?1")?;
    Ok(statement.query_row([seq as i64], |row| row.get(0)).optional()?)
}

/// The current state of every message and the counts of every chat.
fn project(sql: &Connection) -> Result<(), Error> {
    sql.execute_batch(
        "INSERT INTO messages (chat, message, outgoing, versions, kind)
           SELECT DISTINCT chat, message, 0, 0, 'unsupported' FROM message_versions WHERE what IN ('content', 'deleted');
         INSERT OR IGNORE INTO chat_accounts (chat, account)
           SELECT DISTINCT v.chat, v.sender_id FROM message_versions v JOIN chats c ON c.no = v.chat
           WHERE c.account = 0 AND v.outgoing = 1 AND v.sender_kind = 'user' AND v.sender_id IS NOT NULL;",
    )?;
    let chats: Vec<i64> = sql.prepare("SELECT no FROM chats")?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for chat in chats {
        let told: Vec<i64> = sql
            .prepare_cached("SELECT DISTINCT message FROM message_versions WHERE chat = ?1 AND what = 'content'")?
            .query_map([chat], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        told.into_iter().try_for_each(|message| project_again(sql, chat, MessageId(message)))?;
        // The earliest noticed deletion is shown, then the narrowest.
        sql.prepare_cached(
            "UPDATE messages SET (deleted_from, deleted_to, deleted_source, cause) = (
               SELECT deleted_from, deleted_to, source, cause FROM message_versions v
               WHERE v.chat = messages.chat AND v.message = messages.message AND v.what = 'deleted'
               ORDER BY deleted_to, -deleted_from, source, cause LIMIT 1)
             WHERE chat = ?1",
        )?
        .execute([chat])?;
        erase::recount(sql, chat)?;
    }
    Ok(())
}

/// Reactions are no versions: they are taken from the rows that were saved.
fn put_reactions(sql: &Connection, source: &mut Source, forest: &mut Forest) -> Result<(), Error> {
    let mut put = sql.prepare("UPDATE messages SET reactions = ?3, reactions_at = ?4 WHERE chat = ?1 AND message = ?2")?;
    forest.rows(source, "messages", &mut |_, row| {
        if let (Some(chat), Some(message), Some(reactions @ Value::Text(_)), Some(at)) =
            (row.first(), row.get(1), row.get(REACTIONS), row.get(REACTIONS + 1))
        {
            put.execute(params![chat, message, reactions, at])?;
        }
        Ok(())
    })
}

/// What is lost, chat by chat. The stub of a chat that was forgotten by wish is no loss.
fn tell(sql: &Connection, lost: &LostVersions) -> Result<Vec<LostOfChat>, Error> {
    let mut by_chat: BTreeMap<Option<i64>, LostOfChat> = BTreeMap::new();
    for (seq, place) in lost {
        let no = place.map(|(chat, _)| chat);
        if no.map(|no| is_forgotten(sql, no)).transpose()?.unwrap_or(false) {
            continue;
        }
        let chat = no.map(|no| chat_of(sql, no)).transpose()?.flatten();
        let seq = Seq(*seq as u64);
        let key = chat.and(no);
        let told = by_chat.entry(key).or_insert(LostOfChat { chat, versions: 0, first: seq, last: seq, messages: Vec::new() });
        told.versions += 1;
        told.first = told.first.min(seq);
        told.last = told.last.max(seq);
        if let (Some(chat), Some((_, message))) = (chat, place)
            && told.messages.len() < NAMED
        {
            told.messages.push(MessageLink::new(chat, MessageId(*message)));
        }
    }
    by_chat.values_mut().for_each(|told| {
        told.messages.sort_unstable();
        told.messages.dedup();
    });
    Ok(by_chat.into_values().collect())
}

fn is_forgotten(sql: &Connection, no: i64) -> Result<bool, Error> {
    let mut statement = sql.prepare_cached("SELECT EXISTS (SELECT 1 FROM erasures WHERE chat = ?1 AND scope = 'chat')")?;
    Ok(statement.query_row([no], |row| row.get(0))?)
}

/// `None` for a chat that is only a place for stubs.
fn chat_of(sql: &Connection, no: i64) -> Result<Option<letopis_model::ChatId>, Error> {
    let mut statement = sql.prepare_cached(
        "SELECT c.account, c.kind, c.id FROM chats own JOIN chats c ON c.no = coalesce(own.merged_into, own.no) WHERE own.no = ?1",
    )?;
    let (account, kind, id): (i64, String, i64) = statement.query_row([no], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    if id <= NOWHERE { Ok(None) } else { rows::chat_id(account, &kind, id).map(Some) }
}
