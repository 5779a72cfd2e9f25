//! An open archive: keys in memory, connections, the index, and what may be asked of them. Dropped, it forgets the keys.

use crate::access::Lately;
use crate::heads::Sidecar;
use crate::job::Job;
use crate::keys::Keys;
use crate::writer::WriterThread;
use crate::{Clock, Failure, Home, findings, index};
use anyhow::Context;
use letopis_archive::{
    Anchor, Appended, Archive, ChatRecord, CoverageRecord, Error, ManagerRecord, MediaRecord, Page, Reader, Totals, TreeHead,
    VersionRecord,
};
use letopis_model::{AccountId, Change, ChatId, Message, MessageLink, Seq, Timestamp};
use letopis_search::SearchIndex;
use letopis_vault::blobs::BlobStore;
use letopis_vault::{KeyDamage, MasterKey, Purpose, Subkey, sealed};
use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

pub struct OpenArchive {
    pub(crate) archive: Archive,
    pub(crate) writer: WriterThread,
    pub(crate) index: SearchIndex,
    pub(crate) clock: Clock,
    pub(crate) findings: Mutex<findings::Cache>,
    /// Held by whoever looks for findings in a chat.
    pub(crate) finding: Mutex<()>,
    /// Held by whoever brings the index up to date.
    pub(crate) following: Mutex<()>,
    /// Held by the thread that follows the archive as it grows.
    pub(crate) follows: AtomicBool,
    /// Imports under way: the index waits for them.
    pub(crate) imports: AtomicUsize,
    /// The archive's random name.
    pub(crate) id: String,
    pub(crate) backup_key: Subkey,
    pub(crate) blobs: BlobStore,
    pub(crate) sidecar: Sidecar,
    /// What the keyring knows, once it was asked.
    pub(crate) keyring_head: Mutex<Option<Option<TreeHead>>>,
    pub(crate) lately: Lately,
    pub(crate) capture: Mutex<Option<Arc<crate::capture::Capture>>>,
    reader: Mutex<Reader>,
    /// A connection of its own: a search never waits for whoever reads long.
    searching: Mutex<Reader>,
    background: Arc<AtomicBool>,
    /// What is wrong with the key file that opened it.
    pub(crate) key_damage: Mutex<Vec<KeyDamage>>,
    folder: PathBuf,
    _lock: File,
}

/// A chat as the list shows it.
pub struct ChatOverview {
    pub record: ChatRecord,
    /// Whose chat it is: several for a shared chat, none when nobody's account is known.
    pub managers: Vec<ManagerRecord>,
    pub last: Option<Message>,
    /// `None` until the background has looked at the chat.
    pub findings: Option<Arc<findings::ChatFindings>>,
}

fn read_last(reader: &Mutex<Reader>) -> Result<Seq, Failure> {
    Ok(reader.lock().unwrap_or_else(PoisonError::into_inner).last_seq()?)
}

/// The master key that the database is under, and the older one under which the rest may still be: while the key is being
/// changed, everything is under the old one until the database has moved.
pub(crate) fn masters<'a>(home: &Home, keys: &'a Keys) -> Result<(&'a MasterKey, Option<&'a MasterKey>), Failure> {
    let Some(previous) = &keys.previous else { return Ok((&keys.master, None)) };
    let has_moved = Archive::at(home.folder(), keys.master.subkey(keys.archive, Purpose::Sql)?).fits()?;
    Ok(if has_moved { (&keys.master, Some(previous)) } else { (previous, None) })
}

