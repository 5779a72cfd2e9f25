//! The flip drill: one bit of one byte is changed anywhere in what an archive is made of. It must be noticed and named (or,
//! in the index, made good), nothing that is still read may be wrong, and nobody may panic.

use crate::check::{index_is_equal, indexed, read_chat, truth};
use crate::desk::{ARCHIVE, BACKUP, BATCHES, Template, copy, files};
use crate::dice::Dice;
use crate::remains::{Keys, contains};
use crate::story::{self, Story, Truth};
use anyhow::{Context, Result, bail, ensure};
use letopis_engine::model::{MessageId, MessageLink};
use letopis_engine::{Failure, FailureKind, Job, Lang, OpenArchive, Salvage, Secret, restore};
use letopis_vault::pages::PAGE;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

const EVIDENCE: &str = "evidence";

/// What an archive is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Database,
    Index,
    Blob,
    Keys,
    Head,
    Backup,
    Evidence,
}

const PARTS: &[Part] = &[Part::Database, Part::Index, Part::Blob, Part::Keys, Part::Head, Part::Backup, Part::Evidence];

/// How a changed byte came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// Opened; the self-check named the place, all chats read.
    NamedAllChatsRead,
    /// Opened; the self-check named the place, the other chats read.
    NamedSomeChatsRead,
    /// Opened; the self-check named the place, no chat reads.
    NamedNoChatReads,
    /// The archive was not opened: it was said that it is damaged, or that the key does not fit.
    Refused,
    /// The index was built anew by itself.
    Rebuilt,
    /// Database: named or refused; a salvage then reads everything.
    SalvagedWhole,
    /// Database: the same, but for versions that stood on the very page, each of which is named.
    SalvagedRest,
}

/// The parts, whole.
struct Whole {
    desk: tempfile::TempDir,
    recovery: String,
    story: Story,
}

impl Whole {
    fn make() -> Result<Self> {
        let template = Template::story()?;
        let desk = template.lay()?;
        let engine = story::engine(&desk.path().join(ARCHIVE));
        let archive = story::open(&engine, &template.recovery)?;
        let links: Vec<MessageLink> = [5, 9].into_iter().map(|id| MessageLink::new(story::kirill(), MessageId(id))).collect();
        archive.write_evidence(&links, &desk.path().join(EVIDENCE), None, "спор", Lang::Ru)?;
        archive.backup(&desk.path().join(BACKUP), &mut Job::quiet())?;
        drop(archive);
        engine.lock();
        Ok(Whole { desk, recovery: template.recovery.clone(), story: story::story(BATCHES) })
    }

    fn files(&self, part: Part) -> Result<Vec<PathBuf>> {
        let archive = self.desk.path().join(ARCHIVE);
        match part {
            Part::Database => Ok(vec![archive.join("archive.db")]),
            Part::Index => files(&archive.join("index")),
            Part::Blob => files(&archive.join("blobs")),
            Part::Keys => Ok(vec![archive.join("keys.json")]),
            Part::Head => Ok(vec![archive.join("head")]),
            Part::Backup => Ok(vec![self.desk.path().join(BACKUP)]),
            Part::Evidence => files(&self.desk.path().join(EVIDENCE)),
        }
    }

    /// A byte of the part, each as likely as any other: file, place, bit. Empty files carry nothing.
    fn choose(&self, part: Part, dice: &mut Dice) -> Result<(PathBuf, usize, u8)> {
        let sized: Vec<(PathBuf, u64)> =
            self.files(part)?.into_iter().map(|path| Ok((path.clone(), fs::metadata(path)?.len()))).collect::<Result<_>>()?;
        let mut at = dice.below(sized.iter().map(|(_, len)| len).sum());
        for (path, len) in sized {
            if at < len {
                return Ok((path.strip_prefix(self.desk.path())?.to_owned(), at as usize, 1 << dice.below(8)));
            }
            at -= len;
        }
        bail!("{part:?} has no byte")
    }

