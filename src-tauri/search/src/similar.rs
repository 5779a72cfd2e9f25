//! What was probably meant when nothing is found: the other keyboard layout, Russian typed in Latin letters, a typing
//! error, a word written as it is heard, a part of a word. The answer says what it shows instead; nothing is ever corrected
//! in silence.

mod keyboard;
mod latin;
mod sound;

use crate::analyzer::stems;
use crate::compile::known;
use crate::query::{Clause, Parsed, parse, respelled};
use crate::schema::Fields;
use crate::{Error, words};
use std::collections::BTreeMap;
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::Field;
use tantivy::{Searcher, Term};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InsteadKind {
    Layout,
    Latin,
    Typo,
    Part,
}

/// What is searched instead of what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instead {
    pub kind: InsteadKind,
    /// In words, as it is shown: «привет».
    pub shown: String,
    pub parsed: Parsed,
}

/// Terms a mistyped word may stand for; more would be half of the dictionary.
const SIMILAR: usize = 2_000;
const SHOWN: usize = 3;
/// Letters that may be wrong in a word that is written as it is heard.
const MISHEARD: u8 = 2;
/// Shorter words are heard alike too often.
const SHORTEST_HEARD: usize = 3;

/// Everything worth trying, the likeliest first.
pub fn candidates(typed: &str, parsed: &Parsed, fields: &Fields, searcher: &Searcher) -> Result<Vec<Instead>, Error> {
    let unknown = unknown(parsed, fields, searcher)?;
    if unknown.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for (kind, ways) in
        [(InsteadKind::Layout, keyboard::other_layout as fn(&str) -> Vec<String>), (InsteadKind::Latin, latin::russian)]
    {
        found.extend(best_spelling(kind, ways, typed, fields, searcher)?);
    }
    found.extend(typos(parsed, &unknown, fields, searcher)?);
    found.extend(parts(parsed, &unknown));
    Ok(found)
}

/// Words that no message holds in any form.
fn unknown(parsed: &Parsed, fields: &Fields, searcher: &Searcher) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    for surface in parsed.clauses.iter().flat_map(surfaces) {
        if known(surface, fields, searcher)? == 0 {
            found.push(surface.to_owned());
        }
    }
    Ok(found)
}

fn surfaces(clause: &Clause) -> Vec<&str> {
    match clause {
        Clause::Word { surface, .. } => vec![surface],
        Clause::AnyOf(all) => all.iter().flat_map(surfaces).collect(),
        Clause::Phrase(words) | Clause::Run(words) | Clause::Near { words, .. } => words.iter().map(String::as_str).collect(),
        Clause::Exact(_) | Clause::Pattern(_) | Clause::Without(_) | Clause::Similar { .. } => Vec::new(),
    }
}

/// The spelling whose words the archive knows best.
fn best_spelling(
    kind: InsteadKind,
    ways: fn(&str) -> Vec<String>,
    typed: &str,
    fields: &Fields,
    searcher: &Searcher,
) -> Result<Option<Instead>, Error> {
    let knows = |word: &str| -> Result<u64, Error> {
        let mut least = u64::MAX;
        for part in words::words(word) {
            least = least.min(known(&part.surface, fields, searcher)?);
        }
        Ok(if least == u64::MAX { 0 } else { least })
    };
    let mut failed = None;
    let mut shown = Vec::new();
    let respelled = respelled(typed, |word| {
        if knows(word).unwrap_or(0) > 0 {
            shown.push(word.to_owned());
            return word.to_owned();
        }
        let mut best: Option<(u64, String)> = None;
        for way in ways(word) {
            match knows(&way) {
                Ok(count) if count > best.as_ref().map_or(0, |(most, _)| *most) => best = Some((count, way)),
                Ok(_) => {}
                Err(error) => failed = Some(error),
            }
        }
        let best = best.map_or_else(|| word.to_owned(), |(_, way)| way);
        shown.push(best.clone());
        best
    });
    if let Some(error) = failed {
        return Err(error);
    }
    if respelled == typed {
        return Ok(None);
    }
    // A query that read before reads after: only its words have changed.
    let Ok(parsed) = parse(&format!("{respelled} ")) else { return Ok(None) };
    let all_known = unknown(&parsed, fields, searcher)?.is_empty();
    Ok(all_known.then(|| Instead { kind, shown: shown.join(" "), parsed }))
}

