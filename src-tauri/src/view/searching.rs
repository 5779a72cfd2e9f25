//! Search: filters in; hits, counts, completions and saved searches out.

use super::keep::count;
use super::reading::{NAME, cut};
use super::{MessageView, Range, SearchFilter, Sort};
use crate::commands::chat_id;
use letopis_engine::model::{MessageKind, Timestamp};
use letopis_engine::{FacetCounts, Failure, Lang, OpenArchive, SearchAnswer};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::collections::BTreeMap;

/// Values of a facet that are offered; the rest is reached by typing.
const OFFERED: usize = 40;

/// One page of hits. How many there are in all is asked for separately: it takes longer.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SearchPage {
    pub hits: Vec<Hit>,
    /// Operators as they were understood.
    pub chips: Vec<Chip>,
    /// The answer is to these words, not to those that were typed.
    pub instead: Option<Instead>,
    /// Offered when nothing was found.
    pub drops: Vec<Drop>,
    /// Percent of the archive that is searched, while it is less than all.
    pub covered: Option<u8>,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SearchCounts {
    pub total: u32,
    pub facets: Facets,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Hit {
    pub message: MessageView,
    pub chat_title: String,
    pub manager: String,
    /// The part of the text with the most matches, and what in it to mark, in Unicode scalar values.
    pub snippet: String,
    pub marks: Vec<Range>,
    /// 0: the current text matched; otherwise the number of the older version that matched.
    pub version: u32,
}

/// An operator and where it stands in the query, in Unicode scalar values.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Chip {
    /// The operator's English name: `from`, `to`, `in`…
    pub name: String,
    pub negated: bool,
    pub start: u32,
    pub len: u32,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Instead {
    pub kind: InsteadKind,
    pub shown: String,
}

#[derive(Clone, Copy, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum InsteadKind {
    Layout,
    Latin,
    Typo,
    Part,
}

/// A query that finds something once `dropped` is left out.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Drop {
    pub dropped: String,
    pub query: String,
    pub total: u32,
}

/// Which hit of a chat is wanted, seen from a message of it.
#[derive(Clone, Copy, Debug, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Way {
    /// The message itself; when it is no hit, the nearest one before it, else the first of all.
    Here,
    /// After the last comes the first.
    Next,
    /// Before the first comes the last.
    Previous,
}

/// A hit among the hits of its chat, in the order of the chat.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct InChat {
    pub total: u32,
    /// From 1 on; 0 when there is no hit.
    pub number: u32,
    pub link: Option<String>,
    /// The answer is to these words, not to those that were typed.
    pub instead: Option<Instead>,
}

/// What to mark in a message that is a hit.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MarkedMessage {
    pub link: String,
    /// 0: the current text matched; otherwise the number of the older version that matched.
    pub version: u32,
    /// Texts that hold a match.
    pub texts: Vec<MarkedText>,
    /// In the name of the file it carries.
    pub file_name: Vec<Range>,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MarkedText {
    /// 0 is the current text, the others are kept versions, 1 the oldest.
    pub version: u32,
    /// In Unicode scalar values.
    pub marks: Vec<Range>,
}

#[derive(Clone, Debug, Default, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Facets {
    pub managers: Vec<Facet>,
    pub chats: Vec<Facet>,
    pub senders: Vec<Facet>,
    pub kinds: Vec<Facet>,
    pub deleted: u32,
    pub edited: u32,
    /// Hits by month, oldest first: `value` is "2026-09".
    pub months: Vec<Facet>,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Facet {
    pub value: String,
    pub label: String,
    pub count: u32,
}

/// Puts `insert` in place of the characters from `start` to the cursor.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Completion {
    pub start: u32,
    pub insert: String,
    pub label: String,
    /// The operator's English name.
    pub name: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SavedSearch {
    /// Given by the archive; ignored when saved.
    pub id: i32,
    pub name: String,
    pub query: String,
    pub filter: SearchFilter,
    pub sort: Sort,
}

impl From<Sort> for letopis_engine::Sort {
    fn from(sort: Sort) -> Self {
        match sort {
            Sort::Relevance => letopis_engine::Sort::Relevance,
            Sort::Newest => letopis_engine::Sort::Newest,
            Sort::Oldest => letopis_engine::Sort::Oldest,
        }
    }
}

impl SearchFilter {
    pub fn resolve(self) -> Result<letopis_engine::SearchFilter, Failure> {
        let at = |at: u32| Timestamp(i64::from(at));
        Ok(letopis_engine::SearchFilter {
            managers: self.managers,
            chats: self.chats.iter().map(|chat| chat_id(chat)).collect::<Result<_, _>>()?,
            senders: self.senders,
            kinds: self.kinds.iter().filter_map(|kind| MessageKind::from_name(kind)).collect(),
            from: self.from.map(at),
            to: self.to.map(at),
            deleted: self.deleted,
            edited: self.edited,
            direction: self.direction.map(Into::into),
        })
    }
}

fn ranges(marks: Vec<(u32, u32)>) -> Vec<Range> {
    marks.into_iter().map(|(start, len)| Range { start, len }).collect()
}

