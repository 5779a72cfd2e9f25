//! Import jobs: a reader of files or the demo company on one side, the writer thread on the other.

use crate::job::{Job, Progress, Stage};
use crate::words::{Lang, reason};
use crate::writer::Line;
use crate::{Failure, OpenArchive};
use letopis_archive::Appended;
use letopis_intake::{Options, Problem, Sink};
use letopis_model::{Change, Sighting};
use std::collections::HashSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Changes in one transaction.
const BATCH: usize = 2_000;
/// Text in one transaction; long messages make smaller batches.
const BATCH_BYTES: usize = 4 << 20;
/// Problems that are listed one by one; the rest is counted.
const LISTED: usize = 500;

#[derive(Clone, Default)]
pub struct ImportOptions {
    pub manager: Option<String>,
    pub owner: Option<i64>,
    pub timezone: Option<jiff::tz::TimeZone>,
    /// Reads and counts, keeps nothing.
    pub dry_run: bool,
}

/// A part of a source that was not taken, or was taken with a reservation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    pub place: String,
    pub why: String,
}

#[derive(Clone, Debug, Default)]
pub struct ImportReport {
    pub source: PathBuf,
    pub format: String,
    pub chats: u64,
    pub messages: u64,
    pub new_versions: u64,
    pub unchanged: u64,
    pub media: u64,
    pub skipped: Vec<Skipped>,
    pub salvaged: bool,
    pub cancelled: bool,
    pub bytes_read: u64,
    /// Changes of chats that were forgotten: not taken.
    pub refused: u64,
    /// A chat found its account; the index was built anew.
    pub adopted: bool,
}

impl OpenArchive {
    /// Imports one file or export folder and brings the index up to date.
    ///
    /// # Errors
    /// What was appended before an error stays; the same import again takes it up where it broke off.
    pub fn import(&self, path: &Path, options: &ImportOptions, lang: Lang, job: &mut Job<'_>) -> Result<ImportReport, Failure> {
        let asked = Options {
            owner: options.owner,
            manager: options.manager.clone(),
            timezone: options.timezone.clone().or_else(|| Some(self.clock.zone().clone())),
            seen_at: self.clock.now(),
            ..Options::default()
        };
        let line = (!options.dry_run).then(|| self.writer.line());
        let mut taking = Taking::new(line, lang, job);
        let read = letopis_intake::import(path, &asked, &mut taking);
        let read = match read {
            Ok(read) => read,
            // Nothing was worth keeping, so nothing is: what waits unsent is dropped.
            Err(error) if taking.messages == 0 => return Err(Failure::from_intake(error, path)),
            Err(error) => {
                taking.finish()?;
                return Err(Failure::from_intake(error, path));
            }
        };
        let taken = taking.finish()?;
        let report = ImportReport {
            source: path.to_owned(),
            format: read.format.to_owned(),
            chats: read.chats,
            messages: read.messages,
            salvaged: read.salvaged,
            cancelled: read.cancelled,
            bytes_read: read.bytes_read,
            ..taken
        };
        tracing::info!(report.messages, report.new_versions, report.unchanged, "imported");
        self.index_after(report.adopted, job)?;
        self.keep_head()?;
        Ok(report)
    }

    /// Puts the demo company into this empty archive; its three months end now.
    ///
    /// # Errors
    /// `NotEmpty`: invented chats must not mix with real ones.
    pub fn load_demo(&self, lang: Lang, job: &mut Job<'_>) -> Result<ImportReport, Failure> {
        if self.totals()?.messages > 0 {
            return Err(Failure::NotEmpty);
        }
        let changes = letopis_intake::demo::company(self.clock.now());
        let total = changes.len() as u64;
        let mut taking = Taking::new(Some(self.writer.line()), lang, job);
        let (mut chats, mut messages, mut cancelled) = (0, 0, false);
        for (done, change) in (1u64..).zip(changes) {
            chats += u64::from(matches!(change, Change::ChatSeen { .. }));
            messages += u64::from(matches!(&change, Change::Posted(s) if s.edited_at.is_none()));
            let stop = taking.change(change).is_break() || taking.progress(done, total).is_break();
            if stop {
                cancelled = taking.failure.is_none();
                break;
            }
        }
        let report = ImportReport { format: "demo".into(), chats, messages, cancelled, ..taking.finish()? };
        self.index_after(report.adopted, job)?;
        Ok(report)
    }

