//! The full-text index: derived from the archive, sealed on disk, thrown away and rebuilt whenever it does not fit.
//! It returns links, never text: what a person reads always comes from the archive.
//!
//! The commit payload carries the archive's cursor, so the index knows by itself how far it has come; a payload of
//! another archive, schema or analyzer, or a file that fails authentication, means "rebuild". Searching waits for nobody:
//! a reader keeps the last commit while the next one is written.

mod analyzer;
mod beginning;
mod collect;
mod columns;
mod compile;
mod directory;
mod exceptions;
mod find;
mod highlight;
mod place;
mod query;
mod schema;
mod sent;
mod similar;
mod special;
mod words;

pub use collect::{Counts, FacetCounts};
pub use columns::Row;
pub use compile::Condition;
pub use find::{Hit, Sort};
pub use highlight::{Highlighter, Span};
pub use place::Place;
pub use query::{Clause, HasValue, IsValue, Op, Operator, OperatorName, Parsed, Problem, operator_named, parse, pieces};
pub use schema::{Doc, Flag, Text};
pub use similar::{Instead, InsteadKind};
pub use words::normal;

/// What the tests of other rooms compare the index with: texts taken apart, no index.
pub mod plain {
    pub use crate::analyzer::stems;
    pub use crate::highlight::fits;
    pub use crate::schema::flags;
    pub use crate::similar::{allowance, distance};
    pub use crate::words::{Token, TokenKind, tokens};

    /// Whether a text names a sum for sure: with a currency, a multiplier or grouped digits.
    pub fn has_amount(text: &str) -> bool {
        crate::special::find(text).iter().any(|one| one.kind == crate::special::SpecialKind::Amount(true))
    }
}

use compile::Compiler;
use letopis_model::{MessageId, MessageLink, Seq};
use letopis_vault::Subkey;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tantivy::indexer::LogMergePolicy;
use tantivy::query::Query;
use tantivy::{Directory, Index, IndexReader, IndexSettings, IndexSortByField, IndexWriter, Order, ReloadPolicy, Searcher};

/// Memory for one indexing round; with merges it stays well under what an import may use.
const WRITER_MEMORY: usize = 40 << 20;

/// A segment with more documents is not merged any further: a merge holds the columns and the dictionaries of all its
/// segments and the new place of each document, so without a bound its memory would grow with the archive.
const MERGED_UP_TO: usize = 250_000;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The index on disk belongs to another archive or program version, or was changed: rebuild it.
    #[error("the index must be rebuilt: {0}")]
    Stale(&'static str),
    /// Whoever asked does not want the answer any more.
    #[error("stopped")]
    Stopped,
    #[error("index: {0}")]
    Index(#[from] tantivy::TantivyError),
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error("commit payload: {0}")]
    Payload(#[from] serde_json::Error),
}

#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
struct Payload {
    seq: u64,
    schema: u32,
    analyzer: String,
    archive: String,
}

/// A writer on a swept folder. A program that was killed leaves files of a commit that never was; the next commit gives the
/// same names again (a segment's deletions carry the commit's number) and would be refused for ever.
fn begin_writing(index: &Index) -> Result<IndexWriter, Error> {
    let writer = index.writer_with_num_threads(1, WRITER_MEMORY)?;
    let mut merging = LogMergePolicy::default();
    merging.set_max_docs_before_merge(MERGED_UP_TO);
    writer.set_merge_policy(Box::new(merging));
    writer.garbage_collect_files().wait()?;
    Ok(writer)
}

/// An open index with its only writer.
pub struct SearchIndex {
    /// The one that is written; the reader has another, with a cache of its own.
    index: Index,
    fields: schema::Fields,
    reader: IndexReader,
    columns: Arc<columns::OpenColumns>,
    begun: Arc<beginning::Begun>,
    /// Writing waits for writing; searching waits for nobody.
    writer: Mutex<Option<IndexWriter>>,
    archive: String,
    cursor: AtomicU64,
}

/// Where new documents go.
pub struct Putting<'a> {
    writer: &'a IndexWriter,
    fields: &'a schema::Fields,
}

