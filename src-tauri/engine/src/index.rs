//! The index follower: reads what the archive has grown by, puts it into the index, commits with the cursor. It may be
//! stopped anywhere and goes on from the last commit; a stale index is moved aside and built anew. Searches are answered
//! from the last commit meanwhile, so what is being built can be used.

use crate::job::{Job, Progress, Stage};
use crate::{Failure, Home, OpenArchive};
use letopis_archive::{Grown, Reader};
use letopis_model::{ChatId, Content, EntityKind, Message, MessageKind, Seq};
use letopis_search::{Doc, Error, SearchIndex, Text};
use letopis_vault::Subkey;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// Versions that are read at once; memory is bounded by it.
const BATCH: usize = 8_000;
/// Readings that a commit takes when there is much to catch up with: what a power cut may cost is bounded by it.
const READS: usize = 8;
/// Live messages are gathered for so long before they are committed: together with the commit well under two seconds.
const GATHER: Duration = Duration::from_millis(250);
/// How often a follower looks whether it is to stop.
const LOOK: Duration = Duration::from_millis(400);

/// Opens the index; one that does not fit the archive is moved aside, so that nothing of it is lost before the new one stands.
/// So is one that is ahead of `last`, the archive's newest version: the archive was put back to an older copy.
pub fn open(home: &Home, key: &Subkey, archive: &str, last: Seq) -> Result<SearchIndex, Failure> {
    let folder = home.index();
    let opened = SearchIndex::open(&folder, key, archive).and_then(|index| match index.cursor() > last {
        true => Err(Error::Stale("ahead of the archive")),
        false => Ok(index),
    });
    match opened {
        Err(Error::Stale(why)) => {
            tracing::warn!(why, "the index is rebuilt");
            move_aside(home)?;
            Ok(SearchIndex::open(&folder, key, archive)?)
        }
        other => Ok(other?),
    }
}

/// Also for an index whose key is no more.
pub fn move_aside(home: &Home) -> Result<(), Failure> {
    let aside = home.folder().join("index.old");
    let failed = |e| Failure::from_io(e, home.index());
    if aside.exists() {
        std::fs::remove_dir_all(&aside).map_err(failed)?;
    }
    if !home.index().exists() {
        return Ok(());
    }
    std::fs::rename(home.index(), &aside).map_err(failed)?;
    std::fs::remove_dir_all(&aside).map_err(failed)
}

impl OpenArchive {
    /// Versions that the index does not hold yet.
    pub fn not_indexed(&self) -> Result<u64, Failure> {
        let last = self.read(|reader| reader.last_seq())?;
        Ok(last.0.saturating_sub(self.index.cursor().0))
    }

    /// Brings the index up to the archive. Two callers take turns; the second finds nothing left to do.
    ///
    /// # Errors
    /// `Cancelled` leaves the index at its last commit.
    pub fn catch_up(&self, job: &mut Job<'_>) -> Result<(), Failure> {
        let _turn = self.following.lock().unwrap_or_else(PoisonError::into_inner);
        let reader = self.archive.reader()?;
        let begin = self.index.cursor();
        let total = reader.last_seq()?.0.saturating_sub(begin.0);
        let mut stopped = false;
        while !stopped {
            let from = self.index.cursor();
            let grown = reader.grown(from, BATCH)?;
            if grown.links.is_empty() {
                return Ok(());
            }
            self.index.extend(|putting| {
                let (mut grown, mut cursor) = (grown, from);
                for _ in 0..READS {
                    for entry in entries(&reader, &grown)? {
                        putting.put(&entry.doc())?;
                    }
                    cursor = grown.to;
                    let done = cursor.0 - begin.0;
                    let progress = Progress { stage: Stage::Indexing, done, total: total.max(done), messages: done, chats: 0 };
                    stopped = job.step(progress).is_break();
                    grown = reader.grown(cursor, BATCH)?;
                    if stopped || grown.links.is_empty() {
                        break;
                    }
                }
                Ok::<_, Failure>(cursor)
            })?;
        }
        Err(Failure::Cancelled)
    }

    /// Builds the index anew from the archive while the old one answers.
    ///
    /// # Errors
    /// `Cancelled` and every other failure leave the old index in its place.
    pub fn rebuild_index(&self, job: &mut Job<'_>) -> Result<(), Failure> {
        let _turn = self.following.lock().unwrap_or_else(PoisonError::into_inner);
        let reader = self.archive.reader()?;
        let total = reader.last_seq()?.0;
        self.index.rebuild(|putting| {
            let mut cursor = Seq(0);
            loop {
                let grown = reader.grown(cursor, BATCH)?;
                if grown.links.is_empty() {
                    return Ok(cursor);
                }
                for entry in entries(&reader, &grown)? {
                    putting.put(&entry.doc())?;
                }
                cursor = grown.to;
                let progress =
                    Progress { stage: Stage::Indexing, done: cursor.0, total: total.max(cursor.0), messages: cursor.0, chats: 0 };
                if job.step(progress).is_break() {
                    return Err(Failure::Cancelled);
                }
            }
        })
    }

