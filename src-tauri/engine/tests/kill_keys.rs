//! Kill drill of the keys: a program that changes them is killed at random moments, and afterwards the archive opens with
//! the secrets it must open with, whole, and an unfinished change can be finished. A few rounds here; any number with
//! `LETOPIS_DRILL_ROUNDS=500`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may stop"
)]

use letopis_engine::{Clock, Engine, Failure, ImportOptions, Job, Lang, Secret};
use letopis_testkit::{ANNA, Export};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

const OLD: &str = "лес шумит над рекой";
const NEW: &str = "мост стоит через реку";
const MESSAGES: u64 = 400;
/// Files of messages, 64 KiB each.
const FILES: u8 = 24;
const FOLDER: &str = "LETOPIS_DRILL_FOLDER";
const WORK: &str = "LETOPIS_DRILL_WORK";

fn rounds() -> u64 {
    std::env::var("LETOPIS_DRILL_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(6)
}

fn engine(folder: &Path) -> Engine {
    Engine::new(folder.to_owned(), Clock::system())
}

fn file(n: u8) -> Vec<u8> {
    (0..65_536u32).map(|i| (i.wrapping_mul(u32::from(n) + 3) % 251) as u8).collect()
}

fn make(dir: &Path) -> PathBuf {
    let folder = dir.join("archive");
    let engine = engine(&folder);
    engine.create(OLD).unwrap();
    let chat = (0..MESSAGES)
        .fold(Export::single_chat("Кирилл · Промстрой", 555).owner(ANNA.id, ANNA.name), |chat, n| {
            chat.incoming(&format!("Пункт {n} договора: срок 15 дней"))
        });
    let path = dir.join("result.json");
    std::fs::write(&path, chat.to_json()).unwrap();
    let archive = engine.archive().unwrap();
    archive.import(&path, &ImportOptions::default(), Lang::Ru, &mut Job::quiet()).unwrap();
    for n in 0..FILES {
        archive.blobs().put(&file(n)[..]).unwrap();
    }
    folder
}

/// The child's part: says what it is about to do, does it, says that it is done, until it is killed.
#[test]
fn the_work_that_is_killed() {
    let (Ok(folder), Ok(work)) = (std::env::var(FOLDER), std::env::var(WORK)) else { return };
    let engine = engine(Path::new(&folder));
    match work.as_str() {
        "rekey" => {
            let words = engine.draft_recovery_key(&Secret::Passphrase(OLD)).unwrap();
            println!("begins {}", *words);
            engine.rekey(OLD, &words, &mut telling()).unwrap();
        }
        "finish" => {
            println!("begins");
            engine.finish_rekey(&Secret::Passphrase(OLD), &mut telling()).unwrap();
        }
        "passphrase" => {
            println!("begins");
            for (old, new) in [(OLD, NEW), (NEW, OLD)].into_iter().cycle() {
                engine.change_passphrase(&Secret::Passphrase(old), new).unwrap();
            }
        }
        other => panic!("{other}"),
    }
    println!("ends");
}

/// Says when the keys are derived, which takes most of the time, and the archive itself begins to change.
fn telling() -> Job<'static> {
    Job::new(Arc::default(), |_| println!("moves"))
}

/// A child at work, and the recovery key's words, if it said them.
struct Working {
    child: Child,
    lines: Box<dyn Iterator<Item = String>>,
    words: String,
}

fn start(folder: &Path, work: &str) -> Working {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_work_that_is_killed", "--nocapture"])
        .env(FOLDER, folder)
        .env(WORK, work)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    // The test runner may write before it on the same line.
    let words = lines.find_map(|line| line.split_once("begins").map(|(_, words)| words.trim().to_owned())).unwrap();
    Working { child, lines: Box::new(lines), words }
}

impl Working {
    fn hear(&mut self, word: &str) -> bool {
        self.lines.any(|line| line.ends_with(word))
    }
}

/// How long the work takes on this machine, today, when nobody disturbs it: until the archive changes, and from then on.
fn pace(folder: &Path, work: &str) -> [Duration; 2] {
    let mut working = start(folder, work);
    let begun = Instant::now();
    assert!(working.hear("moves"), "{work} moved nothing");
    let before = begun.elapsed();
    assert!(working.hear("ends"), "{work} did not end");
    working.child.wait().unwrap();
    [before, begun.elapsed() - before]
}

