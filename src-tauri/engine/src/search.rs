//! Search as the user means it: operators resolved to chats and dates, hits read from the archive, matches marked.

use crate::index::older_texts;
use crate::{Failure, OpenArchive};
use letopis_model::{ChatId, Direction, Message, MessageKind, Timestamp};
use letopis_search::{Filter, Highlighter, Parsed, Sort, Span, parse};
use std::collections::BTreeMap;

pub use letopis_search::FacetCounts;

/// Characters shown around the first match.
const SNIPPET: usize = 180;
const SNIPPET_BEFORE: usize = 50;
const PAGE_LIMIT: usize = 500;
/// The index gathers everything before the page too.
const OFFSET_LIMIT: usize = 1_000_000;

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

pub struct SearchAnswer {
    pub total: usize,
    pub hits: Vec<Hit>,
    pub facets: FacetCounts,
    /// Chat titles for the hits and facets.
    pub titles: Names,
    pub managers: Names,
}

impl OpenArchive {
    /// # Errors
    /// `NotADate` for `after:` and `before:` that do not read; no other query is an error.
    pub fn search(&self, request: &SearchRequest<'_>) -> Result<SearchAnswer, Failure> {
        let parsed = parse(request.query);
        let (titles, managers) = self.names()?;
        let mut answer = SearchAnswer { total: 0, hits: Vec::new(), facets: FacetCounts::default(), titles, managers };
        let Some(filter) = self.resolve(&parsed, &request.filter, &answer.titles)? else { return Ok(answer) };
        let limit = request.limit.min(PAGE_LIMIT);
        let offset = request.offset.min(OFFSET_LIMIT);
        let mut found = self.index.search(&parsed, &filter, request.sort, offset, limit)?;
        if !parsed.from.is_empty() {
            let Some(narrower) = senders_like(filter, &parsed.from, &found.facets) else { return Ok(answer) };
            found = self.index.search(&parsed, &narrower, request.sort, offset, limit)?;
        }
        let marker = Highlighter::new(&parsed);
        for (link, score) in found.links {
            // A message that left the archive since the last commit is no hit.
            if let Some(message) = self.find_message(link)? {
                answer.hits.push(self.hit(message, score, &marker)?);
            }
        }
        answer.total = found.total;
        answer.facets = found.facets;
        Ok(answer)
    }

    /// Titles of chats and names of managers.
    fn names(&self) -> Result<(Names, Names), Failure> {
        self.read(|reader| {
            let titles = reader.chats()?.into_iter().map(|c| (c.chat.to_string(), c.title)).collect();
            let managers = reader.managers()?.into_iter().map(|m| (m.account.0.to_string(), m.name)).collect();
            Ok((titles, managers))
        })
    }

    /// `None` when an operator leaves nothing to look at.
    fn resolve(
        &self,
        parsed: &Parsed,
        chosen: &SearchFilter,
        titles: &BTreeMap<String, String>,
    ) -> Result<Option<Filter>, Failure> {
        let date = |typed: &Option<String>| -> Result<Option<Timestamp>, Failure> {
            let Some(text) = typed else { return Ok(None) };
            self.clock.start_of(text).map(Some).ok_or_else(|| Failure::NotADate(text.clone()))
        };
        let (after, before) = (date(&parsed.after)?, date(&parsed.before)?);
        let mut chats = chosen.chats.clone();
        if !parsed.chat.is_empty() {
            let named = titles.iter().filter(|(_, title)| parsed.chat.iter().any(|part| holds(title, part)));
            let named: Vec<ChatId> = named.filter_map(|(id, _)| id.parse().ok()).collect();
            chats = if chats.is_empty() { named } else { named.into_iter().filter(|c| chats.contains(c)).collect() };
            if chats.is_empty() {
                return Ok(None);
            }
        }
        Ok(Some(Filter {
            managers: chosen.managers.clone(),
            chats,
            senders: chosen.senders.clone(),
            kinds: chosen.kinds.iter().chain(&parsed.kinds).copied().collect(),
            from: chosen.from.max(after).map(|t| t.0),
            to: [chosen.to, before].into_iter().flatten().min().map(|t| t.0),
            deleted: parsed.deleted.or(chosen.deleted),
            edited: parsed.edited.or(chosen.edited),
            outgoing: chosen.direction.map(|d| d == Direction::Out),
            utc_offset: self.clock.utc_offset(),
        }))
    }

