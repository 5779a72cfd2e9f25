//! Counts of the facets over all hits, in one pass over the columns.

use crate::schema;
use std::collections::BTreeMap;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

/// Hits by value.
pub type Counts = BTreeMap<String, u32>;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FacetCounts {
    pub managers: Counts,
    pub chats: Counts,
    pub senders: Counts,
    pub kinds: Counts,
    /// Keys such as "2026-09", in the time zone of the search.
    pub months: Counts,
    pub deleted: u32,
    pub edited: u32,
}

pub struct Facets {
    /// Seconds east of UTC.
    pub utc_offset: i32,
}

pub struct Segment {
    columns: [(Option<StrColumn>, Vec<u32>); 4],
    date: Column<i64>,
    deleted: Column<bool>,
    edited: Column<bool>,
    utc_offset: i64,
    /// Months since year 0.
    months: BTreeMap<i64, u32>,
    deleted_count: u32,
    edited_count: u32,
}

impl Collector for Facets {
    type Fruit = FacetCounts;
    type Child = Segment;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<Segment> {
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
            utc_offset: i64::from(self.utc_offset),
            months: BTreeMap::new(),
            deleted_count: 0,
            edited_count: 0,
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, parts: Vec<FacetCounts>) -> tantivy::Result<FacetCounts> {
        let mut all = FacetCounts::default();
        for part in parts {
            add(&mut all.managers, part.managers);
            add(&mut all.chats, part.chats);
            add(&mut all.senders, part.senders);
            add(&mut all.kinds, part.kinds);
            add(&mut all.months, part.months);
            all.deleted += part.deleted;
            all.edited += part.edited;
        }
        Ok(all)
    }
}

fn add(to: &mut Counts, from: Counts) {
    for (value, count) in from {
        *to.entry(value).or_default() += count;
    }
}

impl SegmentCollector for Segment {
    type Fruit = FacetCounts;

    fn collect(&mut self, doc: DocId, _: Score) {
        for (column, counts) in &mut self.columns {
            let ordinals = column.iter().flat_map(|c| c.term_ords(doc));
            for ordinal in ordinals {
                if let Some(count) = counts.get_mut(ordinal as usize) {
                    *count += 1;
                }
            }
        }
        if let Some(at) = self.date.first(doc) {
            *self.months.entry(month_number(at + self.utc_offset)).or_default() += 1;
        }
        self.deleted_count += u32::from(self.deleted.first(doc) == Some(true));
        self.edited_count += u32::from(self.edited.first(doc) == Some(true));
    }

    fn harvest(self) -> FacetCounts {
        let [managers, chats, senders, kinds] = self.columns.map(|(column, counts)| named(column, &counts));
        let months =
            self.months.into_iter().map(|(n, count)| (format!("{:04}-{:02}", n.div_euclid(12), n.rem_euclid(12) + 1), count));
        FacetCounts {
            managers,
            chats,
            senders,
            kinds,
            months: months.collect(),
            deleted: self.deleted_count,
            edited: self.edited_count,
        }
    }
}

fn named(column: Option<StrColumn>, counts: &[u32]) -> Counts {
    let Some(column) = column else { return Counts::new() };
    let mut out = Counts::new();
    for (ordinal, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let mut value = String::new();
        if column.ord_to_str(ordinal as u64, &mut value).unwrap_or(false) {
            out.insert(value, *count);
        }
    }
    out
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
