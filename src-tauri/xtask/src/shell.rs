//! Starting other programs, with their names and endings told plainly.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Why a command of ours cannot go on.
pub struct Failed(pub String);

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// A command to start in a folder of the repository. npm is a script on Windows and needs its shell.
pub fn command(program: &str, args: &[&str], folder: &str) -> Command {
    let mut command = if cfg!(windows) && program == "npm" {
        let mut shell = Command::new("cmd");
        shell.args(["/c", "npm"]);
        shell
    } else {
        Command::new(program)
    };
    command.args(args).current_dir(root().join(folder));
    command
}

/// Runs a program to its end and passes its output through.
pub fn run(program: &str, args: &[&str], folder: &str, env: &[(&str, &str)]) -> Result<(), Failed> {
    eprintln!("» {program} {}", args.join(" "));
    let status = command(program, args, folder).envs(env.iter().copied()).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failed(format!("{program} {} ended with {status}", args.first().unwrap_or(&"")))),
        Err(error) => Err(Failed(format!("{program} does not start: {error}"))),
    }
}

/// What a program says, or `None` when it fails or is not there.
pub fn answer(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
