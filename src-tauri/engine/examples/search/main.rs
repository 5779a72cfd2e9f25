//! `cargo xtask bench search [MESSAGES] [FOLDER] [CLASS]`: our sealed index, the same index on plain files, and what a user would
//! pick instead, FTS5 inside SQLCipher, in one run. Each side is a process of its own; each class of queries is asked of all
//! three by turns. Two tables: the search alone, and with its 20 messages read from the archive and marked, which costs the
//! same on every side. Ratios are to ours: 2.0 is twice as slow. Times are of the processor, so other work on the machine
//! counts little. Pages of a chat are compared with plain SQLite too. What FOLDER holds from an earlier run is not built again.
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
mod side;

use classes::{Ask, CLASSES};
use letopis_archive::{Anchor, Archive, Reader};
use letopis_model::MessageLink;
use letopis_search::{Clause, Condition, Highlighter, SearchIndex, parse};
use letopis_vault::Subkey;
use side::Side;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const SIDES: [&str; 3] = ["sealed", "plain", "fts"];
/// How often a question is asked in a row: the first time most of what it needs is still encrypted.
const ROUNDS: usize = 5;
/// Each with new processes: what is slowest one time in twenty needs many first times to be told.
const TURNS: usize = 3;
const PAGE: usize = 20;
/// Places of a chat at which a page is read.
const PLACES: u64 = 1000;
pub const KEY: [u8; 32] = [11; 32];

pub fn key() -> Subkey {
    Subkey::from_bytes(KEY)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["--child", how, folder] => in_child(how, Path::new(folder)),
        ["--pages", folder, messages] => pages(Path::new(folder), messages.parse().unwrap()),
        ["--side", how, folder, messages] => side::serve(how, Path::new(folder), messages.parse().unwrap()),
        ["cost", sizes @ ..] => cost::table(&sizes.iter().map(|size| size.parse().unwrap()).collect::<Vec<_>>()),
        given => compare(given),
    }
}

fn compare(arguments: &[&str]) {
    let messages = arguments.first().and_then(|n| n.parse().ok()).unwrap_or(200_000);
    let dir = tempfile::tempdir().unwrap();
    let folder = arguments.get(1).map_or(dir.path(), Path::new);
    build::ensure(folder, messages);
    println!("\n{messages} messages, {} cores. Ratios to ours (sealed): 2.00 is twice as slow.", cores());
    let asked: Vec<usize> =
        (0..CLASSES.len()).filter(|n| arguments.get(2).is_none_or(|only| CLASSES[*n].contains(only))).collect();
    let mut tables = [(); 2].map(|()| vec![<[Times; 3]>::default(); CLASSES.len()]);
    for _ in 0..TURNS {
        let mut sides = SIDES.map(|how| Side::start(how, folder, messages));
        for (shown, table) in [false, true].into_iter().zip(&mut tables) {
            asked.iter().for_each(|class| ask_all(&mut sides, *class, shown, &mut table[*class]));
        }
    }
    for (what, table) in ["search alone", "with snippets"].into_iter().zip(tables) {
        println!(
            "\n{what:<34} {:>10} {:>10} {:>12} {:>12} {:>12} {:>12} {:>12} {:>12}",
            "ours, ms", "p95, ms", "ours/plain", "p95", "FTS5", "FTS5 p95", "hits", "FTS5 hits"
        );
        table
            .into_iter()
            .enumerate()
            .filter(|(class, _)| asked.contains(class))
            .for_each(|(class, times)| print(CLASSES[class], times));
    }
    reading(folder, messages);
    opening(&folder.join("sealed"), &folder.join("plain"));
}