    /// A cancelled job leaves the rest of the index to the background.
    fn index_after(&self, adopted: bool, job: &mut Job<'_>) -> Result<(), Failure> {
        if adopted {
            self.index.clear()?;
        }
        match self.catch_up(job) {
            Err(Failure::Cancelled) => Ok(()),
            other => other,
        }
    }
}

/// Collects changes into batches and sends them to the writer.
struct Taking<'a, 'job> {
    line: Option<Line>,
    job: &'a mut Job<'job>,
    lang: Lang,
    batch: Vec<Change>,
    bytes: usize,
    chats: HashSet<letopis_model::ChatId>,
    messages: u64,
    unlisted: u64,
    report: ImportReport,
    failure: Option<Failure>,
}

impl<'a, 'job> Taking<'a, 'job> {
    fn new(line: Option<Line>, lang: Lang, job: &'a mut Job<'job>) -> Self {
        Taking {
            line,
            job,
            lang,
            batch: Vec::with_capacity(BATCH),
            bytes: 0,
            chats: HashSet::new(),
            messages: 0,
            unlisted: 0,
            report: ImportReport::default(),
            failure: None,
        }
    }

    fn count(&mut self, sighting: &Sighting) {
        self.messages += 1;
        self.report.media += u64::from(sighting.content.media.is_some());
        self.chats.insert(sighting.chat);
    }

    fn send(&mut self) -> Result<(), Failure> {
        self.bytes = 0;
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        let Some(line) = &mut self.line else { return Ok(()) };
        line.send(batch)?;
        let ready = line.ready()?;
        self.add(&ready);
        Ok(())
    }

    fn add(&mut self, done: &[Appended]) {
        self.report.new_versions += done.iter().map(|d| d.new_versions).sum::<u64>();
        self.report.adopted |= done.iter().any(|d| d.adopted);
        self.report.unchanged += done.iter().map(|d| d.unchanged).sum::<u64>();
        self.report.refused += done.iter().map(|d| d.refused).sum::<u64>();
    }

    fn finish(mut self) -> Result<ImportReport, Failure> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        if !self.batch.is_empty() {
            self.send()?;
        }
        if let Some(line) = &mut self.line {
            let rest = line.finish()?;
            self.add(&rest);
        }
        if self.unlisted > 0 {
            let why = crate::words::and_more(self.lang, self.unlisted);
            self.report.skipped.push(Skipped { place: "…".into(), why });
        }
        Ok(self.report)
    }
}

impl Sink for Taking<'_, '_> {
    fn change(&mut self, change: Change) -> ControlFlow<()> {
        self.bytes += weight(&change);
        if let Change::Posted(sighting) = &change {
            self.count(sighting);
        }
        self.batch.push(change);
        if self.batch.len() < BATCH && self.bytes < BATCH_BYTES {
            return ControlFlow::Continue(());
        }
        match self.send() {
            Ok(()) => ControlFlow::Continue(()),
            Err(failure) => {
                self.failure = Some(failure);
                ControlFlow::Break(())
            }
        }
    }

    fn problem(&mut self, problem: Problem) {
        if self.report.skipped.len() < LISTED {
            self.report.skipped.push(Skipped { place: problem.place, why: reason(self.lang, problem.why).to_owned() });
        } else {
            self.unlisted += 1;
        }
    }

    fn progress(&mut self, read: u64, total: u64) -> ControlFlow<()> {
        let chats = self.chats.len() as u64;
        self.job.step(Progress { stage: Stage::Reading, done: read, total, messages: self.messages, chats })
    }
}

/// Bytes of the strings that a change carries: names can be as long as texts.
fn weight(change: &Change) -> usize {
    match change {
        Change::AccountSeen { manager, .. } => manager.len(),
        Change::ChatSeen { title, .. } => title.as_ref().map_or(0, String::len),
        Change::PeerSeen { name, .. } => name.len(),
        Change::Posted(s) => {
            let content = &s.content;
            let parts = [&content.forwarded_from, &content.via_bot, &content.signature, &content.extra, &s.sender_name];
            let service = content.service.as_ref().map_or(0, |s| s.action.len() + s.fields.len());
            let entities: usize = content.entities.iter().map(|e| 24 + e.value.as_ref().map_or(0, String::len)).sum();
            content.text.len() + service + entities + parts.into_iter().flatten().map(String::len).sum::<usize>()
        }
        Change::Covered(coverage) => coverage.why.len(),
        Change::Deleted { .. }
        | Change::ChatVanished { .. }
        | Change::ChatIdentified { .. }
        | Change::MediaKept(_)
        | Change::ReadUpTo { .. } => 0,
    }
}
