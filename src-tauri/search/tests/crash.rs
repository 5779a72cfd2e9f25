//! A process that is killed while it writes: whatever was told as committed is there afterwards, and the index opens, or
//! says that it is stale and is begun anew. Never an error that stays.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "a test may stop")]

use letopis_model::{ChatId, Direction, MessageId, MessageKind, MessageLink, PeerId, Seq, Timestamp};
use letopis_search::{Condition, Doc, Error, SearchIndex, Sort, Text, parse};
use letopis_vault::Subkey;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

const FOLDER: &str = "LETOPIS_CRASH_FOLDER";
const BATCH: u64 = 40;

fn open(folder: &Path) -> Result<SearchIndex, Error> {
    SearchIndex::open(folder, &Subkey::from_bytes([9; 32]), "crash")
}

/// Puts batch after batch, telling each commit, until it is killed.
fn index_for_ever(folder: &Path) -> ! {
    let index = open(folder).unwrap();
    let mut done = index.cursor().0;
    loop {
        let texts: Vec<(u64, String)> =
            (done..done + BATCH).map(|n| (n, format!("договор номер {n} от клиента {}", n % 7))).collect();
        index.put(texts.iter().map(|(n, text)| doc(*n, text)), Seq(done + BATCH)).unwrap();
        done += BATCH;
        println!("committed {done}");
    }
}

fn doc(n: u64, text: &str) -> Doc<'_> {
    Doc {
        link: MessageLink::new(ChatId::new(None, PeerId::user(1)), MessageId(n as i64)),
        managers: &[],
        sender: "Кирилл",
        direction: Direction::In,
        kind: MessageKind::Text,
        sent_at: Some(Timestamp(n as i64)),
        deleted: false,
        edited: false,
        forwarded: false,
        reply: false,
        file: false,
        texts: vec![Text { version: 0, parts: vec![text], linked: false }],
        replaces: false,
    }
}

/// Starts this very test in another process, kills it when it has told enough commits, gives the last one told.
fn kill_after(commits: usize, folder: &Path) -> u64 {
    let name = "whoever_is_killed_while_writing_loses_nothing_that_was_committed";
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let told =
        lines.map_while(Result::ok).filter_map(|line| line.split_once("committed ").and_then(|(_, n)| n.trim().parse().ok()));
    let last = told.take(commits).last().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    last
}

#[test]
fn whoever_is_killed_while_writing_loses_nothing_that_was_committed() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        index_for_ever(Path::new(&folder));
    }
    let dir = tempfile::tempdir().unwrap();
    for commits in [1, 2, 3, 5, 9, 12] {
        let told = kill_after(commits, dir.path());
        let index = match open(dir.path()) {
            Ok(index) => index,
            Err(Error::Stale(_)) => {
                std::fs::remove_dir_all(dir.path()).unwrap();
                assert_eq!(open(dir.path()).unwrap().cursor(), Seq(0), "a stale index can be begun anew");
                continue;
            }
            Err(other) => panic!("an error that stays: {other}"),
        };
        let held = index.cursor().0;
        assert!(held >= told, "{told} were told as committed, {held} are there");
        assert_eq!(index.count(), held, "as many documents as the cursor says");
        assert_eq!(index.verify().unwrap(), Vec::<String>::new());
        let clauses = parse("договоры ").unwrap().clauses;
        let newest = index.page(&clauses, &Condition::none(), Sort::Newest, (0, 1), 0).unwrap();
        assert_eq!(newest.first().map(|hit| hit.row.link.message.0), Some(held as i64 - 1));
    }
}