    fn flip(&self, part: Part, path: &Path, at: usize, bit: u8) -> Result<Outcome> {
        let desk = tempfile::tempdir()?;
        copy(self.desk.path(), desk.path())?;
        let file = desk.path().join(path);
        let mut bytes = fs::read(&file)?;
        bytes[at] ^= bit;
        fs::write(&file, &bytes)?;
        match part {
            Part::Backup => self.backup(desk.path()),
            Part::Evidence => evidence(desk.path(), self.desk.path()),
            Part::Keys => self.keys(desk.path()),
            Part::Database => {
                let direct = self.archive(part, desk.path())?;
                // As the flip left it: what was opened may have been written to.
                let again = tempfile::tempdir()?;
                copy(self.desk.path(), again.path())?;
                fs::write(again.path().join(path), &bytes)?;
                let salvaged = self.salvage(again.path(), at)?;
                ensure!(fs::read(again.path().join(path))? == bytes, "a salvage wrote to the damaged file");
                Ok(if direct == Outcome::NamedAllChatsRead { direct } else { salvaged })
            }
            Part::Index | Part::Blob | Part::Head => self.archive(part, desk.path()),
        }
    }

    fn archive(&self, part: Part, desk: &Path) -> Result<Outcome> {
        let engine = story::engine(&desk.join(ARCHIVE));
        let archive = match story::open(&engine, &self.recovery) {
            Ok(archive) => archive,
            Err(error) => return refused(error),
        };
        let begun_anew = archive.not_indexed().is_ok_and(|left| left == story::versions_in(BATCHES));
        let report = archive.verify(true, &mut Job::quiet()).context("the self-check ends with an error")?;
        let read = self.read(&archive)?;
        match part {
            Part::Database => {
                ensure!(report.damaged.iter().any(|d| named(&d.place, part)), "not noticed: {:?}", report.damaged)
            }
            Part::Blob => ensure!(report.damaged.iter().any(|d| named(&d.place, part)), "not noticed: {:?}", report.damaged),
            Part::Head => {
                ensure!(report.damaged.iter().any(|d| d.place == "head") && archive.rolled_back().is_err(), "not noticed")
            }
            Part::Index if begun_anew => return self.mended(&archive),
            Part::Index => {
                ensure!(report.damaged.iter().any(|d| named(&d.place, part)), "not noticed: {:?}", report.damaged);
                archive.rebuild_index(&mut Job::quiet()).context("build the index anew")?;
                index_is_equal(&archive)?;
            }
            Part::Keys | Part::Backup | Part::Evidence => {}
        }
        let chats = 3;
        Ok(match read {
            read if read == chats => Outcome::NamedAllChatsRead,
            0 => Outcome::NamedNoChatReads,
            _ => Outcome::NamedSomeChatsRead,
        })
    }

    /// Everything that did not stand on the flipped page is in the salvaged archive, every loss is named, and the tree has
    /// the head it had.
    fn salvage(&self, desk: &Path, at: usize) -> Result<Outcome> {
        let folder = desk.join("salvaged");
        let secret = Secret::Recovery(&self.recovery);
        let saved = story::engine(&desk.join(ARCHIVE)).salvage(&secret, &folder, &mut Job::quiet()).context("salvage")?;
        ensure!(saved.remaining.is_empty(), "the salvaged archive is damaged: {:?}", saved.remaining);
        ensure!(saved.found.fits_known == Some(true), "the salvaged tree has another head");
        ensure!(saved.lost_files.is_empty(), "a file was lost with a page of the database");
        let lost: BTreeSet<String> = saved.chats.iter().flat_map(|chat| &chat.lost.messages).map(ToString::to_string).collect();
        let engine = story::engine(&folder);
        let archive = story::open(&engine, &self.recovery).context("open what was salvaged")?;
        let found = crate::check::seen(&archive)?;
        for (link, truth) in &self.story {
            match found.get(link) {
                Some(told) if told == truth => {}
                _ if !lost.contains(link) => bail!("{link} is lost or reads otherwise, and was not named"),
                Some(told) => ensure!(is_part(told, truth), "a wrong answer: {link}"),
                None => {}
            }
        }
        ensure!(found.keys().all(|link| self.story.contains_key(link)), "a message that never was");
        self.stood_there(at, &saved)?;
        archive.catch_up(&mut Job::quiet())?;
        index_is_equal(&archive)?;
        Ok(if saved.found.lost_versions() == 0 { Outcome::SalvagedWhole } else { Outcome::SalvagedRest })
    }

