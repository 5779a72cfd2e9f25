//! Counts what passed and failed over all test runners, and closes with one line.

use crate::shell::{Failed, command};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

#[derive(Default)]
pub struct Tally {
    passed: u64,
    failed: u64,
}

impl Tally {
    /// A check that passes or fails as a whole.
    pub fn check(&mut self, name: &str, program: &str, args: &[&str], folder: &str) -> Result<(), Failed> {
        let (_, ended_well) = watch(command(program, args, folder))?;
        eprintln!("xtask: {name}: {}", if ended_well { "ok" } else { "FAILED" });
        self.add(u64::from(ended_well), u64::from(!ended_well));
        Ok(())
    }

    /// `cargo test`, under its own X server and message bus when `in_window`.
    pub fn cargo(&mut self, args: &[&str], in_window: bool) -> Result<(), Failed> {
        let run = if in_window && cfg!(target_os = "linux") {
            let screen = ["-a", "-s", "-screen 0 1600x1000x24", "dbus-run-session", "--", "cargo"];
            command("xvfb-run", &[&screen[..], args].concat(), ".")
        } else {
            command("cargo", args, ".")
        };
        let (lines, ended_well) = watch(run)?;
        let (mut passed, mut failed) = (0, 0);
        for line in lines.iter().filter(|line| line.trim_start().starts_with("test result:")) {
            passed += number_before(line, " passed").unwrap_or(0);
            failed += number_before(line, " failed").unwrap_or(0);
        }
        // A run that ends badly without a failed test did not compile, or a test program died.
        self.add(passed, failed.max(u64::from(!ended_well)));
        Ok(())
    }

    pub fn vitest(&mut self, args: &[&str]) -> Result<(), Failed> {
        let (lines, ended_well) = watch(command("npm", args, "ui"))?;
        let (mut passed, mut failed) = (0, 0);
        for line in lines.iter().map(|line| without_colours(line)).filter(|line| line.trim_start().starts_with("Tests ")) {
            passed += number_before(&line, " passed").unwrap_or(0);
            failed += number_before(&line, " failed").unwrap_or(0);
        }
        self.add(passed, failed.max(u64::from(!ended_well)));
        Ok(())
    }

    fn add(&mut self, passed: u64, failed: u64) {
        self.passed += passed;
        self.failed += failed;
    }

    /// Prints the closing line.
    pub fn close(self) -> Result<(), Failed> {
        println!("{} passed, {} failed", self.passed, self.failed);
        if self.failed == 0 { Ok(()) } else { std::process::exit(1) }
    }
}

/// Runs to the end, passing every line through and keeping it.
fn watch(mut run: Command) -> Result<(Vec<String>, bool), Failed> {
    eprintln!("» {run:?}");
    let spawned = run.env("NO_COLOR", "1").stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
    let mut child = spawned.map_err(|error| Failed(format!("{run:?} does not start: {error}")))?;
    let mut lines = Vec::new();
    if let Some(out) = child.stdout.take() {
        for line in BufReader::new(out).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            println!("{line}");
            lines.push(line);
        }
    }
    let ended = child.wait().map_err(|error| Failed(error.to_string()))?;
    Ok((lines, ended.success()))
}

fn number_before(line: &str, word: &str) -> Option<u64> {
    let (before, _) = line.split_once(word)?;
    before.rsplit(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Drops terminal colour codes.
fn without_colours(line: &str) -> String {
    let mut out = String::new();
    let mut parts = line.split('\u{1b}');
    out.push_str(parts.next().unwrap_or(""));
    for part in parts {
        out.push_str(part.split_once('m').map_or("", |(_, rest)| rest));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_read() {
        let line = "test result: ok. 12 passed; 3 failed; 0 ignored";
        assert_eq!((number_before(line, " passed"), number_before(line, " failed")), (Some(12), Some(3)));
        let line = without_colours("\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m92 passed\u{1b}[39m (92)");
        assert_eq!(number_before(&line, " passed"), Some(92));
        assert_eq!(number_before("no numbers", " passed"), None);
    }
}
