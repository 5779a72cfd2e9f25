//! Locks by itself: after a while without input, and when the machine has slept. A job that runs counts as somebody who
//! waits for it. Keys stay in memory while the machine sleeps: the lock falls when it wakes, before anybody can look.
//! Whether recording goes on behind the lock is the shell's to decide.

use crate::background::Background;
use crate::events::ArchiveLocked;
use crate::state::Shell;
use letopis_engine::Failure;
use std::time::Duration;
use tauri::{AppHandle, Manager};
use tauri_specta::Event;

const EVERY: Duration = Duration::from_secs(2);

/// Starts to look at the clocks; once in a program.
pub fn start(app: &AppHandle) -> Result<(), Failure> {
    let app = app.clone();
    let started = std::thread::Builder::new().name("watch".into()).spawn(move || {
        loop {
            std::thread::sleep(EVERY);
            look(&app);
        }
    });
    started.map(drop).map_err(|e| Failure::Other(anyhow::Error::new(e).context("Start the watch")))
}

fn look(app: &AppHandle) {
    if !app.state::<Shell>().lock_if_left(EVERY) {
        return;
    }
    app.state::<Background>().redraw();
    if let Err(error) = ArchiveLocked.emit(app) {
        tracing::warn!(%error, "the window was not told that the archive is locked");
    }
}
