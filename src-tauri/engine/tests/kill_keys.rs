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
use std::process::{Command, Stdio};
use std::time::Duration;

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
            engine.rekey(OLD, &words, &mut Job::quiet()).unwrap();
        }
        "finish" => {
            println!("begins");
            engine.finish_rekey(&Secret::Passphrase(OLD), &mut Job::quiet()).unwrap();
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

/// Starts the work, kills it after a while; the recovery key's words, if it said them.
fn kill(folder: &Path, work: &str, after: Duration) -> Option<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_work_that_is_killed", "--nocapture"])
        .env(FOLDER, folder)
        .env(WORK, work)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    // The test runner may write before it on the same line.
    let begun = lines.find_map(|line| line.split_once("begins").map(|(_, words)| words.trim().to_owned()));
    std::thread::sleep(after);
    // It may have ended by itself; killing what is gone does no harm.
    let _ = child.kill();
    child.wait().unwrap();
    begun.filter(|words| !words.is_empty())
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
fn moment(round: u64, longest: u64) -> Duration {
    Duration::from_millis((round.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33) % longest)
}

#[test]
fn a_change_of_the_master_key_killed_anywhere_is_finished_later() {
    let dir = tempfile::tempdir().unwrap();
    let folder = make(dir.path());
    let mut unfinished = 0;
    for round in 0..rounds() {
        let words = kill(&folder, "rekey", moment(round, 2_500));
        let mut finishing = 0;
        while engine(&folder).home().key_state().rekeying && finishing < 2 {
            unfinished += 1;
            finishing += 1;
            let engine = engine(&folder);
            engine.unlock(&Secret::Passphrase(OLD)).unwrap();
            is_whole(&engine, round);
            drop(engine);
            kill(&folder, "finish", moment(round + 7 * finishing, 1_500));
        }
        let engine = engine(&folder);
        engine.unlock(&Secret::Passphrase(OLD)).unwrap();
        if engine.home().key_state().rekeying {
            engine.finish_rekey(&Secret::Passphrase(OLD), &mut Job::quiet()).unwrap();
        }
        is_whole(&engine, round);
        engine.lock();
        match engine.unlock(&Secret::Recovery(&words.unwrap())) {
            Ok(_) | Err(Failure::WrongKey) => {}
            Err(other) => panic!("round {round}: {other}"),
        }
    }
    println!("{} rounds, {unfinished} found unfinished", rounds());
}

#[test]
fn a_change_of_the_passphrase_killed_anywhere_leaves_the_old_or_the_new_one() {
    let dir = tempfile::tempdir().unwrap();
    let folder = make(dir.path());
    for round in 0..rounds() {
        kill(&folder, "passphrase", moment(round, 3_000));
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
