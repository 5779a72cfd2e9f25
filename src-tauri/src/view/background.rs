//! What goes on without the window, as the settings show it.

use crate::background;
use crate::notices;
use crate::state::Shell;
use anyhow::Context;
use letopis_engine::Failure;
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{AppHandle, Manager};
use tauri_plugin_autostart::ManagerExt;

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Background {
    /// The desktop has a place for the tray icon.
    pub tray: bool,
    pub close_to_tray: bool,
    /// None: the system does not say.
    pub autostart: Option<bool>,
    pub notices: bool,
    /// The desktop has somebody who shows notices.
    pub notices_shown: bool,
}

#[derive(Clone, Debug, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BackgroundWish {
    pub close_to_tray: bool,
    pub autostart: bool,
    pub notices: bool,
}

impl Background {
    /// Asks the desktop; that may take a moment.
    pub fn of(app: &AppHandle, shell: &Shell) -> Result<Self, Failure> {
        let settings = shell.settings();
        let autostart = app.autolaunch().is_enabled();
        if let Err(error) = &autostart {
            tracing::warn!(%error, "whether the program starts at login is not known");
        }
        Ok(Background {
            tray: app.state::<background::Background>().has_icon(),
            close_to_tray: settings.close_to_tray,
            autostart: autostart.ok(),
            notices: settings.notices,
            notices_shown: notices::can_be_shown(),
        })
    }
}

impl BackgroundWish {
    pub fn keep(&self, app: &AppHandle, shell: &Shell) -> Result<(), Failure> {
        shell.set(|settings| {
            settings.close_to_tray = self.close_to_tray;
            settings.notices = self.notices;
        })?;
        let login = app.autolaunch();
        if login.is_enabled().ok() != Some(self.autostart) {
            let done = if self.autostart { login.enable() } else { login.disable() };
            done.context("Tell the system whether to start at login").map_err(Failure::Other)?;
        }
        Ok(())
    }
}