impl Putting<'_> {
    /// Puts a message, in place of an earlier state of it.
    pub fn put(&self, doc: &Doc<'_>) -> Result<(), Error> {
        if doc.replaces {
            self.writer.delete_query(compile::message(&doc.link.chat.to_string(), doc.link.message.0, self.fields))?;
        }
        for one in self.fields.documents(doc) {
            self.writer.add_document(one)?;
        }
        Ok(())
    }
}

impl SearchIndex {
    /// Opens the index in `folder`, or begins an empty one there. `archive` is the archive's id.
    ///
    /// # Errors
    /// `Stale` when the folder holds something else; the caller moves it aside and opens again.
    pub fn open(folder: &Path, key: &Subkey, archive: &str) -> Result<Self, Error> {
        std::fs::create_dir_all(folder)?;
        let searched = directory::SealedDirectory::open(folder, key)?;
        let written = searched.to_write();
        Self::in_directories(searched, written, archive)
    }

    /// The same index with nothing sealed: what a bench compares with. Never in a program that people use.
    #[cfg(feature = "rivals")]
    pub fn open_plain(folder: &Path, archive: &str) -> Result<Self, Error> {
        std::fs::create_dir_all(folder)?;
        let directory = tantivy::directory::MmapDirectory::open(folder).map_err(std::io::Error::other)?;
        Self::in_directories(directory.clone(), directory, archive)
    }

    /// The same index, each file decrypted into memory as a whole: how seshat does it, for a bench.
    #[cfg(feature = "rivals")]
    pub fn open_whole(folder: &Path, key: &Subkey, archive: &str) -> Result<Self, Error> {
        let searched = directory::SealedDirectory::open_whole(folder, key)?;
        let written = searched.to_write();
        Self::in_directories(searched, written, archive)
    }

    /// One folder, opened to be searched and to be written.
    fn in_directories(searched: impl Directory, written: impl Directory, archive: &str) -> Result<Self, Error> {
        let (schema, fields) = schema::schema();
        let exists = Index::exists(&written).map_err(|_| Error::Stale("meta file"))?;
        let index = if exists {
            let index = Index::open(written).map_err(|_| Error::Stale("does not open"))?;
            if index.schema() != schema {
                return Err(Error::Stale("other schema"));
            }
            index
        } else {
            let by_date = IndexSortByField { field: schema::DATE.to_owned(), order: Order::Desc };
            Index::create(written, schema, IndexSettings { sort_by_field: Some(by_date), ..IndexSettings::default() })?
        };
        analyzer::register(&index);
        let cursor = cursor_of(&index, archive, exists)?;
        let searched = Index::open(searched).map_err(|_| Error::Stale("does not open"))?;
        let reader = searched.reader_builder().reload_policy(ReloadPolicy::Manual).try_into();
        let reader = reader.map_err(|_| Error::Stale("a segment does not open"))?;
        let writer = Mutex::new(Some(begin_writing(&index)?));
        let cursor = AtomicU64::new(cursor.0);
        let (columns, begun) = (Arc::default(), Arc::default());
        Ok(SearchIndex { index, fields, reader, columns, begun, writer, archive: archive.to_owned(), cursor })
    }

    /// The last version that the index holds.
    pub fn cursor(&self) -> Seq {
        Seq(self.cursor.load(Ordering::Acquire))
    }

