//! Retention, holds, forgetting. Forgetting is two steps: weighing tells what would go and gives a code, forgetting takes
//! the code, so that nobody erases what he has not seen counted. A hold beats both.

use crate::access::who;
use crate::job::{Job, Progress, Stage};
use crate::{Failure, OpenArchive};
use letopis_archive::{Access, ErasureRecord, HoldRecord, RetentionRecord, Scope, Weighed};
use letopis_model::{AccountId, ChatId, Timestamp};
use letopis_vault::hex;
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::PoisonError;

const DAY: i64 = 86_400;

/// The first step of forgetting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForgetPlan {
    pub weighed: Weighed,
    /// What the second step takes: it fits this very state only.
    pub code: String,
}

/// The second step, done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForgetReport {
    pub weighed: Weighed,
    /// The head of the tree: the same as before, for the leaves stay.
    pub head: letopis_archive::TreeHead,
    /// Copies made before migrations that were removed because they held what was forgotten.
    pub copies_removed: u64,
}

/// What retention would take, account by account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetentionPlan {
    pub account: AccountId,
    pub days: u32,
    pub weighed: Weighed,
}

impl OpenArchive {
    pub fn holds(&self) -> Result<Vec<HoldRecord>, Failure> {
        self.read(|reader| reader.holds())
    }

    /// # Errors
    /// `NotFound` when the archive does not know the chat.
    pub fn place_hold(&self, chat: ChatId, why: &str) -> Result<(), Failure> {
        let (at, reason) = (self.clock.now(), why.to_owned());
        self.writer.run(move |writer| writer.place_hold(chat, at, &who(), &reason))?;
        self.note(Access::PlacedHold, Some(chat), "", why)
    }

    /// # Errors
    /// `NotFound` when the chat has no hold.
    pub fn lift_hold(&self, chat: ChatId) -> Result<(), Failure> {
        let at = self.clock.now();
        self.writer.run(move |writer| writer.lift_hold(chat, at, &who()))?;
        self.note(Access::LiftedHold, Some(chat), "", "")
    }

    pub fn retention(&self) -> Result<Vec<RetentionRecord>, Failure> {
        self.read(|reader| reader.retention())
    }

    /// Sets how many days an account's messages are kept; `None`: for ever. Nothing is erased by this call.
    pub fn set_retention(&self, account: AccountId, days: Option<u32>) -> Result<(), Failure> {
        let at = self.clock.now();
        self.writer.run(move |writer| writer.set_retention(account, days, at, &who()))?;
        let what = days.map_or_else(|| format!("{} -", account.0), |days| format!("{} {days}", account.0));
        self.note(Access::SetRetention, None, &what, "")
    }

    /// What would go if an account's messages were kept for `days` days.
    pub fn weigh_retention(&self, account: AccountId, days: u32) -> Result<RetentionPlan, Failure> {
        let scope = Scope::Older { account, before: self.kept_since(days) };
        Ok(RetentionPlan { account, days, weighed: self.read(|reader| reader.weigh(scope))? })
    }

    fn kept_since(&self, days: u32) -> Timestamp {
        self.clock.now().plus(-i64::from(days) * DAY)
    }

    /// Erases what is older than its account's retention. Holds stand.
    pub fn apply_retention(&self, job: &mut Job<'_>) -> Result<Weighed, Failure> {
        let mut sum = Weighed::default();
        for RetentionRecord { account, days, .. } in self.retention()? {
            let scope = Scope::Older { account, before: self.kept_since(days) };
            if self.read(|reader| reader.weigh(scope))?.versions == 0 {
                continue;
            }
            let erased = self.erase(scope, "retention")?;
            sum.chats += erased.chats;
            sum.messages += erased.messages;
            sum.versions += erased.versions;
            sum.files += erased.files;
        }
        if sum.versions > 0 {
            self.clear_up(job)?;
        }
        Ok(sum)
    }

    /// The first step of forgetting a chat.
    ///
    /// # Errors
    /// `NotFound`; `OnHold`.
    pub fn plan_forgetting(&self, chat: ChatId) -> Result<ForgetPlan, Failure> {
        let weighed = self.read(|reader| reader.weigh(Scope::Chat(chat)))?;
        if !weighed.held.is_empty() {
            return Err(Failure::OnHold);
        }
        let code = code(chat, &weighed);
        Ok(ForgetPlan { weighed, code })
    }

