//! Clauses and conditions as queries of the index.

use crate::Error;
use crate::analyzer::stems;
use crate::beginning::{Beginning, Begun};
use crate::columns::OpenColumns;
use crate::query::Clause;
use crate::schema::{Fields, Flag, NO_DATE, facet_name};
use crate::sent::Sent;
use crate::similar::distance;
use letopis_model::{ChatId, MessageKind};
use std::collections::BTreeMap;
use std::sync::Arc;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur, PhraseQuery, Query, RegexQuery, TermQuery,
    TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

/// A word that fewer messages hold may be the beginning of another while it is typed.
const FEW: u64 = 20;
/// What one wrong letter more leaves of a word's weight: what was meant stands before what is only near.
const FARTHER: f32 = 0.25;
/// A pattern with fewer letters would be half of the dictionary.
const SHORTEST_BEGINNING: usize = 2;

/// What must hold of a message beside its words.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    Managers(Vec<String>),
    Chats(Vec<ChatId>),
    /// Whole names.
    Senders(Vec<String>),
    Kinds(Vec<MessageKind>),
    Flag(Flag),
    /// Unix seconds; the end is exclusive.
    Sent {
        from: Option<i64>,
        to: Option<i64>,
    },
    /// These very messages.
    Messages(BTreeMap<ChatId, Vec<i64>>),
    All(Vec<Condition>),
    AnyOf(Vec<Condition>),
    Not(Box<Condition>),
}

impl Condition {
    /// No condition at all.
    pub fn none() -> Self {
        Condition::All(Vec::new())
    }
}

type Boxed = Box<dyn Query>;

/// What is searched, for whoever turns clauses into queries of it.
pub struct Compiler<'a> {
    pub fields: &'a Fields,
    pub searcher: &'a Searcher,
    pub columns: &'a Arc<OpenColumns>,
    pub begun: &'a Arc<Begun>,
}

impl Compiler<'_> {
    pub fn build(&self, clauses: &[Clause], condition: &Condition) -> Result<Boxed, Error> {
        let mut all: Vec<(Occur, Boxed)> = Vec::new();
        for one in clauses {
            match one {
                Clause::Without(inner) => all.push((Occur::MustNot, self.clause(inner)?)),
                other => all.push((Occur::Must, self.clause(other)?)),
            }
        }
        if *condition != Condition::none() {
            all.push((Occur::Must, constant(narrow(condition, self.fields, self.columns)?)));
        }
        if !all.iter().any(|(occur, _)| *occur == Occur::Must) {
            all.push((Occur::Must, Box::new(AllQuery)));
        }
        // One clause stays bare, so that the best hits of a common word are found without scoring all of them.
        if all.len() == 1
            && let Some((Occur::Must, only)) = all.pop_if(|(occur, _)| *occur == Occur::Must)
        {
            return Ok(only);
        }
        Ok(Box::new(BooleanQuery::new(all)))
    }

    fn clause(&self, clause: &Clause) -> Result<Boxed, Error> {
        let fields = self.fields;
        Ok(match clause {
            Clause::Word { surface, typing } => self.word(surface, *typing)?,
            Clause::Exact(text) => term(fields.surface, text),
            Clause::Pattern(pattern) => self.pattern(pattern)?,
            Clause::Phrase(surfaces) => phrase(surfaces.iter().map(|s| Term::from_field_text(fields.surface, s)).collect(), 0),
            Clause::Run(words) => run(words, fields),
            Clause::Near { words, within } => near(words, *within, fields),
            Clause::AnyOf(all) => any(all.iter().map(|one| self.clause(one)).collect::<Result<_, _>>()?),
            Clause::Without(inner) => {
                let without = (Occur::MustNot, self.clause(inner)?);
                Box::new(BooleanQuery::new(vec![(Occur::Must, Box::new(AllQuery)), without]))
            }
            Clause::Similar { typed, stems, surfaces } => similar(typed, stems, surfaces, fields),
        })
    }

    /// A word in any of its forms; while it is typed and rare, also what begins with it.
    fn word(&self, surface: &str, typing: bool) -> Result<Boxed, Error> {
        let mut queries: Vec<Boxed> = both(surface).map(|stem| term(self.fields.stems, &stem)).collect();
        if typing && self.begins(surface)? {
            queries.push(Box::new(BoostQuery::new(self.beginning(surface), 0.5)));
        }
        Ok(any(queries))
    }

    /// Whether a word that is being typed is also searched as a beginning.
    fn begins(&self, surface: &str) -> Result<bool, Error> {
        Ok(surface.chars().count() >= SHORTEST_BEGINNING && known(surface, self.fields, self.searcher)? < FEW)
    }

    /// The clause with what the index knows settled in it: a word that is searched whole is no longer one that is typed, so
    /// that nothing but what was searched is marked.
    pub fn settled(&self, clause: &Clause) -> Result<Clause, Error> {
        Ok(match clause {
            Clause::Word { surface, typing } => {
                Clause::Word { surface: surface.clone(), typing: *typing && self.begins(surface)? }
            }
            Clause::AnyOf(all) => Clause::AnyOf(all.iter().map(|one| self.settled(one)).collect::<Result<_, _>>()?),
            Clause::Without(inner) => Clause::Without(Box::new(self.settled(inner)?)),
            Clause::Exact(_)
            | Clause::Pattern(_)
            | Clause::Phrase(_)
            | Clause::Run(_)
            | Clause::Near { .. }
            | Clause::Similar { .. } => clause.clone(),
        })
    }

    fn pattern(&self, pattern: &str) -> Result<Boxed, Error> {
        let letters = pattern.chars().filter(|c| *c != '*').count();
        if letters == 0 {
            return Ok(Box::new(AllQuery));
        }
        match pattern.strip_suffix('*') {
            Some(start) if !start.contains('*') => Ok(self.beginning(start)),
            _ => Ok(Box::new(RegexQuery::from_pattern(&regex(pattern), self.fields.surface)?)),
        }
    }

    fn beginning(&self, surface: &str) -> Boxed {
        Box::new(Beginning { field: self.fields.surface, letters: surface.to_owned(), begun: self.begun.clone() })
    }
}

