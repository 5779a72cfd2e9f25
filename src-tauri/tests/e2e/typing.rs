//! Ten letters typed quickly into the search, and the frames that the page draws meanwhile. A page that waits for an answer,
//! or draws for long, draws no frame and takes the letters afterwards, several in one go: that is what is counted, so no
//! clock is asked and a slow machine is no failure.
//!
//! The letters come from outside, as key presses of the X server at a pace of their own: the WebDriver sends the next key
//! only when the page has taken the one before, so by it even a frozen page would be typed into one letter a frame.

use crate::drive::Driver;
use crate::{PASSPHRASE, SCREEN, shots};
use fantoccini::key::Key;
use letopis_engine::{Clock, Engine, Job};
use letopis_testkit::Corpus;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// Between two letters, in milliseconds: faster than anybody types. xdotool waits half of what it is told.
const PACE: u32 = 80;
/// Fewer letters than this may come between two frames. At this pace it is a page that stands still for a quarter of a
/// second, which the eye takes for frozen; where the machine is slow, the letters are slow with it.
const LETTERS_A_FRAME: u64 = 3;
/// Large enough for the search to be one over many segments, small enough for every run of the tests.
const MESSAGES: u64 = 20_000;
const BATCH: usize = 8_000;

/// Counts frames, and at each letter how many there were.
const RECORD: &str = "
    const field = document.querySelector('[data-testid=search-input]');
    const seen = window.__typing = { frames: [], letters: [] };
    const frame = (at) => { seen.frames.push(at); if (window.__typing === seen) requestAnimationFrame(frame); };
    requestAnimationFrame(frame);
    field.addEventListener('input', () => { if (window.__typing === seen) { seen.letters.push(seen.frames.length); seen.end = performance.now(); } });
";

/// Other work on the machine may hold up the drawing for a moment; a page that waits for its answers stands still each time.
const TRIES: usize = 3;

/// What the page did while it was typed into.
struct Typed {
    /// Frames drawn before each letter.
    letters: Vec<u64>,
    /// The longest time without a frame, in milliseconds: told, not judged.
    longest: f64,
}

impl Typed {
    fn of(seen: &Value) -> Typed {
        let numbers = |name: &str| seen[name].as_array().unwrap().iter().filter_map(Value::as_f64).collect::<Vec<f64>>();
        let (mut frames, letters) = (numbers("frames"), numbers("letters"));
        let letters: Vec<u64> = letters.into_iter().map(|count| count as u64).collect();
        let (first, last) = (letters[0] as usize, letters[letters.len() - 1] as usize);
        frames.truncate(last);
        frames.push(seen["end"].as_f64().unwrap());
        let while_typed = frames.get(first.saturating_sub(1)..).unwrap_or_default();
        let longest = while_typed.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f64::max);
        Typed { letters, longest }
    }

    /// The most letters that came without a frame between them.
    fn most_letters_a_frame(&self) -> u64 {
        self.letters.chunk_by(|a, b| a == b).map(|run| run.len() as u64).max().unwrap_or(0)
    }

    fn frames(&self) -> u64 {
        self.letters[self.letters.len() - 1] - self.letters[0]
    }

    fn keeps_drawing(&self) -> bool {
        self.most_letters_a_frame() < LETTERS_A_FRAME
    }
}

/// Types words quickly and counts frames.
pub async fn never_freezes(window: &Driver, words: &str, place: &str) {
    let mut tried = Vec::new();
    while tried.len() < TRIES {
        let typed = type_quickly(window, words).await;
        println!(
            "{place}, «{}»: {} letters, {} frames while they were typed, at most {} letters without a frame, the longest gap {:.0} ms",
            words.trim(),
            typed.letters.len(),
            typed.frames(),
            typed.most_letters_a_frame(),
            typed.longest
        );
        if typed.keeps_drawing() {
            return;
        }
        tried.push(typed.letters);
    }
    panic!("{place}, «{words}»: the page stood still each time; frames at letters: {tried:?}");
}

fn xdotool(arguments: &[&str]) {
    let done = Command::new("xdotool").args(arguments).status().unwrap_or_else(|e| panic!("xdotool: {e}"));
    assert!(done.success(), "xdotool {arguments:?}");
}

