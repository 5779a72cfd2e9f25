//! `cargo xtask bench search [MESSAGES] [FOLDER] [CLASS]`: our sealed index, the same index on plain files, and what a user would
//! pick instead, FTS5 inside SQLCipher, in one run. Each class of queries is asked of all three, and each in turn goes first:
//! whoever goes first finds the archive's pages cold. Two tables: the search alone, and with its 20 messages read from the
//! archive and marked, which costs the same on every side. Ratios are to ours: 2.0 is twice as slow. Times are of the
//! processor, so other work on the machine does not count. What FOLDER holds from an earlier run is not built again.
//! `bench search cost [MESSAGES…]` grows one archive and its index through these sizes instead (100,000 to 10 million), and says
//! at each what a search costs by the clock, beside one frame of a screen. Never part of the program.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench is run by developers and may stop"
)]

mod build;
mod classes;
mod cost;
mod rival;

use build::Bench;
use classes::{Ask, CLASSES, asks};
use letopis_archive::{Anchor, Reader};
use letopis_model::MessageLink;
use letopis_search::{Clause, Condition, Highlighter, SearchIndex, parse};
use letopis_vault::Subkey;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

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
    if arguments.first().is_some_and(|word| word == "cost") {
        return cost::table(&arguments[1..].iter().map(|size| size.parse().unwrap()).collect::<Vec<_>>());
    }
    let messages = arguments.first().and_then(|n| n.parse().ok()).unwrap_or(200_000);
    let dir = tempfile::tempdir().unwrap();
    let folder = arguments.get(1).map_or(dir.path(), Path::new);
    let bench = Bench::at(folder, messages);
    println!("\n{messages} messages, {} cores. Ratios to ours (sealed): 2.00 is twice as slow.", cores());
    for (what, shown) in [("search alone", false), ("with snippets", true)] {
        println!(
            "\n{what:<34} {:>10} {:>10} {:>12} {:>12} {:>12} {:>12} {:>12} {:>12}",
            "ours, ms", "p95, ms", "ours/plain", "p95", "FTS5", "FTS5 p95", "hits", "FTS5 hits"
        );
        for class in CLASSES.iter().filter(|class| arguments.get(2).is_none_or(|only| class.contains(only.as_str()))) {
            compare(&bench, class, shown);
        }
    }
    reading(&bench);
    let (sealed, plain) = (bench.sealed_folder.clone(), bench.plain_folder.clone());
    // An index has one writer, and those that follow write.
    drop(bench);
    opening(&sealed, &plain);
}

