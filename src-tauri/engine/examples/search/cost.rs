//! What a search costs in archives from small to very large: by the clock, as a person at the keyboard meets it.

use crate::build::{ARCHIVE, archive, cpu, fill, size};
use crate::classes::{CLASSES, asks};
use crate::{answer, at, child, key};
use letopis_archive::Archive;
use letopis_search::SearchIndex;
use letopis_testkit::Corpus;
use std::path::Path;
use std::time::{Duration, Instant};

const SIZES: [u64; 5] = [100_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000];
const ROUNDS: usize = 3;
/// Milliseconds: 60 pictures a second.
const FRAME: f64 = 1000.0 / 60.0;

/// One archive, grown through the sizes; empty: the usual ones.
pub fn table(sizes: &[u64]) {
    let sizes = if sizes.is_empty() { &SIZES } else { sizes };
    let dir = tempfile::tempdir().unwrap();
    let sealed = dir.path().join("sealed");
    let corpus = Corpus { seed: 5, messages: sizes.iter().copied().max().unwrap_or(1) };
    let mut writer = Archive::at(dir.path(), key()).writer().unwrap();
    writer.append(&corpus.heads()).unwrap();
    let mut held = 0;
    for size in sizes {
        archive(&mut writer, &corpus, held..*size);
        let indexing = cpu(|| fill(&SearchIndex::open(&sealed, &key(), ARCHIVE).unwrap(), &corpus, held..*size));
        row(dir.path(), &sealed, &corpus, *size, (*size - held) as f64 / indexing);
        held = *size;
    }
}

fn row(folder: &Path, sealed: &Path, corpus: &Corpus, held: u64, rate: f64) {
    let [open, memory, _] = child("sealed", sealed);
    println!(
        "\n{held} messages, {} cores: index {} MB on the disk, {rate:.0} messages a CPU second; opening and the first query {open:.1} ms, \
         private memory after 200 queries {memory:.0} MB",
        crate::cores(),
        self::size(sealed),
    );
    println!("{:<34} {:>12} {:>12} {:>16}", "page of 20 with snippets", "median, ms", "p95, ms", "p95, frames");
    let index = SearchIndex::open(sealed, &key(), ARCHIVE).unwrap();
    let reader = Archive::at(folder, key()).reader().unwrap();
    for class in CLASSES {
        let mut times: Vec<Duration> = Vec::new();
        for ask in asks(class, corpus, held) {
            for _ in 0..ROUNDS {
                let start = Instant::now();
                answer(&index, &reader, &ask, true);
                times.push(start.elapsed());
            }
        }
        let [middle, most] = [50, 95].map(|percent| at(&mut times, percent));
        println!("{class:<34} {middle:>12.2} {most:>12.2} {:>16.2}", most / FRAME);
    }
}
