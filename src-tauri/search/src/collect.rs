//! Counts of the facets over all hits, in one pass over the columns. A message whose earlier content matches too counts
//! once. The pass can be stopped at any time: whoever types on does not wait for it.

use crate::Error;
use crate::columns::OpenColumns;
use crate::find::matching;
use crate::schema::{self, NO_DATE};
use letopis_model::MessageLink;
use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use tantivy::columnar::{Column, StrColumn};
use tantivy::query::{EnableScoring, Query};
use tantivy::{DocId, DocSet, Searcher, SegmentReader, TERMINATED};

/// Documents between two looks at whether to stop.
const STRIDE: usize = 4096;

/// Hits by value.
pub type Counts = BTreeMap<String, u32>;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FacetCounts {
    pub total: usize,
    pub managers: Counts,
    pub chats: Counts,
    pub senders: Counts,
    pub kinds: Counts,
    /// Keys such as "2026-09", in the time zone of the search.
    pub months: Counts,
    pub deleted: u32,
    pub edited: u32,
}

/// # Errors
/// `Stopped` when `stop` was set meanwhile.
pub fn count(
    searcher: &Searcher,
    open: &OpenColumns,
    query: &dyn Query,
    utc_offset: i32,
    stop: &AtomicBool,
) -> Result<FacetCounts, Error> {
    let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
    let mut all = FacetCounts::default();
    let mut seen: HashSet<MessageLink> = HashSet::new();
    for segment in searcher.segment_readers() {
        let mut scorer = weight.scorer(segment, 1.0)?;
        if scorer.doc() == TERMINATED {
            continue;
        }
        let columns = open.of(segment)?;
        let mut counting = Segment::of(segment, utc_offset)?;
        let alive = segment.alive_bitset();
        let (mut doc, mut walked) = (scorer.doc(), 0usize);
        while doc != TERMINATED {
            walked += 1;
            if walked.is_multiple_of(STRIDE) && stop.load(Ordering::Relaxed) {
                return Err(Error::Stopped);
            }
            let counts = alive.is_none_or(|alive| alive.is_alive(doc))
                && (!columns.several(doc) || columns.row(doc).is_some_and(|row| seen.insert(row.link)));
            if counts {
                counting.collect(doc);
            }
            doc = scorer.advance();
        }
        counting.add_to(&mut all);
    }
    Ok(all)
}

/// Whether anything matches at all.
pub fn any(searcher: &Searcher, query: &dyn Query) -> Result<bool, Error> {
    let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
    for segment in searcher.segment_readers() {
        if matching(&*weight, segment)?.next().is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

struct Segment {
    columns: [(Option<StrColumn>, Vec<u32>); 4],
    date: Column<i64>,
    deleted: Column<bool>,
    edited: Column<bool>,
    utc_offset: i64,
    /// The month that was counted last, its days and its count: hits come by date, so it seldom changes.
    month: (i64, std::ops::Range<i64>, u32),
    /// Months since year 0.
    months: BTreeMap<i64, u32>,
    total: usize,
    deleted_count: u32,
    edited_count: u32,
}

impl Segment {
    fn of(segment: &SegmentReader, utc_offset: i32) -> Result<Self, Error> {
        let fast = segment.fast_fields();
        let column = |name| -> tantivy::Result<(Option<StrColumn>, Vec<u32>)> {
            let column = fast.str(name)?;
            let terms = column.as_ref().map_or(0, |c| c.num_terms());
            Ok((column, vec![0; terms]))
        };
        Ok(Segment {
            columns: [column(schema::MANAGER)?, column(schema::CHAT)?, column(schema::SENDER)?, column(schema::KIND)?],
            date: fast.i64(schema::DATE)?,
            deleted: fast.bool(schema::DELETED)?,
            edited: fast.bool(schema::EDITED)?,
            utc_offset: i64::from(utc_offset),
            month: (0, 0..0, 0),
            months: BTreeMap::new(),
            total: 0,
            deleted_count: 0,
            edited_count: 0,
        })
    }

    fn collect(&mut self, doc: DocId) {
        for (column, counts) in &mut self.columns {
            for ordinal in column.iter().flat_map(|c| c.term_ords(doc)) {
                if let Some(count) = counts.get_mut(ordinal as usize) {
                    *count += 1;
                }
            }
        }
        if let Some(at) = self.date.first(doc).filter(|at| *at != NO_DATE) {
            self.in_month(at + self.utc_offset);
        }
        self.total += 1;
        self.deleted_count += u32::from(self.deleted.first(doc) == Some(true));
        self.edited_count += u32::from(self.edited.first(doc) == Some(true));
    }

    fn in_month(&mut self, at: i64) {
        let day = at.div_euclid(86_400);
        if !self.month.1.contains(&day) {
            self.close_month();
            let number = month_number(at);
            let mut days = day..day + 1;
            while month_number((days.start - 1) * 86_400) == number {
                days.start -= 1;
            }
            while month_number(days.end * 86_400) == number {
                days.end += 1;
            }
            self.month = (number, days, 0);
        }
        self.month.2 += 1;
    }

    fn close_month(&mut self) {
        let (number, _, count) = self.month;
        if count > 0 {
            *self.months.entry(number).or_default() += count;
        }
    }

    fn add_to(mut self, all: &mut FacetCounts) {
        self.close_month();
        let [managers, chats, senders, kinds] = self.columns;
        add(&mut all.managers, managers);
        add(&mut all.chats, chats);
        add(&mut all.senders, senders);
        add(&mut all.kinds, kinds);
        for (number, count) in self.months {
            *all.months.entry(format!("{:04}-{:02}", number.div_euclid(12), number.rem_euclid(12) + 1)).or_default() += count;
        }
        all.total += self.total;
        all.deleted += self.deleted_count;
        all.edited += self.edited_count;
    }
}

fn add(to: &mut Counts, (column, counts): (Option<StrColumn>, Vec<u32>)) {
    let Some(column) = column else { return };
    for (ordinal, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let mut value = String::new();
        if column.ord_to_str(ordinal as u64, &mut value).unwrap_or(false) {
            *to.entry(value).or_default() += count;
        }
    }
}

/// The month of a moment as year * 12 + month - 1 (civil-from-days of H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn month_number(seconds: i64) -> i64 {
    let days = seconds.div_euclid(86_400) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153; // 0 = March
    let month = if shifted < 10 { shifted + 2 } else { shifted - 10 };
    let year = year_of_era + era * 400 + i64::from(month < 2);
    year * 12 + month
}

#[cfg(test)]
mod tests {
    use super::month_number;

    #[test]
    fn months_of_moments() {
        for (seconds, year, month) in [
            (0, 1970, 1),
            (951_782_400, 2000, 2), // 29 February
            (951_868_800, 2000, 3),
            (1_767_225_599, 2025, 12),
            (1_767_225_600, 2026, 1),
            (-1, 1969, 12),
        ] {
            assert_eq!(month_number(seconds), year * 12 + month - 1, "{seconds}");
        }
    }
}
