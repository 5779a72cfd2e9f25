//! `cargo xtask bench`: each row compares three ways of doing the same thing in one run, as multiples of ours. Machines
//! differ and are noisy, so no absolute time is printed. Ours carries encryption everywhere; the others do not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a bench is run by developers and may stop")]

use letopis_engine::model::Timestamp;
use letopis_engine::{Anchor, Clock, Engine, ImportOptions, Job, Lang, OpenArchive, SearchFilter, SearchRequest, Sort, TimeZone};
use letopis_testkit::big_chat;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

const MESSAGES: u64 = 100_000;
const ROUNDS: usize = 9;

fn main() {
    let dir = tempfile::tempdir().unwrap();
    let export = dir.path().join("result.json");
    big_chat(&export, MESSAGES, 36_000_000).unwrap();
    let engine = Engine::new(dir.path().join("archive"), Clock::fixed(Timestamp(1_788_264_000), TimeZone::UTC));
    engine.create("bench passphrase").unwrap();
    let archive = engine.archive().unwrap();

    println!("{MESSAGES} messages, one chat. Numbers are multiples of ours: 3.0 is three times slower.\n");
    println!("{:<44} {:>6} {:>34} {:>30}", "", "ours", "what a user would pick", "floor");
    let import = once(|| drop(archive.import(&export, &ImportOptions::default(), Lang::En, &mut Job::quiet()).unwrap()));
    row("import (ours: encrypt, version, index)", import, None, ("read and parse JSON", median(3, || parse(&export))));
    let text = std::fs::read(&export).unwrap();
    for word in [common_word(&archive), "нетакогослова".to_owned()] {
        let ours = median(ROUNDS, || search(&archive, &word));
        let grep = median(ROUNDS, || grep(&export, &word));
        let scan = median(ROUNDS, || {
            black_box(text.windows(word.len()).filter(|w| *w == word.as_bytes()).count());
        });
        row(
            &format!("find «{word}», 20 hits and facets"),
            ours,
            Some(("grep -i in the export", grep)),
            ("exact bytes in memory", scan),
        );
    }
    let chat = archive.chats().unwrap().first().unwrap().record.chat;
    for (name, anchor) in [("first", Anchor::First), ("last", Anchor::Last)] {
        let ours = median(ROUNDS, || drop(black_box(archive.page(chat, anchor, 100).unwrap())));
        row(
            &format!("open the {name} 100 messages"),
            ours,
            Some(("load the export anew", median(3, || parse(&export)))),
            ("read the file", median(3, || drop(std::fs::read(&export).unwrap()))),
        );
    }
}

fn once(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn median(rounds: usize, mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..rounds).map(|_| once(&mut work)).collect();
    times.sort_unstable();
    times.get(rounds / 2).copied().unwrap_or_default()
}

fn row(name: &str, ours: Duration, picked: Option<(&str, Duration)>, floor: (&str, Duration)) {
    let times = |other: Duration| other.as_secs_f64() / ours.as_secs_f64().max(1e-9);
    let picked = picked.map_or("—".to_owned(), |(what, took)| format!("{what} {:.2}", times(took)));
    println!("{name:<44} {:>6} {picked:>34} {:>30}", "1.00", format!("{} {:.2}", floor.0, times(floor.1)));
}

fn parse(export: &Path) {
    let file = std::io::BufReader::new(std::fs::File::open(export).unwrap());
    black_box(serde_json::from_reader::<_, serde_json::Value>(file).unwrap());
}

fn search(archive: &OpenArchive, word: &str) {
    let query = format!("{word} ");
    let request = SearchRequest { query: &query, filter: SearchFilter::default(), sort: Sort::Newest, offset: 0, limit: 20 };
    black_box(archive.search(&request).unwrap().total);
}

fn grep(export: &Path, word: &str) {
    let out =
        std::process::Command::new("grep").args(["-i", "-m", "20", word]).arg(export).env("LC_ALL", "C.UTF-8").output().unwrap();
    black_box(out.stdout.len());
}

/// A word that many messages hold.
fn common_word(archive: &OpenArchive) -> String {
    let chat = archive.chats().unwrap().first().unwrap().record.chat;
    let page = archive.page(chat, Anchor::Last, 100).unwrap();
    let words = page.messages.iter().flat_map(|m| m.content.text.split_whitespace());
    words.filter(|w| w.chars().count() > 5 && w.chars().all(char::is_alphabetic)).max().unwrap_or("сообщение").to_lowercase()
}
