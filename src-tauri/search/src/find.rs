//! One page of hits. Segments are sorted by date, newest first, so the newest hits are the first ones of each segment, and a
//! segment whose newest message is older than what was found already is not looked at; the best hits come from block-max
//! pruning that knows in each segment how good the hits of the others are, and the first of them are ranked anew by how
//! fresh they are and whether they hold the very words that were typed. Of hits that are equally good the newest are taken.

use crate::Error;
use crate::analyzer::stems;
use crate::columns::{Columns, OpenColumns, Row};
use crate::query::Clause;
use crate::schema::{Fields, NO_DATE};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use tantivy::query::{EnableScoring, Query, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocId, DocSet, Score, Searcher, SegmentReader, TERMINATED, Term};

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
        let weight = self.unscored()?;
        let mut segments: Vec<(Arc<Columns>, &SegmentReader)> = Vec::new();
        for segment in self.searcher.segment_readers() {
            segments.push((self.columns.of(segment)?, segment));
        }
        segments.sort_by_key(|(columns, _)| Reverse(columns.newest()));
        let mut rows = Vec::new();
        let mut enough = Newest { dates: BinaryHeap::new(), wanted };
        for (columns, segment) in segments {
            if enough.is_older(columns.newest()) {
                break;
            }
            let (mut same, mut last) = (0, i64::MAX);
            for doc in matching(&*weight, segment)? {
                let Some(row) = columns.row(doc) else { break };
                same = if row.date == last { same + 1 } else { 0 };
                if enough.is_older(row.date) || (enough.is_full() && same > SAME_DATE) {
                    break;
                }
                last = row.date;
                if !row.several || row.version == 0 {
                    enough.add(row.date);
                }
                rows.push(row);
            }
        }
        Ok(rows)
    }

    /// The last ones of each segment: all have to be walked, only a few are kept. And whether those are all.
    fn oldest(&self, keep: usize) -> Result<(Vec<Row>, bool), Error> {
        let weight = self.unscored()?;
        let (mut rows, mut all) = (Vec::new(), true);
        for segment in self.searcher.segment_readers() {
            let mut last = VecDeque::new();
            for doc in matching(&*weight, segment)? {
                if last.len() >= keep {
                    last.pop_front();
                    all = false;
                }
                last.push_back(doc);
            }
            // A rare word is in few segments; columns of the others stay closed.
            if !last.is_empty() {
                let columns = self.columns.of(segment)?;
                rows.extend(last.into_iter().filter_map(|doc| columns.row(doc)));
            }
        }
        Ok((rows, all))
    }

    fn unscored(&self) -> Result<Box<dyn Weight>, Error> {
        Ok(self.query.weight(EnableScoring::disabled_from_searcher(self.searcher))?)
    }

    /// The best documents, ranked, and whether those are all.
    fn best(&self, asked: usize) -> Result<(Vec<Hit>, bool), Error> {
        let segments = self.searcher.segment_readers().iter();
        let columns = segments.map(|segment| self.columns.of(segment)).collect::<Result<Vec<_>, _>>()?;
        let top = self.top(asked, &columns)?;
        let all = top.len() < asked;
        let mut hits: Vec<(Hit, DocAddress)> = Vec::with_capacity(top.len());
        let mut seen: HashMap<letopis_model::MessageLink, usize> = HashMap::new();
        for one in top {
            let (score, address) = (one.score(), one.address);
            let of_segment = columns.get(address.segment_ord as usize);
            let Some(row) = of_segment.and_then(|columns| columns.row(address.doc_id)) else { continue };
            let kept = if row.several { seen.get(&row.link).and_then(|at| hits.get_mut(*at)) } else { None };
            match kept {
                Some((kept, at)) if row.version < kept.row.version => (kept.row, *at) = (row, address),
                Some(_) => {}
                None => {
                    if row.several {
                        seen.insert(row.link, hits.len());
                    }
                    hits.push((Hit { row, score }, address));
                }
            }
        }
        Ok((self.rank(hits)?, all))
    }

    /// The best `asked` documents, best first. Short messages with a common word score alike by the thousand: the newest
    /// segment comes first, and what is only as good as what was found already is not looked at.
    fn top(&self, asked: usize, columns: &[Arc<Columns>]) -> Result<Vec<Scored>, Error> {
        let weight = self.query.weight(EnableScoring::enabled_from_searcher(self.searcher))?;
        let mut segments: Vec<(u32, &SegmentReader)> = (0..).zip(self.searcher.segment_readers()).collect();
        segments.sort_by_cached_key(|(number, _)| Reverse(columns.get(*number as usize).map(|columns| columns.newest())));
        let mut top: BinaryHeap<Reverse<Scored>> = BinaryHeap::with_capacity(asked);
        let least = |top: &BinaryHeap<Reverse<Scored>>| match top.peek() {
            Some(Reverse(last)) if top.len() >= asked => last.score(),
            _ => Score::MIN,
        };
        let mut met = 0u32;
        for (segment_ord, segment) in segments {
            let alive = segment.alive_bitset();
            weight.for_each_pruning(least(&top), segment, &mut |doc_id, score| {
                if alive.is_none_or(|alive| alive.is_alive(doc_id)) {
                    let one = Reverse(Scored::new(score, met, DocAddress { segment_ord, doc_id }));
                    met = met.saturating_add(1);
                    if top.len() < asked {
                        top.push(one);
                    } else if let Some(mut last) = top.peek_mut()
                        && one < *last
                    {
                        *last = one;
                    }
                }
                least(&top)
            })?;
        }
        Ok(top.into_sorted_vec().into_iter().map(|Reverse(one)| one).collect())
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
        let words: Vec<(&str, bool)> = self
            .clauses
            .iter()
            .filter_map(|clause| if let Clause::Word { surface, typing } = clause { Some((&**surface, *typing)) } else { None })
            .collect();
        let mut shares: HashMap<DocAddress, f64> = HashMap::new();
        for (word, typing) in &words {
            let term = Term::from_field_text(self.fields.surface, word);
            let stem = Some(stems(word)).filter(|(_, second)| second.is_none() && !typing).map(|(stem, _)| stem);
            let stem = stem.map(|stem| Term::from_field_text(self.fields.stems, &stem));
            let mut holds = |address: &DocAddress| *shares.entry(*address).or_default() += 1.0 / words.len() as f64;
            for group in addresses.chunk_by(|a, b| a.segment_ord == b.segment_ord) {
                let Some(first) = group.first() else { continue };
                let segment = self.searcher.segment_reader(first.segment_ord);
                let inverted = segment.inverted_index(self.fields.surface)?;
                let Some(info) = inverted.get_term_info(&term)? else { continue };
                // All that have the word in any form have it in this one: nothing needs to be read.
                if let Some(stem) = &stem
                    && segment.inverted_index(self.fields.stems)?.doc_freq(stem)? == info.doc_freq
                {
                    group.iter().for_each(&mut holds);
                    continue;
                }
                let mut postings = inverted.read_postings_from_terminfo(&info, IndexRecordOption::Basic)?;
                for address in group {
                    if postings.doc() < address.doc_id {
                        postings.seek(address.doc_id);
                    }
                    if postings.doc() == address.doc_id {
                        holds(address);
                    }
                }
            }
        }
        Ok(shares)
    }
}