    fn hit(&self, message: Message, score: f32, marker: &Highlighter) -> Result<Hit, Failure> {
        let text = message.content.text.clone();
        let spans = marker.spans(&text);
        if spans.is_empty() && message.versions > 1 {
            let older = self.read(|reader| older_texts(reader, &message))?;
            for (number, older) in (1u32..).zip(older) {
                let spans = marker.spans(&older);
                if !spans.is_empty() {
                    let (snippet, marks) = cut(&older, &spans);
                    return Ok(Hit { message, version: number, snippet, marks, score });
                }
            }
        }
        let file = message.content.media.as_ref().and_then(|m| m.file_name.clone());
        let (snippet, marks) = match file {
            Some(name) if spans.is_empty() && !marker.spans(&name).is_empty() => cut(&name, &marker.spans(&name)),
            Some(name) if text.is_empty() => cut(&name, &[]),
            _ => cut(&text, &spans),
        };
        Ok(Hit { message, version: 0, snippet, marks, score })
    }
}

/// Case and ё do not matter in names.
fn holds(name: &str, part: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().replace('ё', "е");
    plain(name).contains(&plain(part))
}

fn senders_like(filter: Filter, parts: &[String], facets: &FacetCounts) -> Option<Filter> {
    let senders: Vec<String> = facets.senders.keys().filter(|name| parts.iter().any(|part| holds(name, part))).cloned().collect();
    (!senders.is_empty()).then_some(Filter { senders, ..filter })
}

/// The stretch around the first match, line breaks flattened, and the marks in it in characters.
fn cut(text: &str, spans: &[Span]) -> (String, Vec<(u32, u32)>) {
    let first = spans.first().map_or(0, |s| s.start);
    let before = text.char_indices().map(|(at, _)| at).take_while(|at| *at < first).collect::<Vec<_>>();
    let start = if before.len() > SNIPPET_BEFORE { before.get(before.len() - SNIPPET_BEFORE).copied().unwrap_or(0) } else { 0 };
    let mut snippet = String::new();
    let mut marks: Vec<(u32, u32)> = Vec::new();
    let mut spans = spans.iter().skip_while(|s| s.end <= start).peekable();
    for (number, (at, c)) in (0u32..).zip(text.char_indices().skip_while(|(at, _)| *at < start).take(SNIPPET)) {
        while spans.peek().is_some_and(|s| s.end <= at) {
            spans.next();
        }
        if let Some(span) = spans.peek().filter(|s| s.start <= at) {
            match marks.last_mut() {
                Some((from, len)) if *from + *len == number && at != span.start => *len += 1,
                _ => marks.push((number, 1)),
            }
        }
        snippet.push(if c.is_control() { ' ' } else { c });
    }
    (snippet, marks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, words: &str, expected: &str) {
        let (snippet, marks) = cut(text, &Highlighter::new(&parse(words)).spans(text));
        let marked: String = snippet
            .chars()
            .zip(0u32..)
            .map(|(c, i)| if marks.iter().any(|(s, l)| (*s..s + l).contains(&i)) { c.to_uppercase().next().unwrap() } else { c })
            .collect();
        assert_eq!(marked, expected);
    }

    #[test]
    fn snippets_mark_their_matches() {
        check("про договоры и счёт", "договор", "про ДОГОВОРЫ и счёт");
        check("счёт\nна счёт", "счет", "СЧЁТ на СЧЁТ");
        check("ничего", "договор", "ничего");
        check("", "договор", "");
        check("🙂 договор🙂", "договор ", "🙂 ДОГОВОР🙂");
    }

    #[test]
    fn a_match_deep_in_a_long_text_is_shown() {
        let text = format!("{} договор {}", "ж".repeat(100_000), "ы".repeat(100_000));
        let (snippet, marks) = cut(&text, &Highlighter::new(&parse("договор")).spans(&text));
        assert_eq!(snippet.chars().count(), SNIPPET);
        let (start, len) = marks[0];
        assert_eq!(snippet.chars().skip(start as usize).take(len as usize).collect::<String>(), "договор");
    }
}
