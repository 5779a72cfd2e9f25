//! Holds the house in order: borders between rooms, sizes, the README's map, the typed bindings, what the interface may not do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may stop"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Files under a folder with one of these endings, outside what is built or installed.
fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                if !["target", "node_modules", "dist", "pack", "gen", ".git", "coverage"].contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The rooms and the only rooms each may know.
const ROOMS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("vault", &[]),
    ("archive", &["model", "vault"]),
    ("search", &["model", "vault"]),
    ("intake", &["model"]),
    ("insights", &["model"]),
    ("handover", &["model", "vault"]),
    ("telegram", &["model"]),
    ("engine", &["model", "vault", "archive", "search", "intake", "insights", "handover", "telegram"]),
    ("cli", &["model", "engine"]),
    ("testkit", &["model"]),
    ("drills", &["model", "vault", "engine", "testkit"]),
    ("testkit-telegram", &[]),
    ("xtask", &[]),
];

/// Libraries that only one room may use.
const OWNED: &[(&str, &str)] = &[
    ("rusqlite", "archive"),
    ("tantivy", "search"),
    ("frostem", "search insights"),
    ("age", "handover vault"),
    ("argon2", "vault"),
    ("ring", "vault"),
    ("keyring", "engine"),
    ("clap", "cli"),
    ("tauri", ""),
    ("tauri-specta", ""),
    ("tokio", "telegram testkit-telegram engine"),
    ("reqwest", ""),
    ("grammers-client", ""),
    ("grammers-mtsender", "telegram"),
    ("grammers-session", "telegram testkit-telegram"),
    ("grammers-tl-types", "telegram testkit-telegram"),
    ("grammers-crypto", "telegram testkit-telegram"),
    ("grammers-mtproto", "telegram testkit-telegram"),
    ("sha1", "telegram testkit-telegram"),
];

/// Names under `[dependencies]` of a room.
fn dependencies(room: &str) -> BTreeSet<String> {
    let manifest = read(format!("src-tauri/{room}/Cargo.toml"));
    let section = manifest.split("\n[").find(|s| s.starts_with("dependencies]")).unwrap_or_default();
    let name = |line: &str| line.split(['.', ' ', '=']).next().unwrap_or_default().trim().to_owned();
    section.lines().skip(1).map(name).filter(|n| !n.is_empty() && !n.starts_with('#')).collect()
}

#[test]
fn no_leaf_names_another_leaf() {
    for (room, allowed) in ROOMS {
        for dependency in dependencies(room) {
            if let Some(other) = dependency.strip_prefix("letopis-") {
                assert!(allowed.contains(&other), "{room} may not know {other}: let them meet in the engine, by values");
            }
            if let Some((_, owners)) = OWNED.iter().find(|(library, _)| *library == dependency) {
                assert!(owners.split(' ').any(|o| o == *room), "{room} may not use {dependency}");
            }
        }
    }
}

#[test]
fn every_room_has_its_borders_written_down() {
    let known: BTreeSet<&str> = ROOMS.iter().map(|(room, _)| *room).collect();
    for entry in fs::read_dir(root().join("src-tauri")).unwrap() {
        let path = entry.unwrap().path();
        if path.join("Cargo.toml").exists() {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            assert!(known.contains(name.as_str()), "src-tauri/{name} is not in ROOMS of tidy.rs");
        }
    }
}

#[test]
fn the_root_is_the_agreed_one() {
    let agreed: BTreeSet<&str> = [
        "Cargo.toml",
        "Cargo.lock",
        "src-tauri",
        "ui",
        "icons",
        "tauri.conf.json",
        "README.md",
        "LICENSE-MIT",
        "LICENSE-APACHE",
        "target",
        "gen",
    ]
    .into();
    for entry in fs::read_dir(root()).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        assert!(name.starts_with('.') || agreed.contains(name.as_str()), "{name} does not belong in the root");
    }
}