pub fn term(field: Field, text: &str) -> Boxed {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs))
}

fn any(mut queries: Vec<Boxed>) -> Boxed {
    match queries.len() {
        0 => Box::new(EmptyQuery),
        1 => queries.pop().unwrap_or_else(|| Box::new(EmptyQuery)),
        _ => Box::new(BooleanQuery::new(queries.into_iter().map(|q| (Occur::Should, q)).collect())),
    }
}

fn all(queries: Vec<Boxed>) -> Boxed {
    Box::new(BooleanQuery::new(queries.into_iter().map(|q| (Occur::Must, q)).collect()))
}

fn both(surface: &str) -> impl Iterator<Item = String> {
    let (stem, second) = stems(surface);
    std::iter::once(stem).chain(second)
}

/// How many documents hold the word in any form.
pub fn known(surface: &str, fields: &Fields, searcher: &Searcher) -> Result<u64, Error> {
    let mut sum = 0;
    for stem in both(surface) {
        sum += searcher.doc_freq(&Term::from_field_text(fields.stems, &stem))?;
    }
    Ok(sum)
}

fn phrase(terms: Vec<Term>, slop: u32) -> Boxed {
    match terms.as_slice() {
        [] => Box::new(EmptyQuery),
        [only] => Box::new(TermQuery::new(only.clone(), IndexRecordOption::WithFreqs)),
        _ => {
            let mut query = PhraseQuery::new(terms);
            query.set_slop(slop);
            Box::new(query)
        }
    }
}

/// Words in any form, one after another; a word with two stems makes two ways to read it.
fn run(words: &[String], fields: &Fields) -> Boxed {
    let mut ways: Vec<Vec<Term>> = vec![Vec::new()];
    for word in words {
        let stems: Vec<Term> = both(word).map(|stem| Term::from_field_text(fields.stems, &stem)).collect();
        let longer = |way: &Vec<Term>| stems.iter().map(|s| way.iter().cloned().chain([s.clone()]).collect()).collect::<Vec<_>>();
        ways = ways.iter().flat_map(longer).take(16).collect();
    }
    any(ways.into_iter().map(|way| phrase(way, 0)).collect())
}