/// Starts the work and kills it a while after it began, or after it said something.
fn kill(folder: &Path, work: &str, said: Option<&str>, after: Duration) -> String {
    let mut working = start(folder, work);
    if let Some(word) = said {
        working.hear(word);
    }
    std::thread::sleep(after);
    // It may have ended by itself; killing what is gone does no harm.
    let _ = working.child.kill();
    working.child.wait().unwrap();
    working.words
}

#[track_caller]
fn is_whole(engine: &Engine, round: u64) {
    let archive = engine.archive().unwrap();
    assert_eq!(archive.totals().unwrap().messages, MESSAGES, "round {round}");
    archive.catch_up(&mut Job::quiet()).unwrap();
    let damaged = archive.verify(true, &mut Job::quiet()).unwrap().damaged;
    assert!(damaged.is_empty(), "round {round}: {damaged:?}");
    for n in 0..FILES {
        let is_new = archive.blobs().put(&file(n)[..]).unwrap().is_new;
        assert!(!is_new, "round {round}: file {n} was lost");
    }
}

/// Spread over the whole work, the same every time.
fn moment(round: u64, longest: Duration) -> Duration {
    longest.mul_f64((round.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33) as f64 / (1_u64 << 31) as f64)
}

#[test]
fn a_change_of_the_master_key_killed_anywhere_is_finished_later() {
    let dir = tempfile::tempdir().unwrap();
    let folder = make(dir.path());
    let [before, moving] = pace(&folder, "rekey");
    let mut unfinished = 0;
    for round in 0..rounds() {
        // One of three while the new keys are made, the others while everything goes under them.
        let words = match round % 3 {
            0 => kill(&folder, "rekey", None, moment(round, before)),
            _ => kill(&folder, "rekey", Some("moves"), moment(round, moving)),
        };
        let mut finishing = 0;
        while engine(&folder).home().key_state().rekeying && finishing < 2 {
            unfinished += 1;
            finishing += 1;
            let engine = engine(&folder);
            engine.unlock(&Secret::Passphrase(OLD)).unwrap();
            is_whole(&engine, round);
            drop(engine);
            kill(&folder, "finish", Some("moves"), moment(round + 7 * finishing, moving));
        }
        let engine = engine(&folder);
        engine.unlock(&Secret::Passphrase(OLD)).unwrap();
        if engine.home().key_state().rekeying {
            engine.finish_rekey(&Secret::Passphrase(OLD), &mut Job::quiet()).unwrap();
        }
        is_whole(&engine, round);
        engine.lock();
        match engine.unlock(&Secret::Recovery(&words)) {
            Ok(_) | Err(Failure::WrongKey) => {}
            Err(other) => panic!("round {round}: {other}"),
        }
    }
    // By its own measure the work was under way: a drill that always comes too late shows nothing.
    assert!(unfinished > 0, "{} rounds over {before:?} and {moving:?}, none hit the change", rounds());
    println!("{} rounds, {unfinished} found unfinished", rounds());
}

#[test]
fn a_change_of_the_passphrase_killed_anywhere_leaves_the_old_or_the_new_one() {
    let dir = tempfile::tempdir().unwrap();
    let folder = make(dir.path());
    for round in 0..rounds() {
        kill(&folder, "passphrase", None, moment(round, Duration::from_secs(3)));
        let engine = engine(&folder);
        // What was being tried when it was killed is nobody's mistake here.
        std::fs::write(folder.join("attempts"), "").unwrap();
        if engine.unlock(&Secret::Passphrase(OLD)).is_err() {
            engine.unlock(&Secret::Passphrase(NEW)).unwrap();
            engine.change_passphrase(&Secret::Passphrase(NEW), OLD).unwrap();
        }
        is_whole(&engine, round);
        let halves =
            std::fs::read_dir(&folder).unwrap().flatten().filter(|e| e.file_name().to_string_lossy().starts_with(".new"));
        assert_eq!(halves.count(), 0, "round {round}");
    }
}
