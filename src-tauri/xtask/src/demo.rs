//! `cargo xtask run`: the main job on the demo company, in the window or, without a display, in the terminal.

use crate::shell::{Failed, answer, root, run};
use crate::{build_interface, setup};
use std::env;
use std::path::Path;

/// The demo's passphrases are no secrets: nobody's chats are in it.
const PASSPHRASE: &str = "demo company";
const PACK_PASSPHRASE: &str = "handover demo";

pub fn run_demo() -> Result<(), Failed> {
    setup::system_packages(&[setup::BUILD])?;
    build_interface()?;
    run("cargo", &["build", "--bins", "-p", "letopis", "-p", "letopis-cli", "--features", "letopis/custom-protocol"], ".", &[])?;
    let archive = demo_archive()?;
    if has_display() {
        eprintln!("xtask: the demo archive is {archive}, its passphrase: {PASSPHRASE}");
        return run(&program("letopis"), &[], ".", &[("LETOPIS_ARCHIVE", &archive), ("LETOPIS_PASSPHRASE", PASSPHRASE)]);
    }
    eprintln!("xtask: no display; the same job in the terminal");
    in_terminal(&archive)
}

/// The demo company's archive. It gets its name when it is whole: one that was interrupted is made anew.
fn demo_archive() -> Result<String, Failed> {
    let (whole, new) = (root().join("target/demo"), root().join("target/demo.new"));
    if !whole.join("keys.json").exists() {
        for leftover in [&whole, &new] {
            remove(leftover)?;
        }
        cli(&new.to_string_lossy(), &["demo"])?;
        std::fs::rename(&new, &whole).map_err(|e| Failed(format!("{}: {e}", whole.display())))?;
    }
    Ok(whole.to_string_lossy().into_owned())
}

fn remove(folder: &Path) -> Result<(), Failed> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Failed(format!("{}: {error}", folder.display()))),
        _ => Ok(()),
    }
}

/// An empty variable is none.
fn has_display() -> bool {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(any(windows, target_os = "macos")) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

fn program(name: &str) -> String {
    let built = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), Into::into);
    built.join("debug").join(format!("{name}{}", env::consts::EXE_SUFFIX)).to_string_lossy().into_owned()
}

fn cli(archive: &str, args: &[&str]) -> Result<(), Failed> {
    let env = [("LETOPIS_ARCHIVE", archive), ("LETOPIS_PASSPHRASE", PASSPHRASE)];
    run(&program("letopis-cli"), args, ".", &env)
}

/// Read, search, sum up, hand over.
fn in_terminal(archive: &str) -> Result<(), Failed> {
    cli(archive, &["chats", "--manager", "Анна"])?;
    cli(archive, &["search", "договор", "--limit", "5"])?;
    cli(archive, &["promises", "--state", "late", "--manager", "Анна"])?;
    let (from, to) = last_week().ok_or_else(|| Failed("the date program does not answer".into()))?;
    cli(archive, &["summary", "--manager", "Анна", "--from", &from, "--to", &to])?;
    let secret = root().join("target/demo-pack-passphrase");
    std::fs::write(&secret, PACK_PASSPHRASE).map_err(|e| Failed(format!("{}: {e}", secret.display())))?;
    let pack = root().join("target/handover-demo.html");
    if pack.exists() {
        std::fs::remove_file(&pack).map_err(|e| Failed(format!("{}: {e}", pack.display())))?;
    }
    let (secret, pack) = (secret.to_string_lossy().into_owned(), pack.to_string_lossy().into_owned());
    eprintln!("xtask: the pack's passphrase: {PACK_PASSPHRASE}");
    cli(archive, &["handover", "--manager", "Анна", "--months", "3", "--out", &pack, "--pack-passphrase-file", &secret])?;
    println!("{pack}");
    Ok(())
}

/// Civil dates of a week ago and of tomorrow. Without a display we are on Linux, which has `date`.
fn last_week() -> Option<(String, String)> {
    Some((answer("date", &["-d", "7 days ago", "+%F"])?, answer("date", &["-d", "tomorrow", "+%F"])?))
}
