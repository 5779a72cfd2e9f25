//! The user's first hour in the real window: welcome, demo, search, a deleted original, a summary, a handover file, and
//! that file in a browser. Needs a display and the WebDrivers: `cargo xtask test` brings both. Pictures go to target/e2e.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may stop"
)]

mod desktop;
mod drive;
mod keyboard;
mod media;
mod pack;
mod recording;
mod single;
mod trust;
mod typing;
mod walk;

use drive::Driver;
use std::path::{Path, PathBuf};

/// One window at a time: they share the screen and the desktop.
static SCREEN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
const PASSPHRASE: &str = "берег-туман-4417-весло";
const PACK_PASSPHRASE: &str = "новичку-удачи-2290";

fn shots() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/e2e")
}

#[tokio::test]
#[ignore = "needs a display and WebDrivers: cargo xtask test"]
async fn the_first_hour() {
    let _screen = SCREEN.lock().await;
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("handover.html");
    let window = Driver::window(home.path(), &shots()).await;
    walk::create_and_load_demo(&window).await;
    walk::search_and_open(&window).await;
    keyboard::search_open_next_and_back(&window).await;
    keyboard::find_in_the_chat(&window).await;
    keyboard::write_wrongly(&window).await;
    keyboard::narrow_and_keep(&window).await;
    typing::never_freezes(&window, "договорами", "the demo company").await;
    typing::a_frozen_page_is_noticed(&window).await;
    walk::read_a_deleted_original(&window).await;
    walk::open_a_cited_message(&window).await;
    walk::hand_over(&window, &file).await;
    walk::import_hostile_messages(&window, home.path()).await;
    let (given, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let backup = home.path().join("copy.letopis-backup");
    trust::changes_and_back(&window).await;
    trust::evidence(&window, &given.path().join("evidence")).await;
    trust::check_and_back_up(&window, &backup).await;
    trust::keeping_and_log(&window).await;
    walk::import_an_export_with_files(&window, home.path()).await;
    walk::see_every_screen(&window).await;
    trust::forget_the_hostile_chat(&window).await;
    walk::lock_and_unlock(&window).await;
    nothing_readable(home.path(), &file, &WORDS, "while open");
    window.close().await;
    nothing_readable(home.path(), &file, &WORDS, "after");
    trust::restore(elsewhere.path(), &shots(), &backup).await;
    nothing_readable(elsewhere.path(), &file, &WORDS, "after restoring");
    pack::open_in_chromium(&file, home.path(), &shots()).await;
}

#[tokio::test]
#[ignore = "needs a display and WebDrivers: cargo xtask test"]
async fn an_account_is_recorded() {
    let _screen = SCREEN.lock().await;
    recording::the_whole_way().await;
}

#[tokio::test]
#[ignore = "needs a display and WebDrivers: cargo xtask test"]
async fn a_second_start_brings_the_first_window_to_the_front() {
    let _screen = SCREEN.lock().await;
    single::started_again().await;
    single::without_a_bus().await;
}

/// Words of the demo's chats, names and passphrases.
const WORDS: [&str; 7] = ["Промстрой", "договор", "Анна Белова", PASSPHRASE, "4417", PACK_PASSPHRASE, media::CANARY];

/// None of the words in any file that the program or its web view wrote.
fn nothing_readable(home: &Path, pack: &Path, words: &[&str], when: &str) {
    let mut folders = vec![home.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            if path.file_name().is_some_and(|name| name == "hostile.json") {
                continue; // the export itself, which is the user's
            }
            // A file of the web view may vanish while we look.
            let Ok(bytes) = std::fs::read(&path) else { continue };
            for word in words.iter().copied() {
                // The pack's page says in clear what it is; it may not say whose.
                if path == pack && word == "договор" {
                    continue;
                }
                let wide: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
                for needle in [word.as_bytes(), &wide] {
                    let found = word.len() > 4 && bytes.windows(needle.len()).any(|window| window == needle);
                    assert!(!found, "{when}: {} holds «{word}»", path.display());
                }
            }
        }
    }
}
