//! The full-text index: derived from the archive, sealed on disk, thrown away and rebuilt whenever it does not fit.
//! It returns links, never text: what a person reads always comes from the archive.
//!
//! The commit payload carries the archive's cursor, so the index knows by itself how far it has come; a payload of
//! another archive, schema or analyzer, or a file that fails authentication, means "rebuild".

mod analyzer;
mod collect;
mod directory;
mod exceptions;
mod highlight;
mod query;
mod schema;

pub use analyzer::words;
pub use collect::{Counts, FacetCounts};
pub use highlight::{Highlighter, Span};
pub use query::{Clause, Filter, Parsed, parse};
pub use schema::Doc;

use letopis_model::{MessageLink, Seq};
use letopis_vault::Subkey;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use tantivy::collector::{Collector, Count, TopDocs};
use tantivy::schema::Value;
use tantivy::{DocAddress, Index, IndexReader, IndexWriter, Order, ReloadPolicy, TantivyDocument, Term};

/// Memory for one indexing round; with merges it stays well under what an import may use.
const WRITER_MEMORY: usize = 40 << 20;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The index on disk belongs to another archive or program version, or was changed: rebuild it.
    #[error("the index must be rebuilt: {0}")]
    Stale(&'static str),
    #[error("index: {0}")]
    Index(#[from] tantivy::TantivyError),
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error("commit payload: {0}")]
    Payload(#[from] serde_json::Error),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Relevance,
    Newest,
    Oldest,
}

/// One page of links and, over all hits, the counts of the facets.
#[derive(Debug)]
pub struct Found {
    pub total: usize,
    /// Link and relevance; relevance is 0 when sorted by date.
    pub links: Vec<(MessageLink, f32)>,
    pub facets: FacetCounts,
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
    writer.garbage_collect_files().wait()?;
    Ok(writer)
}

/// An open index with its only writer.
pub struct SearchIndex {
    index: Index,
    fields: schema::Fields,
    reader: IndexReader,
    /// Writing waits for writing; searching waits for nobody.
    writer: Mutex<Option<IndexWriter>>,
    archive: String,
    cursor: AtomicU64,
}

impl SearchIndex {
    /// Opens the index in `folder`, or begins an empty one there. `archive` is the archive's id.
    ///
    /// # Errors
    /// `Stale` when the folder holds something else; the caller moves it aside and opens again.
    pub fn open(folder: &Path, key: &Subkey, archive: &str) -> Result<Self, Error> {
        std::fs::create_dir_all(folder)?;
        let directory = directory::SealedDirectory::open(folder, key)?;
        let (schema, fields) = schema::schema();
        let exists = Index::exists(&directory).map_err(|_| Error::Stale("meta file"))?;
        let index = if exists {
            let index = Index::open(directory).map_err(|_| Error::Stale("does not open"))?;
            if index.schema() != schema {
                return Err(Error::Stale("other schema"));
            }
            index
        } else {
            Index::create(directory, schema, tantivy::IndexSettings::default())?
        };
        analyzer::register(&index);
        let cursor = cursor_of(&index, archive, exists)?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into();
        let reader = reader.map_err(|_| Error::Stale("a segment does not open"))?;
        let writer = Mutex::new(Some(begin_writing(&index)?));
        let cursor = AtomicU64::new(cursor.0);
        Ok(SearchIndex { index, fields, reader, writer, archive: archive.to_owned(), cursor })
    }

    /// The last version that the index holds.
    pub fn cursor(&self) -> Seq {
        Seq(self.cursor.load(Ordering::Acquire))
    }

    /// Puts documents, each replacing an earlier one of the same message, and commits with the new cursor.
    ///
    /// # Errors
    /// Whatever went wrong (a full disk), the index stands at its last commit and the same call may be made again.
    pub fn put<'a>(&self, docs: impl IntoIterator<Item = Doc<'a>>, cursor: Seq) -> Result<(), Error> {
        self.write(cursor, |writer| {
            for doc in docs {
                let link = doc.link.to_string();
                writer.delete_term(Term::from_field_text(self.fields.link, &link));
                writer.add_document(self.fields.document(&doc, link))?;
            }
            Ok(())
        })
    }

    /// Empties the index: everything is to be put anew.
    pub fn clear(&self) -> Result<(), Error> {
        self.write(Seq(0), |writer| {
            writer.delete_all_documents()?;
            Ok(())
        })
    }

    fn write(&self, cursor: Seq, change: impl FnOnce(&IndexWriter) -> Result<(), Error>) -> Result<(), Error> {
        let mut place = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut writer = match place.take() {
            Some(writer) => writer,
            None => begin_writing(&self.index)?,
        };
        // A writer that failed has lost its threads and would commit nothing in silence: it is dropped, not put back.
        change(&writer)?;
        let payload =
            Payload { seq: cursor.0, schema: schema::VERSION, analyzer: analyzer::fingerprint(), archive: self.archive.clone() };
        let mut commit = writer.prepare_commit()?;
        commit.set_payload(&serde_json::to_string(&payload)?);
        commit.commit()?;
        self.reader.reload()?;
        self.cursor.store(cursor.0, Ordering::Release);
        *place = Some(writer);
        Ok(())
    }

    pub fn count(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    pub fn search(&self, parsed: &Parsed, filter: &Filter, sort: Sort, offset: usize, limit: usize) -> Result<Found, Error> {
        let searcher = self.reader.searcher();
        let query = query::build(parsed, filter, &self.fields, &searcher)?;
        let top = TopDocs::with_limit(limit.max(1)).and_offset(offset);
        let facets = collect::Facets { utc_offset: filter.utc_offset };
        let (total, hits, facets) = match sort {
            Sort::Relevance => searcher.search(&query, &(Count, top.order_by_score(), facets))?,
            Sort::Newest => by_date(&searcher, &query, top, Order::Desc, facets)?,
            Sort::Oldest => by_date(&searcher, &query, top, Order::Asc, facets)?,
        };
        let mut links = Vec::with_capacity(hits.len());
        for (score, address) in hits {
            if let Some(link) = self.link_at(&searcher, address)? {
                links.push((link, score));
            }
        }
        Ok(Found { total, links, facets })
    }

    fn link_at(&self, searcher: &tantivy::Searcher, address: DocAddress) -> Result<Option<MessageLink>, Error> {
        let doc: TantivyDocument = searcher.doc(address)?;
        Ok(doc.get_first(self.fields.link).and_then(|value| value.as_str()).and_then(|text| text.parse().ok()))
    }

    /// Reads every byte of every file of the index and says which fail authentication.
    pub fn verify(&self) -> Result<Vec<String>, Error> {
        let mut damaged: Vec<String> =
            self.index.validate_checksum()?.into_iter().map(|path| path.display().to_string()).collect();
        damaged.sort();
        Ok(damaged)
    }
}

type Hits = Vec<(f32, DocAddress)>;

fn by_date(
    searcher: &tantivy::Searcher,
    query: &dyn tantivy::query::Query,
    top: TopDocs,
    order: Order,
    facets: collect::Facets,
) -> Result<(usize, Hits, FacetCounts), Error> {
    let top = top.order_by_fast_field::<i64>(schema::DATE, order);
    let (total, hits, facets) = search(searcher, query, (Count, top, facets))?;
    Ok((total, hits.into_iter().map(|(_, address)| (0.0, address)).collect(), facets))
}

fn search<C: Collector>(
    searcher: &tantivy::Searcher,
    query: &dyn tantivy::query::Query,
    collector: C,
) -> Result<C::Fruit, Error> {
    Ok(searcher.search(query, &collector)?)
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
