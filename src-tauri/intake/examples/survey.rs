//! Prints what a source holds, in counts, and how fast it is read without an archive; shows no text and no name.
//! `cargo run --release -p letopis-intake --example survey -- PATH…`; `make:100:PATH` first writes a chat of 100 MB there.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a tool of developers: printing is its work, and it may stop")]

use letopis_intake::{Options, survey};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

fn main() {
    for argument in std::env::args().skip(1) {
        match argument.strip_prefix("make:").and_then(|rest| rest.split_once(':')) {
            Some((size, path)) => {
                let megabytes: u64 = size.parse().unwrap();
                letopis_testkit::big_chat(Path::new(path), megabytes * 2_700, megabytes * 1_000_000).unwrap();
            }
            None => show(&argument),
        }
    }
}

fn show(path: &str) {
    let start = Instant::now();
    let found = match survey(Path::new(path), &Options::default(), &mut |_, _| ControlFlow::Continue(())) {
        Err(error) => return println!("{path}: {error}"),
        Ok(found) => found,
    };
    let rate = found.bytes as f64 / 1e6 / start.elapsed().as_secs_f64();
    let mut problems: BTreeMap<String, u64> = BTreeMap::new();
    for problem in &found.problems {
        *problems.entry(format!("{:?}", problem.why)).or_default() += 1;
    }
    let files: u64 = found.chats.iter().map(|chat| chat.files).sum();
    let (chats, megabytes) = (found.chats.len(), found.bytes as f64 / 1e6);
    println!(
        "{path}: {} chats {chats} messages {} lost {} files {files} problems {problems:?} ({megabytes:.1} MB, {rate:.1} MB/s, peak {} kB)",
        found.format,
        found.messages,
        found.lost,
        letopis_testkit::process::memory("VmHWM").map_or("?".into(), |peak| peak.to_string())
    );
}
