//! One page of hits. Segments are sorted by date, newest first, so the newest hits are the first ones of each segment and
//! nothing else is looked at; the best hits come from block-max pruning, and the first of them are ranked anew by how
//! fresh they are and whether they hold the very words that were typed.

use crate::Error;
use crate::columns::{Columns, OpenColumns, Row};
use crate::query::Clause;
use crate::schema::{Fields, NO_DATE};
use std::collections::{HashMap, HashSet, VecDeque};
use tantivy::collector::TopDocs;
use tantivy::query::{EnableScoring, Query};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocId, DocSet, Searcher, TERMINATED, Term};

/// The best hits that are ranked anew. Fixed, so that the second page goes on where the first ended.
const WINDOW: usize = 120;
/// Documents of one message share a date: so many more are looked at, so that its current content is among them.
const SAME_DATE: usize = 32;
/// In this time freshness loses half of its weight.
const HALF_LIFE: f64 = 120.0 * 86_400.0;
const FRESH: f64 = 0.6;
const AS_TYPED: f64 = 0.35;
const OLD_VERSION: f32 = 0.6;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Relevance,
    Newest,
    Oldest,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    pub row: Row,
    /// 0 when sorted by date.
    pub score: f32,
}

/// One look at the index.
pub struct Look<'a> {
    pub searcher: &'a Searcher,
    pub columns: &'a OpenColumns,
    pub fields: &'a Fields,
    pub query: &'a dyn Query,
    pub clauses: &'a [Clause],
    /// Unix seconds, for freshness.
    pub now: i64,
}

