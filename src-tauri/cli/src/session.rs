//! One run: the archive folder, the passphrase, the clock, Ctrl-C and the language.

use crate::args::Args;
use anyhow::{Context, anyhow};
use letopis_engine::{Clock, Engine, Failure, Home, Job, Lang, OpenArchive, Progress, Secret, Stage};
use letopis_model::Timestamp;
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub struct Session {
    pub engine: Engine,
    pub lang: Lang,
    pub json: bool,
    passphrase_file: Option<PathBuf>,
    cancelled: Arc<AtomicBool>,
}

impl Session {
    pub fn new(args: &Args) -> Result<Self, Failure> {
        let folder =
            args.archive.clone().or_else(Home::default_folder).ok_or_else(|| anyhow!("no home folder; use --archive"))?;
        let clock = match args.now {
            Some(now) => Clock::at(Timestamp(now.as_second())),
            None => Clock::system(),
        };
        let cancelled: Arc<AtomicBool> = Arc::default();
        let flag = cancelled.clone();
        ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed)).context("Listen to Ctrl-C")?;
        Ok(Session {
            engine: Engine::new(folder, clock),
            lang: args.lang(),
            json: args.json,
            passphrase_file: args.passphrase_file.clone(),
            cancelled,
        })
    }

    /// From the file, the environment or the terminal, in this order.
    pub fn passphrase(&self) -> Result<String, Failure> {
        if let Some(path) = &self.passphrase_file {
            return first_line(path);
        }
        if let Ok(text) = std::env::var("LETOPIS_PASSPHRASE") {
            return Ok(text);
        }
        if !std::io::stdin().is_terminal() {
            return Err(Failure::Locked);
        }
        Ok(rpassword::prompt_password("Passphrase: ").context("Read the passphrase")?)
    }

    /// Unlocks the archive and brings its index up to date.
    pub fn open(&self) -> Result<Arc<OpenArchive>, Failure> {
        let archive = self.engine.unlock(&Secret::Passphrase(&self.passphrase()?))?;
        archive.catch_up(&mut self.job())?;
        Ok(archive)
    }

    /// A job that draws a line on a terminal's stderr and stops on Ctrl-C.
    pub fn job(&self) -> Job<'static> {
        let draws = std::io::stderr().is_terminal();
        Job::new(self.cancelled.clone(), move |progress| {
            if draws {
                draw(progress);
            }
        })
    }

    /// A moment with the local offset.
    pub fn rfc3339(&self, at: Timestamp) -> String {
        self.engine
            .archive()
            .map_or_else(|_| String::new(), |archive| archive.clock().zoned(at).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
    }

    pub fn date(&self, typed: &str) -> Result<Timestamp, Failure> {
        let archive = self.engine.archive()?;
        archive.clock().start_of(typed).ok_or_else(|| Failure::NotADate(typed.to_owned()))
    }
}

pub fn first_line(path: &Path) -> Result<String, Failure> {
    let file = std::fs::File::open(path).map_err(|e| Failure::from_io(e, path.to_owned()))?;
    let mut line = String::new();
    BufReader::new(file).read_line(&mut line).map_err(|e| Failure::from_io(e, path.to_owned()))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn draw(progress: Progress) {
    let percent = (progress.done * 100).checked_div(progress.total).unwrap_or(0);
    let stage = match progress.stage {
        Stage::Reading => "reading",
        Stage::Indexing => "indexing",
        Stage::Sealing => "sealing",
    };
    let mut err = std::io::stderr().lock();
    let end = if progress.done >= progress.total { "\n" } else { "" };
    // A progress line that cannot be drawn is no reason to stop.
    let _ = write!(err, "\r{stage} {percent:>3}%  {} messages\x1b[K{end}", progress.messages);
    let _ = err.flush();
}
