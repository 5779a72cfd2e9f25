//! What must be on the machine beside rustup and Node. On Debian and Ubuntu it is installed; elsewhere it is named.

use crate::shell::{Failed, answer, root, run};
use std::fs;

/// To build: a C compiler and perl for SQLCipher and OpenSSL, WebKitGTK for the window.
pub const BUILD: &[&str] = &["build-essential", "perl", "pkg-config", "libwebkit2gtk-4.1-dev", "librsvg2-dev", "file"];
/// To test in the real window and open the pack in a browser; fonts with Cyrillic for the pictures.
pub const TEST: &[&str] = &["webkit2gtk-driver", "xvfb", "xauth", "dbus", "chromium", "chromium-driver", "fonts-dejavu-core"];

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
    apt(&[&["install", "-y", "--no-install-recommends"], missing.as_slice()].concat())
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
    let quiet = [("DEBIAN_FRONTEND", "noninteractive")];
    if answer("id", &["-u"]).is_some_and(|id| id == "0") {
        return run("apt-get", args, ".", &quiet);
    }
    run("sudo", &[&["apt-get"], args].concat(), ".", &quiet)
        .map_err(|_| Failed(format!("run as root: apt-get {}", args.join(" "))))
}

/// `npm ci`, unless this very lock file was installed already.
pub fn node_modules() -> Result<(), Failed> {
    if answer("node", &["--version"]).is_none() {
        return Err(Failed("Node 20 or later is missing: https://nodejs.org".into()));
    }
    let lock = fs::read(root().join("ui/package-lock.json")).map_err(|e| Failed(format!("ui/package-lock.json: {e}")))?;
    let stamp = root().join("ui/node_modules/.letopis-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    run("npm", &["ci", "--no-audit", "--no-fund"], "ui", &[])?;
    fs::write(&stamp, lock).map_err(|e| Failed(format!("{}: {e}", stamp.display())))
}