    /// A chat that lost something had its words on the flipped page, or no more than the few rows of an inner page.
    fn stood_there(&self, at: usize, saved: &Salvage) -> Result<()> {
        let archive = self.desk.path().join(ARCHIVE);
        let page = Keys::of(&archive, &self.recovery)?.page(&archive, (at / PAGE) as u32 + 1)?;
        for chat in &saved.chats {
            let id = chat.lost.chat.context("a version whose chat is not known")?;
            let mut of_chat = self.story.iter().filter(|(link, _)| link.contains(&format!("{id}/")));
            let stood = of_chat.any(|(_, truth)| truth.texts.iter().any(|text| contains(&page, text.as_bytes())));
            ensure!(stood || chat.lost.versions <= 3, "{} versions of {id} were lost with a page of others", chat.lost.versions);
        }
        ensure!(saved.found.lost_versions() <= 100, "{} versions were lost with one page", saved.found.lost_versions());
        Ok(())
    }

    fn mended(&self, archive: &OpenArchive) -> Result<Outcome> {
        archive.catch_up(&mut Job::quiet())?;
        index_is_equal(archive)?;
        ensure!(archive.verify(true, &mut Job::quiet())?.damaged.is_empty(), "the index built anew is damaged");
        Ok(Outcome::Rebuilt)
    }

    /// How many chats read to their end. What any reader tells must be true, damaged or not.
    fn read(&self, archive: &OpenArchive) -> Result<usize> {
        let mut whole = 0;
        for chat in [story::kirill(), story::olga(), story::oleg()] {
            let Ok(messages) = read_chat(archive, chat) else { continue };
            let mut reads = true;
            for message in &messages {
                let Ok(told) = truth(archive, message) else {
                    reads = false;
                    continue;
                };
                let expected = self.story.get(&message.link.to_string()).context("a message that never was")?;
                ensure!(told == *expected, "a wrong answer: {}", message.link);
            }
            let all = self.story.keys().filter(|link| link.contains(&format!("{chat}/"))).count();
            ensure!(!reads || messages.len() == all, "{} of {all} messages of a chat, and no error", messages.len());
            whole += usize::from(reads);
        }
        for truth in self.story.values() {
            let Some(sha256) = truth.file else { continue };
            let read = archive.blobs().open(&sha256).and_then(|blob| blob.read_all());
            ensure!(read.map_or(true, |bytes| Sha256::digest(bytes).as_slice() == sha256), "a wrong file");
        }
        for (query, expected) in [("запись", self.story.len()), ("правка", BATCHES as usize)] {
            let Ok(found) = indexed(archive, query) else { continue };
            let is_begun_anew = archive.not_indexed().is_ok_and(|left| left > 0);
            ensure!(is_begun_anew || found.len() == expected, "a wrong answer: {} hits of {expected}", found.len());
        }
        Ok(whole)
    }

    fn keys(&self, desk: &Path) -> Result<Outcome> {
        let engine = story::engine(&desk.join(ARCHIVE));
        let archive = match story::open(&engine, &self.recovery) {
            Ok(archive) => archive,
            Err(error) => return refused(error),
        };
        if archive.verify(false, &mut Job::quiet())?.damaged.iter().any(|d| d.place.contains("keys")) {
            return Ok(Outcome::NamedAllChatsRead);
        }
        drop(archive);
        engine.lock();
        match engine.unlock(&Secret::Passphrase(story::PASSPHRASE)) {
            Ok(_) => bail!("not noticed"),
            Err(failure) => refused(failure.into()),
        }
    }

