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
    /// What the tests need: counted only when it fails.
    pub fn step(&mut self, name: &str, done: Result<(), Failed>) {
        if let Err(Failed(why)) = done {
            eprintln!("xtask: {name}: FAILED: {why}");
            self.add(0, 1);
        }
    }

    /// A check that passes or fails as a whole.
    pub fn check(&mut self, name: &str, program: &str, args: &[&str], folder: &str) {
        let (_, ended_well) = watch(command(program, args, folder));
        eprintln!("xtask: {name}: {}", if ended_well { "ok" } else { "FAILED" });
        self.add(u64::from(ended_well), u64::from(!ended_well));
    }

    /// `cargo test`.
    pub fn cargo(&mut self, args: &[&str]) {
        self.rust(command("cargo", args, "."));
    }

    /// `cargo test` under its own X server and message bus.
    pub fn window(&mut self, args: &[&str]) {
        let screen = ["-a", "-s", "-screen 0 1600x1000x24", "dbus-run-session", "--", "cargo"];
        self.rust(command("xvfb-run", &[&screen[..], args].concat(), "."));
    }

    fn rust(&mut self, run: Command) {
        let (lines, ended_well) = watch(run);
        let results = lines.iter().filter(|line| line.trim_start().starts_with("test result:"));
        self.count(results.map(String::as_str), ended_well);
    }

    pub fn vitest(&mut self, args: &[&str]) {
        let (lines, ended_well) = watch(command("npm", args, "ui"));
        let lines: Vec<String> = lines.iter().map(|line| without_colours(line)).collect();
        let results = lines.iter().filter(|line| line.trim_start().starts_with("Tests "));
        self.count(results.map(String::as_str), ended_well);
    }

    /// A run that ends badly without a failed test did not compile, or a test program died.
    fn count<'a>(&mut self, results: impl Iterator<Item = &'a str>, ended_well: bool) {
        let (mut passed, mut failed) = (0, 0);
        for line in results {
            passed += number_before(line, " passed").unwrap_or(0);
            failed += number_before(line, " failed").unwrap_or(0);
        }
        self.add(passed, failed.max(u64::from(!ended_well)));
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

/// Runs to the end, passing every line through and keeping it; and whether it ended well.
fn watch(mut run: Command) -> (Vec<String>, bool) {
    eprintln!("» {run:?}");
    let mut lines = Vec::new();
    let mut child = match run.env("NO_COLOR", "1").stdin(Stdio::null()).stdout(Stdio::piped()).spawn() {
        Ok(child) => child,
        Err(error) => {
            eprintln!("xtask: it does not start: {error}");
            return (lines, false);
        }
    };
    if let Some(out) = child.stdout.take() {
        for line in BufReader::new(out).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            println!("{line}");
            lines.push(line);
        }
    }
    (lines, child.wait().is_ok_and(|status| status.success()))
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

    #[test]
    fn whatever_breaks_is_counted_once() {
        let mut tally = Tally::default();
        tally.step("packages", Ok(()));
        tally.step("interface", Err(Failed("npm does not start".into())));
        tally.check("a tool that is not there", "letopis-no-such-program", &[], ".");
        tally.rust(Command::new("letopis-no-such-program"));
        tally.count(["test result: ok. 5 passed; 0 failed", "test result: FAILED. 1 passed; 2 failed"].into_iter(), false);
        assert_eq!((tally.passed, tally.failed), (6, 5));
    }
}
