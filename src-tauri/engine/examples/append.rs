//! `cargo xtask bench`, its part on appending: ours against plain inserts of the same rows, in SQLCipher and in SQLite, as
//! multiples of ours, medians of several rounds. Ours also asks whether a version is known, hashes it, puts it into the
//! tree and keeps the counts of its chat.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a bench is run by developers and may stop"
)]

use letopis_archive::{Archive, FILE};
use letopis_model::{AccountId, Change, ChatId, Content, Direction, MessageId, PeerId, Sighting, Source, Timestamp};
use letopis_vault::Subkey;
use rusqlite::{Connection, params};
use std::path::Path;
use std::time::{Duration, Instant};

const BATCHES: i64 = 20;
const BATCH: i64 = 2_000;
const ROUNDS: usize = 5;
const NOON: i64 = 1_763_550_000;
const SCHEMA: [&str; 2] =
    [include_str!("../../archive/schema/0001_archive.sql"), include_str!("../../archive/schema/0002_integrity.sql")];

fn main() {
    let batches: Vec<Vec<Change>> = (0..BATCHES).map(batch).collect();
    let mut times = [const { Vec::new() }; 5];
    for _ in 0..ROUNDS {
        times[0].push(ours(&batches));
        times[1].push(inserts(&batches, true, true));
        times[2].push(inserts(&batches, true, false));
        times[3].push(inserts(&batches, false, true));
        times[4].push(inserts(&batches, false, false));
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort_unstable();
        times[ROUNDS / 2].as_secs_f64()
    };
    let [ours, rest @ ..] = times.each_mut().map(median);
    println!("append {} messages, {BATCH} in a transaction (multiples of ours: 0.50 is twice as fast)", BATCHES * BATCH);
    let names = [
        "SQLCipher, versions and projection",
        "SQLCipher, versions only",
        "SQLite, versions and projection",
        "SQLite, versions only",
    ];
    for (name, time) in names.iter().zip(rest) {
        println!("  plain inserts: {name:<38} {:.2}", time / ours);
    }
}

fn text(n: i64) -> String {
    let words = ["договор", "поставка", "смета", "отгрузка", "пожалуйста", "завтра", "скидка", "согласовано"];
    let word = |shift: i64| words[((n * 7 + n / 3 + shift * 5) % 8) as usize];
    format!("№{n} {} {} {} {} {} {}", word(0), word(1), word(2), word(3), word(4), word(5))
}

fn batch(number: i64) -> Vec<Change> {
    let said = |n: i64| {
        Change::Posted(Box::new(Sighting {
            chat: ChatId::new(Some(AccountId(4001)), PeerId::user(555)),
            message: MessageId(n),
            sender: Some(PeerId::user(555)),
            sender_name: Some("Кирилл Громов".into()),
            direction: Direction::In,
            sent_at: Some(Timestamp(NOON + n * 60)),
            edited_at: None,
            content: Content::text(text(n)),
            reactions: vec![],
            seen_at: Timestamp(NOON + n * 60),
            source: Source::Live,
        }))
    };
    (number * BATCH..(number + 1) * BATCH).map(said).collect()
}

fn ours(batches: &[Vec<Change>]) -> Duration {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Archive::at(dir.path(), Subkey::from_bytes([3; 32])).writer().unwrap();
    let begun = Instant::now();
    for batch in batches {
        writer.append(batch).unwrap();
    }
    begun.elapsed()
}

fn open(folder: &Path, encrypted: bool) -> Connection {
    let connection = Connection::open(folder.join(FILE)).unwrap();
    if encrypted {
        connection.pragma_update(None, "key", format!("x'{}'", "03".repeat(32))).unwrap();
    }
    let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16000; PRAGMA foreign_keys = OFF;";
    connection.execute_batch(settings).unwrap();
    SCHEMA.iter().for_each(|sql| connection.execute_batch(sql).unwrap());
    connection
}

fn inserts(batches: &[Vec<Change>], encrypted: bool, projection: bool) -> Duration {
    let dir = tempfile::tempdir().unwrap();
    let mut connection = open(dir.path(), encrypted);
    let begun = Instant::now();
    let mut seq = 0i64;
    for batch in batches {
        let sql = connection.transaction().unwrap();
        for change in batch {
            let Change::Posted(said) = change else { continue };
            seq += 1;
            insert(&sql, said, seq, projection);
        }
        sql.commit().unwrap();
    }
    begun.elapsed()
}

fn insert(sql: &Connection, said: &Sighting, seq: i64, projection: bool) {
    let (id, at) = (said.message.0, said.seen_at.0);
    sql.prepare_cached(
        "INSERT INTO message_versions (chat, message, seq, what, account, salt, seen_at, source, again, sender_kind, sender_id,
           sender_name, outgoing, sent_at, content_hash, kind, text)
         VALUES (1, ?1, ?2, 'content', 4001, ?3, ?4, 'live', 0, 'user', 555, ?5, 0, ?4, ?6, 'text', ?7)",
    )
    .unwrap()
    .execute(params![id, seq, [7u8; 16], at, said.sender_name, [9u8; 32], said.content.text])
    .unwrap();
    if projection {
        sql.prepare_cached(
            "INSERT INTO messages (chat, message, sender_kind, sender_id, sender_name, outgoing, sent_at, seq, versions, kind)
             VALUES (1, ?1, 'user', 555, ?2, 0, ?3, ?4, 1, 'text')",
        )
        .unwrap()
        .execute(params![id, said.sender_name, at, seq])
        .unwrap();
    }
}
