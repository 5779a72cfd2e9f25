//! What must be known before the archive is open: the language, the idle time, what goes on in the background. Beside the archive, in the clear: no
//! secret and nothing about anybody may ever stand here.

use crate::{Failure, Home, Lang};
use serde::{Deserialize, Serialize};

/// Minutes without input after which the archive is locked, unless the user says otherwise.
const IDLE_MINUTES: u32 = 15;
/// A day.
const IDLE_MOST: u32 = 24 * 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// None until the user or the system has said one.
    pub lang: Option<Lang>,
    /// 0: never.
    pub idle_minutes: u32,
    /// Accounts go on being recorded while the archive is locked: the keys stay in memory then.
    pub record_locked: bool,
    /// Closing the window leaves the program running.
    pub close_to_tray: bool,
    /// What that means has been explained.
    pub told_of_tray: bool,
    /// A dead feed and a mass deletion are said on the desktop, without names.
    pub notices: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            lang: None,
            idle_minutes: IDLE_MINUTES,
            record_locked: true,
            close_to_tray: false,
            told_of_tray: false,
            notices: true,
        }
    }
}

impl Home {
    /// A file that is not there or does not read gives the defaults.
    pub fn settings(&self) -> Settings {
        let path = self.settings_file();
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) => {
                if error.kind() != std::io::ErrorKind::NotFound {
                    tracing::warn!(%error, "settings could not be read");
                }
                return Settings::default();
            }
        };
        let read: Settings = serde_json::from_slice(&bytes).unwrap_or_else(|error| {
            tracing::warn!(%error, "settings do not read");
            Settings::default()
        });
        Settings { idle_minutes: read.idle_minutes.min(IDLE_MOST), ..read }
    }

    /// Keeps them once there is an archive; before that they live as long as the program.
    pub fn keep_settings(&self, settings: Settings) -> Result<(), Failure> {
        if !self.exists() || self.settings() == settings {
            return Ok(());
        }
        let path = self.settings_file();
        let json = serde_json::to_vec(&settings).map_err(|e| Failure::Other(anyhow::Error::new(e).context("Keep settings")))?;
        letopis_vault::sealed::replace(&path, &json).map_err(|e| Failure::from_io(e, path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_outlive_the_program_and_a_broken_file_is_no_obstacle() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::at(dir.path().to_owned());
        let wanted =
            Settings { lang: Some(Lang::En), idle_minutes: 5, close_to_tray: true, notices: false, ..Settings::default() };
        home.keep_settings(wanted).unwrap();
        assert_eq!(home.settings(), Settings::default(), "no archive, nothing to keep it beside");
        std::fs::write(dir.path().join("keys.json"), "").unwrap();
        home.keep_settings(wanted).unwrap();
        assert_eq!(home.settings(), wanted);
        for (text, minutes) in [("{\"idle_minutes\":99999}", IDLE_MOST), ("{", IDLE_MINUTES), ("{\"lang\":\"xx\"}", IDLE_MINUTES)]
        {
            std::fs::write(dir.path().join("settings.json"), text).unwrap();
            assert_eq!(home.settings().idle_minutes, minutes, "{text}");
        }
    }
}