/// What matches in a segment and is not deleted, in the order of the segment.
pub fn matching<'a>(weight: &dyn Weight, segment: &'a SegmentReader) -> Result<impl Iterator<Item = DocId> + 'a, Error> {
    let mut scorer = weight.scorer(segment, 1.0)?;
    let alive = segment.alive_bitset();
    let mut next = scorer.doc();
    Ok(std::iter::from_fn(move || {
        while next != TERMINATED {
            let doc = next;
            next = scorer.advance();
            if alive.is_none_or(|alive| alive.is_alive(doc)) {
                return Some(doc);
            }
        }
        None
    }))
}

/// The dates of the newest messages that were found, as many as are wanted, the oldest on top.
struct Newest {
    dates: BinaryHeap<Reverse<i64>>,
    wanted: usize,
}

impl Newest {
    fn is_full(&self) -> bool {
        self.dates.len() >= self.wanted
    }

    /// Newer messages fill the page already.
    fn is_older(&self, date: i64) -> bool {
        self.is_full() && self.dates.peek().is_some_and(|Reverse(oldest)| date < *oldest)
    }

    fn add(&mut self, date: i64) {
        self.dates.push(Reverse(date));
        if self.dates.len() > self.wanted {
            self.dates.pop();
        }
    }
}

/// A document that was met, ordered by how good it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Scored {
    /// The score's bits, which order as positive numbers do, and below them what makes the one that was met first the better
    /// one of equals: one comparison, and there are many.
    place: u64,
    address: DocAddress,
}

impl Scored {
    fn new(score: Score, met: u32, address: DocAddress) -> Self {
        Scored { place: u64::from(score.max(0.0).to_bits()) << 32 | u64::from(!met), address }
    }

    fn score(self) -> Score {
        Score::from_bits((self.place >> 32) as u32)
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