#[test]
fn files_stay_readable_at_one_sitting() {
    let mut long = Vec::new();
    for path in files("src-tauri", &[".rs"]).into_iter().chain(files("ui/src", &[".ts", ".svelte"])) {
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let is_test = path.components().any(|c| c.as_os_str() == "tests") || path.to_string_lossy().contains("test");
        let is_written_by_program = path.ends_with("ipc/bindings.ts");
        let limit = if path.extension().is_some_and(|e| e == "svelte") { 350 } else { 600 };
        let lines = code.lines().count();
        if lines > limit && !is_test && !is_written_by_program {
            long.push(format!("{}: {lines} lines, at most {limit}", path.display()));
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn every_source_file_says_what_it_is_for() {
    let silent: Vec<String> = files("src-tauri", &[".rs"])
        .into_iter()
        .filter(|path| {
            let text = fs::read_to_string(path).unwrap();
            let is_module_of_tests = path.file_name().is_some_and(|n| n == "tests.rs");
            !text.starts_with("//!") && !is_module_of_tests
        })
        .map(|path| path.display().to_string())
        .collect();
    assert!(silent.is_empty(), "no head comment:\n{}", silent.join("\n"));
}

#[test]
fn one_file_names_the_keyring() {
    for path in files("src-tauri/engine/src", &[".rs"]) {
        let is_its_file = path.ends_with("os_keyring.rs");
        let names_it = fs::read_to_string(&path).unwrap().contains(" keyring::");
        assert!(is_its_file || !names_it, "{}: ask os_keyring.rs, which gives up a keyring that hangs", path.display());
    }
}

#[test]
fn the_core_asks_no_clock() {
    let allowed = [
        "engine/src/clock.rs",
        "engine/src/job.rs",
        "engine/src/home.rs",
        "telegram/src/pulse.rs",
        "testkit-telegram/src/clock.rs",
    ];
    for path in files("src-tauri", &[".rs"]) {
        let name = path.to_string_lossy().replace('\\', "/");
        let is_test =
            name.contains("/tests") || name.contains("/drills/") || name.contains("/xtask/") || name.contains("/examples/");
        if is_test || allowed.iter().any(|a| name.ends_with(a)) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for clock in ["Timestamp::now(", "Instant::now(", "SystemTime::now(", "Zoned::now("] {
            assert!(!text.contains(clock), "{name} asks {clock}): take `now` as an argument");
        }
    }
}

#[test]
fn only_the_ipc_folder_knows_tauri_and_nothing_inserts_html() {
    for path in files("ui/src", &[".ts", ".svelte"]).into_iter().chain(files("ui/viewer", &[".ts", ".svelte"])) {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.to_string_lossy().replace('\\', "/");
        assert!(!text.contains("@tauri-apps") || name.contains("/src/ipc/"), "{name} imports Tauri");
        for danger in ["{@html", ".innerHTML =", "insertAdjacentHTML(", "document.write("] {
            assert!(!text.contains(danger), "{name} uses {danger}: a message could run in the window");
        }
    }
}

#[test]
fn the_readme_map_is_true() {
    let readme = read("README.md");
    let map = readme.split("## Map").nth(1).and_then(|rest| rest.split("\n## ").next()).expect("README has a map");
    let mut named = BTreeSet::new();
    for line in map.lines().filter(|line| line.starts_with("| `")) {
        let path = line.split('`').nth(1).unwrap();
        assert!(root().join(path).exists(), "the map names {path}, which is not there");
        named.insert(path.trim_end_matches('/').to_owned());
    }
    for (room, _) in ROOMS {
        assert!(named.contains(&format!("src-tauri/{room}")), "the map does not name src-tauri/{room}");
    }
}

#[test]
fn every_command_may_be_called_and_no_other() {
    let shell = read("src-tauri/src/lib.rs");
    let commands: BTreeSet<String> = shell
        .lines()
        .filter_map(|line| line.trim().strip_prefix("commands::"))
        .filter_map(|line| line.trim_end_matches(',').split("::").last().map(str::to_owned))
        .collect();
    let permission = read("src-tauri/permissions/main.toml");
    let allowed: BTreeSet<String> =
        permission.split("commands.allow = [").nth(1).unwrap().split('"').skip(1).step_by(2).map(str::to_owned).collect();
    assert_eq!(commands, allowed);
}

/// `cargo xtask bindings` writes the file; this test only compares.
#[test]
fn bindings_are_those_of_the_commands() {
    let path = root().join("ui/src/ipc/bindings.ts");
    let fresh = tempfile::tempdir().unwrap();
    let made = fresh.path().join("bindings.ts");
    let language = specta_typescript::Typescript::default()
        .header("// Written by `cargo xtask bindings` from the Rust commands. Do not edit.\n");
    letopis_shell::bindings().export(language, &made).unwrap();
    let made = fs::read_to_string(made).unwrap();
    if std::env::var_os("LETOPIS_WRITE").is_some() {
        fs::write(&path, &made).unwrap();
    }
    assert!(fs::read_to_string(&path).unwrap() == made, "the commands changed: run cargo xtask bindings");
}
