//! The index follower: reads what the archive has grown by, puts it into the index, commits with the cursor. It may be
//! stopped anywhere and goes on from the last commit; a stale index is moved aside and built anew.

use crate::job::{Job, Progress, Stage};
use crate::{Failure, Home, OpenArchive};
use letopis_archive::Reader;
use letopis_model::{Message, MessageLink, Seq};
use letopis_search::{Doc, Error, SearchIndex};
use letopis_vault::Subkey;
use std::sync::PoisonError;

/// Versions a commit takes; memory and the loss by a power cut are bounded by it.
const BATCH: usize = 8_000;

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
        loop {
            let grown = reader.grown(self.index.cursor(), BATCH)?;
            if grown.links.is_empty() {
                return Ok(());
            }
            self.put(&reader, &grown.links, grown.to)?;
            let done = grown.to.0 - begin.0;
            let progress = Progress { stage: Stage::Indexing, done, total: total.max(done), messages: done, chats: 0 };
            if job.step(progress).is_break() {
                return Err(Failure::Cancelled);
            }
        }
    }

    /// Throws the index away and builds it anew.
    ///
    /// # Errors
    /// `Cancelled` leaves the rest to the next opening.
    pub fn rebuild_index(&self, job: &mut Job<'_>) -> Result<(), Failure> {
        self.index.clear()?;
        self.catch_up(job)
    }

    fn put(&self, reader: &Reader, links: &[MessageLink], cursor: Seq) -> Result<(), Failure> {
        let mut entries = Vec::with_capacity(links.len());
        for link in links {
            if let Some(message) = reader.message(*link)? {
                let mut older = older_texts(reader, &message)?;
                older.push(crate::attached_line(&message.content));
                entries.push((message, older));
            }
        }
        let managers: Vec<String> =
            entries.iter().map(|(m, _)| m.link.chat.account().map_or(String::new(), |a| a.0.to_string())).collect();
        let docs = entries.iter().zip(&managers).map(|((message, older), manager)| doc(message, older, manager));
        Ok(self.index.put(docs, cursor)?)
    }
}

/// The texts of all contents but the current one.
pub fn older_texts(reader: &Reader, message: &Message) -> Result<Vec<String>, letopis_archive::Error> {
    if message.versions < 2 {
        return Ok(Vec::new());
    }
    let versions = reader.versions(message.link)?;
    Ok(versions.into_iter().map(|v| v.content.text).filter(|text| *text != message.content.text).collect())
}

fn doc<'a>(message: &'a Message, older: &'a [String], manager: &'a str) -> Doc<'a> {
    let file = message.content.media.as_ref().and_then(|m| m.file_name.as_deref());
    Doc {
        link: message.link,
        manager,
        sender: &message.sender_name,
        direction: message.direction,
        kind: message.content.kind,
        sent_at: message.sent_at,
        deleted: message.deleted.is_some(),
        edited: message.edited_at.is_some() || message.versions > 1,
        texts: std::iter::once(message.content.text.as_str()).chain(file).chain(older.iter().map(String::as_str)).collect(),
    }
}
