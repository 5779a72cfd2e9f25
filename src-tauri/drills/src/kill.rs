//! The kill drill: a child is killed with SIGKILL at a seeded moment of its work, and its archive is opened again.

use crate::check::check;
use crate::desk::Template;
use crate::dice::Dice;
use crate::scenario::{Scenario, Told};
use anyhow::{Context, Result, ensure};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// The templates, the child and what is known of its pace.
pub struct Range {
    child: PathBuf,
    story: Template,
    first_schema: Template,
}

/// A child at work.
struct Working {
    child: Child,
    lines: Receiver<String>,
    /// Its temporary files: none may stay.
    temporary: tempfile::TempDir,
}

impl Range {
    /// `child` is the program `letopis-drill`.
    ///
    /// # Errors
    /// The templates cannot be made.
    pub fn new(child: &Path) -> Result<Self> {
        Ok(Range { child: child.to_owned(), story: Template::story()?, first_schema: Template::first_schema()? })
    }

    pub fn template(&self, scenario: Scenario) -> &Template {
        if scenario == Scenario::Migrate { &self.first_schema } else { &self.story }
    }

    /// The child's command line.
    pub fn command(&self, scenario: Scenario, desk: &Path) -> Command {
        let mut command = Command::new(&self.child);
        command.args(["child", scenario.name()]).arg(desk).arg(&self.template(scenario).recovery);
        command
    }

    fn start(&self, scenario: Scenario, desk: &Path) -> Result<Working> {
        let temporary = tempfile::tempdir()?;
        let mut command = self.command(scenario, desk);
        command.env("TMPDIR", temporary.path()).env("SQLITE_TMPDIR", temporary.path());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().context("start the child")?;
        let lines = listen(child.stdout.take().context("stdout of the child")?);
        let ready = lines.recv().context("the child ended before its work")?;
        ensure!(ready == "ready", "the child said {ready}");
        Ok(Working { child, lines, temporary })
    }

    /// How long the work takes when nobody disturbs it; also that it then is as it should be.
    ///
    /// # Errors
    /// A law that is broken without any kill.
    pub fn pace(&self, scenario: Scenario) -> Result<Duration> {
        let desk = self.template(scenario).lay()?;
        let mut working = self.start(scenario, desk.path())?;
        let begun = Instant::now();
        let lines: Vec<String> = working.lines.iter().collect();
        let pace = begun.elapsed();
        ensure!(working.child.wait()?.success(), "the child failed without being killed");
        ensure!(lines.last().is_some_and(|line| line == "closed"), "the child did not close");
        check(scenario, desk.path(), &self.template(scenario).recovery, &Told::read(lines.iter().map(String::as_str))?)?;
        Ok(pace)
    }

    /// Kills the work after `pause`, then holds the archive against what was acknowledged. True when the child was still at
    /// work.
    ///
    /// # Errors
    /// The law that is broken.
    pub fn kill(&self, scenario: Scenario, pause: Duration) -> Result<bool> {
        let desk = self.template(scenario).lay()?;
        let mut working = self.start(scenario, desk.path())?;
        std::thread::sleep(pause);
        working.child.kill()?;
        working.child.wait()?;
        let lines: Vec<String> = working.lines.iter().collect();
        ensure!(std::fs::read_dir(working.temporary.path())?.next().is_none(), "a temporary file was left over");
        check(scenario, desk.path(), &self.template(scenario).recovery, &Told::read(lines.iter().map(String::as_str))?)?;
        Ok(lines.last().is_none_or(|line| line != "closed"))
    }
}

/// Lines as they come, whole ones only: half a line is no promise.
fn listen(out: ChildStdout) -> Receiver<String> {
    let (send, lines) = channel();
    std::thread::spawn(move || {
        let mut out = BufReader::new(out);
        let mut line = String::new();
        while out.read_line(&mut line).is_ok_and(|read| read > 0) && line.ends_with('\n') {
            if send.send(line.trim_end().to_owned()).is_err() {
                return;
            }
            line.clear();
        }
    });
    lines
}

/// Kills at `points` moments, spread evenly over all kinds of work; returns how many hit work under way.
///
/// # Errors
/// All laws that were broken, each with the place to try again.
pub fn drill(child: &Path, points: u64, seed: u64) -> Result<u64> {
    let range = Range::new(child)?;
    let mut dice = Dice::new(seed);
    let mut broken = Vec::new();
    let mut hits = 0;
    let paces: Vec<Duration> = Scenario::ALL.iter().map(|s| range.pace(*s).context(s.name())).collect::<Result<_>>()?;
    for point in 0..points {
        let turn = (point % Scenario::ALL.len() as u64) as usize;
        let (Some(scenario), Some(pace)) = (Scenario::ALL.get(turn), paces.get(turn)) else { continue };
        let pause = pace.mul_f64(dice.part());
        match range.kill(*scenario, pause) {
            Ok(at_work) => hits += u64::from(at_work),
            Err(error) => {
                let line = format!("{} killed after {pause:?}: {error:#}", scenario.name());
                eprintln!("{line}");
                broken.push(line);
            }
        }
    }
    ensure!(broken.is_empty(), "{} of {points} kills, seed {seed}:\n{}", broken.len(), broken.join("\n"));
    Ok(hits)
}
