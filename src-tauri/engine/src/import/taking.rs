//! Collects what a reader finds into batches and sends them to the writer; keeps the files that messages name.

use super::files::{Files, Kept};
use super::ledger::Ledger;
use super::report::{ImportReport, Listed};
use super::twin;
use crate::job::{Job, Progress, Stage};
use crate::words::{Lang, reason};
use crate::writer::Line;
use crate::{Failure, OpenArchive};
use letopis_archive::Appended;
use letopis_intake::{Acquaintance, Problem, Report, Sink};
use letopis_model::{Change, ChatId, Sighting};
use std::ops::ControlFlow;

/// Changes in one transaction.
const BATCH: usize = 2_000;
/// Text in one transaction; long messages make smaller batches.
const BATCH_BYTES: usize = 4 << 20;

pub(super) struct Taking<'a, 'job> {
    archive: &'a OpenArchive,
    /// `None` when nothing is to be kept.
    line: Option<Line>,
    job: &'a mut Job<'job>,
    lang: Lang,
    files: Option<Files>,
    ledger: Ledger,
    batch: Vec<Change>,
    bytes: usize,
    messages: u64,
    skipped: Listed,
    notes: Listed,
    report: ImportReport,
    failure: Option<Failure>,
}

impl<'a, 'job> Taking<'a, 'job> {
    pub fn new(archive: &'a OpenArchive, keeps: bool, lang: Lang, job: &'a mut Job<'job>) -> Self {
        Taking {
            archive,
            line: keeps.then(|| archive.writer.line()),
            job,
            lang,
            files: None,
            ledger: Ledger::default(),
            batch: Vec::with_capacity(BATCH),
            bytes: 0,
            messages: 0,
            skipped: Listed::default(),
            notes: Listed::default(),
            report: ImportReport::default(),
            failure: None,
        }
    }

    pub fn with_files(self, files: Files) -> Self {
        Taking { files: Some(files), ..self }
    }

    /// Nothing was found that is worth keeping.
    pub fn is_empty(&self) -> bool {
        self.messages == 0
    }

    /// A failure ends the reading as a cancel does; it is told at the end.
    fn fail(&mut self, failure: Failure) -> ControlFlow<()> {
        self.failure.get_or_insert(failure);
        ControlFlow::Break(())
    }

    fn push(&mut self, change: Change) -> ControlFlow<()> {
        self.bytes += weight(&change);
        self.batch.push(change);
        if self.batch.len() < BATCH && self.bytes < BATCH_BYTES {
            return ControlFlow::Continue(());
        }
        match self.send() {
            Ok(()) => ControlFlow::Continue(()),
            Err(failure) => self.fail(failure),
        }
    }

    /// The file of a message, kept before the change that speaks of it.
    fn file(&mut self, sighting: &Sighting) -> ControlFlow<()> {
        let Some(files) = &mut self.files else { return ControlFlow::Continue(()) };
        match files.keep(sighting) {
            Ok(Kept::Nothing) => ControlFlow::Continue(()),
            Ok(Kept::Missing(note)) => {
                self.notes.push(note);
                ControlFlow::Continue(())
            }
            Ok(Kept::File(media)) => self.push(Change::MediaKept(Box::new(media))),
            Ok(Kept::Stopped) => ControlFlow::Break(()),
            Err(failure) => self.fail(failure),
        }
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
        let sum = |of: fn(&Appended) -> u64| done.iter().map(of).sum::<u64>();
        self.report.new_versions += sum(|d| d.new_versions);
        self.report.unchanged += sum(|d| d.unchanged);
        self.report.refused += sum(|d| d.refused);
        self.report.adopted |= done.iter().any(|d| d.adopted);
    }

    /// Sends what waits and hears all answers.
    fn flush(&mut self) -> Result<(), Failure> {
        if !self.batch.is_empty() {
            self.send()?;
        }
        if let Some(line) = &mut self.line {
            let rest = line.finish()?;
            self.add(&rest);
        }
        Ok(())
    }

    pub fn finish(mut self) -> Result<ImportReport, Failure> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        self.flush()?;
        self.report.skipped = self.skipped.list(self.lang);
        self.report.notes = self.notes.list(self.lang);
        if let Some(files) = self.files {
            files.count_into(&mut self.report);
        }
        Ok(self.report)
    }

    /// As [`Taking::finish`], after a source was read: what it covers is written down, and what the archive has beside it
    /// is counted.
    pub fn finish_with(mut self, read: &Report) -> Result<ImportReport, Failure> {
        if self.failure.is_none() && self.line.is_some() {
            let is_whole = read.lost == 0 && !read.salvaged;
            self.flush()?;
            self.batch.extend(self.ledger.coverage(self.archive, is_whole)?);
            self.flush()?;
            // A stopped import has not seen the rest of the export.
            self.report.not_in_export = if read.cancelled { 0 } else { self.ledger.absent(self.archive)? };
        }
        self.finish()
    }
}

impl Sink for Taking<'_, '_> {
    fn change(&mut self, change: Change) -> ControlFlow<()> {
        if self.failure.is_some() {
            return ControlFlow::Break(());
        }
        if let Change::Posted(sighting) = &change {
            self.messages += 1;
            self.ledger.note(sighting);
            self.file(sighting)?;
        }
        self.push(change)
    }

    fn problem(&mut self, problem: Problem) {
        let list = if problem.why.loses_a_message() { &mut self.skipped } else { &mut self.notes };
        list.push_why(problem.place, reason(self.lang, problem.why));
    }

    fn progress(&mut self, read: u64, total: u64) -> ControlFlow<()> {
        let chats = self.ledger.chats();
        self.job.step(Progress { stage: Stage::Reading, done: read, total, messages: self.messages, chats })
    }

    fn twin(&mut self, chat: &Acquaintance<'_>) -> Option<ChatId> {
        match twin::find(self.archive, chat) {
            Ok(twin::Twin::Known(known)) => Some(known),
            Ok(twin::Twin::Provisional(numbers)) => {
                for provisional in numbers {
                    // A failure is kept and told: see `fail`.
                    let _ = self.push(Change::ChatIdentified { provisional, chat: chat.id });
                }
                None
            }
            Ok(twin::Twin::None) => None,
            Err(failure) => {
                let _ = self.fail(failure);
                None
            }
        }
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
