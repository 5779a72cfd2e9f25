//! Search as the user means it: operators resolved to chats, people and times, hits read from the archive, matches
//! marked, and when nothing is found, what was probably meant and what to leave out. The index knows links only.

mod complete;
mod in_chat;
mod problems;
mod resolve;
mod saved;
mod snippet;
mod times;

pub use complete::{Completion, CompletionKind};
pub use in_chat::{InChat, MarkedMessage, Way};
pub use letopis_search::{FacetCounts, InsteadKind};
pub use problems::problem_words;

use crate::index::contents;
use crate::{Failure, OpenArchive};
use letopis_archive::Reader;
use letopis_model::{AccountId, ChatId, Direction, Message, MessageKind, Timestamp};
use letopis_search::{Clause, Condition, Highlighter, Instead, OperatorName, Parsed, Row, Sort, parse, pieces};
use snippet::cut;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::AtomicBool;

const PAGE_LIMIT: usize = 500;
/// The index gathers everything before the page too.
const OFFSET_LIMIT: usize = 1_000_000;
/// Pieces of a query that are tried without, when nothing is found.
const PIECES: usize = 8;

#[derive(Clone, Default)]
pub struct SearchFilter {
    /// Account numbers as text.
    pub managers: Vec<String>,
    pub chats: Vec<ChatId>,
    pub senders: Vec<String>,
    pub kinds: Vec<MessageKind>,
    pub from: Option<Timestamp>,
    /// Exclusive.
    pub to: Option<Timestamp>,
    pub deleted: Option<bool>,
    pub edited: Option<bool>,
    pub direction: Option<Direction>,
}

pub struct SearchRequest<'a> {
    pub query: &'a str,
    pub filter: SearchFilter,
    pub sort: Sort,
    pub offset: usize,
    pub limit: usize,
}

pub struct Hit {
    pub message: Message,
    /// 0 when the current text matched, else the number of the older version (1 is the oldest).
    pub version: u32,
    pub snippet: String,
    /// (start, length) in the snippet, in characters.
    pub marks: Vec<(u32, u32)>,
    pub score: f32,
}

/// What people call a thing, by its id as text.
pub type Names = BTreeMap<String, String>;

/// An operator as it was understood, and where it stands in the query, in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chip {
    pub name: OperatorName,
    pub negated: bool,
    pub start: u32,
    pub len: u32,
}

/// A query that finds something once `dropped` is left out of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drop {
    pub dropped: String,
    pub query: String,
    pub total: usize,
}

pub struct SearchAnswer {
    pub total: usize,
    pub hits: Vec<Hit>,
    pub facets: FacetCounts,
    /// Chat titles for the hits and facets.
    pub titles: Names,
    pub managers: Names,
    pub chips: Vec<Chip>,
    /// The answer is to these words, not to those that were typed.
    pub instead: Option<(InsteadKind, String)>,
    /// Offered when nothing was found.
    pub drops: Vec<Drop>,
    /// Percent of the archive that the index holds, while it is less than all.
    pub covered: Option<u8>,
}

/// Chats, people and what the query asks of them.
struct Asked {
    clauses: Vec<Clause>,
    condition: Condition,
    instead: Option<Instead>,
    chips: Vec<Chip>,
    people: People,
}

/// Chats and managers as they are called now.
pub(crate) struct People {
    pub titles: Names,
    pub managers: Names,
    /// Chats that several accounts share, with their managers.
    pub shared: HashMap<ChatId, Vec<AccountId>>,
}

impl OpenArchive {
    /// Everything at once: hits, how many there are, facets.
    ///
    /// # Errors
    /// `Query` for an operator or a value that makes no sense; no other query is an error.
    pub fn search(&self, request: &SearchRequest<'_>) -> Result<SearchAnswer, Failure> {
        let mut answer = self.search_page(request)?;
        answer.facets = self.search_counts(request, &AtomicBool::new(false))?;
        answer.total = answer.facets.total;
        Ok(answer)
    }

    /// One page of hits, without counting what is not shown.
    ///
    /// # Errors
    /// As [`OpenArchive::search`].
    pub fn search_page(&self, request: &SearchRequest<'_>) -> Result<SearchAnswer, Failure> {
        let asked = self.ask(request)?;
        let page = (request.offset.min(OFFSET_LIMIT), request.limit.min(PAGE_LIMIT));
        let found = self.index.page(&asked.clauses, &asked.condition, request.sort, page, self.clock.now().0)?;
        let marker = Highlighter::new(&asked.clauses);
        let hits = self.look(|reader| {
            let mut hits = Vec::with_capacity(found.len());
            for one in found {
                // A message that left the archive since the last commit is no hit.
                if let Some(message) = reader.message(one.row.link)? {
                    hits.push(hit(reader, message, one.row, one.score, &marker)?);
                }
            }
            Ok(hits)
        })?;
        let nothing = hits.is_empty() && request.offset == 0 && asked.instead.is_none();
        Ok(SearchAnswer {
            total: 0,
            facets: FacetCounts::default(),
            drops: if nothing { self.drops(request)? } else { Vec::new() },
            hits,
            titles: asked.people.titles,
            managers: asked.people.managers,
            chips: asked.chips,
            instead: asked.instead.map(|instead| (instead.kind, instead.shown)),
            covered: self.covered()?,
        })
    }

