//! `cargo xtask bench search [MESSAGES]`: our sealed index, the same index on plain files, and what a user would pick
//! instead, FTS5 inside SQLCipher, in one run. Each class of queries is asked of all three in turn, each answer with its 20
//! messages read from the archive and marked. Ratios are to ours: 2.0 is twice as slow. Never part of the program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a bench is run by developers and may stop")]

mod build;
mod classes;
mod rival;

use build::Bench;
use classes::{Ask, CLASSES, asks};
use letopis_archive::{Anchor, Reader};
use letopis_model::MessageLink;
use letopis_search::{Condition, Highlighter, SearchIndex, parse};
use letopis_vault::Subkey;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

const ROUNDS: usize = 5;
const PAGE: usize = 20;
pub const KEY: [u8; 32] = [11; 32];

pub fn key() -> Subkey {
    Subkey::from_bytes(KEY)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [child, how, folder] = arguments.as_slice()
        && child == "--child"
    {
        return in_child(how, Path::new(folder));
    }
    let messages = arguments.first().and_then(|n| n.parse().ok()).unwrap_or(200_000);
    let dir = tempfile::tempdir().unwrap();
    let bench = Bench::build(dir.path(), messages);
    println!("\n{messages} messages, {} cores. Ratios to ours (sealed): 2.00 is twice as slow.\n", cores());
    println!(
        "{:<34} {:>10} {:>10} {:>12} {:>12} {:>12} {:>12}",
        "", "ours, ms", "p95, ms", "plain", "plain p95", "FTS5", "FTS5 p95"
    );
    for class in CLASSES {
        let asks = asks(class, &bench.corpus);
        let mut times = Times::default();
        for ask in &asks {
            for _ in 0..ROUNDS {
                times.ours.push(timed(|| answer(&bench.sealed, &bench.reader, ask)));
                times.plain.push(timed(|| answer(&bench.plain, &bench.reader, ask)));
                if let Some(rival) = &ask.rival {
                    times.fts.push(timed(|| {
                        let found = bench.rival.ask(rival);
                        show(&bench.reader, ask, found.iter().map(|n| bench.link(*n)));
                    }));
                }
            }
        }
        times.print(class);
    }
    opening(&bench);
    reading(&bench);
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

#[derive(Default)]
struct Times {
    ours: Vec<Duration>,
    plain: Vec<Duration>,
    fts: Vec<Duration>,
}

fn at(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    times.get(times.len() * percent / 100).or(times.last()).map_or(f64::NAN, |t| t.as_secs_f64() * 1000.0)
}

impl Times {
    fn print(mut self, class: &str) {
        let (ours, ours95) = (at(&mut self.ours, 50), at(&mut self.ours, 95));
        let ratio = |other: f64, ours: f64| if other.is_nan() { "—".to_owned() } else { format!("{:.2}", other / ours) };
        let (plain, plain95) = (at(&mut self.plain, 50), at(&mut self.plain, 95));
        let (fts, fts95) = (at(&mut self.fts, 50), at(&mut self.fts, 95));
        println!(
            "{class:<34} {ours:>10.3} {ours95:>10.3} {:>12} {:>12} {:>12} {:>12}",
            ratio(plain, ours),
            ratio(plain95, ours95),
            ratio(fts, ours),
            ratio(fts95, ours95)
        );
    }
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// One page, as the program gives it: what was meant instead included.
fn answer(index: &SearchIndex, reader: &Reader, ask: &Ask) {
    let parsed = parse(&ask.query).unwrap();
    let clauses = if ask.mistyped && !index.matches_any(&parsed.clauses, &ask.condition).unwrap() {
        index.instead(&ask.query, &parsed, &ask.condition).unwrap().map_or(parsed.clauses.clone(), |i| i.parsed.clauses)
    } else {
        parsed.clauses
    };
    let hits = index.page(&clauses, &ask.condition, ask.sort, (0, PAGE), ask.now).unwrap();
    show(reader, ask, hits.iter().map(|hit| hit.row.link));
}

fn show(reader: &Reader, ask: &Ask, links: impl Iterator<Item = MessageLink>) {
    let marker = Highlighter::new(&parse(&ask.query).unwrap().clauses);
    for link in links {
        let message = reader.message(link).unwrap().unwrap();
        black_box(marker.spans(&message.content.text));
    }
}

/// Opening and the first query, and the memory a process holds after many, each in a process of its own.
fn opening(bench: &Bench) {
    println!();
    let mut first: Option<(f64, f64)> = None;
    for how in ["sealed", "plain", "whole"] {
        let folder = if how == "plain" { &bench.plain_folder } else { &bench.sealed_folder };
        let out =
            std::process::Command::new(std::env::current_exe().unwrap()).args(["--child", how]).arg(folder).output().unwrap();
        let text = String::from_utf8(out.stdout).unwrap();
        let mut numbers = text.split_whitespace().map(|n| n.parse::<f64>().unwrap_or(f64::NAN));
        let (open, memory, reload) = (numbers.next().unwrap(), numbers.next().unwrap(), numbers.next().unwrap());
        let (ours_open, ours_reload) = *first.get_or_insert((open, reload));
        println!(
            "{how:<8} open + first query {open:.1} ms ({:.2} of ours), private memory after 200 queries {memory:.0} MB, commit of 10 + reload {reload:.1} ms ({:.2})",
            open / ours_open,
            reload / ours_reload
        );
    }
}

fn in_child(how: &str, folder: &Path) {
    let start = Instant::now();
    let index = match how {
        "sealed" => SearchIndex::open(folder, &key(), build::ARCHIVE),
        "plain" => SearchIndex::open_plain(folder, build::ARCHIVE),
        _ => SearchIndex::open_whole(folder, &key(), build::ARCHIVE),
    }
    .unwrap();
    let ask = |rank: u64| {
        let clauses = parse(&format!("{} ", letopis_testkit::word(rank))).unwrap().clauses;
        black_box(index.page(&clauses, &Condition::none(), letopis_search::Sort::Relevance, (0, PAGE), 0).unwrap());
    };
    ask(100);
    let open = start.elapsed();
    (0..200).for_each(|n| ask(60 + n * 37));
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let held = status.lines().find_map(|l| l.strip_prefix("RssAnon:")).and_then(|l| l.split_whitespace().next());
    let memory = held.and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1024.0;
    let corpus = letopis_testkit::Corpus { seed: 77, messages: 10 };
    let reload = timed(|| build::put(&index, &corpus, 0..10, index.cursor()));
    println!("{} {memory} {}", open.as_secs_f64() * 1000.0, reload.as_secs_f64() * 1000.0);
}

/// A page of 100 messages of one chat from the archive, against plain SQLite.
fn reading(bench: &Bench) {
    let chat = bench.corpus.chat(0);
    let mut ours = Vec::new();
    let mut plain = Vec::new();
    for at in 0..40u64 {
        let link = bench.nth_of_chat(chat, at);
        ours.push(timed(|| drop(black_box(bench.reader.page(chat, Anchor::Around(link.message), 100).unwrap()))));
        plain.push(timed(|| drop(black_box(bench.rival.page(chat, link.message)))));
    }
    let (ours, plain) = (at(&mut ours, 50), at(&mut plain, 50));
    println!(
        "a page of 100 messages: ours {ours:.3} ms, plain SQLite with a 2 MB cache {plain:.3} ms: {:.2} of it",
        ours / plain
    );
}
