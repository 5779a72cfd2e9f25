//! What changed: the feed of edits and deletions. Many deletions of one chat at nearly one moment are one event: it is the
//! most valuable one of all, and ten thousand rows of it would hide everything else.

use crate::{Failure, OpenArchive};
use letopis_archive::{Anchor, ChangeKind, ChangeRecord, ChatRecord, ManagerRecord};
use letopis_model::{AccountId, ChatId, MessageLink, Seq, Timestamp};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Deletions of a chat within this many seconds of each other are one event…
const TOGETHER: i64 = 60;
/// …if they are at least so many.
const MASS: u64 = 10;
/// Rows looked at for one page, so that a mass event is seen whole.
const LOOKED_AT: usize = 20_000;
/// Messages of a mass event that are listed; the chat shows the others in place.
const LISTED: usize = 50;
/// Messages read at once.
const PAGE: usize = 500;

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
    /// When the newest of it became known: the upper end of the event in the feed.
    pub first: (Timestamp, Seq),
    /// Where the next page goes on from: the lower end.
    pub cursor: (Timestamp, Seq),
}

/// Which rows of the feed are asked for. Empty means all; times are those at which a change became known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeFilter {
    pub kinds: Vec<RowKind>,
    pub chats: Vec<ChatId>,
    pub account: Option<AccountId>,
    pub since: Option<Timestamp>,
    /// Exclusive.
    pub until: Option<Timestamp>,
}

/// What a row is, for whoever looks for one sort of them. A vanished chat is a mass event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    Edited,
    Deleted,
    Mass,
}

/// A part of the feed, and what people call the chats in it.
pub struct ChangePage {
    pub rows: Vec<Happening>,
    /// `None` when nothing comes after.
    pub next: Option<(Timestamp, Seq)>,
    pub chats: BTreeMap<ChatId, ChatRecord>,
    pub managers: BTreeMap<AccountId, ManagerRecord>,
}

/// A mass event, as a row of the feed names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MassEvent {
    pub chat: ChatId,
    pub first: (Timestamp, Seq),
    pub last: (Timestamp, Seq),
}

impl Happening {
    fn row_kind(&self) -> RowKind {
        match (self.is_mass, self.kind) {
            (true, _) | (_, ChangeKind::ChatVanished) => RowKind::Mass,
            (false, ChangeKind::Edited) => RowKind::Edited,
            (false, ChangeKind::Deleted) => RowKind::Deleted,
        }
    }
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
            first: (change.seen_at, change.seq),
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

    /// A page of the feed by a filter, newest first; `before` is where the last page said to go on. It is longer than
    /// `limit` where it would cut through a mass event.
    pub fn change_page(
        &self,
        filter: &ChangeFilter,
        before: Option<(Timestamp, Seq)>,
        limit: usize,
    ) -> Result<ChangePage, Failure> {
        let chats: BTreeMap<ChatId, ChatRecord> =
            self.read(|reader| reader.chats())?.into_iter().map(|chat| (chat.chat, chat)).collect();
        let is_wanted = |row: &Happening| {
            let chat = row.links.first().map(|link| link.chat);
            let of_account = |account| chat.and_then(|id| chats.get(&id)).is_some_and(|c| c.accounts.contains(&account));
            (filter.kinds.is_empty() || filter.kinds.contains(&row.row_kind()))
                && (filter.chats.is_empty() || chat.is_some_and(|chat| filter.chats.contains(&chat)))
                && filter.account.is_none_or(of_account)
        };
        let since = filter.since.unwrap_or(Timestamp(0));
        let mut before = before.or(filter.until.map(|until| (until, Seq(0))));
        let mut rows: Vec<Happening> = Vec::new();
        let next = loop {
            let records = self.read(|reader| reader.changes(since, before, LOOKED_AT))?;
            let end = records.last().map(|record| (record.seen_at, record.seq));
            let is_last = records.len() < LOOKED_AT;
            rows.extend(gather(records).into_iter().filter(is_wanted));
            if rows.len() > limit {
                break cut(&mut rows, limit);
            }
            if is_last {
                break None;
            }
            before = end;
        };
        let shown: BTreeSet<ChatId> = rows.iter().flat_map(|row| &row.links).map(|link| link.chat).collect();
        let managers = self.managers()?.into_iter().map(|manager| (manager.account, manager)).collect();
        let chats = chats.into_iter().filter(|(chat, _)| shown.contains(chat)).collect();
        Ok(ChangePage { rows, next, chats, managers })
    }

