//! One window an archive: a second start brings the first one to the front instead of failing on the archive's lock.
//!
//! Linux knows the first one by the archive's folder, so that two archives may be open side by side. Windows and macOS
//! know a program by its identifier alone: there the usual folder is guarded and one that was named on purpose is not,
//! for it may be another archive. Whoever is not guarded meets the archive's lock, as before.

use crate::background;
use std::path::{Path, PathBuf};
use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Wry};
use tauri_plugin_single_instance::Builder;

/// Without a session bus a second start is not noticed, and the program starts all the same.
#[cfg(target_os = "linux")]
pub fn guard(folder: &Path) -> Option<TauriPlugin<Wry>> {
    Some(Builder::new().dbus_id(bus_name(folder)).callback(came_again).build())
}

/// `None` where a second start cannot be told from that of another archive.
#[cfg(not(target_os = "linux"))]
pub fn guard(folder: &Path) -> Option<TauriPlugin<Wry>> {
    let is_usual = letopis_engine::Home::default_folder().is_some_and(|usual| resolved(&usual) == resolved(folder));
    is_usual.then(|| Builder::new().callback(came_again).build())
}

fn came_again(app: &AppHandle, arguments: Vec<String>, _folder: String) {
    // The system's start at login must not throw a window at somebody who has it running already.
    if !arguments.iter().any(|argument| argument == background::AT_LOGIN) {
        background::come_back(app);
    }
}

/// Ends the program. The window that is about to close no longer answers for the archive: whoever starts the program right
/// now would be handed to it and see nothing. He waits for the archive's lock instead.
pub fn quit(app: &AppHandle) {
    tauri_plugin_single_instance::destroy(app);
    app.exit(0);
}

/// The same folder by whatever name it was given, and before it is there as after.
fn resolved(folder: &Path) -> PathBuf {
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let real = |ancestor: &Path| {
        let rest = whole.strip_prefix(ancestor).ok()?;
        Some(std::fs::canonicalize(ancestor).ok()?.join(rest).components().collect())
    };
    whole.ancestors().find_map(real).unwrap_or_else(|| whole.clone())
}

/// FNV-1a of the folder: the name is the same in every version of the program, and tells nobody on the bus where it is.
#[cfg(target_os = "linux")]
fn bus_name(folder: &Path) -> String {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = resolved(folder).as_os_str().as_encoded_bytes().iter().fold(0xcbf2_9ce4_8422_2325, step);
    format!("app.letopis.desktop.a{hash:016x}")
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_name_and_another_folder_another() {
        let home = tempfile::tempdir().unwrap();
        let (real, link) = (home.path().join("диск"), home.path().join("ссылка"));
        std::fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let names = || [&real, &link, &link.join("."), &real.join("../ссылка")].map(|folder| bus_name(&folder.join("архив")));
        let before = names();
        std::fs::create_dir(real.join("архив")).unwrap();
        for name in names().into_iter().chain(before) {
            assert_eq!(name, bus_name(&real.join("архив")));
            let is_plain = |part: &str| part.starts_with(|c: char| c.is_ascii_alphabetic()) && part.is_ascii();
            assert!(name.split('.').all(is_plain) && name.len() < 200, "{name}");
        }
        assert_ne!(bus_name(&real.join("архив")), bus_name(&real.join("архив 2")));
    }
}
