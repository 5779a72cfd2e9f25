//! Prints what a source holds, in counts: `cargo run --release -p letopis-intake --example survey -- PATH…`. Shows no text
//! and no name; also measures the readers alone, without an archive.
#![allow(clippy::print_stdout, reason = "this is its work")]

use letopis_intake::{Options, survey};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

fn main() {
    for path in std::env::args().skip(1) {
        let start = Instant::now();
        match survey(Path::new(&path), &Options::default(), &mut |_, _| ControlFlow::Continue(())) {
            Err(error) => println!("{path}: {error}"),
            Ok(found) => {
                let seconds = start.elapsed().as_secs_f64();
                let mut problems: BTreeMap<String, u64> = BTreeMap::new();
                for problem in &found.problems {
                    *problems.entry(format!("{:?}", problem.why)).or_default() += 1;
                }
                let files: u64 = found.chats.iter().map(|chat| chat.files).sum();
                let rate = found.bytes as f64 / 1e6 / seconds;
                println!(
                    "{path}: {} chats {} messages {} lost {} files {files} problems {problems:?} ({:.1} MB, {rate:.1} MB/s)",
                    found.format,
                    found.chats.len(),
                    found.messages,
                    found.lost,
                    found.bytes as f64 / 1e6,
                );
            }
        }
    }
}