fn compare(bench: &Bench, class: &str, shown: bool) {
    let mut times = Times::default();
    for (number, ask) in asks(class, &bench.corpus, bench.corpus.messages).iter().enumerate() {
        for round in 0..ROUNDS {
            for side in (0..3).map(|side| (side + number + round) % 3) {
                times.take(bench, ask, side, shown);
            }
        }
    }
    times.print(class);
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

#[derive(Default)]
struct Times {
    ours: Vec<Duration>,
    plain: Vec<Duration>,
    fts: Vec<Duration>,
    hits: usize,
    fts_hits: usize,
}

fn at(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    times.get(times.len() * percent / 100).or(times.last()).map_or(f64::NAN, |t| t.as_secs_f64() * 1000.0)
}

impl Times {
    fn take(&mut self, bench: &Bench, ask: &Ask, side: usize, shown: bool) {
        match (side, &ask.rival) {
            (0, _) => self.ours.push(timed(|| self.hits += answer(&bench.sealed, &bench.reader, ask, shown))),
            (1, _) => self.plain.push(timed(|| {
                let _ = answer(&bench.plain, &bench.reader, ask, shown);
            })),
            (_, None) => {}
            (_, Some(rival)) => self.fts.push(timed(|| {
                let found = bench.rival.ask(rival);
                self.fts_hits += found.len();
                if shown {
                    show(&bench.reader, &parse(&ask.query).unwrap().clauses, found.iter().map(|n| bench.link(*n)));
                }
            })),
        }
    }

    fn print(mut self, class: &str) {
        let (ours, ours95) = (at(&mut self.ours, 50), at(&mut self.ours, 95));
        let ratio = |a: f64, b: f64| if (a / b).is_nan() { "—".to_owned() } else { format!("{:.2}", a / b) };
        let (plain, plain95) = (at(&mut self.plain, 50), at(&mut self.plain, 95));
        let (fts, fts95) = (at(&mut self.fts, 50), at(&mut self.fts, 95));
        println!(
            "{class:<34} {ours:>10.3} {ours95:>10.3} {:>12} {:>12} {:>12} {:>12} {:>12} {:>12}",
            ratio(ours, plain),
            ratio(ours95, plain95),
            ratio(fts, ours),
            ratio(fts95, ours95),
            self.hits,
            self.fts_hits
        );
    }
}

/// Processor time of this thread: everything that is timed runs on it.
fn now() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// What the one before freed is put in order first: FTS5 leaves a million crumbs when it sorts, an allocator looks through ten
/// thousand of them at a time, and whoever came next paid for all.
fn timed(work: impl FnOnce()) -> Duration {
    (0..200).for_each(|_| drop(black_box(Vec::<u8>::with_capacity(100_000))));
    let start = now();
    work();
    now() - start
}

/// One page, as the program gives it: what was meant instead included. How many hits it has.
pub fn answer(index: &SearchIndex, reader: &Reader, ask: &Ask, shown: bool) -> usize {
    let parsed = parse(&ask.query).unwrap();
    let clauses = if ask.mistyped && !index.matches_any(&parsed.clauses, &ask.condition).unwrap() {
        index.instead(&ask.query, &parsed, &ask.condition).unwrap().map_or(parsed.clauses.clone(), |i| i.parsed.clauses)
    } else {
        parsed.clauses
    };
    let hits = index.page(&clauses, &ask.condition, ask.sort, (0, PAGE), ask.now).unwrap();
    if shown {
        show(reader, &clauses, hits.iter().map(|hit| hit.row.link));
    }
    black_box(hits.len())
}

fn show(reader: &Reader, clauses: &[Clause], links: impl Iterator<Item = MessageLink>) {
    let marker = Highlighter::new(clauses);
    for link in links {
        let message = reader.message(link).unwrap().unwrap();
        black_box(marker.spans(&message.content.text));
    }
}

/// Opening and the first query, and the memory a process holds after many, each in a process of its own: the middle of
/// five turns.
fn opening(sealed: &Path, plain: &Path) {
    println!();
    let mut turns: BTreeMap<&str, Vec<[f64; 3]>> = BTreeMap::new();
    for how in (0..5).flat_map(|_| ["sealed", "plain", "whole"]) {
        let folder = if how == "plain" { plain } else { sealed };
        turns.entry(how).or_default().push(child(how, folder));
    }
    let middle = |how: &str, at: usize| {
        let mut all: Vec<f64> = turns[how].iter().map(|turn| turn[at]).collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    for how in ["sealed", "plain", "whole"] {
        let [open, memory, reload] = [0, 1, 2].map(|at| middle(how, at));
        println!(
            "{how:<8} open + first query {open:.1} ms ({:.2} of plain), private memory after 200 queries {memory:.0} MB ({:+.0}), reload after a commit of 10: {reload:.2} ms ({:.2} of ours)",
            open / middle("plain", 0),
            memory - middle("plain", 1),
            reload / middle("sealed", 2)
        );
    }
}

/// Milliseconds of opening and the first query, private megabytes after 200 queries, milliseconds of a reload. On a copy: a
/// child commits.
fn child(how: &str, folder: &Path) -> [f64; 3] {
    let copy = tempfile::tempdir_in(folder.parent().unwrap()).unwrap();
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
    }
    let me = std::env::current_exe().unwrap();
    let out = std::process::Command::new(me).args(["--child", how]).arg(copy.path()).output().unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    let numbers: Vec<f64> = text.split_whitespace().map(|n| n.parse().unwrap()).collect();
    numbers.try_into().unwrap()
}

fn in_child(how: &str, folder: &Path) {
    let start = now();
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
    let open = now() - start;
    (0..200).for_each(|n| ask(60 + n * 37));
    let memory = letopis_testkit::process::memory("RssAnon").map_or(f64::NAN, |held| held as f64) / 1024.0;
    let corpus = letopis_testkit::Corpus { seed: 77, messages: 10 };
    // What this thread does of it: the index is opened anew for searches, and the first of them reads what it needs.
    let reload = timed(|| {
        build::put(&index, &corpus, 0..10, index.cursor());
        ask(100);
    });
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
    let [ours, ours95] = [50, 95].map(|percent| at(&mut ours, percent));
    let [plain, plain95] = [50, 95].map(|percent| at(&mut plain, percent));
    println!(
        "a page of 100 messages: ours {ours:.3} ms, plain SQLite with a 2 MB cache {plain:.3} ms: {:.2} of it, p95 {:.2}",
        ours / plain,
        ours95 / plain95
    );
}
