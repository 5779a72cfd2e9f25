//! A large chat, in a process of its own: the peak of memory is the whole process's.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may stop"
)]
#![cfg(target_os = "linux")]

use letopis_engine::model::Timestamp;
use letopis_engine::{Anchor, Clock, Engine, ImportOptions, Job, Lang, TimeZone};
use letopis_testkit::big_chat;

const MESSAGES: u64 = 208_000;
const LIMIT_KB: u64 = 300 * 1024;

#[test]
fn a_large_chat_imports_in_little_memory_and_opens_at_both_ends() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("result.json");
    big_chat(&path, MESSAGES, 75_000_000).unwrap();
    let engine = Engine::new(dir.path().join("archive"), Clock::fixed(Timestamp(1_788_264_000), TimeZone::UTC));
    engine.create("лес шумит над рекой").unwrap();
    let archive = engine.archive().unwrap();
    let report = archive.import(&path, &ImportOptions::default(), Lang::En, &mut Job::quiet()).unwrap();
    assert_eq!((report.messages, report.new_versions), (MESSAGES, MESSAGES));

    let peak = letopis_testkit::process::memory("VmHWM").unwrap();
    println!("peak memory: {} MB", peak / 1024);
    assert!(peak < LIMIT_KB, "{} MB", peak / 1024);

    let chat = archive.chats().unwrap().first().unwrap().record.chat;
    let (first, last) = (archive.page(chat, Anchor::First, 100).unwrap(), archive.page(chat, Anchor::Last, 100).unwrap());
    assert!(!first.has_before && first.has_after && !last.has_after && last.has_before);
    assert_eq!((first.messages.len(), last.messages.len()), (100, 100));
}
