//! `cargo xtask bench`, its part on trust: opening, self-check and backup against the floor of each, as multiples of ours,
//! medians of several rounds. The archive holds text and files in about equal parts.
//! `trust 5000` makes an archive of about 5,000 MB instead, one round each; that takes a while.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a bench is run by developers and may stop")]

use letopis_engine::model::{
    AccountId, Change, ChatId, Content, Direction, KeptMedia, MessageId, PeerId, Sighting, Source, Timestamp,
};
use letopis_engine::{Clock, Engine, Job, OpenArchive, Secret, TimeZone, restore};
use sha2::{Digest, Sha256};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const NOW: i64 = 1_788_264_000;
const FILE_BYTES: usize = 4 << 20;
const TEXT_BYTES: usize = 2_000;
const BATCH: i64 = 1_000;

fn main() {
    let megabytes: i64 = std::env::args().nth(1).map_or(120, |text| text.parse().unwrap());
    let rounds = if megabytes < 1000 { 5 } else { 1 };
    let median = |work: &mut dyn FnMut()| median(rounds, work);
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("archive");
    let engine = Engine::new(folder.clone(), Clock::fixed(Timestamp(NOW), TimeZone::UTC));
    let recovery = engine.create("bench passphrase").unwrap();
    fill(&engine.archive().unwrap(), megabytes);
    engine.lock();

    let unlock = || engine.unlock(&Secret::Recovery(&recovery)).unwrap();
    let open = median(&mut || {
        drop(unlock());
        engine.lock();
    });
    let archive = unlock();
    let files = files(&folder);
    let bytes: u64 = files.iter().map(|path| fs::metadata(path).unwrap().len()).sum();
    println!("\nan archive of {} MB (multiples of ours: 0.50 is twice as fast)", bytes >> 20);
    row(
        "open it, by the recovery key",
        open,
        "read all of it",
        median(&mut || files.iter().for_each(|path| drop(fs::read(path)))),
    );
    let hash = median(&mut || files.iter().for_each(|path| sha256(path)));
    let quick = median(&mut || assert!(archive.verify(false, &mut Job::quiet()).unwrap().damaged.is_empty()));
    row("check it", quick, "SHA-256 of all of it", hash);
    let deep = median(&mut || assert!(archive.verify(true, &mut Job::quiet()).unwrap().damaged.is_empty()));
    row("check it deep", deep, "SHA-256 of all of it", hash);
    let backup = dir.path().join("backup");
    let ours = median(&mut || {
        archive.backup(&backup, &mut Job::quiet()).unwrap();
        fs::remove_file(&backup).unwrap();
    });
    let copied = median(&mut || files.iter().for_each(|path| copy(path, &dir.path().join("copy"))));
    row("back it up and read the backup back", ours, "cp and sync", copied);

    let head = archive.backup(&backup, &mut Job::quiet()).unwrap().head;
    let restored = dir.path().join("restored");
    let ours = median(&mut || {
        if restored.exists() {
            fs::remove_dir_all(&restored).unwrap();
        }
        let found = restore(&backup, &Secret::Recovery(&recovery), &restored, &mut Job::quiet()).unwrap();
        assert_eq!(found, head);
    });
    row("restore it from the backup and check it", ours, "cp and sync", copied);
    let again = Engine::new(restored, Clock::fixed(Timestamp(NOW), TimeZone::UTC));
    let damaged = again.unlock(&Secret::Recovery(&recovery)).unwrap().verify(true, &mut Job::quiet()).unwrap().damaged;
    assert!(damaged.is_empty(), "{damaged:?}");
    println!("what was restored is checked deep: no damage");
}

fn fill(archive: &OpenArchive, megabytes: i64) {
    let mut made = 0;
    for batch in 0.. {
        let changes: Vec<Change> = (0..BATCH).map(|n| said(batch * BATCH + n + 1)).collect();
        archive.append(&changes).unwrap();
        let file: Vec<u8> = (0..FILE_BYTES as u64).map(|n| (n.wrapping_mul(n + batch as u64) >> 7) as u8).collect();
        let stored = archive.blobs().put(&file[..]).unwrap();
        archive.append(&[kept(batch * BATCH + 1, stored.sha256, stored.len)]).unwrap();
        made += BATCH * TEXT_BYTES as i64 * 2 + FILE_BYTES as i64;
        if made >> 20 >= megabytes {
            return;
        }
    }
}

fn chat() -> ChatId {
    ChatId::new(Some(AccountId(4001)), PeerId::user(555))
}

fn said(n: i64) -> Change {
    Change::Posted(Box::new(Sighting {
        chat: chat(),
        message: MessageId(n),
        sender: Some(PeerId::user(555)),
        sender_name: Some("Кирилл Громов".into()),
        direction: Direction::In,
        sent_at: Some(Timestamp(NOW - 4_000_000 + n)),
        edited_at: None,
        content: Content::text(format!("№{n} договор смета ").repeat(TEXT_BYTES / 24)),
        reactions: vec![],
        seen_at: Timestamp(NOW - 4_000_000 + n),
        source: Source::Live,
    }))
}

fn kept(n: i64, sha256: [u8; 32], size: u64) -> Change {
    Change::MediaKept(Box::new(KeptMedia {
        chat: chat(),
        message: MessageId(n),
        edited_at: None,
        sha256,
        size,
        seen_at: Timestamp(NOW),
        source: Source::Live,
    }))
}

/// The database and the files of messages: what a backup holds.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.join("archive.db")];
    for shelf in fs::read_dir(folder.join("blobs")).unwrap() {
        found.extend(fs::read_dir(shelf.unwrap().path()).unwrap().map(|entry| entry.unwrap().path()));
    }
    found
}

fn sha256(path: &Path) {
    let mut sha = Sha256::new();
    let mut file = io::BufReader::with_capacity(1 << 20, fs::File::open(path).unwrap());
    loop {
        let part = io::BufRead::fill_buf(&mut file).unwrap();
        if part.is_empty() {
            break;
        }
        sha.update(part);
        let read = part.len();
        io::BufRead::consume(&mut file, read);
    }
    std::hint::black_box(sha.finalize());
}

fn copy(from: &Path, to: &Path) {
    fs::copy(from, to).unwrap();
    fs::File::open(to).unwrap().sync_all().unwrap();
}

fn median(rounds: usize, work: &mut dyn FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..rounds)
        .map(|_| {
            let begun = Instant::now();
            work();
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    times.get(rounds / 2).copied().unwrap_or_default()
}

fn row(name: &str, ours: Duration, floor: &str, took: Duration) {
    println!("  {name:<38} ours 1.00   {floor:<22} {:.2}", took.as_secs_f64() / ours.as_secs_f64().max(1e-9));
}
