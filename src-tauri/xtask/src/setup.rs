//! What must be on the machine beside rustup and Node. On Debian and Ubuntu it is installed; elsewhere it is named.

use crate::shell::{Failed, answer, root, run};
use std::fs;

/// To build: a C compiler and perl for SQLCipher and OpenSSL, WebKitGTK for the window.
pub const BUILD: &[&str] = &["build-essential", "perl", "pkg-config", "libwebkit2gtk-4.1-dev", "librsvg2-dev", "file"];
/// To test in the real window; fonts with Cyrillic for the pictures; a real keyring on a bus of its own; a keyboard.
pub const TEST: &[&str] =
    &["webkit2gtk-driver", "xvfb", "xauth", "dbus", "fonts-dejavu-core", "gnome-keyring", "xdotool", "x11-xkb-utils"];
/// To open the pack in a browser. Debian's names; Ubuntu has no such packages.
const BROWSER: &[&str] = &["chromium", "chromium-driver"];
const NODE_LEAST: u32 = 20;

/// Installs the browser of the tests, unless one from elsewhere is there with its driver. A step of its own, so that
/// where it cannot be had the rest still is.
pub fn browser() -> Result<(), Failed> {
    let has_browser = ["chromium", "google-chrome"].iter().any(|name| is_on_path(name));
    if !cfg!(target_os = "linux") || (has_browser && is_on_path("chromedriver")) {
        return Ok(());
    }
    system_packages(&[BROWSER])
}

/// The test in the real window needs a driver for the window and one for the browser.
pub fn drivers() -> Result<(), Failed> {
    let missing: Vec<&str> = ["WebKitWebDriver", "chromedriver"].into_iter().filter(|name| !is_on_path(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failed(format!("not on PATH: {}; without them nobody can press the buttons", missing.join(", "))))
}

fn is_on_path(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// Installs what is missing.
pub fn system_packages(lists: &[&[&str]]) -> Result<(), Failed> {
    if cfg!(target_os = "macos") {
        return tool("cc", "the Xcode command line tools: xcode-select --install; Node: brew install node");
    }
    if cfg!(windows) {
        return tool("node", "Node and perl: winget install OpenJS.NodeJS.LTS StrawberryPerl.StrawberryPerl");
    }
    let wanted: Vec<&str> = lists.iter().flat_map(|list| list.iter().copied()).collect();
    let missing: Vec<&str> = wanted.iter().copied().filter(|package| !is_installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if answer("apt-get", &["--version"]).is_none() {
        return Err(Failed(format!("install what Debian calls: {}", missing.join(" "))));
    }
    eprintln!("xtask: installing {}", missing.join(" "));
    apt(&["update"])?;
    // Recommended packages too: web views find their drivers and portals among them.
    apt(&[&["install", "-y"], missing.as_slice()].concat())
}

fn tool(name: &str, hint: &str) -> Result<(), Failed> {
    match answer(name, &["--version"]) {
        Some(_) => Ok(()),
        None => Err(Failed(format!("{name} is missing; install {hint}"))),
    }
}

fn is_installed(package: &str) -> bool {
    answer("dpkg-query", &["-W", "-f=${Status}", package]).is_some_and(|status| status == "install ok installed")
}

fn apt(args: &[&str]) -> Result<(), Failed> {
    // sudo drops the environment: `env` sets the variable behind it.
    let quiet = [&["DEBIAN_FRONTEND=noninteractive", "apt-get"], args].concat();
    if answer("id", &["-u"]).is_some_and(|id| id == "0") {
        return run("env", &quiet, ".", &[]);
    }
    run("sudo", &[&["env"], quiet.as_slice()].concat(), ".", &[])
        .map_err(|_| Failed(format!("run as root: apt-get {}", args.join(" "))))
}

fn node() -> Result<(), Failed> {
    match answer("node", &["--version"]) {
        Some(version) if major(&version).is_some_and(|major| major >= NODE_LEAST) => Ok(()),
        Some(version) => Err(Failed(format!("Node {NODE_LEAST} or later is needed, this one is {version}: https://nodejs.org"))),
        None => Err(Failed(format!("Node {NODE_LEAST} or later is missing: https://nodejs.org"))),
    }
}

/// `v20.11.1` is 20.
fn major(version: &str) -> Option<u32> {
    version.trim_start_matches('v').split('.').next()?.parse().ok()
}

/// `npm ci`, unless this very lock file was installed already.
pub fn node_modules() -> Result<(), Failed> {
    node()?;
    let lock = fs::read(root().join("ui/package-lock.json")).map_err(|e| Failed(format!("ui/package-lock.json: {e}")))?;
    let stamp = root().join("ui/node_modules/.letopis-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    run("npm", &["ci", "--no-audit", "--no-fund"], "ui", &[])?;
    fs::write(&stamp, lock).map_err(|e| Failed(format!("{}: {e}", stamp.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_version_is_read() {
        assert_eq!((major("v20.20.2"), major("v8.0.0"), major("22"), major("nightly")), (Some(20), Some(8), Some(22), None));
    }
}
