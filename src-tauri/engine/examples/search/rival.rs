//! What a user would pick instead: FTS5 inside SQLCipher, contentless, over words stemmed beforehand by the same stemmer,
//! rows numbered by date. And plain SQLite, for reading a page. SQL stays here: no room of the program sees this.

use crate::KEY;
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

impl Rival {
    pub fn create(folder: &Path) -> Rival {
        let folder = folder.join("rival");
        std::fs::create_dir_all(&folder).unwrap();
        let fts = Connection::open(folder.join("fts.db")).unwrap();
        let hex: String = KEY.iter().map(|b| format!("{b:02x}")).collect();
        fts.execute_batch("PRAGMA cipher_log_level = NONE;").unwrap();
        fts.pragma_update(None, "key", format!("x'{hex}'")).unwrap();
        fts.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -64000;
             CREATE VIRTUAL TABLE fts USING fts5 (stems, content = '', tokenize = 'unicode61');
             CREATE TABLE docs (n INTEGER PRIMARY KEY, chat INTEGER NOT NULL, at INTEGER NOT NULL);
             CREATE INDEX docs_by_chat ON docs (chat, at);",
        )
        .unwrap();
        let plain = Connection::open(folder.join("plain.db")).unwrap();
        plain
            .execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA cache_size = -2000;
                 CREATE TABLE messages (chat INTEGER, message INTEGER, sender TEXT, outgoing INTEGER, at INTEGER, kind TEXT, text TEXT,
                   PRIMARY KEY (chat, message)) WITHOUT ROWID;",
            )
            .unwrap();
        Rival { fts, plain }
    }

    pub fn fill(&mut self, corpus: &Corpus) {
        let sql = self.fts.transaction().unwrap();
        {
            let mut fts = sql.prepare("INSERT INTO fts (rowid, stems) VALUES (?1, ?2)").unwrap();
            let mut docs = sql.prepare("INSERT INTO docs (n, chat, at) VALUES (?1, ?2, ?3)").unwrap();
            for n in 0..corpus.messages {
                let text = corpus.text(n, n % 40 == 7);
                fts.execute(params![n as i64, stemmed(&text)]).unwrap();
                docs.execute(params![n as i64, corpus.chat_of(n).peer().id, corpus.sent_at(n)]).unwrap();
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
        let text = match (question.phrase, question.prefix) {
            (true, _) => format!("\"{}\"", words.join(" ")),
            (_, true) => format!("\"{}\"*", words.join(" ")),
            _ => words.iter().map(|w| format!("\"{w}\"")).collect::<Vec<_>>().join(" AND "),
        };
        let (sql, chat, dates) = match (question.chat, question.dates) {
            (Some(chat), Some(dates)) => (
                "SELECT f.rowid FROM fts f JOIN docs d ON d.n = f.rowid WHERE fts MATCH ?1 AND d.chat = ?2 AND d.at >= ?3 AND d.at < ?4
                 ORDER BY f.rowid DESC LIMIT 20",
                chat.peer().id,
                dates,
            ),
            _ if question.best => ("SELECT rowid FROM fts WHERE fts MATCH ?1 AND ?2 = ?3 AND ?3 = ?4 ORDER BY rank LIMIT 20", 0, (0, 0)),
            _ => ("SELECT rowid FROM fts WHERE fts MATCH ?1 AND ?2 = ?3 AND ?3 = ?4 ORDER BY rowid DESC LIMIT 20", 0, (0, 0)),
        };
        let mut statement = self.fts.prepare_cached(sql).unwrap();
        let rows = statement.query_map(params![text, chat, dates.0, dates.1], |row| row.get::<_, i64>(0)).unwrap();
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
