//! A search inside one chat, for a reader who walks from hit to hit: one hit at a time with its number, and what to mark in
//! the messages that are in sight. The window never holds a list of hits, however many there are.

use super::{InsteadKind, SearchFilter, SearchRequest, snippet};
use crate::{Failure, OpenArchive};
use letopis_archive::Reader;
use letopis_model::{ChatId, Message, MessageId, MessageLink};
use letopis_search::{Condition, Highlighter, Place, Row, Sort};
use std::collections::BTreeMap;

/// A message may be nothing but matches: more marks than this in one text help nobody.
const MARKS: usize = 2_000;

/// Which hit is wanted, seen from a message of the chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The message itself; when it is no hit, the nearest one before it, else the first of all.
    Here,
    /// The next newer one; after the last comes the first.
    Next,
    /// The next older one; before the first comes the last.
    Previous,
}

/// A hit among the hits of its chat, which stand in the order of the chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InChat {
    pub total: usize,
    /// From 1 on; 0 when there is no hit.
    pub number: usize,
    pub hit: Option<MessageLink>,
    /// The answer is to these words, not to those that were typed.
    pub instead: Option<(InsteadKind, String)>,
}

/// What to mark in a message that is a hit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkedMessage {
    pub link: MessageLink,
    /// 0 when the current text matched, else the number of the older version.
    pub version: u32,
    /// (start, length) in characters of the texts that hold a match: 0 is the current text, the others are kept versions,
    /// 1 the oldest.
    pub texts: Vec<(u32, Vec<(u32, u32)>)>,
    /// In the name of the file it carries.
    pub file_name: Vec<(u32, u32)>,
}

impl OpenArchive {
    /// The hit of a chat that lies some way from a message; without one, from the chat's end.
    ///
    /// # Errors
    /// `Query` as for a search.
    pub fn search_in_chat(
        &self,
        query: &str,
        filter: SearchFilter,
        chat: ChatId,
        from: Option<MessageId>,
        way: Way,
    ) -> Result<InChat, Failure> {
        let asked = self.ask(&within(query, SearchFilter { chats: vec![chat], ..filter }))?;
        let place = self.index.place(&asked.clauses, &asked.condition, from.unwrap_or(MessageId(i64::MAX)))?;
        let (hit, number) = wanted(&place, way);
        let instead = asked.instead.map(|instead| (instead.kind, instead.shown));
        Ok(InChat { total: place.total, number, hit: hit.map(|id| MessageLink::new(chat, id)), instead })
    }

    /// Those of the messages that are hits, with what to mark in them. All are of one chat when `filter` names one.
    ///
    /// # Errors
    /// `Query` as for a search.
    pub fn search_marks(&self, query: &str, filter: SearchFilter, links: &[MessageLink]) -> Result<Vec<MarkedMessage>, Failure> {
        let asked = self.ask(&within(query, filter))?;
        let marker = Highlighter::new(&asked.clauses);
        let mut these: BTreeMap<ChatId, Vec<i64>> = BTreeMap::new();
        for link in links {
            these.entry(link.chat).or_default().push(link.message.0);
        }
        let condition = Condition::All(vec![asked.condition, Condition::Messages(these)]);
        let found = self.index.page(&asked.clauses, &condition, Sort::Newest, (0, links.len()), self.clock.now().0)?;
        self.look(|reader| {
            let mut all = Vec::with_capacity(found.len());
            for hit in found {
                if let Some(message) = reader.message(hit.row.link)? {
                    all.push(marked(reader, &message, hit.row, &marker)?);
                }
            }
            Ok(all)
        })
    }
}

fn marked(reader: &Reader, message: &Message, row: Row, marker: &Highlighter) -> Result<MarkedMessage, letopis_archive::Error> {
    let mut texts = vec![(0, message.content.text.clone())];
    if message.versions > 1 {
        let versions = reader.versions(message.link)?;
        texts.extend((1u32..).zip(versions.into_iter().map(|version| version.content.text)));
    }
    let marks = |text: &str| {
        let mut marks = snippet::in_characters(text, &marker.spans(text));
        marks.truncate(MARKS);
        marks
    };
    let texts = texts.into_iter().map(|(version, text)| (version, marks(&text)));
    let texts = texts.filter(|(_, marks)| !marks.is_empty()).collect();
    let file_name = message.content.media.as_ref().and_then(|media| media.file_name.as_deref()).map_or(Vec::new(), marks);
    Ok(MarkedMessage { link: message.link, version: row.version, texts, file_name })
}

fn within(query: &str, filter: SearchFilter) -> SearchRequest<'_> {
    SearchRequest { query, filter, sort: Sort::Newest, offset: 0, limit: 0 }
}

/// The hit and its number.
fn wanted(place: &Place, way: Way) -> (Option<MessageId>, usize) {
    let Place { total, until, is_hit, .. } = *place;
    // The message's own number is `until` when it is a hit; the one before it is `until` when it is none.
    let before = until - usize::from(is_hit);
    match (way, place.before, place.after) {
        (Way::Here, Some(id), _) if !is_hit => (Some(id), before),
        (Way::Next, _, Some(id)) => (Some(id), until + 1),
        (Way::Previous, Some(id), _) => (Some(id), before),
        (Way::Previous, None, _) => (place.last, total),
        (Way::Here, None, _) if !is_hit => (place.first, total.min(1)),
        (Way::Here, _, _) => (Some(place.of), until),
        (Way::Next, _, None) => (place.first, total.min(1)),
    }
}
