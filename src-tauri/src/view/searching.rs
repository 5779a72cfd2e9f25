//! Search: filters in, hits and facets out.

use super::keep::count;
use super::reading::{NAME, cut};
use super::{Facet, Facets, Hit, MessageView, Range, SearchFilter, SearchPage, Sort};
use crate::commands::chat_id;
use letopis_engine::model::{MessageKind, Timestamp};
use letopis_engine::{Failure, OpenArchive, SearchAnswer};
use std::collections::BTreeMap;

/// Values of a facet that are offered; the rest is reached by typing.
const OFFERED: usize = 40;

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

impl SearchPage {
    pub fn of(archive: &OpenArchive, answer: SearchAnswer) -> Result<Self, Failure> {
        let SearchAnswer { total, hits, facets, titles, managers } = answer;
        let mut shown = Vec::with_capacity(hits.len());
        for hit in hits {
            let chat = hit.message.link.chat;
            let manager = chat.account().and_then(|a| managers.get(&a.0.to_string()));
            shown.push(Hit {
                chat_title: titles.get(&chat.to_string()).map_or(String::new(), |t| cut(t, NAME)),
                manager: manager.map_or(String::new(), |m| cut(m, NAME)),
                message: MessageView::of(archive, hit.message, None)?,
                snippet: hit.snippet,
                marks: hit.marks.into_iter().map(|(start, len)| Range { start, len }).collect(),
                version: hit.version,
            });
        }
        Ok(SearchPage {
            total: count(total),
            hits: shown,
            facets: Facets {
                managers: facet(facets.managers, Some(&managers)),
                chats: facet(facets.chats, Some(&titles)),
                senders: facet(facets.senders, None),
                kinds: facet(facets.kinds, None),
                deleted: facets.deleted,
                edited: facets.edited,
                months: facets
                    .months
                    .into_iter()
                    .map(|(month, count)| Facet { label: month.clone(), value: month, count })
                    .collect(),
            },
        })
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
