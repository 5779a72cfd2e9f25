//! The resume drill: an import is cut at random moments, by a cancel and by SIGKILL, and begun again until it comes to its
//! end. The archive must then tell what an import in one go tells: every row, up to salts and the order of arrival.

use crate::dice::Dice;
use crate::story;
use anyhow::{Context, Result, ensure};
use letopis_engine::{ImportOptions, Job, Lang, Secret, Stage};
use letopis_testkit::{big_chat, random_export};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const ARCHIVE: &str = "archive";
/// An account's export of every kind of message, with files, and one chat as large as asked for.
const SOURCES: [&str; 2] = ["account", "chat/result.json"];
/// Messages of the account's export.
const OF_ACCOUNT: usize = 300;
/// Cuts of one import before it is let through.
const CUTS: u64 = 3;
/// A fraction that is never reached.
const NEVER: u64 = 1_001;
/// Sources larger than this, in megabytes, are compared row by row only: the index and the self-check of millions of
/// messages would take most of the time, and the smaller ones show them.
const WITH_INDEX: u64 = 50;

/// The sources, and archives beside them.
struct Ground {
    folder: tempfile::TempDir,
    child: PathBuf,
    /// How much the child does after the import: `all` or `rows`.
    extent: &'static str,
}

/// How an import is cut.
#[derive(Clone, Copy, Debug)]
enum Cut {
    /// Cancelled when this many thousandths of the large chat were read.
    Cancel(u64),
    Kill(Duration),
}

/// What a child said at its end.
struct Told {
    likeness: String,
    peak: u64,
}

/// Imports `rounds` times with cuts, and once without. `child` is the program `letopis-drill`.
///
/// # Errors
/// The cut after which the archive tells something else.
pub fn drill(child: &Path, megabytes: u64, rounds: u64, seed: u64) -> Result<String> {
    let ground = Ground::lay(child, megabytes, seed)?;
    let begun = Instant::now();
    let whole = ground.finish(&ground.desk("whole")?)?;
    let pace = begun.elapsed();
    ground.clear("whole")?;
    let mut dice = Dice::new(seed);
    let mut at_work = 0;
    for round in 0..rounds {
        let name = format!("cut{round}");
        let desk = ground.desk(&name)?;
        let mut cuts = Vec::new();
        for _ in 0..=dice.below(CUTS) {
            let cut = match dice.below(2) {
                0 => Cut::Cancel(dice.below(1_000)),
                _ => Cut::Kill(pace.mul_f64(dice.part())),
            };
            at_work += u64::from(ground.cut(&desk, cut)?);
            cuts.push(cut);
        }
        let told = ground.finish(&desk)?;
        ensure!(told.likeness == whole.likeness, "seed {seed}, round {round}: after {cuts:?} the archive tells something else");
        ground.clear(&name)?;
    }
    Ok(format!(
        "{rounds} imports, {at_work} cuts met work under way, every archive tells what one import in one go tells; peak {} MB",
        whole.peak / 1024
    ))
}

impl Ground {
    fn lay(child: &Path, megabytes: u64, seed: u64) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        random_export(seed, OF_ACCOUNT).to_folder(&folder.path().join("account"))?;
        fs::create_dir(folder.path().join("chat"))?;
        big_chat(&folder.path().join("chat/result.json"), megabytes * 2_700, megabytes * 1_000_000)?;
        let extent = if megabytes > WITH_INDEX { "rows" } else { "all" };
        Ok(Ground { folder, child: child.to_owned(), extent })
    }

    /// An empty archive under this name.
    fn desk(&self, name: &str) -> Result<PathBuf> {
        let desk = self.folder.path().join(name);
        fs::create_dir(&desk)?;
        let engine = story::engine(&desk.join(ARCHIVE));
        engine.create(story::PASSPHRASE)?;
        engine.lock();
        Ok(desk)
    }

    fn clear(&self, name: &str) -> Result<()> {
        Ok(fs::remove_dir_all(self.folder.path().join(name))?)
    }

    fn start(&self, desk: &Path, stop_at: u64) -> Result<Child> {
        let mut command = Command::new(&self.child);
        command.arg("import").arg(desk).arg(stop_at.to_string()).arg(self.extent);
        command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().context("start the child")
    }

    /// True when the child was still at work.
    fn cut(&self, desk: &Path, cut: Cut) -> Result<bool> {
        match cut {
            Cut::Cancel(stop_at) => {
                let out = self.start(desk, stop_at)?.wait_with_output()?;
                ensure!(out.status.success(), "a cancelled import failed");
                Ok(String::from_utf8_lossy(&out.stdout).starts_with("cancelled"))
            }
            Cut::Kill(pause) => {
                let mut child = self.start(desk, NEVER)?;
                std::thread::sleep(pause);
                let was_at_work = child.try_wait()?.is_none();
                child.kill()?;
                child.wait()?;
                Ok(was_at_work)
            }
        }
    }

    fn finish(&self, desk: &Path) -> Result<Told> {
        let out = self.start(desk, NEVER)?.wait_with_output()?;
        ensure!(out.status.success(), "an import that nobody cut failed");
        let text = String::from_utf8(out.stdout)?;
        let words: Vec<&str> = text.split_whitespace().collect();
        match words.as_slice() {
            ["whole", likeness, peak] => Ok(Told { likeness: (*likeness).to_owned(), peak: peak.parse()? }),
            _ => anyhow::bail!("the child said {text}"),
        }
    }
}

/// The child: imports what lies beside the desk and says what the archive tells then.
///
/// # Errors
/// An import that fails, an index that lags behind, a self-check that finds something.
#[allow(clippy::print_stdout, reason = "the parent reads it")]
pub fn child(desk: &Path, stop_at: u64, with_index: bool) -> Result<()> {
    let engine = story::engine(&desk.join(ARCHIVE));
    let archive = engine.unlock(&Secret::Passphrase(story::PASSPHRASE))?;
    let ground = desk.parent().context("the desk stands on nothing")?;
    for source in SOURCES {
        let flag = Arc::new(AtomicBool::new(false));
        let (stop, can_stop) = (flag.clone(), source != "account");
        let mut job = Job::new(flag, move |paced| {
            let progress = paced.progress;
            let is_reached = can_stop && progress.done * 1_000 >= progress.total.saturating_mul(stop_at);
            // Stopped while it is being put into the index, an import is whole all the same.
            let is_index = progress.stage == Stage::Indexing && !with_index;
            if is_index || is_reached && progress.stage == Stage::Reading {
                stop.store(true, Ordering::Relaxed);
            }
        });
        let report = archive.import(&ground.join(source), &ImportOptions::default(), Lang::En, &mut job)?;
        if report.cancelled {
            println!("cancelled");
            return Ok(());
        }
    }
    let peak = letopis_testkit::process::memory("VmHWM").unwrap_or(0);
    if with_index {
        archive.catch_up(&mut Job::quiet())?;
        ensure!(archive.not_indexed()? == 0, "the index lags behind");
        let found = archive.verify(false, &mut Job::quiet())?;
        ensure!(found.damaged.is_empty(), "the self-check found {} places", found.damaged.len());
    }
    println!("whole {} {peak}", archive.likeness()?);
    Ok(())
}
