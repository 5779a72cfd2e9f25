//! The words with one beginning as a query: in a segment's dictionary they stand side by side, and their lists become one set
//! of documents. tantivy's own query of a range spells out each word, makes a new reader for each list, and does so again for
//! the page, the facets and the next page; here the set is kept for a while.

use lru::LruCache;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use tantivy::index::SegmentId;
use tantivy::query::{BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{BitSet, DocId, Score, Searcher, SegmentReader};

/// Above every byte of a text in UTF-8.
const AFTER_ALL: u8 = 0xff;

/// Sets that are kept: some beginnings in dozens of segments, one bit for each document.
const KEPT: NonZeroUsize = NonZeroUsize::MIN.saturating_add(255);

/// What holds a word that begins so.
#[derive(Clone, Debug)]
pub struct Beginning {
    pub field: Field,
    pub letters: String,
    pub begun: Arc<Begun>,
}

/// The sets of documents of the last beginnings that were asked for.
pub struct Begun(Mutex<LruCache<(SegmentId, Field, String), BitSet>>);

impl Default for Begun {
    fn default() -> Self {
        Begun(Mutex::new(LruCache::new(KEPT)))
    }
}

impl fmt::Debug for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Begun")
    }
}

impl Begun {
    /// Lets go of segments that a commit or a merge left behind.
    pub fn keep_only(&self, searcher: &Searcher) {
        let live: Vec<SegmentId> = searcher.segment_readers().iter().map(SegmentReader::segment_id).collect();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let gone: Vec<_> = kept.iter().map(|(key, _)| key).filter(|(id, ..)| !live.contains(id)).cloned().collect();
        for key in gone {
            kept.pop(&key);
        }
    }

    fn of(&self, beginning: &Beginning, segment: &SegmentReader) -> tantivy::Result<BitSet> {
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (segment.segment_id(), beginning.field, beginning.letters.clone());
        if let Some(found) = kept().get(&key) {
            return Ok(found.clone());
        }
        // Read without the lock: others look for other beginnings meanwhile.
        let found = beginning.read(segment)?;
        kept().put(key, found.clone());
        Ok(found)
    }
}

impl Query for Beginning {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for Beginning {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let found = self.begun.of(self, segment)?;
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(found), boost)))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("a word begins so", 1.0))
    }
}

impl Beginning {
    fn read(&self, segment: &SegmentReader) -> tantivy::Result<BitSet> {
        let inverted = segment.inverted_index(self.field)?;
        let after: Vec<u8> = self.letters.bytes().chain([AFTER_ALL]).collect();
        let mut words = inverted.terms().range().ge(&self.letters).lt(after).without_keys().into_stream()?;
        let mut found = BitSet::with_max_value(segment.max_doc());
        // One for all words: it holds two decoded blocks.
        let mut open = None;
        while words.advance() {
            let info = words.value();
            let postings = match open.as_mut() {
                None => open.insert(inverted.read_block_postings_from_terminfo(info, IndexRecordOption::Basic)?),
                Some(postings) => {
                    inverted.reset_block_postings_from_terminfo(info, postings)?;
                    postings
                }
            };
            while !postings.docs().is_empty() {
                for doc in postings.docs() {
                    found.insert(*doc);
                }
                postings.advance();
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tantivy::schema::{STRING, Schema};
    use tantivy::{Index, IndexWriter, TantivyDocument};

    #[test]
    fn every_word_that_begins_so_and_no_other() {
        let mut schema = Schema::builder();
        let field = schema.add_text_field("word", STRING);
        let index = Index::create_in_ram(schema.build());
        let mut writer: IndexWriter = index.writer_with_num_threads(1, 20 << 20).unwrap();
        let words = ["", "до", "дог", "договор", "договоры", "дога\u{10ffff}", "дож", "ещё", "a", "договор"];
        // More than a block of each, so that lists with and without skips are read.
        for _ in 0..150 {
            for word in words {
                let mut document = TantivyDocument::default();
                document.add_text(field, word);
                writer.add_document(document).unwrap();
            }
        }
        writer.commit().unwrap();
        let searcher = index.reader().unwrap().searcher();
        let begun = Arc::<Begun>::default();
        for letters in ["", "д", "до", "дог", "договор", "договоры", "дога", "дож", "ещё", "a", "b", "я", "договорыы"]
        {
            let query = Beginning { field, letters: letters.to_owned(), begun: begun.clone() };
            let expected = 150 * words.iter().filter(|word| word.starts_with(letters)).count();
            for again in [false, true] {
                assert_eq!(Query::count(&query, &searcher).unwrap(), expected, "{letters} {again}");
            }
        }
    }
}