    /// Puts documents and commits with the new cursor.
    ///
    /// # Errors
    /// Whatever went wrong (a full disk), the index stands at its last commit and the same call may be made again.
    pub fn put<'a>(&self, docs: impl IntoIterator<Item = Doc<'a>>, cursor: Seq) -> Result<(), Error> {
        self.write(|putting| {
            docs.into_iter().try_for_each(|doc| putting.put(&doc))?;
            Ok(cursor)
        })
    }

    /// Puts what `fill` puts, in one commit with the cursor that it gives.
    ///
    /// # Errors
    /// An error of `fill` or of the index leaves the index at its last commit.
    pub fn extend<E: From<Error>>(&self, fill: impl FnOnce(&Putting<'_>) -> Result<Seq, E>) -> Result<(), E> {
        self.write_all(false, fill)
    }

    /// Builds everything anew in one commit; until then searches are answered from what stands. `fill` gives the cursor.
    ///
    /// # Errors
    /// An error of `fill` or of the index leaves the index at its last commit.
    pub fn rebuild<E: From<Error>>(&self, fill: impl FnOnce(&Putting<'_>) -> Result<Seq, E>) -> Result<(), E> {
        self.write_all(true, fill)
    }

    /// Takes messages out, in all their contents; the cursor stays.
    pub fn remove(&self, links: &[MessageLink]) -> Result<(), Error> {
        self.write(|putting| {
            for link in links {
                putting.writer.delete_query(compile::message(&link.chat.to_string(), link.message.0, putting.fields))?;
            }
            Ok(self.cursor())
        })
    }

    /// Empties the index: everything is to be put anew.
    pub fn clear(&self) -> Result<(), Error> {
        self.rebuild(|_| Ok(Seq(0)))
    }

    fn write(&self, change: impl FnOnce(&Putting<'_>) -> Result<Seq, Error>) -> Result<(), Error> {
        self.write_all(false, change)
    }

    fn write_all<E: From<Error>>(&self, anew: bool, change: impl FnOnce(&Putting<'_>) -> Result<Seq, E>) -> Result<(), E> {
        let mut place = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut writer = match place.take() {
            Some(writer) => writer,
            None => begin_writing(&self.index)?,
        };
        // A writer that failed has lost its threads and would commit nothing in silence: it is dropped, not put back.
        if anew {
            writer.delete_all_documents().map_err(Error::from)?;
        }
        let cursor = change(&Putting { writer: &writer, fields: &self.fields })?;
        self.commit(&mut writer, cursor)?;
        *place = Some(writer);
        Ok(())
    }

    fn commit(&self, writer: &mut IndexWriter, cursor: Seq) -> Result<(), Error> {
        let payload =
            Payload { seq: cursor.0, schema: schema::VERSION, analyzer: analyzer::fingerprint(), archive: self.archive.clone() };
        let mut commit = writer.prepare_commit()?;
        commit.set_payload(&serde_json::to_string(&payload)?);
        commit.commit()?;
        self.reload()?;
        self.cursor.store(cursor.0, Ordering::Release);
        Ok(())
    }

    /// Waits until merges that run in the background are done. For benches: a search never needs it.
    pub fn settle(&self) -> Result<(), Error> {
        let mut place = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(writer) = place.take() {
            writer.wait_merging_threads()?;
        }
        self.reload()
    }

    fn reload(&self) -> Result<(), Error> {
        self.reader.reload()?;
        let searcher = self.reader.searcher();
        self.columns.keep_only(&searcher);
        self.begun.keep_only(&searcher);
        Ok(())
    }

    /// Documents: one for each kept content.
    pub fn count(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    fn compiler<'a>(&'a self, searcher: &'a Searcher) -> Compiler<'a> {
        Compiler { fields: &self.fields, searcher, columns: &self.columns, begun: &self.begun }
    }

    fn query(&self, searcher: &Searcher, clauses: &[Clause], condition: &Condition) -> Result<Box<dyn Query>, Error> {
        self.compiler(searcher).build(clauses, condition)
    }

    /// One page of hits, each message once. `now` is Unix seconds: fresh messages count more.
    pub fn page(
        &self,
        clauses: &[Clause],
        condition: &Condition,
        sort: Sort,
        (offset, limit): (usize, usize),
        now: i64,
    ) -> Result<Vec<Hit>, Error> {
        let searcher = self.reader.searcher();
        let query = self.query(&searcher, clauses, condition)?;
        find::Look { searcher: &searcher, columns: &self.columns, fields: &self.fields, query: &*query, clauses, now }
            .page(sort, offset, limit)
    }

    /// How many messages match, and the counts of the facets.
    ///
    /// # Errors
    /// `Stopped` when `stop` was set meanwhile.
    pub fn facets(
        &self,
        clauses: &[Clause],
        condition: &Condition,
        utc_offset: i32,
        stop: &AtomicBool,
    ) -> Result<FacetCounts, Error> {
        let searcher = self.reader.searcher();
        let query = self.query(&searcher, clauses, condition)?;
        collect::count(&searcher, &self.columns, &*query, utc_offset, stop)
    }

    /// Where a message stands among the hits of one chat. The condition holds that chat and no other.
    pub fn place(&self, clauses: &[Clause], condition: &Condition, of: MessageId) -> Result<Place, Error> {
        let searcher = self.reader.searcher();
        let query = self.query(&searcher, clauses, condition)?;
        place::place(&searcher, &self.columns, &*query, of)
    }

    /// The clauses as they are searched: what is marked by them is what was found.
    pub fn settled(&self, clauses: &[Clause]) -> Result<Vec<Clause>, Error> {
        let searcher = self.reader.searcher();
        let compiler = self.compiler(&searcher);
        clauses.iter().map(|clause| compiler.settled(clause)).collect()
    }

    pub fn matches_any(&self, clauses: &[Clause], condition: &Condition) -> Result<bool, Error> {
        let searcher = self.reader.searcher();
        let query = self.query(&searcher, clauses, condition)?;
        collect::any(&searcher, &*query)
    }

    /// What to search instead of a query that finds nothing: the first likely reading that finds something.
    pub fn instead(&self, typed: &str, parsed: &Parsed, condition: &Condition) -> Result<Option<Instead>, Error> {
        let searcher = self.reader.searcher();
        for candidate in similar::candidates(typed, parsed, &self.fields, &searcher)? {
            let query = self.query(&searcher, &candidate.parsed.clauses, condition)?;
            if collect::any(&searcher, &*query)? {
                return Ok(Some(candidate));
            }
        }
        Ok(None)
    }

    /// Everybody who wrote, by name.
    pub fn senders(&self) -> Result<BTreeSet<String>, Error> {
        let mut found = BTreeSet::new();
        for segment in self.reader.searcher().segment_readers() {
            let inverted = segment.inverted_index(self.fields.sender)?;
            let mut names = inverted.terms().stream()?;
            while names.advance() {
                found.extend(std::str::from_utf8(names.key()).ok().map(str::to_owned));
            }
        }
        Ok(found)
    }

    /// Reads every byte of every file of the index and says which fail authentication.
    pub fn verify(&self) -> Result<Vec<String>, Error> {
        let mut damaged: Vec<String> =
            self.index.validate_checksum()?.into_iter().map(|path| path.display().to_string()).collect();
        damaged.sort();
        Ok(damaged)
    }
}

fn cursor_of(index: &Index, archive: &str, existed: bool) -> Result<Seq, Error> {
    let meta = index.load_metas().map_err(|_| Error::Stale("meta file"))?;
    match meta.payload {
        None if existed && !meta.segments.is_empty() => Err(Error::Stale("no payload")),
        None => Ok(Seq(0)),
        Some(text) => {
            let payload: Payload = serde_json::from_str(&text).map_err(|_| Error::Stale("payload"))?;
            if payload.archive != archive || payload.schema != schema::VERSION || payload.analyzer != analyzer::fingerprint() {
                return Err(Error::Stale("made for another archive or by another program version"));
            }
            Ok(Seq(payload.seq))
        }
    }
}

#[cfg(test)]
mod tests;
