//! Import jobs: a reader of files or the demo company on one side, the writer thread and the blob store on the other. A job
//! may be stopped at any moment; the same import again takes it up and ends in the same archive.

mod files;
mod ledger;
mod preview;
mod report;
mod taking;
mod twin;

pub use preview::ImportPreview;
pub use report::{ImportReport, Skipped, save_reports};

use crate::job::Job;
use crate::words::Lang;
use crate::{Failure, OpenArchive};
use files::Files;
use letopis_intake::{ExportFolder, Options, Report, Sink};
use letopis_model::Change;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use taking::Taking;

/// What the user says about a source.
#[derive(Clone, Default)]
pub struct ImportOptions {
    /// The manager's name.
    pub manager: Option<String>,
    /// Telegram's user id of the account that the export was made from.
    pub owner: Option<i64>,
    /// The name that its owner writes under, for exports without ids.
    pub owner_name: Option<String>,
    pub timezone: Option<jiff::tz::TimeZone>,
    /// The chats to take, by the keys of a preview; all when `None`.
    pub chats: Option<BTreeSet<u32>>,
    /// Reads and counts, keeps nothing.
    pub dry_run: bool,
}

/// The exports in what the user pointed at: itself, or those in the folders below. Where there is none, the import says why.
pub fn sources(path: &Path) -> Vec<PathBuf> {
    letopis_intake::sources(path).unwrap_or_else(|_| vec![path.to_owned()])
}

impl OpenArchive {
    /// Imports one file or export folder, its files included. The index follows on its own thread where there is one; else it
    /// is brought up to date here.
    ///
    /// # Errors
    /// What was appended before an error stays; the same import again takes it up where it broke off.
    pub fn import(&self, path: &Path, options: &ImportOptions, lang: Lang, job: &mut Job<'_>) -> Result<ImportReport, Failure> {
        let report = if options.dry_run {
            self.take(path, options, lang, job)?
        } else {
            self.before_indexing(|| self.take(path, options, lang, job))?
        };
        tracing::info!(report.messages, report.new_versions, report.unchanged, report.media, "imported");
        self.index_after(report.adopted, job)?;
        self.keep_head()?;
        Ok(report)
    }

    fn take(&self, path: &Path, options: &ImportOptions, lang: Lang, job: &mut Job<'_>) -> Result<ImportReport, Failure> {
        let files = Files::of(ExportFolder::of(path), (!options.dry_run).then(|| self.blobs().clone()), lang, job.flag());
        let mut taking = Taking::new(self, !options.dry_run, lang, job).with_files(files);
        match letopis_intake::import(path, &self.asked(options), &mut taking) {
            Ok(read) => Ok(counted(taking.finish_with(&read)?, path, &read)),
            // Nothing was worth keeping, so nothing is: what waits unsent is dropped.
            Err(error) if taking.is_empty() => Err(Failure::from_intake(error, path)),
            Err(error) => {
                taking.finish()?;
                Err(Failure::from_intake(error, path))
            }
        }
    }

    /// Imports several sources, one after another. One that fails spoils itself only; a lone one's failure is the answer.
    ///
    /// # Errors
    /// As [`OpenArchive::import`], when there is one source.
    pub fn import_all(
        &self,
        sources: &[(PathBuf, ImportOptions)],
        lang: Lang,
        job: &mut Job<'_>,
    ) -> Result<Vec<ImportReport>, Failure> {
        let mut reports = Vec::new();
        for (path, options) in sources {
            let (report, is_last) = match self.import(path, options, lang, job) {
                Ok(report) => (ImportReport { source: path.clone(), ..report }, job.is_cancelled()),
                Err(failure) if sources.len() == 1 => return Err(failure),
                Err(failure) => {
                    let failed =
                        ImportReport { source: path.clone(), failure: Some(failure.words(lang)), ..ImportReport::default() };
                    (failed, !failure.is_of_the_source())
                }
            };
            reports.push(report);
            if is_last {
                break;
            }
        }
        Ok(reports)
    }

    fn asked(&self, options: &ImportOptions) -> Options {
        Options {
            owner: options.owner,
            owner_name: options.owner_name.clone(),
            manager: options.manager.clone(),
            timezone: options.timezone.clone().or_else(|| Some(self.clock.zone().clone())),
            seen_at: self.clock.now(),
            chats: options.chats.clone(),
        }
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
        let mut taking = Taking::new(self, true, lang, job);
        let (mut chats, mut messages, mut cancelled) = (0, 0, false);
        for (done, change) in (1u64..).zip(changes) {
            chats += u64::from(matches!(change, Change::ChatSeen { .. }));
            messages += u64::from(matches!(&change, Change::Posted(s) if s.edited_at.is_none()));
            if taking.change(change).is_break() || taking.progress(done, total).is_break() {
                cancelled = true;
                break;
            }
        }
        let report = ImportReport { format: "demo".into(), chats, messages, cancelled, ..taking.finish()? };
        // It is small, and is searched at once.
        match self.catch_up(job) {
            Err(Failure::Cancelled) | Ok(()) => Ok(report),
            Err(failure) => Err(failure),
        }
    }

    /// A cancelled job leaves the rest of the index to the background.
    fn index_after(&self, adopted: bool, job: &mut Job<'_>) -> Result<(), Failure> {
        if adopted {
            self.clear_index()?;
        }
        if self.is_followed() {
            self.writer.grown().tell();
            return Ok(());
        }
        match self.catch_up(job) {
            Err(Failure::Cancelled) => Ok(()),
            other => other,
        }
    }
}

/// What was taken, with the reader's own counts.
fn counted(taken: ImportReport, path: &Path, read: &Report) -> ImportReport {
    ImportReport {
        source: path.to_owned(),
        format: read.format.to_owned(),
        chats: read.chats,
        messages: read.messages,
        lost: read.lost,
        salvaged: read.salvaged,
        cancelled: read.cancelled,
        bytes_read: read.bytes_read,
        ..taken
    }
}
