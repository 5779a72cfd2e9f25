//! What the window hears without asking.

use crate::state::Shell;
use letopis_engine::Failure;
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{AppHandle, Manager};
use tauri_specta::Event;

/// The archive, its index or its findings have grown: lists may be asked for again.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub struct ArchiveGrew;

/// The archive was locked by itself.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub struct ArchiveLocked;

/// Starts background work on the open archive, if there is one, and tells the window after each part.
pub fn follow(app: &AppHandle) -> Result<(), Failure> {
    let Ok(archive) = app.state::<Shell>().archive() else { return Ok(()) };
    let app = app.clone();
    archive.start_background(move || {
        if let Err(error) = ArchiveGrew.emit(&app) {
            tracing::warn!(%error, "the window was not told that the archive grew");
        }
    })
}
