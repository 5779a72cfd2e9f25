//! Puts the built viewer into the crate. Without Node there is none: the constants are then empty and
//! `Viewer::built_in` says so. Nothing is compiled or fetched here.
#![allow(clippy::print_stdout, reason = "cargo listens on stdout")]

use std::{env, error::Error, fs, io, path::Path};

/// Where `npm run build:viewer` leaves its two files.
const BUILT: &str = "../../ui/pack";

fn main() -> Result<(), Box<dyn Error>> {
    let built = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join(BUILT);
    // A watched path that is missing makes cargo rebuild this crate and all above it each time, so the folder (it is
    // ignored by git) is made. A read-only checkout only loses that convenience.
    let _absent_is_fine = fs::create_dir_all(&built);
    println!("cargo::rerun-if-changed={}", built.display());

    let out = env::var("OUT_DIR")?;
    for name in ["viewer.js", "viewer.css"] {
        fs::write(Path::new(&out).join(name), read_or_empty(&built.join(name))?)?;
    }
    Ok(())
}

fn read_or_empty(path: &Path) -> io::Result<String> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        other => other,
    }
}