/// How many letters may be wrong in a word of this length.
pub fn allowance(word: &str) -> u8 {
    match word.chars().count() {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

fn typos(parsed: &Parsed, unknown: &[String], fields: &Fields, searcher: &Searcher) -> Result<Option<Instead>, Error> {
    let mut shown = Vec::new();
    let mut clauses = Vec::new();
    for clause in &parsed.clauses {
        let Clause::Word { surface, .. } = clause else {
            clauses.push(clause.clone());
            continue;
        };
        if !unknown.contains(surface) {
            shown.push(surface.clone());
            clauses.push(clause.clone());
            continue;
        }
        let (stem, _) = stems(surface);
        let mut near_stems = near_terms(&stem, allowance(surface), fields.stems, searcher)?;
        let mut surfaces = near_terms(surface, allowance(surface), fields.surface, searcher)?;
        if near_stems.is_empty() && surfaces.is_empty() {
            surfaces = heard_alike(surface, fields.surface, searcher)?;
            near_stems = match surfaces.is_empty() {
                // The word itself is not there in the form that was meant, but in another one.
                true => heard_alike(&stem, fields.stems, searcher)?,
                // That word in any of its forms, and no other one: beside «щёт» stands «щит».
                false => surfaces.iter().map(|(word, count)| (stems(word).0, *count)).collect(),
            };
        }
        if near_stems.is_empty() && surfaces.is_empty() {
            return Ok(None);
        }
        shown.push(likely(surface, &surfaces, &near_stems));
        let (stems, surfaces) = (near_stems.into_keys().collect(), surfaces.into_keys().collect());
        clauses.push(Clause::Similar { typed: surface.clone(), stems, surfaces });
    }
    let parsed = Parsed { clauses, operators: parsed.operators.clone() };
    let changed = parsed.clauses.iter().any(|c| matches!(c, Clause::Similar { .. }));
    Ok(changed.then(|| Instead { kind: InsteadKind::Typo, shown: shown.join(" "), parsed }))
}

/// The nearest words people wrote, the most frequent first.
fn likely(typed: &str, surfaces: &BTreeMap<String, u64>, stems: &BTreeMap<String, u64>) -> String {
    let from = if surfaces.is_empty() { stems } else { surfaces };
    let mut ranked: Vec<(usize, std::cmp::Reverse<u64>, &str)> =
        from.iter().map(|(word, count)| (distance(typed, word), std::cmp::Reverse(*count), word.as_str())).collect();
    ranked.sort_unstable();
    let nearest = ranked.first().map_or(0, |(far, ..)| *far);
    let words = ranked.iter().take_while(|(far, ..)| *far == nearest).take(SHOWN).map(|(.., word)| *word);
    words.collect::<Vec<_>>().join(", ")
}

/// Terms within so many letters of `text`, with how many documents hold each. A neighbour swapped counts as one letter.
pub fn near_terms(text: &str, allowance: u8, field: Field, searcher: &Searcher) -> Result<BTreeMap<String, u64>, Error> {
    near(text, allowance, field, searcher, |_| true)
}

/// Terms with more wrong letters that are heard as this one.
fn heard_alike(text: &str, field: Field, searcher: &Searcher) -> Result<BTreeMap<String, u64>, Error> {
    let Some(heard) = sound::key(text).filter(|_| text.chars().count() >= SHORTEST_HEARD) else {
        return Ok(BTreeMap::new());
    };
    near(text, MISHEARD, field, searcher, |term| sound::key(term).as_deref() == Some(&heard))
}

fn near(
    text: &str,
    allowance: u8,
    field: Field,
    searcher: &Searcher,
    fits: impl Fn(&str) -> bool,
) -> Result<BTreeMap<String, u64>, Error> {
    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    if allowance == 0 || text.chars().any(|c| c.is_ascii_digit()) {
        return Ok(found);
    }
    let automaton = FuzzyTermQuery::new(Term::from_field_text(field, text), allowance, true).automaton()?;
    for segment in searcher.segment_readers() {
        let inverted = segment.inverted_index(field)?;
        let mut terms = inverted.terms().search(&automaton).into_stream()?;
        while terms.advance() {
            let Ok(term) = std::str::from_utf8(terms.key()) else { continue };
            let is_word = term.chars().all(char::is_alphabetic) && fits(term);
            if is_word && (found.len() < SIMILAR || found.contains_key(term)) {
                *found.entry(term.to_owned()).or_default() += u64::from(terms.value().doc_freq);
            }
        }
    }
    Ok(found)
}

/// A shorter part is in every second word.
const SHORTEST_PART: usize = 3;

fn parts(parsed: &Parsed, unknown: &[String]) -> Option<Instead> {
    let mut changed = false;
    let part = |clause: &Clause| match clause {
        Clause::Word { surface, .. } if unknown.contains(surface) && surface.chars().count() >= SHORTEST_PART => {
            changed = true;
            Clause::Pattern(format!("*{surface}*"))
        }
        // A number that may be a sum, or the middle of a phone.
        Clause::AnyOf(all) => match all.as_slice() {
            [_, Clause::Word { surface, .. }] if unknown.contains(surface) => {
                changed = true;
                Clause::Pattern(format!("*{surface}*"))
            }
            _ => clause.clone(),
        },
        other => other.clone(),
    };
    let clauses: Vec<Clause> = parsed.clauses.iter().map(part).collect();
    let shown: Vec<String> =
        clauses.iter().filter_map(|c| if let Clause::Pattern(text) = c { Some(text.clone()) } else { None }).collect();
    let parsed = Parsed { clauses, operators: parsed.operators.clone() };
    changed.then(|| Instead { kind: InsteadKind::Part, shown: shown.join(" "), parsed })
}

/// Letters that differ, two swapped neighbours as one (optimal string alignment; Damerau 1964).
pub fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: [Vec<usize>; 3] = [Vec::new(), Vec::new(), (0..=b.len()).collect()];
    let mut before: Option<char> = None;
    for (i, x) in (1..).zip(&a) {
        rows.rotate_left(1);
        let [older, old, new] = &mut rows;
        *new = vec![i];
        for (j, y) in (1..).zip(&b) {
            let get = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX / 2);
            let mut best = (get(old, j) + 1).min(get(new, j - 1) + 1).min(get(old, j - 1) + usize::from(x != y));
            let swapped = j > 1 && before == Some(*y) && b.get(j - 2) == Some(x);
            if swapped && i > 1 {
                best = best.min(get(older, j - 2) + 1);
            }
            new.push(best);
        }
        before = Some(*x);
    }
    let [.., last] = rows;
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, far) in [
            ("", "", 0),
            ("договор", "договор", 0),
            ("догавор", "договор", 1),
            ("дговор", "договор", 1),
            ("одговор", "договор", 1),
            ("from", "form", 1),
            ("кот", "", 3),
            ("ca", "abc", 3),
        ] {
            assert_eq!(distance(a, b), far, "{a} {b}");
            assert_eq!(distance(b, a), far, "{b} {a}");
        }
    }
}