/// Types words into the search field as a keyboard does, and waits until they are answered.
async fn type_quickly(window: &Driver, words: &str) -> Typed {
    window.chord(&[Key::Control.into(), 'k']).await;
    window.until("the field has the focus", "document.activeElement?.dataset.testid === 'search-input'").await;
    window.press(Key::Backspace).await;
    window.until("nothing is asked", "document.querySelectorAll('[data-testid=hit]').length === 0").await;
    window.script(RECORD).await;
    let layout = Command::new("setxkbmap").arg("us,ru").status().expect("setxkbmap");
    assert!(layout.success(), "a Russian keyboard");
    xdotool(&["search", "--sync", "--onlyvisible", "--class", "letopis", "windowfocus", "--sync"]);
    // What is still being drawn of the screen itself is no answer to a letter.
    window.until("the screen stands", "window.__typing.frames.length > 30").await;
    xdotool(&["type", "--delay", &(PACE * 2).to_string(), words]);
    let count = words.chars().count();
    window.until("every letter has come", &format!("window.__typing.letters.length >= {count}")).await;
    let typed = window.script("const seen = window.__typing; window.__typing = null; return seen").await;
    let value = window.script("return document.querySelector('[data-testid=search-input]').value").await;
    assert_eq!(value, words, "the letters arrived as they were typed");
    Typed::of(&typed)
}

/// The measure itself: a page that stands still for four letters is noticed.
pub async fn a_frozen_page_is_noticed(window: &Driver) {
    window.click("nav-search").await;
    let freeze = format!(
        "const field = document.querySelector('[data-testid=search-input]');
         let letters = 0;
         const freeze = () => {{
           if (++letters !== 4) return;
           field.removeEventListener('input', freeze);
           const until = performance.now() + {};
           while (performance.now() < until);
         }};
         field.addEventListener('input', freeze);",
        PACE * 5
    );
    window.script(&freeze).await;
    let typed = type_quickly(window, "договорами").await;
    assert!(!typed.keeps_drawing(), "frames at letters {:?}", typed.letters);
}

/// An archive of so many messages in a folder, unless it holds them from an earlier run.
fn build(folder: &Path, messages: u64) {
    let built = folder.join(format!("built-{messages}"));
    if built.exists() {
        return;
    }
    let engine = Engine::new(folder.join("archive"), Clock::system());
    engine.create(PASSPHRASE).unwrap();
    let (archive, corpus) = (engine.archive().unwrap(), Corpus { seed: 5, messages });
    archive.append(&corpus.heads()).unwrap();
    for from in (0..messages).step_by(BATCH) {
        let batch: Vec<_> = (from..(from + BATCH as u64).min(messages)).flat_map(|n| corpus.changes(n)).collect();
        archive.append(&batch).unwrap();
    }
    archive.catch_up(&mut Job::quiet()).unwrap();
    drop(archive);
    engine.lock();
    std::fs::write(&built, "").unwrap();
}

/// `LETOPIS_E2E_MESSAGES` says how many, `LETOPIS_E2E_FOLDER` where they are kept for the next run.
#[tokio::test]
#[ignore = "needs a display and WebDrivers: cargo xtask test"]
async fn typing_over_many_messages_never_freezes_the_page() {
    let _screen = SCREEN.lock().await;
    let messages = std::env::var("LETOPIS_E2E_MESSAGES").map_or(MESSAGES, |n| n.parse().expect("a number of messages"));
    let fresh = tempfile::tempdir().unwrap();
    let folder = std::env::var_os("LETOPIS_E2E_FOLDER").map_or(fresh.path().to_owned(), Into::into);
    build(&folder, messages);
    let window = Driver::window(&folder, &shots()).await;
    window.fill("passphrase", PASSPHRASE).await;
    window.click("unlock").await;
    window.until("chats are listed", "document.querySelectorAll('[data-testid=chat-row]').length > 3").await;
    // A common word to its last letter; a rare one; one that is found by another only; two of which the first is common.
    for words in ["документы ", "перегрузка ", "ljrevtyns ", "на договор "] {
        never_freezes(&window, words, &format!("{messages} messages")).await;
        window.until("it is answered", "document.querySelector('[data-testid=hit]')").await;
    }
    window.shot("40-many-messages").await;
    window.close().await;
}
