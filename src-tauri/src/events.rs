//! What the window hears without asking.

use crate::background;
use crate::state::Shell;
use letopis_engine::{Failure, OpenArchive, capture};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::sync::Arc;
use tauri::{AppHandle, Manager};
use tauri_specta::Event;

/// The archive, its index or its findings have grown: lists may be asked for again.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub struct ArchiveGrew;

/// The archive was locked by itself or by the tray icon.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub struct ArchiveLocked;

/// Somebody closes the window for the first time since that means going on without it: it is explained.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub struct StaysInTray;

/// Something about an account changed: its state, its chats.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub struct AccountsChanged;

/// What the lead must hear at once.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
#[serde(rename_all = "camelCase")]
pub struct CaptureAlert {
    /// `massDeletion` or `deadFeed`.
    pub kind: String,
    /// The chat of a mass deletion.
    pub chat: String,
    pub count: u32,
    /// The name of the account without a connection.
    pub account: String,
}

/// Starts recording, if it does not run yet.
fn record(app: &AppHandle, archive: &Arc<OpenArchive>) -> Result<(), Failure> {
    let app = app.clone();
    let weak = Arc::downgrade(archive);
    let tell = move |event| {
        background::heard(&app, &event);
        // A locked window is told nothing that has a name in it.
        let is_open = app.state::<Shell>().archive().is_ok();
        let told = match event {
            capture::Event::MassDeletion { .. } | capture::Event::DeadFeed(_) if !is_open => Ok(()),
            capture::Event::Grew => ArchiveGrew.emit(&app),
            capture::Event::Account(_) => AccountsChanged.emit(&app),
            capture::Event::MassDeletion { chat, count } => {
                let (chat, count) = (chat.to_string(), u32::try_from(count).unwrap_or(u32::MAX));
                CaptureAlert { kind: "massDeletion".into(), chat, count, account: String::new() }.emit(&app)
            }
            capture::Event::DeadFeed(account) => {
                let views = weak.upgrade().and_then(|archive| archive.accounts().ok()).unwrap_or_default();
                let name = views.into_iter().find(|view| view.account == account).map(|view| view.name);
                let account = name.unwrap_or_default();
                CaptureAlert { kind: "deadFeed".into(), chat: String::new(), count: 0, account }.emit(&app)
            }
        };
        if let Err(error) = told {
            tracing::warn!(%error, "the window was not told of the capture");
        }
    };
    archive.start_capture(capture::Options::from_env(), Arc::new(tell)).map(|_| ())
}

/// Starts background work on the open archive, if there is one, and tells the window after each part.
pub fn follow(app: &AppHandle) -> Result<(), Failure> {
    let Ok(archive) = app.state::<Shell>().archive() else { return Ok(()) };
    record(app, &archive)?;
    let app = app.clone();
    archive.start_background(move || {
        if let Err(error) = ArchiveGrew.emit(&app) {
            tracing::warn!(%error, "the window was not told that the archive grew");
        }
    })
}
