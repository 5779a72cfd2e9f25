//! What people type, and the query it becomes. Words join by AND; `"…"` is exact; `-word` excludes; `word*` is a
//! beginning; `is:deleted is:edited has:voice after:2026-01-31 before: from: chat:` narrow. Anything else is a word:
//! no input is an error.

use crate::Error;
use crate::analyzer::{stems, words};
use crate::schema::{Fields, facet_name};
use letopis_model::{ChatId, MessageKind};
use std::ops::Bound;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, InvertedIndexRangeQuery, Occur, PhraseQuery, Query, RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

/// One thing that must hold of a message's words. All surfaces are normalised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clause {
    /// `typing`: nothing follows it yet, so it may be the beginning of a word.
    Word {
        surface: String,
        typing: bool,
    },
    Beginning(String),
    Phrase(Vec<String>),
    Without(String),
}

/// A query as typed, taken apart. Names and dates are resolved by who knows chats and time zones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    pub clauses: Vec<Clause>,
    pub deleted: Option<bool>,
    pub edited: Option<bool>,
    pub kinds: Vec<MessageKind>,
    /// Part of a sender's name.
    pub from: Vec<String>,
    /// Part of a chat's title.
    pub chat: Vec<String>,
    /// As typed: a civil date.
    pub after: Option<String>,
    pub before: Option<String>,
}

/// What was chosen beside the words. Empty lists mean no limit.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub managers: Vec<String>,
    pub chats: Vec<ChatId>,
    pub senders: Vec<String>,
    pub kinds: Vec<MessageKind>,
    /// Unix seconds; `to` is exclusive.
    pub from: Option<i64>,
    pub to: Option<i64>,
    pub deleted: Option<bool>,
    pub edited: Option<bool>,
    pub outgoing: Option<bool>,
    /// Seconds east of UTC, for counting months.
    pub utc_offset: i32,
}

pub fn parse(typed: &str) -> Parsed {
    let mut parsed = Parsed::default();
    let ends_open = !typed.ends_with(char::is_whitespace);
    let pieces = pieces(typed);
    let last = pieces.len();
    for (number, piece) in pieces.into_iter().enumerate() {
        let typing = ends_open && number + 1 == last;
        match piece {
            Piece::Quoted(text) => {
                let phrase: Vec<String> = words(&text).into_iter().map(|w| w.surface).collect();
                if !phrase.is_empty() {
                    parsed.clauses.push(Clause::Phrase(phrase));
                }
            }
            Piece::Bare(text) => parsed.take(&text, typing),
        }
    }
    parsed
}

enum Piece {
    Quoted(String),
    Bare(String),
}

/// Splits at spaces, keeping quoted text whole; `from:"Анна Белова"` stays one piece.
fn pieces(typed: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut bare = String::new();
    let mut quoted: Option<String> = None;
    for c in typed.chars() {
        let is_quote = matches!(c, '"' | '“' | '”' | '«' | '»');
        match &mut quoted {
            Some(text) if is_quote => {
                if bare.is_empty() {
                    found.push(Piece::Quoted(std::mem::take(text)));
                } else {
                    bare.push_str(text);
                }
                quoted = None;
            }
            Some(text) => text.push(c),
            None if is_quote && (bare.is_empty() || bare.ends_with(':')) => quoted = Some(String::new()),
            None if c.is_whitespace() && !bare.is_empty() => found.push(Piece::Bare(std::mem::take(&mut bare))),
            None if c.is_whitespace() => {}
            None => bare.push(c),
        }
    }
    // An unclosed quote is somebody still typing: its words count as words.
    if let Some(text) = quoted {
        bare.push(' ');
        bare.push_str(&text);
    }
    if !bare.trim().is_empty() {
        found.push(Piece::Bare(bare));
    }
    found
}

impl Parsed {
    pub fn is_empty(&self) -> bool {
        *self == Parsed::default()
    }

    fn take(&mut self, text: &str, typing: bool) {
        if let Some((name, value)) = text.split_once(':')
            && !value.is_empty()
            && self.operator(&name.to_lowercase(), value)
        {
            return;
        }
        if let Some(rest) = text.strip_prefix('-')
            && rest.starts_with(char::is_alphanumeric)
        {
            self.clauses.extend(words(rest).into_iter().map(|w| Clause::Without(w.surface)));
            return;
        }
        let beginning = text.ends_with('*');
        let found = words(text);
        let last = found.len();
        for (number, word) in found.into_iter().enumerate() {
            let is_last = number + 1 == last;
            self.clauses.push(match beginning && is_last {
                true => Clause::Beginning(word.surface),
                false => Clause::Word { surface: word.surface, typing: typing && is_last },
            });
        }
    }