    /// Every message of a mass event: its row lists only the first few.
    ///
    /// # Errors
    /// `NotFound` when there is no such event.
    pub fn links_of(&self, event: &MassEvent) -> Result<Vec<MessageLink>, Failure> {
        let (at, seq) = event.first;
        let above = (at, Seq(seq.0.saturating_add(1)));
        let records = self.read(|reader| reader.changes(event.last.0, Some(above), usize::MAX >> 1))?;
        let of_event: Vec<ChangeRecord> = records
            .into_iter()
            .filter(|record| record.link.chat == event.chat && (record.seen_at, record.seq) >= event.last)
            .collect();
        let vanishing = of_event.iter().find(|record| record.kind == ChangeKind::ChatVanished);
        let links = match vanishing {
            Some(gone) => self.vanished(gone)?,
            None => of_event.iter().filter(|record| record.kind == ChangeKind::Deleted).map(|record| record.link).collect(),
        };
        if links.is_empty() { Err(Failure::NotFound) } else { Ok(links) }
    }

    /// The messages that went with a chat.
    fn vanished(&self, gone: &ChangeRecord) -> Result<Vec<MessageLink>, Failure> {
        let mut links = Vec::new();
        let mut anchor = Anchor::First;
        loop {
            let page = self.page(gone.link.chat, anchor, PAGE)?;
            links.extend(page.messages.iter().filter(|m| went_with_chat(m, gone)).map(|m| m.link));
            match page.messages.last() {
                Some(last) if page.has_after => anchor = Anchor::After(last.link.message),
                _ => return Ok(links),
            }
        }
    }
}

/// A message that had been deleted before its chat vanished went with it too.
fn went_with_chat(message: &letopis_model::Message, gone: &ChangeRecord) -> bool {
    message.deleted.is_some_and(|deleted| deleted.from <= gone.to)
}

/// Puts deletions that belong together into one row, whatever else happened between them, and rows in the order of their
/// newest change.
fn gather(records: Vec<ChangeRecord>) -> Vec<Happening> {
    let mut rows: Vec<Happening> = Vec::new();
    let mut runs: BTreeMap<ChatId, Vec<ChangeRecord>> = BTreeMap::new();
    for record in records {
        if record.kind != ChangeKind::Deleted {
            rows.push(record.into());
            continue;
        }
        let run = runs.entry(record.link.chat).or_default();
        if run.last().is_some_and(|last| last.seen_at.0 - record.seen_at.0 > TOGETHER) {
            close(std::mem::take(run), &mut rows);
        }
        run.push(record);
    }
    runs.into_values().for_each(|run| close(run, &mut rows));
    rows.sort_unstable_by_key(|row| Reverse(row.first));
    rows
}

/// Cuts a page of about `limit` rows, never through a row: whatever began before the cut is in it. Returns where the next
/// page goes on from.
fn cut(rows: &mut Vec<Happening>, limit: usize) -> Option<(Timestamp, Seq)> {
    let mut below = rows.iter().take(limit).map(|row| row.cursor).min()?;
    let mut kept = limit;
    while let Some(next) = rows.get(kept).filter(|next| next.first > below) {
        below = below.min(next.cursor);
        kept += 1;
    }
    rows.truncate(kept);
    Some(below)
}

fn close(run: Vec<ChangeRecord>, rows: &mut Vec<Happening>) {
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
        first: (first.seen_at, first.seq),
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
        feed.push(deleted(555, 9_001, 1_900));
        feed.push(deleted(555, 9_002, 1_899));
        let rows = gather(feed);
        let told: Vec<_> = rows.iter().map(|row| (row.count, row.is_mass, row.from.0, row.to.0)).collect();
        assert_eq!(
            told,
            [(300, true, 1_993, 2_000), (1, false, 1_985, 1_990), (1, false, 1_895, 1_900), (1, false, 1_894, 1_899)]
        );
        assert_eq!(rows[0].links.len(), LISTED);
    }

    #[test]
    fn another_chats_change_in_between_does_not_split_a_mass_deletion() {
        let mut feed: Vec<ChangeRecord> = (0..30).map(|i| deleted(555, 300 - i, 2_000 - i)).collect();
        feed.insert(10, ChangeRecord { kind: ChangeKind::Edited, ..deleted(777, 1, 1_990) });
        feed.insert(21, deleted(888, 1, 1_980));
        feed.push(deleted(555, 1, 1_900));
        let told = |rows: &[Happening]| rows.iter().map(|row| (row.count, row.first.0.0, row.cursor.0.0)).collect::<Vec<_>>();
        let whole = gather(feed.clone());
        assert_eq!(told(&whole), [(30, 2_000, 1_971), (1, 1_990, 1_990), (1, 1_980, 1_980), (1, 1_900, 1_900)]);

        // A page of one row takes what happened inside its event along; the next one goes on below.
        let mut page = whole.clone();
        let next = cut(&mut page, 1).unwrap();
        feed.retain(|record| (record.seen_at, record.seq) < next);
        page.extend(gather(feed));
        assert_eq!(page, whole);
    }
}
