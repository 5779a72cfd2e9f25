//! What an import has seen of each chat: the span it covers, and which ids, so that the report can say how many messages of
//! the archive this export does not have. Absence is counted, never taken for a deletion.

use crate::{Failure, OpenArchive};
use letopis_model::{Change, ChatId, Coverage, CoverageState, MessageId, MessageLink, Sighting, Source, Timestamp};
use std::collections::BTreeMap;

/// Words of 64 ids that are kept in all; an export that would need more is not compared.
const WORDS: usize = 8 << 20;

#[derive(Default)]
pub(super) struct Ledger {
    chats: BTreeMap<ChatId, Seen>,
    words: usize,
    is_full: bool,
}

struct Seen {
    /// Bits of ids, 64 in a word: ids of a chat lie close together.
    ids: BTreeMap<i64, u64>,
    count: u64,
    /// The earliest and the latest message that have a date.
    first: Option<(Timestamp, MessageId)>,
    last: Option<(Timestamp, MessageId)>,
    source: Source,
}

impl Ledger {
    pub fn chats(&self) -> u64 {
        self.chats.len() as u64
    }

    pub fn note(&mut self, sighting: &Sighting) {
        let fresh = || Seen { ids: BTreeMap::new(), count: 0, first: None, last: None, source: sighting.source };
        let seen = self.chats.entry(sighting.chat).or_insert_with(fresh);
        if let Some(at) = sighting.sent_at {
            let dated = (at, sighting.message);
            seen.first = Some(seen.first.map_or(dated, |first| first.min(dated)));
            seen.last = Some(seen.last.map_or(dated, |last| last.max(dated)));
        }
        if self.is_full {
            return;
        }
        let before = seen.ids.len();
        seen.mark(sighting.message);
        self.words += seen.ids.len() - before;
        self.is_full = self.words >= WORDS;
    }

    /// A row of the coverage ledger for each chat with dated messages. `is_whole`: nothing of the source was lost. To be asked
    /// when everything is in the archive: its moments count, so that the same file read in another zone covers the same.
    pub fn coverage(&self, archive: &OpenArchive, is_whole: bool) -> Result<Vec<Change>, Failure> {
        let why = if is_whole { "export" } else { "broken-export" };
        let mut rows = Vec::new();
        for (chat, seen) in &self.chats {
            let (Some(first), Some(last)) = (seen.first, seen.last) else { continue };
            let (from, to) = (moment(archive, *chat, first)?, moment(archive, *chat, last)?);
            let (account, state, source) = (chat.account(), CoverageState::Imported, seen.source);
            rows.push(Change::Covered(Box::new(Coverage { account, chat: *chat, from, to, state, why: why.to_owned(), source })));
        }
        Ok(rows)
    }

    /// Messages that the archive has between the first and the last id of this source and the source has not.
    pub fn absent(&self, archive: &OpenArchive) -> Result<u64, Failure> {
        if self.is_full {
            return Ok(0);
        }
        let mut absent = 0;
        for (chat, seen) in &self.chats {
            if let Some((first, last)) = seen.ends() {
                let held = archive.read(|reader| reader.count_between(*chat, first, last))?;
                absent += held.saturating_sub(seen.count);
            }
        }
        Ok(absent)
    }
}

/// When the archive says that the message was sent; what the source says, if it does not hold the message.
fn moment(archive: &OpenArchive, chat: ChatId, (at, message): (Timestamp, MessageId)) -> Result<Timestamp, Failure> {
    let held = archive.find_message(MessageLink::new(chat, message))?;
    Ok(held.and_then(|message| message.sent_at).unwrap_or(at))
}

impl Seen {
    fn mark(&mut self, id: MessageId) {
        let word = self.ids.entry(id.0.div_euclid(64)).or_default();
        let bit = 1u64 << id.0.rem_euclid(64);
        self.count += u64::from(*word & bit == 0);
        *word |= bit;
    }

    fn ends(&self) -> Option<(MessageId, MessageId)> {
        let (first, low) = self.ids.first_key_value()?;
        let (last, high) = self.ids.last_key_value()?;
        let at = |word: &i64, bit: u32| MessageId(word.saturating_mul(64).saturating_add(i64::from(bit)));
        Some((at(first, low.trailing_zeros()), at(last, 63 - high.leading_zeros())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(ids: &[i64], count: u64, ends: Option<(i64, i64)>) {
        let mut seen = Seen { ids: BTreeMap::new(), count: 0, first: None, last: None, source: Source::Import };
        ids.iter().for_each(|id| seen.mark(MessageId(*id)));
        assert_eq!((seen.count, seen.ends().map(|(a, b)| (a.0, b.0))), (count, ends), "{ids:?}");
    }

    #[test]
    fn ids_are_counted_once_in_any_order() {
        check(&[], 0, None);
        check(&[5], 1, Some((5, 5)));
        check(&[1, 2, 3, 2, 1], 3, Some((1, 3)));
        check(&[64, 63, 0, 128], 4, Some((0, 128)));
        check(&[-999_997_039, 7, -999_997_039], 2, Some((-999_997_039, 7)));
        check(&[-1, -64, -65], 3, Some((-65, -1)));
        check(&[i64::MIN, i64::MAX], 2, Some((i64::MIN, i64::MAX)));
    }
}
