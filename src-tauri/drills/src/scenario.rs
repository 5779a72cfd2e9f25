//! What the child does between two acknowledgements. A line on stdout is a promise: what it names must be there whenever
//! and however the work is stopped afterwards.

use crate::desk::{ARCHIVE, BACKUP, BATCHES, EXPORT};
use crate::story;
use anyhow::{Result, bail};
use letopis_engine::{Engine, ImportOptions, Job, Lang, OpenArchive, TreeHead, head_text, parse_head};
use std::path::Path;

/// One kind of work. A new kind is a variant, a line in [`Scenario::ALL`] and in [`Scenario::name`], its work in
/// [`Scenario::work`] and what must hold after it in `check.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    Append,
    Import,
    Index,
    Migrate,
    Backup,
    Forget,
    Compact,
    Rekey,
}

/// Batches that [`Scenario::Append`] adds.
const APPENDED: u64 = 45;
/// Batches that [`Scenario::Index`] adds one by one, each indexed at once.
const INDEXED: u64 = 3;

impl Scenario {
    pub const ALL: &[Scenario] = &[
        Scenario::Append,
        Scenario::Import,
        Scenario::Index,
        Scenario::Migrate,
        Scenario::Backup,
        Scenario::Forget,
        Scenario::Compact,
        Scenario::Rekey,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Scenario::Append => "append",
            Scenario::Import => "import",
            Scenario::Index => "index",
            Scenario::Migrate => "migrate",
            Scenario::Backup => "backup",
            Scenario::Forget => "forget",
            Scenario::Compact => "compact",
            Scenario::Rekey => "rekey",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Scenario::ALL.iter().copied().find(|scenario| scenario.name() == name)
    }

    /// The child's whole life: opens the archive of a desk, works, closes.
    ///
    /// # Errors
    /// Whatever the engine says; the child then ends with a code that is not 0.
    pub fn run(self, desk: &Path, recovery: &str) -> Result<()> {
        let engine = story::engine(&desk.join(ARCHIVE));
        if self == Scenario::Migrate {
            println!("ready");
        }
        let archive = story::open(&engine, recovery)?;
        if self != Scenario::Migrate {
            println!("ready");
        }
        if self == Scenario::Rekey {
            drop(archive);
            rekey(&engine, recovery)?;
        } else {
            self.work(&archive, desk)?;
            drop(archive);
        }
        engine.lock();
        println!("closed");
        Ok(())
    }

    fn work(self, archive: &OpenArchive, desk: &Path) -> Result<()> {
        match self {
            Scenario::Append => (BATCHES..BATCHES + APPENDED).try_for_each(|batch| {
                story::append(archive, batch)?;
                println!("batch {}", batch + 1);
                if batch % 4 == 0 {
                    println!("head {}", head_text(&archive.keep_head()?));
                }
                Ok(())
            }),
            Scenario::Import => {
                archive.import(&desk.join(EXPORT), &ImportOptions::default(), Lang::En, &mut Job::quiet())?;
                told(archive)
            }
            Scenario::Index => {
                archive.rebuild_index(&mut Job::quiet())?;
                (BATCHES..BATCHES + INDEXED).try_for_each(|batch| {
                    story::append(archive, batch)?;
                    println!("batch {}", batch + 1);
                    Ok(archive.catch_up(&mut Job::quiet())?)
                })
            }
            Scenario::Migrate | Scenario::Rekey => told(archive),
            Scenario::Backup => {
                archive.backup(&desk.join(BACKUP), &mut Job::quiet())?;
                told(archive)
            }
            Scenario::Forget => {
                let plan = archive.plan_forgetting(story::kirill())?;
                archive.forget(story::kirill(), &plan.code, "просьба клиента", &mut Job::quiet())?;
                told(archive)
            }
            Scenario::Compact => {
                archive.compact()?;
                told(archive)
            }
        }
    }
}

/// The new master key is sealed under the recovery key that is known already: whoever checks afterwards opens either state
/// with it.
fn rekey(engine: &Engine, recovery: &str) -> Result<()> {
    let rekeyed = engine.rekey(story::PASSPHRASE, recovery, &mut Job::quiet())?;
    told(&rekeyed.archive)
}

fn told(archive: &OpenArchive) -> Result<()> {
    println!("head {}", head_text(&archive.tree_head()?));
    println!("done");
    Ok(())
}

/// What a child has acknowledged.
#[derive(Clone, Debug, Default)]
pub struct Told {
    pub batches: u64,
    pub heads: Vec<TreeHead>,
    pub done: bool,
    /// The kind of the failure with which the child ended, and its words in both languages.
    pub failed: Option<String>,
}

impl Told {
    /// # Errors
    /// A line that no child of ours writes.
    pub fn read<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Self> {
        let mut told = Told { batches: BATCHES, ..Told::default() };
        for line in lines {
            match line.split_once(' ') {
                Some(("batch", count)) => told.batches = count.parse()?,
                Some(("head", head)) => told.heads.extend(parse_head(head)),
                Some(("failed", words)) => told.failed = Some(words.to_owned()),
                _ if line == "done" => told.done = true,
                _ if line == "ready" || line == "closed" => {}
                _ => bail!("the child said: {line}"),
            }
        }
        Ok(told)
    }
}