    /// The second step: content, files, index and what was derived go; the stub and the leaf hashes stay.
    ///
    /// # Errors
    /// `NotConfirmed` when the code is another one; `OnHold`; `DiskFull` after the content is erased: the rest is made up
    /// at the next opening.
    pub fn forget(&self, chat: ChatId, code: &str, why: &str, job: &mut Job<'_>) -> Result<ForgetReport, Failure> {
        let plan = self.plan_forgetting(chat)?;
        if plan.code != code.trim().to_lowercase() {
            return Err(Failure::NotConfirmed);
        }
        // What is under way must not write the chat down again; afterwards the accounts begin anew without it.
        let capture = self.capture().ok();
        let paused = capture.as_ref().map(|capture| capture.pause(chat)).unwrap_or_default();
        let erased = self.erase(Scope::Chat(chat), why);
        if let Some(capture) = capture {
            paused.into_iter().for_each(|account| capture.start(account));
        }
        let copies_removed = erased.as_ref().map_or(Ok(0), |_| self.clear_up(job));
        Ok(ForgetReport { weighed: erased?, head: self.tree_head()?, copies_removed: copies_removed? })
    }

    pub fn erasures(&self) -> Result<Vec<ErasureRecord>, Failure> {
        self.read(|reader| reader.erasures())
    }

    fn erase(&self, scope: Scope, why: &str) -> Result<Weighed, Failure> {
        let (at, reason) = (self.clock.now(), why.to_owned());
        let erased = self.writer.run(move |writer| writer.erase(scope, at, &who(), &reason))?;
        let chat = match scope {
            Scope::Chat(chat) => Some(chat),
            Scope::Older { .. } => None,
        };
        self.note(Access::Erased, chat, &erased.weighed.messages.to_string(), why)?;
        Ok(erased.weighed)
    }

    /// Clears every place where erased content stood. May be stopped anywhere: the archive remembers that it is due.
    fn clear_up(&self, job: &mut Job<'_>) -> Result<u64, Failure> {
        let reader = self.archive.reader()?;
        self.sweep_files(&reader)?;
        let copies = self.archive.copies()?;
        copies.iter().try_for_each(remove)?;
        // The note that all this is due goes last: what a power cut could bring back must be gone for good before.
        letopis_vault::sealed::sync_folder(self.folder()).map_err(|e| Failure::from_io(e, self.folder().to_owned()))?;
        self.findings.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.index.clear()?;
        // The rewriting cannot be counted; a job that is cancelled before it makes up for it at the next opening.
        if job.step(Progress { stage: Stage::Copying, done: 0, total: 1, messages: 0, chats: 0 }).is_break() {
            return Err(Failure::Cancelled);
        }
        self.writer.run(|writer| writer.rewrite())?;
        self.catch_up(job)?;
        Ok(copies.len() as u64)
    }

    /// Makes up what an interrupted forgetting left to do; nothing, most of the time.
    ///
    /// # Errors
    /// As the second step.
    pub fn finish_forgetting(&self, job: &mut Job<'_>) -> Result<(), Failure> {
        if self.writer.run(|writer| writer.must_rewrite())? {
            self.clear_up(job)?;
        }
        Ok(())
    }

    /// Writes the database anew, as small as its content.
    ///
    /// # Errors
    /// `Busy` while it is being copied; `DiskFull`.
    pub fn compact(&self) -> Result<(), Failure> {
        self.writer.run(|writer| writer.rewrite())
    }
}

fn remove(path: &PathBuf) -> Result<(), Failure> {
    std::fs::remove_file(path).map_err(|e| Failure::from_io(e, path.clone()))
}

/// Eight digits that fit this chat in this state.
fn code(chat: ChatId, weighed: &Weighed) -> String {
    let Weighed { chats, messages, versions, files, held: _ } = weighed;
    let text = format!("forget {chat} {chats} {messages} {versions} {files}");
    hex(&Sha256::digest(text.as_bytes())).chars().take(8).collect()
}