impl SearchPage {
    pub fn of(archive: &OpenArchive, answer: SearchAnswer) -> Result<Self, Failure> {
        let SearchAnswer { hits, titles, managers, chips, instead, drops, covered, .. } = answer;
        let mut shown = Vec::with_capacity(hits.len());
        for hit in hits {
            let chat = hit.message.link.chat;
            let manager = chat.account().and_then(|a| managers.get(&a.0.to_string()));
            shown.push(Hit {
                chat_title: titles.get(&chat.to_string()).map_or(String::new(), |t| cut(t, NAME)),
                manager: manager.map_or(String::new(), |m| cut(m, NAME)),
                message: MessageView::of(archive, hit.message, None)?,
                snippet: hit.snippet,
                marks: ranges(hit.marks),
                version: hit.version,
            });
        }
        let drop = |drop: letopis_engine::Drop| Drop { dropped: drop.dropped, query: drop.query, total: count(drop.total) };
        Ok(SearchPage {
            hits: shown,
            chips: chips.into_iter().map(Chip::of).collect(),
            instead: instead.map(|(kind, shown)| Instead { kind: kind.into(), shown }),
            drops: drops.into_iter().map(drop).collect(),
            covered,
        })
    }
}

impl From<letopis_engine::InsteadKind> for InsteadKind {
    fn from(kind: letopis_engine::InsteadKind) -> Self {
        match kind {
            letopis_engine::InsteadKind::Layout => InsteadKind::Layout,
            letopis_engine::InsteadKind::Latin => InsteadKind::Latin,
            letopis_engine::InsteadKind::Typo => InsteadKind::Typo,
            letopis_engine::InsteadKind::Part => InsteadKind::Part,
        }
    }
}

impl Chip {
    fn of(chip: letopis_engine::Chip) -> Self {
        Chip { name: chip.name.shown().1.to_owned(), negated: chip.negated, start: chip.start, len: chip.len }
    }
}

impl SearchCounts {
    pub fn of(archive: &OpenArchive, counts: FacetCounts) -> Result<Self, Failure> {
        let titles = archive.chat_titles()?;
        let managers = archive.managers()?.into_iter().map(|m| (m.account.0.to_string(), m.name)).collect();
        let month = |(month, count): (String, u32)| Facet { label: month.clone(), value: month, count };
        Ok(SearchCounts {
            total: count(counts.total),
            facets: Facets {
                managers: facet(counts.managers, Some(&managers)),
                chats: facet(counts.chats, Some(&titles)),
                senders: facet(counts.senders, None),
                kinds: facet(counts.kinds, None),
                deleted: counts.deleted,
                edited: counts.edited,
                months: counts.months.into_iter().map(month).collect(),
            },
        })
    }
}

impl Completion {
    pub fn all(archive: &OpenArchive, query: &str, cursor: u32, lang: Lang) -> Result<Vec<Self>, Failure> {
        let shown = |c: letopis_engine::Completion| {
            let name = c.operator.shown().1.to_owned();
            Completion { start: c.start, insert: c.insert, label: cut(&c.label, NAME), name }
        };
        Ok(archive.complete(query, cursor as usize, lang)?.into_iter().map(shown).collect())
    }
}

impl From<Way> for letopis_engine::Way {
    fn from(way: Way) -> Self {
        match way {
            Way::Here => letopis_engine::Way::Here,
            Way::Next => letopis_engine::Way::Next,
            Way::Previous => letopis_engine::Way::Previous,
        }
    }
}

impl From<letopis_engine::InChat> for InChat {
    fn from(found: letopis_engine::InChat) -> Self {
        InChat {
            total: count(found.total),
            number: count(found.number),
            link: found.hit.map(|link| link.to_string()),
            instead: found.instead.map(|(kind, shown)| Instead { kind: kind.into(), shown }),
        }
    }
}

impl From<letopis_engine::MarkedMessage> for MarkedMessage {
    fn from(marked: letopis_engine::MarkedMessage) -> Self {
        let text = |(version, marks)| MarkedText { version, marks: ranges(marks) };
        MarkedMessage {
            link: marked.link.to_string(),
            version: marked.version,
            texts: marked.texts.into_iter().map(text).collect(),
            file_name: ranges(marked.file_name),
        }
    }
}

fn broken(error: serde_json::Error) -> Failure {
    Failure::Other(anyhow::Error::new(error).context("Read a saved search"))
}

impl SavedSearch {
    pub fn of(saved: letopis_engine::SavedSearch) -> Result<Self, Failure> {
        Ok(SavedSearch {
            id: i32::try_from(saved.id).unwrap_or(i32::MAX),
            name: saved.name,
            query: saved.query,
            filter: serde_json::from_str(&saved.filter).map_err(broken)?,
            sort: serde_json::from_str(&saved.sort).map_err(broken)?,
        })
    }

    pub fn kept(self) -> Result<letopis_engine::SavedSearch, Failure> {
        let filter = serde_json::to_string(&self.filter).map_err(broken)?;
        let sort = serde_json::to_string(&self.sort).map_err(broken)?;
        Ok(letopis_engine::SavedSearch { id: 0, name: self.name.trim().to_owned(), query: self.query, filter, sort })
    }
}

/// The most frequent values, with the names people know them by.
fn facet(counts: BTreeMap<String, u32>, names: Option<&BTreeMap<String, String>>) -> Vec<Facet> {
    let mut all: Vec<Facet> = counts
        .into_iter()
        .map(|(value, count)| {
            let label = match names {
                Some(names) => names.get(&value).map_or(String::new(), |name| cut(name, NAME)),
                None => value.clone(),
            };
            Facet { value, label, count }
        })
        .collect();
    all.sort_by_key(|f| std::cmp::Reverse(f.count));
    all.truncate(OFFERED);
    all
}