    /// True when `name:value` was an operator.
    fn operator(&mut self, name: &str, value: &str) -> bool {
        match (name, value.to_lowercase().as_str()) {
            ("is" | "есть", "deleted" | "удалено") => self.deleted = Some(true),
            ("is" | "есть", "edited" | "изменено") => self.edited = Some(true),
            ("has" | "kind" | "вид", kind) => match MessageKind::from_name(kind) {
                Some(kind) => self.kinds.push(kind),
                None => return false,
            },
            ("from" | "от", _) => self.from.push(value.to_owned()),
            ("chat" | "in" | "чат", _) => self.chat.push(value.to_owned()),
            ("after" | "после", _) => self.after = Some(value.to_owned()),
            ("before" | "до", _) => self.before = Some(value.to_owned()),
            _ => return false,
        }
        true
    }
}

type Clauses = Vec<(Occur, Box<dyn Query>)>;

pub fn build(parsed: &Parsed, filter: &Filter, fields: &Fields, searcher: &Searcher) -> Result<Box<dyn Query>, Error> {
    let mut all: Clauses = Vec::new();
    for clause in &parsed.clauses {
        match clause {
            Clause::Without(surface) => all.push((Occur::MustNot, stem_query(surface, fields))),
            Clause::Phrase(surfaces) => all.push((Occur::Must, phrase_query(surfaces, fields))),
            Clause::Beginning(surface) => all.push((Occur::Must, beginning_query(surface, fields))),
            Clause::Word { surface, typing } => all.push((Occur::Must, word_query(surface, *typing, fields, searcher)?)),
        }
    }
    narrow(&mut all, filter, fields);
    if !all.iter().any(|(occur, _)| *occur == Occur::Must) {
        all.push((Occur::Must, Box::new(AllQuery)));
    }
    Ok(Box::new(BooleanQuery::new(all)))
}

fn term(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs))
}

fn stem_query(surface: &str, fields: &Fields) -> Box<dyn Query> {
    let (stem, second) = stems(surface);
    match second {
        None => term(fields.stems, &stem),
        Some(second) => any(vec![term(fields.stems, &stem), term(fields.stems, &second)]),
    }
}

/// A word in any of its forms; the form that was typed counts more. A word that nobody ever wrote is taken as a beginning.
fn word_query(surface: &str, typing: bool, fields: &Fields, searcher: &Searcher) -> Result<Box<dyn Query>, Error> {
    let (stem, second) = stems(surface);
    let mut known = searcher.doc_freq(&Term::from_field_text(fields.stems, &stem))?;
    if let Some(second) = &second {
        known += searcher.doc_freq(&Term::from_field_text(fields.stems, second))?;
    }
    if known == 0 && typing && surface.chars().count() > 1 {
        return Ok(beginning_query(surface, fields));
    }
    let as_typed = Box::new(BoostQuery::new(term(fields.surface, surface), 1.5));
    Ok(any(vec![stem_query(surface, fields), as_typed]))
}

fn any(queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    Box::new(BooleanQuery::new(queries.into_iter().map(|q| (Occur::Should, q)).collect()))
}

fn phrase_query(surfaces: &[String], fields: &Fields) -> Box<dyn Query> {
    let terms: Vec<Term> = surfaces.iter().map(|s| Term::from_field_text(fields.surface, s)).collect();
    match terms.as_slice() {
        [only] => Box::new(TermQuery::new(only.clone(), IndexRecordOption::WithFreqs)),
        _ => Box::new(PhraseQuery::new(terms)),
    }
}

fn beginning_query(surface: &str, fields: &Fields) -> Box<dyn Query> {
    let end = format!("{surface}{}", char::MAX);
    Box::new(InvertedIndexRangeQuery::new(
        Bound::Included(Term::from_field_text(fields.surface, surface)),
        Bound::Excluded(Term::from_field_text(fields.surface, &end)),
    ))
}

fn narrow(all: &mut Clauses, filter: &Filter, fields: &Fields) {
    let mut one_of = |field: Field, values: Vec<String>| {
        if !values.is_empty() {
            all.push((Occur::Must, constant(any(values.iter().map(|v| term(field, v)).collect()))));
        }
    };
    one_of(fields.manager, filter.managers.clone());
    one_of(fields.chat, filter.chats.iter().map(ToString::to_string).collect());
    one_of(fields.sender, filter.senders.iter().map(|s| facet_name(s)).collect());
    one_of(fields.kind, filter.kinds.iter().map(|k| k.name().to_owned()).collect());
    for (field, value) in [(fields.deleted, filter.deleted), (fields.edited, filter.edited), (fields.outgoing, filter.outgoing)] {
        if let Some(value) = value {
            let query = TermQuery::new(Term::from_field_bool(field, value), IndexRecordOption::Basic);
            all.push((Occur::Must, constant(Box::new(query))));
        }
    }
    if filter.from.is_some() || filter.to.is_some() {
        let at = |value: i64| Term::from_field_i64(fields.date, value);
        let from = filter.from.map_or(Bound::Unbounded, |v| Bound::Included(at(v)));
        let to = filter.to.map_or(Bound::Unbounded, |v| Bound::Excluded(at(v)));
        all.push((Occur::Must, constant(Box::new(RangeQuery::new(from, to)))));
    }
}

/// A filter chooses, it does not rank.
fn constant(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(tantivy::query::ConstScoreQuery::new(query, 0.0))
}
