//! 300 Russian and 150 English queries, each with a message that must be found by it, written by hand. All messages lie in
//! one index, so a query stands against all the others' words.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

use letopis_model::{ChatId, Direction, MessageId, MessageKind, MessageLink, PeerId, Seq, Timestamp};
use letopis_search::{Condition, Doc, SearchIndex, Sort, Text, parse};
use letopis_vault::Subkey;

const PAIRS: &str = include_str!("pairs.txt");

/// (query, message) of each line; `#` begins a note.
fn pairs() -> Vec<(&'static str, &'static str)> {
    let lines = PAIRS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split_once(" | ").unwrap_or_else(|| panic!("no bar: {line}"))).collect()
}

fn is_russian(message: &str) -> bool {
    message.chars().any(|c| ('а'..='я').contains(&c))
}

fn doc(id: usize, text: &str) -> Doc<'_> {
    Doc {
        link: MessageLink::new(ChatId::new(None, PeerId::user(1)), MessageId(id as i64)),
        managers: &[],
        sender: "Кирилл",
        direction: Direction::In,
        kind: MessageKind::Text,
        sent_at: Some(Timestamp(1_760_000_000 + id as i64)),
        deleted: false,
        edited: false,
        forwarded: false,
        reply: false,
        file: false,
        texts: vec![Text { version: 0, parts: vec![text], linked: false }],
        replaces: false,
    }
}

#[test]
fn every_query_finds_its_message() {
    let pairs = pairs();
    let russian = pairs.iter().filter(|(_, message)| is_russian(message)).count();
    assert!(russian >= 300 && pairs.len() - russian >= 150, "{russian} Russian of {}", pairs.len());
    let dir = tempfile::tempdir().unwrap();
    let index = SearchIndex::open(dir.path(), &Subkey::from_bytes([1; 32]), "pairs").unwrap();
    index.put(pairs.iter().enumerate().map(|(id, (_, text))| doc(id, text)), Seq(1)).unwrap();
    let mut missed = Vec::new();
    for (id, (query, message)) in pairs.iter().enumerate() {
        let typed = format!("{query} ");
        let parsed = parse(&typed).unwrap_or_else(|problem| panic!("{query}: {problem:?}"));
        let all = Condition::none();
        let clauses = if index.matches_any(&parsed.clauses, &all).unwrap() {
            parsed.clauses
        } else {
            index.instead(&typed, &parsed, &all).unwrap().map_or(parsed.clauses, |instead| instead.parsed.clauses)
        };
        let hits = index.page(&clauses, &all, Sort::Relevance, (0, 500), 0).unwrap();
        if !hits.iter().any(|hit| hit.row.link.message.0 == id as i64) {
            missed.push(format!("{query} | {message} ({} others)", hits.len()));
        }
    }
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n"));
}
