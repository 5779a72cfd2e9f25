//! The condition on dates as a query. Segments are sorted by date, so what was sent in an interval is one run of documents,
//! found by halving: nothing is read of the documents in it.

use crate::columns::OpenColumns;
use std::ops::Range;
use std::sync::Arc;
use tantivy::query::{ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED};

/// What was sent at or after one moment and before another, in Unix seconds.
#[derive(Clone, Debug)]
pub struct Sent {
    pub from: i64,
    pub to: Option<i64>,
    pub columns: Arc<OpenColumns>,
}

impl Query for Sent {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for Sent {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let Range { start, end } = self.columns.of(segment)?.sent(self.from, self.to);
        Ok(Box::new(ConstScorer::new(Run { doc: if start < end { start } else { TERMINATED }, end }, boost)))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("sent in this interval", 1.0))
    }
}

/// Documents side by side.
struct Run {
    doc: DocId,
    end: DocId,
}

impl DocSet for Run {
    fn advance(&mut self) -> DocId {
        self.seek(self.doc.saturating_add(1))
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.doc = if target < self.end { target.max(self.doc) } else { TERMINATED };
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.end.saturating_sub(self.doc)
    }
}
