//! What a user would pick instead: FTS5 inside SQLCipher, contentless, over words stemmed beforehand by the same stemmer,
//! rows numbered by date (so newest first and dates are ranges of rows), the chat a word of a second column, beginnings of
//! three to five letters indexed for typing. And plain SQLite, for reading a page: the archive's own tables, and one flat table
//! of nothing but what a line on the screen shows. SQL stays here: no room of the program sees this.

use crate::KEY;
use letopis_archive::Reader;
use letopis_model::{ChatId, MessageId};
use letopis_search::plain::stems;
use letopis_testkit::Corpus;
use rusqlite::{Connection, params};
use std::path::Path;

#[derive(Default)]
pub struct Question {
    pub words: Vec<String>,
    pub best: bool,
    pub phrase: bool,
    pub prefix: bool,
    pub chat: Option<ChatId>,
    pub dates: Option<(i64, i64)>,
}

pub struct Rival {
    fts: Connection,
    plain: Connection,
}

fn stemmed(text: &str) -> String {
    let words = letopis_search::plain::tokens(text).into_iter();
    let words = words.filter(|t| t.kind == letopis_search::plain::TokenKind::Word).map(|t| stems(&t.text).0);
    words.collect::<Vec<_>>().join(" ")
}

fn encrypted(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    let hex: String = KEY.iter().map(|b| format!("{b:02x}")).collect();
    connection.execute_batch("PRAGMA cipher_log_level = NONE;").unwrap();
    connection.pragma_update(None, "key", format!("x'{hex}'")).unwrap();
    connection
}

/// The archive of `folder` with nothing encrypted, unless an earlier run made it.
pub fn unencrypted(folder: &Path) -> Reader {
    let path = folder.join("rival/archive.db");
    if !path.exists() {
        let part = path.with_extension("part");
        let archive = encrypted(&folder.join(letopis_archive::FILE));
        archive.execute("ATTACH DATABASE ?1 AS plain KEY ''", [part.to_string_lossy()]).unwrap();
        archive.query_row("SELECT sqlcipher_export('plain')", [], |_| Ok(())).unwrap();
        archive.execute_batch("PRAGMA plain.journal_mode = WAL; DETACH DATABASE plain;").unwrap();
        std::fs::rename(part, &path).unwrap();
    }
    Reader::unencrypted(&path).unwrap()
}

fn chat_word(chat: ChatId) -> String {
    format!("chat{}", chat.peer().id)
}

impl Rival {
    pub fn open(folder: &Path) -> Rival {
        let folder = folder.join("rival");
        std::fs::create_dir_all(&folder).unwrap();
        let fts = encrypted(&folder.join("fts.db"));
        fts.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -64000;
             CREATE VIRTUAL TABLE IF NOT EXISTS fts USING fts5 (stems, chat, content = '', tokenize = 'unicode61', prefix = '3 4 5');
             CREATE TABLE IF NOT EXISTS docs (n INTEGER PRIMARY KEY, at INTEGER NOT NULL);
             CREATE INDEX IF NOT EXISTS docs_by_date ON docs (at);",
        )
        .unwrap();
        let plain = Connection::open(folder.join("plain.db")).unwrap();
        plain
            .execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA cache_size = -2000;
                 CREATE TABLE IF NOT EXISTS messages (chat INTEGER, message INTEGER, sender TEXT, outgoing INTEGER, at INTEGER, kind TEXT, text TEXT,
                   PRIMARY KEY (chat, message)) WITHOUT ROWID;",
            )
            .unwrap();
        Rival { fts, plain }
    }

    pub fn fill(&mut self, corpus: &Corpus) {
        let sql = self.fts.transaction().unwrap();
        {
            let mut fts = sql.prepare("INSERT INTO fts (rowid, stems, chat) VALUES (?1, ?2, ?3)").unwrap();
            let mut docs = sql.prepare("INSERT INTO docs (n, at) VALUES (?1, ?2)").unwrap();
            for n in 0..corpus.messages {
                let text = corpus.text(n, n % 40 == 7);
                fts.execute(params![n as i64, stemmed(&text), chat_word(corpus.chat_of(n))]).unwrap();
                docs.execute(params![n as i64, corpus.sent_at(n)]).unwrap();
            }
        }
        sql.commit().unwrap();
        self.fts.execute_batch("INSERT INTO fts (fts) VALUES ('optimize'); PRAGMA wal_checkpoint(TRUNCATE);").unwrap();
        let sql = self.plain.transaction().unwrap();
        {
            let mut insert = sql.prepare("INSERT INTO messages VALUES (?1, ?2, ?3, ?4, ?5, 'text', ?6)").unwrap();
            for n in 0..corpus.messages {
                let row = params![
                    corpus.chat_of(n).peer().id,
                    n as i64 + 1,
                    "Клиент",
                    0,
                    corpus.sent_at(n),
                    corpus.text(n, n % 40 == 7)
                ];
                insert.execute(row).unwrap();
            }
        }
        sql.commit().unwrap();
        self.plain.execute_batch("PRAGMA wal_checkpoint(TRUNCATE);").unwrap();
    }

    /// Row numbers of the first 20.
    pub fn ask(&self, question: &Question) -> Vec<u64> {
        let stem = |word: &String| if question.prefix { word.clone() } else { stems(word).0 };
        let words: Vec<String> = question.words.iter().map(stem).collect();
        let mut text = match (question.phrase, question.prefix) {
            (true, _) => format!("stems : \"{}\"", words.join(" ")),
            (_, true) => format!("stems : \"{}\"*", words.join(" ")),
            _ => words.iter().map(|w| format!("stems : \"{w}\"")).collect::<Vec<_>>().join(" AND "),
        };
        if let Some(chat) = question.chat {
            text = format!("{text} AND chat : {}", chat_word(chat));
        }
        let mut sql = "SELECT rowid FROM fts WHERE fts MATCH ?1".to_owned();
        if let Some((from, to)) = question.dates {
            let row = |bound: &str, at| format!("(SELECT n FROM docs WHERE at {bound} {at} ORDER BY at, n LIMIT 1)");
            sql = format!("{sql} AND rowid >= {} AND rowid < {}", row(">=", from), row(">=", to));
        }
        let order = if question.best { "rank" } else { "rowid DESC" };
        let mut statement = self.fts.prepare_cached(&format!("{sql} ORDER BY {order} LIMIT 20")).unwrap();
        let rows = statement.query_map(params![text], |row| row.get::<_, i64>(0)).unwrap();
        rows.map(|n| n.unwrap() as u64).collect()
    }

    pub fn page(&self, chat: ChatId, message: MessageId) -> Vec<(i64, String, i64, i64, String, String)> {
        let sql = "SELECT * FROM (SELECT message, sender, outgoing, at, kind, text FROM messages WHERE chat = ?1 AND message < ?2
                     ORDER BY message DESC LIMIT 50) UNION ALL
                   SELECT * FROM (SELECT message, sender, outgoing, at, kind, text FROM messages WHERE chat = ?1 AND message >= ?2
                     ORDER BY message LIMIT 50)";
        let mut statement = self.plain.prepare_cached(sql).unwrap();
        let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?));
        statement.query_map(params![chat.peer().id, message.0], row).unwrap().collect::<Result<_, _>>().unwrap()
    }
}
