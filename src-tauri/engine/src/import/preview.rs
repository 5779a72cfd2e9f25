//! What a source holds, and what of it the archive has already: shown before anything is written.

use super::ImportOptions;
use super::report::{Listed, Skipped};
use crate::job::{Job, Progress, Stage};
use crate::words::{Lang, reason};
use crate::{Failure, OpenArchive};
use letopis_archive::ChatRecord;
use letopis_intake::{ChatSurvey, Options, Survey};
use letopis_model::{AccountId, ChatId};
use std::path::Path;

/// A source that was looked into.
pub struct ImportPreview {
    pub survey: Survey,
    /// Each chat of the survey, and how many of its messages the archive holds.
    pub known: Vec<u64>,
    pub problems: Vec<Skipped>,
}

impl OpenArchive {
    /// Looks into a file or export folder; keeps nothing.
    ///
    /// # Errors
    /// As [`OpenArchive::import`]; `Cancelled` when it was stopped.
    pub fn preview(&self, path: &Path, options: &ImportOptions, lang: Lang, job: &mut Job<'_>) -> Result<ImportPreview, Failure> {
        // Without a zone of ours, so that the survey says whether one is needed.
        let asked = Options { timezone: options.timezone.clone(), ..self.asked(options) };
        let mut on_progress = |done, total| job.step(Progress { stage: Stage::Reading, done, total, messages: 0, chats: 0 });
        let survey = letopis_intake::survey(path, &asked, &mut on_progress).map_err(|error| Failure::from_intake(error, path))?;
        if survey.cancelled {
            return Err(Failure::Cancelled);
        }
        let held = self.read(|reader| reader.chats())?;
        let known = survey.chats.iter().map(|chat| known(chat, survey.owner, &held)).collect();
        let mut problems = Listed::default();
        for problem in &survey.problems {
            problems.push_why(problem.place.clone(), reason(lang, problem.why));
        }
        Ok(ImportPreview { survey, known, problems: problems.list(lang) })
    }
}

/// A chat whose account is not known on either side is the same peer.
fn known(chat: &ChatSurvey, owner: Option<AccountId>, held: &[ChatRecord]) -> u64 {
    let Some(peer) = chat.peer else { return 0 };
    let id = ChatId::new(owner, peer);
    let same = |record: &&ChatRecord| {
        record.chat == id || record.chat.peer() == peer && (record.chat.account().is_none() || id.account().is_none())
    };
    held.iter().find(same).map_or(0, |record| record.messages)
}
