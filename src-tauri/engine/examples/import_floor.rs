//! `cargo run --release -p letopis-engine --example import_floor -- [MB…]`: an import against the least that has to be done
//! (parse the JSON with a streaming parser, insert the same rows into SQLCipher), in one run, and the most memory that each
//! held. Two ratios: when the import is over, with the index following after it as it does in the window, and when
//! everything can be found too. Every measurement is a process of its own. Machines differ: the ratio is the result.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench is run by developers and may stop"
)]

use letopis_engine::model::Timestamp;
use letopis_engine::{Clock, Engine, ImportOptions, Job, Lang, TimeZone};
use letopis_testkit::big_chat;
use rusqlite::{Connection, params};
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::io::BufReader;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Messages in one transaction, as the engine has it.
const BATCH: usize = 2_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["ours", export, folder] => ours(Path::new(export), Path::new(folder)),
        ["floor", export, folder] => {
            let start = Instant::now();
            floor(Path::new(export), Path::new(folder));
            tell(start.elapsed(), start.elapsed());
        }
        [] => [10, 100].into_iter().for_each(compare),
        sizes => sizes.iter().for_each(|size| compare(size.parse().unwrap())),
    }
}

fn compare(megabytes: u64) {
    let folder = tempfile::tempdir().unwrap();
    let export = folder.path().join("result.json");
    big_chat(&export, megabytes * 2_700, megabytes * 1_000_000).unwrap();
    // Turn about, twice each, so that a noisy neighbour meets both; the better one counts.
    let mut best = [[f64::MAX; 2]; 2];
    let mut peak = [0; 2];
    for round in 0..2 {
        for (which, name) in ["floor", "ours"].into_iter().enumerate() {
            let place = folder.path().join(format!("{name}{round}"));
            let (seconds, kilobytes) = child(name, &export, &place);
            for (best, seconds) in best[which].iter_mut().zip(seconds) {
                *best = seconds.min(*best);
            }
            peak[which] = kilobytes.max(peak[which]);
            std::fs::remove_dir_all(place).unwrap();
        }
    }
    let [[floor, _], [imported, found]] = best;
    println!(
        "{megabytes} MB: imported at {:.2} of the floor, searchable at {:.2}; peak memory ours {} MB, floor {} MB",
        floor / imported,
        floor / found,
        peak[1] / 1024,
        peak[0] / 1024
    );
}

/// The seconds of the two moments, and the peak.
fn child(name: &str, export: &Path, place: &Path) -> ([f64; 2], u64) {
    std::fs::create_dir_all(place).unwrap();
    let out = Command::new(std::env::current_exe().unwrap()).arg(name).arg(export).arg(place).output().unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    let words: Vec<&str> = text.split_whitespace().collect();
    let [imported, found, kilobytes] = words[..] else { panic!("{}", String::from_utf8_lossy(&out.stderr)) };
    ([imported.parse().unwrap(), found.parse().unwrap()], kilobytes.parse().unwrap())
}

/// Seconds, and the most kilobytes that this process held.
fn tell(imported: Duration, found: Duration) {
    let peak = letopis_testkit::process::memory("VmHWM").unwrap_or(0);
    println!("{} {} {peak}", imported.as_secs_f64(), found.as_secs_f64());
}

fn ours(export: &Path, folder: &Path) {
    let engine = Engine::new(folder.join("archive"), Clock::fixed(Timestamp(1_788_264_000), TimeZone::UTC));
    engine.create("bench passphrase").unwrap();
    let archive = engine.archive().unwrap();
    archive.start_background(|| {}).unwrap();
    // Creating the archive derives a key on purpose slowly, once; that is no part of an import.
    let start = Instant::now();
    archive.import(export, &ImportOptions::default(), Lang::En, &mut Job::quiet()).unwrap();
    let imported = start.elapsed();
    while archive.not_indexed().unwrap() > 0 {
        std::thread::sleep(Duration::from_millis(20));
    }
    tell(imported, start.elapsed());
}

