//! Where a message stands among the hits of its chat, in the chat's own order: its number, how many there are, and the hits
//! before and after it. One pass over the chat's hits that keeps only these; nobody holds a list of them.

use crate::Error;
use crate::columns::OpenColumns;
use crate::find::matching;
use letopis_model::MessageId;
use std::collections::HashSet;
use tantivy::Searcher;
use tantivy::query::{EnableScoring, Query};

/// The hits of a chat, seen from one of its messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub of: MessageId,
    pub total: usize,
    /// Hits up to the message, itself included.
    pub until: usize,
    /// The message is a hit.
    pub is_hit: bool,
    pub before: Option<MessageId>,
    pub after: Option<MessageId>,
    pub first: Option<MessageId>,
    pub last: Option<MessageId>,
}

impl Place {
    fn of(of: MessageId) -> Self {
        Place { of, total: 0, until: 0, is_hit: false, before: None, after: None, first: None, last: None }
    }

    fn take(&mut self, hit: MessageId) {
        let of = self.of;
        self.total += 1;
        self.until += usize::from(hit <= of);
        self.is_hit |= hit == of;
        self.first = Some(self.first.map_or(hit, |first| first.min(hit)));
        self.last = self.last.max(Some(hit));
        if hit < of {
            self.before = self.before.max(Some(hit));
        }
        if hit > of {
            self.after = Some(self.after.map_or(hit, |after| after.min(hit)));
        }
    }
}

pub fn place(searcher: &Searcher, open: &OpenColumns, query: &dyn Query, of: MessageId) -> Result<Place, Error> {
    let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
    let mut place = Place::of(of);
    // A message whose earlier content matches too counts once.
    let mut seen = HashSet::new();
    for segment in searcher.segment_readers() {
        let mut hits = matching(&*weight, segment)?.peekable();
        // Columns of a segment without a hit stay closed.
        if hits.peek().is_none() {
            continue;
        }
        let columns = open.of(segment)?;
        for doc in hits {
            if let Some(hit) = columns.message(doc).filter(|hit| !columns.several(doc) || seen.insert(*hit)) {
                place.take(hit);
            }
        }
    }
    Ok(place)
}