/// Each word at most `within` words from the one before it, on either side. A phrase's slop counts from where the word
/// would stand, so each side is asked by itself.
fn near(words: &[String], within: u32, fields: &Fields) -> Boxed {
    let slop = within.saturating_sub(1);
    let pairs = words.windows(2).filter_map(|pair| if let [a, b] = pair { Some((a, b)) } else { None });
    let pair = |(a, b): (&String, &String)| {
        let mut ways = Vec::new();
        for first in both(a) {
            for second in both(b) {
                let terms = [&first, &second].map(|stem| Term::from_field_text(fields.stems, stem));
                let [x, y] = terms.clone();
                if x == y {
                    ways.push(phrase(terms.to_vec(), slop));
                    continue;
                }
                ways.push(phrase(vec![x.clone(), y.clone()], slop));
                ways.push(phrase(vec![y, x], slop));
            }
        }
        any(ways)
    };
    all(pairs.map(pair).collect())
}

fn similar(typed: &str, near_stems: &[String], surfaces: &[String], fields: &Fields) -> Boxed {
    let (stem, _) = stems(typed);
    let near_stems = near_stems.iter().map(|near| (fields.stems, near, distance(&stem, near)));
    let near: Vec<_> = near_stems.chain(surfaces.iter().map(|near| (fields.surface, near, distance(typed, near)))).collect();
    let nearest = near.iter().map(|(.., far)| *far).min().unwrap_or(0);
    let weight = |far: usize| FARTHER.powi(i32::try_from(far - nearest).unwrap_or(i32::MAX));
    any(near.into_iter().map(|(field, near, far)| Box::new(BoostQuery::new(term(field, near), weight(far))) as Boxed).collect())
}

fn regex(pattern: &str) -> String {
    let mut out = String::new();
    for c in pattern.chars() {
        match c {
            '*' => out.push_str(".*"),
            c if c.is_alphanumeric() => out.push(c),
            c => {
                out.push('\\');
                out.push(c);
            }
        }
    }
    out
}

fn narrow(condition: &Condition, fields: &Fields, columns: &Arc<OpenColumns>) -> Result<Boxed, Error> {
    let one_of = |field: Field, values: &mut dyn Iterator<Item = String>| -> Boxed {
        any(values.map(|v| basic(Term::from_field_text(field, &v))).collect())
    };
    Ok(match condition {
        Condition::Managers(all) => one_of(fields.manager, &mut all.iter().cloned()),
        Condition::Chats(all) => one_of(fields.chat, &mut all.iter().map(ToString::to_string)),
        Condition::Senders(all) => one_of(fields.sender, &mut all.iter().map(|s| facet_name(s))),
        Condition::Kinds(all) => one_of(fields.kind, &mut all.iter().map(|k| k.name().to_owned())),
        Condition::Flag(flag) => basic(Term::from_field_text(fields.flags, flag.name())),
        Condition::Sent { from, to } => Box::new(Sent { from: from.unwrap_or(NO_DATE + 1), to: *to, columns: columns.clone() }),
        Condition::Messages(chats) => any(chats.iter().map(|(chat, messages)| these(chat, messages, fields)).collect()),
        Condition::All(each) if each.is_empty() => Box::new(AllQuery),
        Condition::All(each) => all(each.iter().map(|c| narrow(c, fields, columns)).collect::<Result<_, _>>()?),
        Condition::AnyOf(each) => any(each.iter().map(|c| narrow(c, fields, columns)).collect::<Result<_, _>>()?),
        Condition::Not(inner) => Box::new(BooleanQuery::new(vec![
            (Occur::Must, Box::new(AllQuery)),
            (Occur::MustNot, narrow(inner, fields, columns)?),
        ])),
    })
}

fn basic(term: Term) -> Boxed {
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

fn these(chat: &ChatId, messages: &[i64], fields: &Fields) -> Boxed {
    let ids = messages.iter().map(|id| Term::from_field_i64(fields.message, *id));
    all(vec![basic(Term::from_field_text(fields.chat, &chat.to_string())), Box::new(TermSetQuery::new(ids))])
}

/// One message, in all its contents.
pub fn message(chat: &str, message: i64, fields: &Fields) -> Boxed {
    all(vec![basic(Term::from_field_text(fields.chat, chat)), basic(Term::from_field_i64(fields.message, message))])
}

/// A condition chooses, it does not rank.
fn constant(query: Boxed) -> Boxed {
    Box::new(ConstScoreQuery::new(query, 0.0))
}