/// The rows of `message_versions` and `messages` with their keys and the index by date, and nothing else: no hashes, no
/// versions compared, no search index, no log.
fn floor(export: &Path, folder: &Path) {
    let sql = Connection::open(folder.join("floor.db")).unwrap();
    sql.pragma_update(None, "key", format!("x'{}'", "ab".repeat(32))).unwrap();
    sql.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16000;
         CREATE TABLE versions (chat INTEGER NOT NULL, message INTEGER NOT NULL, seq INTEGER NOT NULL UNIQUE, what TEXT NOT NULL,
           seen_at INTEGER NOT NULL, source TEXT NOT NULL, sender_kind TEXT, sender_id INTEGER, sender_name TEXT, outgoing INTEGER,
           sent_at INTEGER, edited_at INTEGER, content_hash BLOB, kind TEXT, text TEXT, rest TEXT,
           PRIMARY KEY (chat, message, seq)) STRICT, WITHOUT ROWID;
         CREATE TABLE messages (chat INTEGER NOT NULL, message INTEGER NOT NULL, sender_kind TEXT, sender_id INTEGER,
           sender_name TEXT NOT NULL, outgoing INTEGER NOT NULL, sent_at INTEGER, edited_at INTEGER, seq INTEGER,
           versions INTEGER NOT NULL, kind TEXT NOT NULL, PRIMARY KEY (chat, message)) STRICT, WITHOUT ROWID;
         CREATE INDEX messages_by_date ON messages (chat, sent_at, message);
         BEGIN",
    )
    .unwrap();
    let mut rows = Rows { sql, count: 0 };
    let file = BufReader::with_capacity(1 << 18, std::fs::File::open(export).unwrap());
    serde_json::Deserializer::from_reader(file).deserialize_map(Root(&mut rows)).unwrap();
    rows.sql.execute_batch("COMMIT").unwrap();
}

struct Rows {
    sql: Connection,
    count: usize,
}

#[derive(serde::Deserialize)]
struct Message {
    id: i64,
    date_unixtime: String,
    from: String,
    from_id: String,
    text: String,
}

impl Rows {
    fn insert(&mut self, message: &Message) {
        self.count += 1;
        let sent_at: i64 = message.date_unixtime.parse().unwrap();
        let sender: i64 = message.from_id.trim_start_matches("user").parse().unwrap();
        let out = sender == 4001;
        let hash = [0_u8; 32];
        let mut version = self
            .sql
            .prepare_cached(
                "INSERT INTO versions VALUES (1, ?1, ?2, 'content', 1788264000, 'import', 'user', ?3, ?4, ?5, ?6, NULL, ?7, 'text', ?8, '{}')",
            )
            .unwrap();
        version.execute(params![message.id, self.count as i64, sender, message.from, out, sent_at, hash, message.text]).unwrap();
        let mut current =
            self.sql.prepare_cached("INSERT INTO messages VALUES (1, ?1, 'user', ?2, ?3, ?4, ?5, NULL, ?6, 1, 'text')").unwrap();
        current.execute(params![message.id, sender, message.from, out, sent_at, self.count as i64]).unwrap();
        drop((version, current));
        if self.count.is_multiple_of(BATCH) {
            self.sql.execute_batch("COMMIT; BEGIN").unwrap();
        }
    }
}

struct Root<'a>(&'a mut Rows);

impl<'de> Visitor<'de> for Root<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a chat")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == "messages" {
                map.next_value_seed(Messages(self.0))?;
            } else {
                map.next_value::<serde::de::IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

struct Messages<'a>(&'a mut Rows);

impl<'de> serde::de::DeserializeSeed<'de> for Messages<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Messages<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("messages")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(message) = seq.next_element::<Message>()? {
            self.0.insert(&message);
        }
        Ok(())
    }
}