    /// Follows the archive as it grows, on a thread of its own, until `stop`; once for an open archive.
    pub(crate) fn start_following(
        self: &Arc<Self>,
        stop: Arc<AtomicBool>,
        done: Arc<impl Fn() + Send + Sync + 'static>,
    ) -> Result<(), Failure> {
        if self.follows.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        let this = self.clone();
        let follow = move || this.follow(&stop, &*done);
        let started = std::thread::Builder::new().name("index-follower".into()).spawn(follow);
        started.map(|_| ()).map_err(|e| Failure::Other(anyhow::Error::new(e).context("Start the index follower")))
    }

    /// Does long work that appends. Whoever follows the archive waits until it is over: what is put into the index in one
    /// go costs less than bit by bit, and the two do not take the processor from each other.
    pub(crate) fn before_indexing<T>(&self, work: impl FnOnce() -> T) -> T {
        self.imports.fetch_add(1, Ordering::AcqRel);
        // Also when the work panics.
        let _over = Over(&self.imports);
        work()
    }

    /// Empties the index; nobody is putting anything into it meanwhile.
    pub(crate) fn clear_index(&self) -> Result<(), Failure> {
        let _turn = self.following.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(self.index.clear()?)
    }

    /// Whether a thread follows the archive as it grows.
    pub(crate) fn is_followed(&self) -> bool {
        self.follows.load(Ordering::Acquire)
    }

    fn follow(&self, stop: &Arc<AtomicBool>, done: &dyn Fn()) {
        let (grown, mut seen) = (self.writer.grown(), 0);
        while !stop.load(Ordering::Relaxed) {
            let batches = grown.wait(seen, LOOK);
            if batches == seen {
                continue;
            }
            std::thread::sleep(GATHER);
            if self.imports.load(Ordering::Acquire) > 0 {
                continue;
            }
            seen = batches;
            match self.catch_up(&mut Job::new(stop.clone(), |_| {})) {
                Ok(()) => done(),
                Err(Failure::Cancelled) => {}
                // The next batch, or the next start, tries again from the last commit.
                Err(error) => tracing::error!(%error, "the index fell behind"),
            }
        }
    }
}

struct Over<'a>(&'a AtomicUsize);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// A message with what is indexed of it.
pub struct Entry {
    message: Message,
    managers: Vec<String>,
    /// (number, words and file names, an address the text does not show) of each content, the current one first.
    contents: Vec<(u32, Vec<String>, bool)>,
    known_before: bool,
}

fn entries(reader: &Reader, grown: &Grown) -> Result<Vec<Entry>, Failure> {
    reader.at_once(|| {
        let mut entries = Vec::with_capacity(grown.links.len());
        for (link, known_before) in &grown.links {
            if let Some(message) = reader.message(*link)? {
                let contents = contents(reader, &message)?;
                let managers = owner(link.chat).into_iter().collect();
                entries.push(Entry { message, managers, contents, known_before: *known_before });
            }
        }
        Ok(entries)
    })
}

/// The account a chat belongs to. Whose a shared chat is may change later, so that is asked of the archive at each search.
fn owner(chat: ChatId) -> Option<String> {
    chat.account().map(|account| account.0.to_string())
}

/// Each kept content that reads differently from the current one, the current one first.
pub fn contents(reader: &Reader, message: &Message) -> Result<Vec<(u32, Vec<String>, bool)>, letopis_archive::Error> {
    let current = parts(&message.content);
    let mut all = vec![(0, current.clone(), is_linked(&message.content))];
    if message.versions > 1 {
        for (number, version) in (1u32..).zip(reader.versions(message.link)?) {
            let parts = parts(&version.content);
            if parts != current {
                all.push((number, parts, is_linked(&version.content)));
            }
        }
    }
    Ok(all)
}

/// What is searched of a content: its text, the name of its file, what is attached.
fn parts(content: &Content) -> Vec<String> {
    let file = content.media.as_ref().and_then(|m| m.file_name.clone()).unwrap_or_default();
    let all = [content.text.clone(), file, crate::attached_line(content)];
    all.into_iter().filter(|part| !part.is_empty()).collect()
}

fn is_linked(content: &Content) -> bool {
    content.entities.iter().any(|entity| matches!(entity.kind, EntityKind::Link | EntityKind::TextLink))
}

fn text((version, parts, linked): &(u32, Vec<String>, bool)) -> Text<'_> {
    Text { version: *version, parts: parts.iter().map(String::as_str).collect(), linked: *linked }
}

impl Entry {
    pub fn doc(&self) -> Doc<'_> {
        let Message { content, .. } = &self.message;
        Doc {
            link: self.message.link,
            managers: &self.managers,
            sender: &self.message.sender_name,
            direction: self.message.direction,
            kind: content.kind,
            sent_at: self.message.sent_at,
            deleted: self.message.deleted.is_some(),
            edited: self.message.edited_at.is_some() || self.message.versions > 1,
            forwarded: content.forwarded_from.is_some(),
            reply: content.reply_to.is_some(),
            file: content.kind == MessageKind::File || content.media.as_ref().is_some_and(|m| m.file_name.is_some()),
            texts: self.contents.iter().map(text).collect(),
            replaces: self.known_before,
        }
    }
}
