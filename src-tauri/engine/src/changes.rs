//! What changed: the feed of edits and deletions. Many deletions of one chat at nearly one moment are one event: it is the
//! most valuable one of all, and ten thousand rows of it would hide everything else.

use crate::{Failure, OpenArchive};
use letopis_archive::{ChangeKind, ChangeRecord};
use letopis_model::{MessageLink, Seq, Timestamp};

/// Deletions of a chat within this many seconds of each other are one event…
const TOGETHER: i64 = 60;
/// …if they are at least so many.
const MASS: u64 = 10;
/// Rows looked at for one page, so that a mass event is seen whole.
const LOOKED_AT: usize = 20_000;
/// Messages of a mass event that are listed; the chat shows the others in place.
const LISTED: usize = 50;

/// One row of the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    pub kind: ChangeKind,
    /// The newest of the messages first; of a mass event the first few.
    pub links: Vec<MessageLink>,
    /// Messages concerned.
    pub count: u64,
    pub is_mass: bool,
    pub from: Timestamp,
    pub to: Timestamp,
    pub source: letopis_model::Source,
    /// Where the next page goes on from.
    pub cursor: (Timestamp, Seq),
}

impl From<ChangeRecord> for Happening {
    fn from(change: ChangeRecord) -> Self {
        Happening {
            kind: change.kind,
            links: vec![change.link],
            count: change.count,
            is_mass: change.kind == ChangeKind::ChatVanished,
            from: change.from,
            to: change.to,
            source: change.source,
            cursor: (change.seen_at, change.seq),
        }
    }
}

impl OpenArchive {
    /// Edits and deletions that became known at or after `since`, newest first, mass events as one row.
    pub fn changes(&self, since: Timestamp, before: Option<(Timestamp, Seq)>, limit: usize) -> Result<Vec<Happening>, Failure> {
        let records = self.read(|reader| reader.changes(since, before, LOOKED_AT))?;
        let mut rows = gather(records);
        rows.truncate(limit);
        Ok(rows)
    }
}

/// Puts deletions that belong together into one row.
fn gather(records: Vec<ChangeRecord>) -> Vec<Happening> {
    let mut rows: Vec<Happening> = Vec::new();
    let mut run: Vec<ChangeRecord> = Vec::new();
    for record in records {
        let goes_on = run.last().is_some_and(|last| belongs(last, &record));
        if !goes_on {
            close(&mut run, &mut rows);
        }
        run.push(record);
    }
    close(&mut run, &mut rows);
    rows
}

fn belongs(last: &ChangeRecord, next: &ChangeRecord) -> bool {
    let are_deletions = last.kind == ChangeKind::Deleted && next.kind == ChangeKind::Deleted;
    are_deletions && last.link.chat == next.link.chat && (last.seen_at.0 - next.seen_at.0).abs() <= TOGETHER
}

fn close(run: &mut Vec<ChangeRecord>, rows: &mut Vec<Happening>) {
    let run = std::mem::take(run);
    if (run.len() as u64) < MASS {
        rows.extend(run.into_iter().map(Happening::from));
        return;
    }
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return };
    rows.push(Happening {
        kind: ChangeKind::Deleted,
        links: run.iter().take(LISTED).map(|record| record.link).collect(),
        count: run.len() as u64,
        is_mass: true,
        from: run.iter().map(|record| record.from).min().unwrap_or(first.from),
        to: run.iter().map(|record| record.to).max().unwrap_or(first.to),
        source: first.source,
        cursor: (last.seen_at, last.seq),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use letopis_model::{ChatId, MessageId, PeerId, Source};

    fn deleted(chat: i64, message: i64, at: i64) -> ChangeRecord {
        let link = MessageLink::new(ChatId::new(None, PeerId::user(chat)), MessageId(message));
        let (from, to) = (Timestamp(at - 5), Timestamp(at));
        ChangeRecord {
            kind: ChangeKind::Deleted,
            link,
            from,
            to,
            seen_at: to,
            source: Source::Live,
            count: 1,
            seq: Seq(at as u64),
        }
    }

    #[test]
    fn a_mass_deletion_is_one_row_and_two_deletions_are_two() {
        let mut feed: Vec<ChangeRecord> = (0..300).map(|i| deleted(555, 300 - i, 2_000 - i / 100)).collect();
        feed.push(deleted(777, 1, 1_990));
        feed.push(deleted(555, 9_001, 1_980));
        feed.push(deleted(555, 9_002, 1_979));
        let rows = gather(feed);
        let told: Vec<_> = rows.iter().map(|row| (row.count, row.is_mass, row.from.0, row.to.0)).collect();
        assert_eq!(
            told,
            [(300, true, 1_993, 2_000), (1, false, 1_985, 1_990), (1, false, 1_975, 1_980), (1, false, 1_974, 1_979)]
        );
        assert_eq!(rows[0].links.len(), LISTED);
    }
}