impl Look<'_> {
    pub fn page(&self, sort: Sort, offset: usize, limit: usize) -> Result<Vec<Hit>, Error> {
        let wanted = offset.saturating_add(limit);
        let hits = match sort {
            Sort::Newest => by_date(self.newest(wanted)?, false),
            // A message may match in several contents: when those that were looked at are too few messages, look further.
            Sort::Oldest => further(wanted, |keep| {
                let (rows, all) = self.oldest(keep)?;
                Ok((by_date(rows, true), all))
            })?,
            Sort::Relevance => further(wanted.max(WINDOW), |asked| self.best(asked))?,
        };
        Ok(hits.into_iter().skip(offset).take(limit).collect())
    }

    fn newest(&self, wanted: usize) -> Result<Vec<Row>, Error> {
        let mut rows = Vec::new();
        self.each_segment(|columns, docs| {
            let (mut taken, mut same, mut last) = (0, 0, i64::MAX);
            while let Some(row) = docs.next().and_then(|doc| columns.row(doc)) {
                same = if row.date == last { same + 1 } else { 0 };
                if taken >= wanted && (row.date != last || same > SAME_DATE) {
                    break;
                }
                last = row.date;
                taken += usize::from(!row.several || row.version == 0);
                rows.push(row);
            }
        })?;
        Ok(rows)
    }

    /// The last ones of each segment: all have to be walked, only a few are kept. And whether those are all.
    fn oldest(&self, keep: usize) -> Result<(Vec<Row>, bool), Error> {
        let (mut rows, mut all) = (Vec::new(), true);
        self.each_segment(|columns, docs| {
            let mut last = VecDeque::new();
            for doc in docs {
                if last.len() >= keep {
                    last.pop_front();
                    all = false;
                }
                last.push_back(doc);
            }
            rows.extend(last.into_iter().filter_map(|doc| columns.row(doc)));
        })?;
        Ok((rows, all))
    }

    fn each_segment(&self, mut take: impl FnMut(&Columns, &mut dyn Iterator<Item = DocId>)) -> Result<(), Error> {
        let weight = self.query.weight(EnableScoring::disabled_from_searcher(self.searcher))?;
        for segment in self.searcher.segment_readers() {
            let mut scorer = weight.scorer(segment, 1.0)?;
            // A rare word is in few segments; columns of the others stay closed.
            if scorer.doc() == TERMINATED {
                continue;
            }
            let columns = self.columns.of(segment)?;
            let alive = segment.alive_bitset();
            let mut next = scorer.doc();
            let mut docs = std::iter::from_fn(|| {
                while next != TERMINATED {
                    let doc = next;
                    next = scorer.advance();
                    if alive.is_none_or(|alive| alive.is_alive(doc)) {
                        return Some(doc);
                    }
                }
                None
            });
            take(&columns, &mut docs);
        }
        Ok(())
    }

    /// The best documents, ranked, and whether those are all.
    fn best(&self, asked: usize) -> Result<(Vec<Hit>, bool), Error> {
        let top = self.searcher.search(self.query, &TopDocs::with_limit(asked).order_by_score())?;
        let all = top.len() < asked;
        let segments = self.searcher.segment_readers().iter();
        let columns = segments.map(|segment| self.columns.of(segment)).collect::<Result<Vec<_>, _>>()?;
        let mut hits: Vec<(Hit, DocAddress)> = Vec::with_capacity(top.len());
        let mut seen: HashMap<letopis_model::MessageLink, usize> = HashMap::new();
        for (score, address) in top {
            let of_segment = columns.get(address.segment_ord as usize);
            let Some(row) = of_segment.and_then(|columns| columns.row(address.doc_id)) else { continue };
            match seen.get(&row.link).and_then(|at| hits.get_mut(*at)) {
                Some((kept, at)) if row.version < kept.row.version => (kept.row, *at) = (row, address),
                Some(_) => {}
                None => {
                    seen.insert(row.link, hits.len());
                    hits.push((Hit { row, score }, address));
                }
            }
        }
        Ok((self.rank(hits)?, all))
    }

    fn rank(&self, mut hits: Vec<(Hit, DocAddress)>) -> Result<Vec<Hit>, Error> {
        let rest = hits.split_off(WINDOW.min(hits.len()));
        let typed = self.as_typed(&hits)?;
        for (hit, address) in &mut hits {
            let age = (self.now - hit.row.date.max(0)).max(0) as f64;
            let fresh = FRESH * 0.5f64.powf(age / HALF_LIFE);
            let typed = AS_TYPED * typed.get(address).copied().unwrap_or(0.0);
            hit.score *= (1.0 + fresh + typed) as f32;
            if hit.row.version > 0 {
                hit.score *= OLD_VERSION;
            }
        }
        let date = |hit: &Hit| if hit.row.date == NO_DATE { i64::MIN } else { hit.row.date };
        hits.sort_by(|(a, _), (b, _)| b.score.total_cmp(&a.score).then(date(b).cmp(&date(a))).then(a.row.link.cmp(&b.row.link)));
        Ok(hits.into_iter().chain(rest).map(|(hit, _)| hit).collect())
    }

    /// Which share of the typed words a document holds exactly as typed.
    fn as_typed(&self, hits: &[(Hit, DocAddress)]) -> Result<HashMap<DocAddress, f64>, Error> {
        let mut addresses: Vec<DocAddress> = hits.iter().map(|(_, address)| *address).collect();
        addresses.sort_unstable();
        let words: Vec<&str> = self
            .clauses
            .iter()
            .filter_map(|clause| if let Clause::Word { surface, .. } = clause { Some(surface.as_str()) } else { None })
            .collect();
        let mut shares: HashMap<DocAddress, f64> = HashMap::new();
        for word in &words {
            let term = Term::from_field_text(self.fields.surface, word);
            for group in addresses.chunk_by(|a, b| a.segment_ord == b.segment_ord) {
                let Some(first) = group.first() else { continue };
                let inverted = self.searcher.segment_reader(first.segment_ord).inverted_index(self.fields.surface)?;
                let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::Basic)? else { continue };
                for address in group {
                    if postings.doc() < address.doc_id {
                        postings.seek(address.doc_id);
                    }
                    if postings.doc() == address.doc_id {
                        *shares.entry(*address).or_default() += 1.0 / words.len() as f64;
                    }
                }
            }
        }
        Ok(shares)
    }
}

/// Asks for more and more documents until they hold so many messages, or there are no more.
fn further(wanted: usize, mut look: impl FnMut(usize) -> Result<(Vec<Hit>, bool), Error>) -> Result<Vec<Hit>, Error> {
    let mut asked = wanted.saturating_add(wanted / 8).saturating_add(SAME_DATE);
    loop {
        let (hits, all) = look(asked)?;
        if all || hits.len() >= wanted {
            return Ok(hits);
        }
        asked = asked.saturating_mul(2);
    }
}

/// Each message once, by its current content if that matched.
fn by_date(mut rows: Vec<Row>, oldest_first: bool) -> Vec<Hit> {
    rows.sort_by(|a, b| {
        let date = if oldest_first { a.date.cmp(&b.date) } else { b.date.cmp(&a.date) };
        date.then(a.link.cmp(&b.link)).then(a.version.cmp(&b.version))
    });
    let mut seen = HashSet::new();
    rows.retain(|row| !row.several || seen.insert(row.link));
    rows.into_iter().map(|row| Hit { row, score: 0.0 }).collect()
}