    /// How many messages match, and of what they are made up.
    ///
    /// # Errors
    /// `Cancelled` when `stop` was set meanwhile: whoever types on does not wait.
    pub fn search_counts(&self, request: &SearchRequest<'_>, stop: &AtomicBool) -> Result<FacetCounts, Failure> {
        let asked = self.ask(request)?;
        let mut counts = self.index.facets(&asked.clauses, &asked.condition, self.clock.utc_offset(), stop)?;
        // Whose a shared chat is, the archive knows; the index holds what cannot change.
        for (chat, accounts) in &asked.people.shared {
            let in_chat = counts.chats.get(&chat.to_string()).copied().unwrap_or(0);
            for account in accounts.iter().filter(|_| in_chat > 0) {
                *counts.managers.entry(account.0.to_string()).or_default() += in_chat;
            }
        }
        Ok(counts)
    }

    fn ask(&self, request: &SearchRequest<'_>) -> Result<Asked, Failure> {
        let parsed = parse(request.query).map_err(|problem| Failure::Query(Box::new(problem)))?;
        let people = self.people()?;
        let condition = self.resolve(&parsed, &request.filter, &people)?;
        let chips = chips(request.query, &parsed);
        let instead = match parsed.clauses.is_empty() || self.index.matches_any(&parsed.clauses, &condition)? {
            true => None,
            false => self.index.instead(request.query, &parsed, &condition)?,
        };
        let clauses = self.index.settled(instead.as_ref().map_or(&parsed.clauses, |instead| &instead.parsed.clauses))?;
        Ok(Asked { clauses, condition, instead, chips, people })
    }

    pub(crate) fn people(&self) -> Result<People, Failure> {
        self.look(|reader| {
            let mut titles = Names::new();
            let mut shared = HashMap::new();
            for chat in reader.chats()? {
                titles.insert(chat.chat.to_string(), chat.title);
                if chat.chat.account().is_none() && !chat.accounts.is_empty() {
                    shared.insert(chat.chat, chat.accounts);
                }
            }
            let managers = reader.managers()?.into_iter().map(|m| (m.account.0.to_string(), m.name)).collect();
            Ok(People { titles, managers, shared })
        })
    }

    /// What chats are called, by id as text.
    pub fn chat_titles(&self) -> Result<Names, Failure> {
        Ok(self.people()?.titles)
    }

    fn covered(&self) -> Result<Option<u8>, Failure> {
        let last = self.look(|reader| reader.last_seq())?.0;
        let held = self.index.cursor().0;
        let percent = held.saturating_mul(100).checked_div(last).unwrap_or(100);
        Ok((held < last).then(|| u8::try_from(percent.min(99)).unwrap_or(99)))
    }

    /// Each piece left out by itself, if that finds something.
    fn drops(&self, request: &SearchRequest<'_>) -> Result<Vec<Drop>, Failure> {
        let pieces = pieces(request.query);
        if pieces.len() < 2 {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for range in pieces.into_iter().take(PIECES) {
            let (before, after) = (request.query.get(..range.start), request.query.get(range.end..));
            let query = format!("{} {} ", before.unwrap_or_default().trim(), after.unwrap_or_default().trim());
            let Ok(parsed) = parse(&query) else { continue };
            let condition = self.resolve(&parsed, &request.filter, &self.people()?)?;
            let total = self.index.facets(&parsed.clauses, &condition, 0, &AtomicBool::new(false))?.total;
            if total > 0 {
                let dropped = request.query.get(range).unwrap_or_default().to_owned();
                found.push(Drop { dropped, query: query.trim().to_owned(), total });
            }
        }
        found.sort_by_key(|drop| drop.total);
        Ok(found)
    }
}

fn hit(reader: &Reader, message: Message, row: Row, score: f32, marker: &Highlighter) -> Result<Hit, letopis_archive::Error> {
    let contents = contents(reader, &message)?;
    let of_row = contents.iter().find(|(version, ..)| *version == row.version).or(contents.first());
    let parts = of_row.map_or(&[][..], |(_, parts, _)| parts.as_slice());
    let marked = parts.iter().map(|part| (part, marker.spans(part))).max_by_key(|(_, spans)| (!spans.is_empty()) as u8);
    // The text itself is shown when nothing is marked in it: a filter alone found the message.
    let (text, spans) = match marked {
        Some((part, spans)) if !spans.is_empty() => (part.as_str(), spans),
        _ => (parts.first().map_or("", String::as_str), Vec::new()),
    };
    let (snippet, marks) = cut(text, &spans);
    let version = of_row.map_or(0, |(version, ..)| *version);
    Ok(Hit { version, snippet, marks, score, message })
}

fn chips(query: &str, parsed: &Parsed) -> Vec<Chip> {
    let characters = |byte: usize| u32::try_from(query.get(..byte).map_or(0, |text| text.chars().count())).unwrap_or(u32::MAX);
    let chip = |operator: &letopis_search::Operator| {
        let start = characters(operator.range.start);
        Chip { name: operator.name, negated: operator.negated, start, len: characters(operator.range.end) - start }
    };
    parsed.operators.iter().map(chip).collect()
}

/// Case and ё do not matter in names.
pub(crate) fn holds(name: &str, part: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().replace('ё', "е");
    plain(name).contains(&plain(part))
}
