//! Looks into a source without keeping anything: what an import would hand over, counted. It is the same reading, so what
//! is shown before an import is what comes of it.

use crate::{Acquaintance, Error, Options, Problem, Reason, Sink, import};
use letopis_model::{AccountId, Change, ChatId, ChatType, Direction, Media, PeerId, PeerKind, Sighting, Timestamp};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

/// Problems that are listed one by one; the rest is counted.
const LISTED: usize = 500;
const GUESSES: usize = 20;
/// Writers that are counted; more than a large channel's discussion has in view.
const WRITERS: usize = 50_000;

/// What a source holds.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    pub format: &'static str,
    /// In the order of the source.
    pub chats: Vec<ChatSurvey>,
    pub messages: u64,
    /// Messages that an import could not take.
    pub lost: u64,
    /// Certain: the source tells, or the options did.
    pub owner: Option<AccountId>,
    pub owner_name: Option<String>,
    /// Who it may be, best first, when it is not certain.
    pub candidates: Vec<OwnerGuess>,
    /// Some date stands without an offset, and no zone was given.
    pub needs_timezone: bool,
    pub problems: Vec<Problem>,
    /// Beyond those listed.
    pub more_problems: u64,
    pub salvaged: bool,
    pub cancelled: bool,
    /// Bytes of the files that were read.
    pub bytes: u64,
}

/// One chat of a source.
#[derive(Clone, Debug, Default)]
pub struct ChatSurvey {
    /// The number of the chat in this source, for [`Options::chats`].
    pub key: u32,
    /// `None` when the source does not tell.
    pub peer: Option<PeerId>,
    pub kind: ChatType,
    pub title: Option<String>,
    pub messages: u64,
    pub first_at: Option<Timestamp>,
    pub last_at: Option<Timestamp>,
    /// Attached files that the source names by a path.
    pub files: u64,
    /// As the source says; 0 where it does not.
    pub files_bytes: u64,
    /// Attached files that were not exported.
    pub files_left_out: u64,
}

/// Somebody who may be the owner of the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerGuess {
    /// `None` where the source holds names only.
    pub account: Option<AccountId>,
    pub name: String,
    pub messages: u64,
}

/// Surveys a file or an export folder. `on_progress` is told bytes read and all bytes, and may cancel.
///
/// # Errors
/// As [`import`]: only when there is nothing to show.
pub fn survey(path: &Path, options: &Options, on_progress: &mut dyn FnMut(u64, u64) -> ControlFlow<()>) -> Result<Survey, Error> {
    let mut counting = Counting { survey: Survey::default(), writers: BTreeMap::new(), on_progress };
    let report = import(path, options, &mut counting)?;
    let mut survey = counting.finish();
    survey.format = report.format;
    survey.lost = report.lost;
    survey.salvaged = report.salvaged;
    survey.cancelled = report.cancelled;
    survey.bytes = report.bytes_read;
    Ok(survey)
}

struct Counting<'a> {
    survey: Survey,
    writers: BTreeMap<(Option<PeerId>, String), Writer>,
    on_progress: &'a mut dyn FnMut(u64, u64) -> ControlFlow<()>,
}

#[derive(Default)]
struct Writer {
    messages: u64,
    /// Writes as the owner where that is known.
    out: u64,
    chats: u64,
    last_chat: Option<ChatId>,
}

impl Counting<'_> {
    fn posted(&mut self, sighting: &Sighting) {
        self.survey.messages += 1;
        if let Some(chat) = self.survey.chats.last_mut() {
            chat.messages += 1;
            chat.first_at = chat.first_at.min(sighting.sent_at).or(chat.first_at).or(sighting.sent_at);
            chat.last_at = chat.last_at.max(sighting.sent_at);
            if let Some(media) = &sighting.content.media {
                chat.file(media);
            }
        }
        let is_person = sighting.sender.is_none_or(|peer| peer.kind == PeerKind::User);
        let Some(name) = sighting.sender_name.as_ref().filter(|_| is_person) else { return };
        let key = (sighting.sender, name.clone());
        if self.writers.len() >= WRITERS && !self.writers.contains_key(&key) {
            return;
        }
        let writer = self.writers.entry(key).or_default();
        writer.messages += 1;
        writer.out += u64::from(sighting.direction == Direction::Out);
        if writer.last_chat.replace(sighting.chat) != Some(sighting.chat) {
            writer.chats += 1;
        }
    }

    /// The one who writes as the owner, then the one who writes in most chats, then the one who writes most.
    fn finish(mut self) -> Survey {
        let titles: Vec<&str> = self.survey.chats.iter().filter_map(|chat| chat.title.as_deref()).collect();
        // The other one of a chat of two is its title, and so is a channel.
        let is_title = |name: &str| titles.len() == 1 && titles.contains(&name);
        let mut writers: Vec<_> = self.writers.into_iter().filter(|((_, name), _)| !is_title(name)).collect();
        writers.sort_by_key(|(_, w)| std::cmp::Reverse((w.out, w.chats, w.messages)));
        if self.survey.owner.is_none() {
            let guess = |((peer, name), writer): ((Option<PeerId>, String), Writer)| OwnerGuess {
                account: peer.map(|peer| AccountId(peer.id)),
                name,
                messages: writer.messages,
            };
            self.survey.candidates = writers.into_iter().map(guess).take(GUESSES).collect();
        }
        self.survey
    }
}

impl ChatSurvey {
    fn file(&mut self, media: &Media) {
        if media.path.is_some() {
            self.files += 1;
            self.files_bytes = self.files_bytes.saturating_add(media.size.unwrap_or(0));
        } else {
            self.files_left_out += 1;
        }
    }
}

impl Sink for Counting<'_> {
    fn change(&mut self, change: Change) -> ControlFlow<()> {
        match change {
            Change::AccountSeen { account, manager, .. } => {
                self.survey.owner = Some(account);
                self.survey.owner_name = Some(manager);
            }
            Change::ChatSeen { kind, title, .. } => {
                if let Some(chat) = self.survey.chats.last_mut() {
                    (chat.kind, chat.title) = (kind, title);
                }
            }
            Change::Posted(sighting) => self.posted(&sighting),
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn problem(&mut self, problem: Problem) {
        self.survey.needs_timezone |= problem.why == Reason::TimezoneAssumed;
        if self.survey.problems.len() < LISTED {
            self.survey.problems.push(problem);
        } else {
            self.survey.more_problems += 1;
        }
    }

    fn progress(&mut self, read: u64, total: u64) -> ControlFlow<()> {
        (self.on_progress)(read, total)
    }

    fn twin(&mut self, chat: &Acquaintance<'_>) -> Option<ChatId> {
        let peer = (!chat.is_provisional).then(|| chat.id.peer());
        self.survey.chats.push(ChatSurvey { key: chat.key, peer, ..ChatSurvey::default() });
        None
    }
}
