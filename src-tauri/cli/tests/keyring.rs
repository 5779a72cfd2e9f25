//! The real keyring of a Linux desktop: gnome-keyring on a bus of its own, unlocked, in a home of its own. The machine's
//! own keyring is never touched. Elsewhere the same code speaks to Keychain and Credential Manager, which cannot be had
//! without a session.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

use letopis_testkit::Export;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const PASSPHRASE: &str = "лес-шумит-7319-над-рекой";

/// Runs a shell script with a home and a bus of its own; `$CLI` is the program.
fn on_a_bus(home: &Path, script: &str) -> Output {
    let run = home.join("run");
    std::fs::create_dir_all(&run).unwrap();
    Command::new("dbus-run-session")
        .args(["--", "bash", "-euc", script])
        .current_dir(home)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", home)
        .env("XDG_RUNTIME_DIR", run)
        .env("LETOPIS_ARCHIVE", home.join("archive"))
        .env("CLI", env!("CARGO_BIN_EXE_letopis-cli"))
        .env("P", PASSPHRASE)
        .stdin(Stdio::null())
        .output()
        .expect("dbus-run-session: install the packages dbus and gnome-keyring")
}

const UNLOCKED: &str = "echo -n pw | gnome-keyring-daemon --unlock --components=secrets > /dev/null 2>&1
with() { LETOPIS_PASSPHRASE=\"$P\" \"$CLI\" --lang en \"$@\"; }
without() { \"$CLI\" --lang en \"$@\"; }
";

#[track_caller]
fn said(output: &Output) -> String {
    let text = [&output.stdout[..], b"\n--\n", &output.stderr[..]].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(output.status.success(), "{text}");
    assert!(!text.contains("panicked"), "{text}");
    text
}

#[test]
fn the_keyring_opens_the_archive_until_it_is_turned_off() {
    let home = tempfile::tempdir().unwrap();
    let script = "
        with init > /dev/null
        if without chats; then exit 90; fi
        with keyring on
        without chats --json
        without verify
        # A new passphrase and a new master key leave the keyring a way in.
        LETOPIS_NEW_PASSPHRASE='мост стоит через реку' with passphrase
        P='мост стоит через реку'
        without chats
        with rekey --json
        without chats
        without verify
        with keyring off
        if without chats; then exit 91; fi
        with chats";
    said(&on_a_bus(home.path(), &format!("{UNLOCKED}{script}")));
}

#[test]
fn a_folder_rolled_back_as_a_whole_is_noticed_by_the_keyring() {
    let home = tempfile::tempdir().unwrap();
    let export = Export::single_chat("Кирилл · Промстрой", 555).incoming("Договор жду до пятницы");
    std::fs::write(home.path().join("result.json"), export.to_json()).unwrap();
    let script = "
        with init > /dev/null
        with keyring on
        without verify
        cp -a archive yesterday
        without import result.json
        without verify
        rm -r archive; mv yesterday archive
        if without verify > out; then exit 90; fi
        grep -q 'rolled back: 1 versions are known, 0 are there' out";
    said(&on_a_bus(home.path(), &format!("{UNLOCKED}{script}")));
}

#[test]
fn a_keyring_that_forgot_or_is_not_there_leaves_the_passphrase() {
    let home = tempfile::tempdir().unwrap();
    said(&on_a_bus(home.path(), &format!("{UNLOCKED} with init > /dev/null; with keyring on; without chats")));
    std::fs::remove_dir_all(home.path().join(".local/share/keyrings")).unwrap();
    let script = "
        if without chats 2> out; then exit 90; fi
        grep -q 'open it with the passphrase' out
        with chats
        with keyring on
        without chats";
    said(&on_a_bus(home.path(), &format!("{UNLOCKED}{script}")));
    // No service answers on this bus.
    let script = "
        P=\"$P\"
        gone() { env -u DBUS_SESSION_BUS_ADDRESS DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent \"$@\"; }
        if gone \"$CLI\" --lang en chats 2> out; then exit 91; fi
        grep -q 'has no system keyring' out
        if LETOPIS_PASSPHRASE=\"$P\" gone \"$CLI\" --lang en keyring on 2> out; then exit 92; fi
        grep -q 'has no system keyring' out
        LETOPIS_PASSPHRASE=\"$P\" gone \"$CLI\" --lang en chats
        # It can be turned off without it, too.
        LETOPIS_PASSPHRASE=\"$P\" gone \"$CLI\" --lang en keyring off";
    said(&on_a_bus(home.path(), script));
}