impl OpenArchive {
    pub(crate) fn open(home: &Home, keys: Keys, clock: Clock) -> Result<Self, Failure> {
        let (master, older) = masters(home, &keys)?;
        let subkey = |purpose| master.subkey(keys.archive, purpose);
        let archive = Archive::at(home.folder(), subkey(Purpose::Sql)?);
        let writer = archive.writer()?;
        let reader = Mutex::new(archive.reader()?);
        let searching = Mutex::new(archive.reader()?);
        let last = read_last(&reader)?;
        let index = index::open(home, &subkey(Purpose::Index)?, &keys.archive.to_string(), last)?;
        sealed::sweep(home.folder()).map_err(|e| Failure::from_io(e, home.folder().to_owned()))?;
        let mut blobs = BlobStore::at(home.blobs(), &subkey(Purpose::Blobs)?)?;
        let mut sidecar = Sidecar::new(&subkey(Purpose::Sidecar)?);
        if let Some(older) = older {
            blobs = blobs.with_older(BlobStore::at(home.blobs(), &older.subkey(keys.archive, Purpose::Blobs)?)?);
            sidecar = sidecar.with_older(&older.subkey(keys.archive, Purpose::Sidecar)?);
        }
        let writer = WriterThread::start(writer, blobs.clone())?;
        blobs.sweep().map_err(|e| Failure::from_io(e, blobs.folder().to_owned()))?;
        Ok(OpenArchive {
            archive,
            writer,
            index,
            clock,
            findings: Mutex::default(),
            finding: Mutex::new(()),
            following: Mutex::new(()),
            follows: AtomicBool::new(false),
            imports: AtomicUsize::new(0),
            id: keys.archive.to_string(),
            // Always the new one: it is what the key file in the backup opens to.
            backup_key: keys.master.subkey(keys.archive, Purpose::Backup)?,
            capture: Mutex::new(None),
            blobs,
            sidecar,
            keyring_head: Mutex::default(),
            lately: Lately::default(),
            reader,
            searching,
            background: Arc::default(),
            key_damage: Mutex::new(keys.damage),
            folder: home.folder().to_owned(),
            _lock: keys.lock,
        })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(crate) fn read<T>(&self, ask: impl FnOnce(&Reader) -> Result<T, Error>) -> Result<T, Failure> {
        Ok(ask(&self.reader.lock().unwrap_or_else(PoisonError::into_inner))?)
    }

    /// The same through the connection that only searches use, in one state of the archive.
    pub(crate) fn look<T>(&self, ask: impl FnOnce(&Reader) -> Result<T, Error>) -> Result<T, Failure> {
        let reader = self.searching.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(reader.at_once(|| ask(&reader))?)
    }

    /// Starts what may be done after opening and after growth: index, then findings. `done` is called after each part.
    pub fn start_background(self: &Arc<Self>, done: impl Fn() + Send + Sync + 'static) -> Result<(), Failure> {
        let done = Arc::new(done);
        self.start_following(self.background.clone(), done.clone())?;
        let (this, stop) = (self.clone(), self.background.clone());
        let work = move || {
            let job = || Job::new(stop.clone(), |_| {});
            let tidied = this.finish_forgetting(&mut job()).and_then(|()| this.apply_retention(&mut job()));
            let result = tidied.and_then(|_| this.catch_up(&mut job())).and_then(|()| {
                done();
                this.find_everywhere(&stop)
            });
            match result {
                Ok(()) | Err(Failure::Cancelled) => {}
                Err(error) => tracing::error!(%error, "background work stopped"),
            }
            done();
        };
        self.start_daily(self.background.clone())?;
        let started = std::thread::Builder::new().name("background".into()).spawn(work);
        started.map(|_| ()).map_err(|e| Failure::Other(anyhow::Error::new(e).context("Start background work")))
    }

    pub(crate) fn cancel_background(&self) {
        self.background.store(true, Ordering::Relaxed);
    }

    pub fn totals(&self) -> Result<Totals, Failure> {
        self.read(|reader| reader.totals())
    }

    pub fn managers(&self) -> Result<Vec<ManagerRecord>, Failure> {
        self.read(|reader| reader.managers())
    }

    /// All chats but forgotten ones, the one with the newest message first; findings as far as they are there.
    pub fn chats(&self) -> Result<Vec<ChatOverview>, Failure> {
        let known = self.findings.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.read(|reader| {
            let managers: HashMap<AccountId, ManagerRecord> = reader.managers()?.into_iter().map(|m| (m.account, m)).collect();
            let overview = |record: ChatRecord| {
                let last = reader.page(record.chat, Anchor::Last, 1)?.messages.pop();
                let managers = record.accounts.iter().filter_map(|a| managers.get(a).cloned()).collect();
                let findings = known.get(&record.chat).map(|(_, findings)| findings.clone());
                Ok(ChatOverview { record, managers, last, findings })
            };
            reader.chats()?.into_iter().filter(|record| !record.is_forgotten).map(overview).collect()
        })
    }

    pub fn chat_record(&self, chat: ChatId) -> Result<ChatRecord, Failure> {
        self.read(|reader| reader.chat(chat))
    }

    pub fn page(&self, chat: ChatId, anchor: Anchor, limit: usize) -> Result<Page, Failure> {
        self.read(|reader| reader.page(chat, anchor, limit))
    }

    pub fn message(&self, link: MessageLink) -> Result<Message, Failure> {
        self.read(|reader| reader.message(link))?.ok_or(Failure::NotFound)
    }

    /// The answered message, if the archive holds it.
    pub fn find_message(&self, link: MessageLink) -> Result<Option<Message>, Failure> {
        self.read(|reader| reader.message(link))
    }

    pub fn versions(&self, link: MessageLink) -> Result<Vec<VersionRecord>, Failure> {
        self.read(|reader| reader.versions(link))
    }

    /// Messages of a chat from a moment on, at most `limit` newest ones.
    pub fn since(&self, chat: ChatId, from: Timestamp, limit: usize) -> Result<Vec<Message>, Failure> {
        self.read(|reader| reader.since(chat, from, limit))
    }

    /// Appends a batch and waits until it is kept. Long work sends batches over a line of its own instead.
    pub fn append(&self, changes: &[Change]) -> Result<Appended, Failure> {
        let mut line = self.writer.line();
        line.send(changes.to_vec())?;
        line.finish()?.pop().context("An answer for each batch").map_err(Failure::from)
    }

    /// The store of files. Files go in before the change that speaks of them: what a crash leaves is a file too many,
    /// never a version without its file.
    pub fn blobs(&self) -> &BlobStore {
        &self.blobs
    }

    /// The files kept of one message, oldest content first.
    pub fn media(&self, link: MessageLink) -> Result<Vec<MediaRecord>, Failure> {
        self.read(|reader| reader.media(link))
    }

    /// What the archive tells, as one hash in hexadecimal: for comparing archives that were filled in different ways.
    pub fn likeness(&self) -> Result<String, Failure> {
        Ok(crate::hex(&self.read(|reader| reader.likeness())?))
    }

    pub fn coverage(&self, chat: Option<ChatId>) -> Result<Vec<CoverageRecord>, Failure> {
        self.read(|reader| reader.coverage(chat))
    }
}

impl Drop for OpenArchive {
    /// The last head goes beside the archive when it is closed.
    fn drop(&mut self) {
        match self.note_typing("").and_then(|()| self.keep_and_compare()) {
            Ok((head, None)) => self.tell_keyring(&head),
            Ok((_, Some(_))) => {} // what the keyring knows is the proof
            Err(error) => tracing::warn!(%error, "the head was not kept; the next start does it"),
        }
    }
}