/// Every question of a class to all sides by turns. Sides read the same messages of the archive, and who is the first to do so
/// finds them far from the processor: each comes before each other equally often.
fn ask_all(sides: &mut [Side; 3], class: usize, shown: bool, times: &mut [Times; 3]) {
    const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [1, 0, 2], [2, 0, 1], [0, 2, 1], [1, 2, 0], [2, 1, 0]];
    for number in 0..classes::EACH {
        for round in 0..ROUNDS {
            for side in ORDERS[(number + round) % ORDERS.len()] {
                let (spent, hits) = sides[side].ask(class, number, shown);
                times[side].spent.push(spent);
                times[side].hits += hits;
            }
        }
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

#[derive(Clone, Default)]
struct Times {
    spent: Vec<Duration>,
    hits: usize,
}

fn at(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    times.get(times.len() * percent / 100).or(times.last()).map_or(f64::NAN, |t| t.as_secs_f64() * 1000.0)
}

fn print(class: &str, [mut ours, mut plain, mut fts]: [Times; 3]) {
    // The rival has no answer to a word that is spelled wrong.
    let answered = fts.hits > 0;
    let ratio = |a: f64, b: f64| if answered { format!("{:.2}", a / b) } else { "—".to_owned() };
    let [ours50, plain50, fts50] = [&mut ours, &mut plain, &mut fts].map(|side| at(&mut side.spent, 50));
    let [ours95, plain95, fts95] = [&mut ours, &mut plain, &mut fts].map(|side| at(&mut side.spent, 95));
    println!(
        "{class:<34} {ours50:>10.3} {ours95:>10.3} {:>12.2} {:>12.2} {:>12} {:>12} {:>12} {:>12}",
        ours50 / plain50,
        ours95 / plain95,
        ratio(fts50, ours50),
        ratio(fts95, ours95),
        ours.hits,
        fts.hits
    );
}

/// Processor time of this thread: everything that is timed runs on it.
fn now() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// The processor's time for some work, and what came of it.
fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = now();
    let done = work();
    (now() - start, done)
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
    let read = || -> Result<(), letopis_archive::Error> {
        for link in links {
            let message = reader.message(link)?.ok_or(letopis_archive::Error::NotFound)?;
            black_box(marker.spans(&message.content.text));
        }
        Ok(())
    };
    reader.at_once(read).unwrap();
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
    let middle = |how: &str, at: usize| middle(turns[how].iter().map(|turn| turn[at]).collect());
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
    told(Command::new(me()).args(["--child", how]).arg(copy.path()))
}

fn me() -> PathBuf {
    std::env::current_exe().unwrap()
}

/// The numbers that a process of ours prints.
fn told<const N: usize>(process: &mut Command) -> [f64; N] {
    let text = String::from_utf8(process.output().unwrap().stdout).unwrap();
    let numbers: Vec<f64> = text.split_whitespace().map(|n| n.parse().unwrap()).collect();
    numbers.try_into().unwrap()
}

fn middle(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
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
    let (reload, ()) = timed(|| {
        build::put(&index, &corpus, 0..10, index.cursor());
        ask(100);
    });
    println!("{} {memory} {}", open.as_secs_f64() * 1000.0, reload.as_secs_f64() * 1000.0);
}

/// A page of 100 messages of one chat from the archive, against plain SQLite with the 2 MB of cache it takes by itself: the
/// middle of five turns, each in a process of its own.
fn reading(folder: &Path, messages: u64) {
    rival::unencrypted(folder);
    let turns: Vec<[f64; 6]> =
        (0..5).map(|_| told(Command::new(me()).arg("--pages").arg(folder).arg(messages.to_string()))).collect();
    let middle = |of: &dyn Fn(&[f64; 6]) -> f64| middle(turns.iter().map(of).collect());
    println!("\na page of 100 messages: ours {:.3} ms, p95 {:.3}", middle(&|turn| turn[0]), middle(&|turn| turn[1]));
    for (side, what) in [(2, "the same tables in plain SQLite"), (4, "one flat table in plain SQLite")] {
        let [half, most] = [0, 1].map(|percent| middle(&|turn| turn[percent] / turn[side + percent]));
        println!("ours to {what}: {half:.2}, p95 {most:.2}");
    }
}

/// Median and 95th percentile, in milliseconds, of ours, of the same tables unencrypted, and of the flat one.
fn pages(folder: &Path, messages: u64) {
    let corpus = build::corpus(messages);
    let (ours, same, flat) =
        (Archive::at(folder, key()).reader().unwrap(), rival::unencrypted(folder), rival::Rival::open(folder));
    let chat = corpus.chat(0);
    let mut times: [Vec<Duration>; 3] = Default::default();
    for at in 0..PLACES {
        let link = build::nth_of_chat(&corpus, chat, at, PLACES);
        let page = |reader: &Reader| timed(|| drop(black_box(reader.page(chat, Anchor::Around(link.message), 100).unwrap()))).0;
        // By turns: whoever comes first finds the processor's cache full of others' things.
        for turn in 0..3 {
            match (at + turn) % 3 {
                0 => times[0].push(page(&ours)),
                1 => times[1].push(page(&same)),
                _ => times[2].push(timed(|| drop(black_box(flat.page(chat, link.message)))).0),
            }
        }
    }
    for side in &mut times {
        println!("{} {}", at(side, 50), at(side, 95));
    }
}
