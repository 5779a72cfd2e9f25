//! The fuzz targets' check on mutations of generated exports, the same in every run: no panic, no hang, counts that add up.
//! The corpus of the fuzz targets is written from here: `LETOPIS_WRITE=1 cargo test -p letopis-intake --test mutation`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop")]

#[path = "../fuzz/fuzz_targets/counts.rs"]
mod counts;

use letopis_testkit::{Age, hostile_chat, random_export};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

const CORPUS: usize = 12;

fn corpus() -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for seed in 0..CORPUS as u64 {
        let export = random_export(seed, 6);
        files.push((format!("json/{seed}"), if seed % 3 == 0 { export.to_minified() } else { export.to_json() }.into_bytes()));
        let pages = export.to_html(if seed % 3 == 0 { Age::WithoutOffset } else { Age::Now });
        let page = pages.into_iter().find(|(name, _)| name.ends_with("messages.html"));
        files.extend(page.map(|(_, text)| (format!("html/{seed}"), text.into_bytes())));
    }
    files
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus")
}

#[test]
fn the_corpus_is_small_and_current() {
    let files = corpus();
    assert!(files.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() < 400_000);
    for (name, bytes) in files {
        let path = folder().join(name);
        if std::env::var_os("LETOPIS_WRITE").is_some() {
            fs::write(&path, &bytes).unwrap();
        }
        assert!(fs::read(&path).unwrap() == bytes, "{} is not what the testkit writes now", path.display());
        counts::check(&bytes);
    }
}

#[test]
fn a_hostile_chat_adds_up() {
    counts::check(hostile_chat(5).to_json().as_bytes());
    counts::check(hostile_chat(5).to_html(Age::Now)[0].1.as_bytes());
}

/// A piece of one file put into another, a stretch removed, bytes overwritten.
fn mutated(mut bytes: Vec<u8>, other: &[u8], moves: &[(u8, usize, usize, u8)]) -> Vec<u8> {
    for (kind, at, len, byte) in moves {
        let from = at % (bytes.len() + 1);
        let to = (from + len % 300).min(bytes.len());
        match kind % 5 {
            0 => drop(bytes.drain(from..to)),
            1 => bytes[from..to].fill(*byte),
            2 => bytes.insert(from, *byte),
            3 => bytes.truncate(from.max(20)),
            _ => {
                let start = at % other.len().max(1);
                let piece = other[start..(start + len % 300).min(other.len())].to_vec();
                drop(bytes.splice(from..to, piece));
            }
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, rng_seed: proptest::test_runner::RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn mutations_bring_nothing_down(
        one in any::<prop::sample::Index>(),
        two in any::<prop::sample::Index>(),
        moves in prop::collection::vec(any::<(u8, usize, usize, u8)>(), 1..6),
    ) {
        let files = corpus();
        counts::check(&mutated(one.get(&files).1.clone(), &two.get(&files).1, &moves));
    }
}
