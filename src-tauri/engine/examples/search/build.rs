//! The same messages in the archive, in a sealed and in a plain index, and in the rival's database.

use crate::key;
use crate::rival::Rival;
use letopis_archive::{Archive, Writer};
use letopis_model::{ChatId, MessageId, MessageLink, Seq};
use letopis_search::{Doc, SearchIndex, Text};
use letopis_testkit::Corpus;
use std::ops::Range;
use std::path::Path;

pub const ARCHIVE: &str = "bench";
const BATCH: u64 = 8_000;

/// The messages of every side.
pub fn corpus(messages: u64) -> Corpus {
    Corpus { seed: 5, messages }
}

/// All sides in `folder`, unless it holds the same from an earlier run.
pub fn ensure(folder: &Path, messages: u64) {
    let figures = folder.join(format!("built-{messages}"));
    let told = std::fs::read_to_string(&figures).unwrap_or_else(|_| {
        let told = build(folder, &corpus(messages));
        std::fs::write(&figures, &told).unwrap();
        told
    });
    print!("{told}");
}

pub fn link(corpus: &Corpus, n: u64) -> MessageLink {
    MessageLink::new(corpus.chat_of(n), MessageId(n as i64 + 1))
}

/// A message of a chat, at this one of so many places.
pub fn nth_of_chat(corpus: &Corpus, chat: ChatId, at: u64, places: u64) -> MessageLink {
    let from = corpus.messages / (places + 1) * at;
    let n = (from..corpus.messages).find(|n| corpus.chat_of(*n) == chat).unwrap_or(0);
    link(corpus, n)
}

/// Everything anew; what is told of it.
fn build(folder: &Path, corpus: &Corpus) -> String {
    let messages = corpus.messages;
    let mut writer = Archive::at(folder, key()).writer().unwrap();
    writer.append(&corpus.heads()).unwrap();
    let archived = cpu(|| {
        archive(&mut writer, corpus, 0..messages);
    });
    let (sealed, plain) = (folder.join("sealed"), folder.join("plain"));
    let ours = cpu(|| fill(&SearchIndex::open(&sealed, &key(), ARCHIVE).unwrap(), corpus, 0..messages));
    let open = cpu(|| fill(&SearchIndex::open_plain(&plain, ARCHIVE).unwrap(), corpus, 0..messages));
    let fts = cpu(|| Rival::open(folder).fill(corpus));
    let each = |seconds: f64| messages as f64 / seconds;
    format!(
        "indexed: {:.0} messages a CPU second, {:.2} of plain; archived {:.0}; FTS5 inside SQLCipher {:.0}\non the disk, MB: ours {}, plain {}, FTS5 and plain SQLite {}\n",
        each(ours),
        open / ours,
        each(archived),
        each(fts),
        size(&sealed),
        size(&plain),
        size(&folder.join("rival"))
    )
}

/// These messages into the archive.
pub fn archive(writer: &mut Writer, corpus: &Corpus, range: Range<u64>) {
    for from in range.clone().step_by(BATCH as usize) {
        let batch: Vec<_> = (from..(from + BATCH).min(range.end)).flat_map(|n| corpus.changes(n)).collect();
        writer.append(&batch).unwrap();
    }
    writer.checkpoint().unwrap();
}

/// These messages into an index, and its parts merged as they are in the program.
pub fn fill(index: &SearchIndex, corpus: &Corpus, range: Range<u64>) {
    for from in range.clone().step_by(BATCH as usize) {
        put(index, corpus, from..(from + BATCH).min(range.end), Seq(from + BATCH));
    }
    index.settle().unwrap();
}

pub fn put(index: &SearchIndex, corpus: &Corpus, range: Range<u64>, cursor: Seq) {
    let texts: Vec<(u64, Vec<String>, Vec<String>)> = range
        .map(|n| {
            let mut texts = vec![corpus.text(n, false)];
            if n % 40 == 7 {
                texts.insert(0, corpus.text(n, true));
            }
            (n, texts, corpus.chat_of(n).account().map(|a| a.0.to_string()).into_iter().collect())
        })
        .collect();
    let docs = texts.iter().map(|(n, texts, managers)| Doc {
        link: MessageLink::new(corpus.chat_of(*n), MessageId(*n as i64 + 1)),
        managers,
        sender: "Клиент",
        direction: letopis_model::Direction::In,
        kind: letopis_model::MessageKind::Text,
        sent_at: Some(letopis_model::Timestamp(corpus.sent_at(*n))),
        deleted: n % 60 == 11,
        edited: texts.len() > 1,
        forwarded: false,
        reply: false,
        file: false,
        texts: (0..).zip(texts).map(|(version, text)| Text { version, parts: vec![text], linked: false }).collect(),
        replaces: false,
    });
    index.put(docs, cursor).unwrap();
}

/// Seconds of processor time, all threads: other work on the machine does not count.
pub fn cpu(work: impl FnOnce()) -> f64 {
    let spent = || letopis_testkit::process::processor().unwrap_or(0.0);
    let before = spent();
    work();
    (spent() - before).max(0.01)
}

pub fn size(folder: &Path) -> u64 {
    let files = std::fs::read_dir(folder).unwrap();
    files.map(|entry| entry.unwrap().metadata().unwrap().len()).sum::<u64>() >> 20
}
