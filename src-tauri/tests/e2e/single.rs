//! The program started a second time: over the same archive it hands over to the first window, over another it is a
//! program of its own, and without a session bus it starts as if nobody else were there.

use crate::drive::{Driver, at_home};
use crate::{desktop, shots};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(100);

pub async fn started_again() {
    let (home, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let desktop = desktop::Desktop::start();
    let window = Driver::window(home.path(), &shots()).await;
    window.id("welcome-create").await;
    desktop.icon_says("Открыть Летопись").await;
    hide(&window).await;
    // The system's own start at login is no wish to see the window.
    assert!(ended(start(home.path(), &["--background"])).await.success());
    assert!(!is_visible(&window).await, "nobody asked for the window");
    assert!(ended(start(home.path(), &[])).await.success());
    until_visible(&window).await;
    // The same folder by another name.
    hide(&window).await;
    let by_another_name = start_with(home.path(), &[("LETOPIS_ARCHIVE", &format!("{}/./archive", home.path().display()))], &[]);
    assert!(ended(by_another_name).await.success());
    until_visible(&window).await;
    // Another archive has a window of its own, beside this one.
    let beside = Driver::window(other.path(), &shots()).await;
    beside.id("welcome-create").await;
    window.id("welcome-create").await;
    beside.close().await;
    // Started while the first one is still going away, it stays: it is not handed to a window that closes.
    window.quit().await;
    let mut again = start(home.path(), &[]);
    desktop.icon_says("Открыть Летопись").await;
    assert!(again.try_wait().unwrap().is_none(), "the second start is there");
    again.kill().unwrap();
    again.wait().unwrap();
}

pub async fn without_a_bus() {
    for address in ["unix:path=/nobody/listens/here", "what is this"] {
        let home = tempfile::tempdir().unwrap();
        let window = Driver::window_with(home.path(), &shots(), &[("DBUS_SESSION_BUS_ADDRESS", address)]).await;
        window.id("welcome-create").await;
        window.close().await;
    }
}

fn start(home: &Path, arguments: &[&str]) -> Child {
    start_with(home, &[], arguments)
}

fn start_with(home: &Path, environment: &[(&str, &str)], arguments: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_letopis"));
    at_home(&mut command, home).envs(environment.iter().copied()).args(arguments);
    command.stdout(Stdio::null()).spawn().unwrap()
}

async fn ended(mut program: Child) -> ExitStatus {
    for _ in 0..(PATIENCE.as_millis() / POLL.as_millis()) {
        if let Some(status) = program.try_wait().unwrap() {
            return status;
        }
        tokio::time::sleep(POLL).await;
    }
    program.kill().unwrap();
    panic!("the second start stayed");
}

/// The window hides once the program knows that its icon has a place; before, it would only be minimised.
async fn hide(window: &Driver) {
    for _ in 0..(PATIENCE.as_millis() / POLL.as_millis()) {
        window.script("window.__TAURI_INTERNALS__.invoke('hide_window')").await;
        tokio::time::sleep(POLL).await;
        if !is_visible(window).await {
            return;
        }
    }
    panic!("the window stays shown");
}

/// Asked of the page: a hidden one gets no answers from the shell.
async fn is_visible(window: &Driver) -> bool {
    window.script("return document.visibilityState").await == "visible"
}

async fn until_visible(window: &Driver) {
    for _ in 0..(PATIENCE.as_millis() / POLL.as_millis()) {
        if is_visible(window).await {
            return;
        }
        tokio::time::sleep(POLL).await;
    }
    panic!("the window stays hidden");
}