    fn backup(&self, desk: &Path) -> Result<Outcome> {
        let folder = desk.join("restored");
        match restore(&desk.join(BACKUP), &Secret::Recovery(&self.recovery), &folder, &mut Job::quiet()) {
            Ok(_) => bail!("restored"),
            Err(_) if folder.exists() => bail!("refused, and something stays"),
            Err(Failure::NotABackup(_)) => Ok(Outcome::Refused),
            Err(failure) => refused(failure.into()),
        }
    }
}

/// What is told of a message of which a version is lost is true as far as it goes.
fn is_part(told: &Truth, truth: &Truth) -> bool {
    told.texts.iter().all(|text| truth.texts.contains(text))
        && (!told.deleted || truth.deleted)
        && (told.file.is_none() || told.file == truth.file)
}

fn named(place: &str, part: Part) -> bool {
    match part {
        Part::Database => !place.starts_with("index") && !place.starts_with("blobs") && place != "head",
        Part::Index => place.starts_with("index"),
        Part::Blob => place.starts_with("blobs"),
        Part::Keys | Part::Head | Part::Backup | Part::Evidence => true,
    }
}

/// Refused, but in words that say why.
fn refused(error: anyhow::Error) -> Result<Outcome> {
    match error.downcast_ref::<Failure>().map(Failure::kind) {
        Some(FailureKind::Damaged | FailureKind::WrongKey) => Ok(Outcome::Refused),
        _ if matches!(error.downcast_ref(), Some(Failure::NewerVersion)) => Ok(Outcome::Refused),
        _ => Err(error.context("refused without saying that it is damaged")),
    }
}

/// As `sha256sum --strict -c SHA256SUMS` does it, which is what the document tells a stranger to do first.
fn evidence(desk: &Path, whole: &Path) -> Result<Outcome> {
    let folder = desk.join(EVIDENCE);
    let sums = fs::read_to_string(whole.join(EVIDENCE).join("SHA256SUMS"))?;
    let told: BTreeMap<&str, &str> =
        sums.lines().filter_map(|line| line.split_once("  ")).map(|(sum, name)| (name, sum)).collect();
    ensure!(told.len() + 1 == files(&folder)?.len(), "SHA256SUMS does not name every file");
    let run = std::process::Command::new("sha256sum")
        .args(["--strict", "--status", "-c", "SHA256SUMS"])
        .current_dir(&folder)
        .stderr(std::process::Stdio::null())
        .status()?;
    ensure!(!run.success(), "not noticed");
    Ok(Outcome::Refused)
}

/// Flips `points` bytes, spread evenly over the parts.
///
/// # Errors
/// Every byte that was not noticed, every wrong answer, every panic.
pub fn drill(points: u64, seed: u64) -> Result<String> {
    static PANICS: AtomicU64 = AtomicU64::new(0);
    let whole = Whole::make()?;
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        usual(info);
    }));
    let mut dice = Dice::new(seed);
    let mut counts: BTreeMap<(Part, Outcome), u64> = BTreeMap::new();
    let mut broken = Vec::new();
    for point in 0..points {
        let part = PARTS[(point % PARTS.len() as u64) as usize];
        let (path, at, bit) = whole.choose(part, &mut dice)?;
        match whole.flip(part, &path, at, bit) {
            Ok(outcome) => *counts.entry((part, outcome)).or_default() += 1,
            Err(error) => {
                let line = format!("{} byte {at} bit {bit}: {error:#}", path.display());
                eprintln!("{line}");
                broken.push(line);
            }
        }
    }
    ensure!(broken.is_empty(), "{} of {points} bytes, seed {seed}:\n{}", broken.len(), broken.join("\n"));
    ensure!(PANICS.load(Ordering::Relaxed) == 0, "{} panics", PANICS.load(Ordering::Relaxed));
    let told: Vec<String> = counts.iter().map(|((part, outcome), count)| format!("{part:?} {outcome:?} {count}")).collect();
    Ok(format!("all noticed, no wrong answer, no panic; {}", told.join(", ")))
}
