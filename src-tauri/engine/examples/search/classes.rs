//! The classes of queries that are compared, with words of every frequency from the corpus itself.

use crate::rival::Question;
use letopis_search::plain::stems;
use letopis_search::{Condition, Sort};
use letopis_testkit::{Corpus, FORMS, word};
use std::collections::HashSet;
use std::sync::LazyLock;

pub const CLASSES: &[&str] = &[
    "rare term, newest",
    "rare term, relevance",
    "common term, newest",
    "common term, relevance",
    "2 terms AND, newest",
    "3 terms AND, relevance",
    "phrase, newest",
    "prefix as you type",
    "one letter wrong",
    "term + chat + dates, newest",
];
/// Questions of a class.
pub const EACH: usize = 24;

pub struct Ask {
    pub query: String,
    pub condition: Condition,
    pub sort: Sort,
    pub now: i64,
    pub mistyped: bool,
    pub rival: Option<Question>,
}

fn long(rank: u64) -> String {
    (rank..).map(word).find(|w| w.chars().count() > 5).unwrap_or_default()
}

/// So many letters that a word from this rank on begins with. Not a word's stem itself: we would search that word alone.
fn beginning(rank: u64, letters: usize) -> String {
    static STEMS: LazyLock<HashSet<String>> = LazyLock::new(|| (1..=FORMS).map(|rank| stems(&word(rank)).0).collect());
    let beginnings = (rank..).map(|rank| long(rank).chars().take(letters).collect::<String>());
    beginnings.into_iter().find(|letters| !STEMS.contains(&stems(letters).0)).unwrap_or_default()
}

/// Of the corpus its first `held` messages are there.
pub fn asks(class: &str, corpus: &Corpus, held: u64) -> Vec<Ask> {
    (0..EACH as u64).map(|n| ask(class, n, corpus, held)).collect()
}

fn ask(class: &str, n: u64, corpus: &Corpus, held: u64) -> Ask {
    let now = corpus.sent_at(held);
    let sort = if class.ends_with("relevance") { Sort::Relevance } else { Sort::Newest };
    let best = sort == Sort::Relevance;
    let plain = |query: String, rival: Question| Ask {
        query: format!("{query} "),
        condition: Condition::none(),
        sort,
        now,
        mistyped: false,
        rival: Some(rival),
    };
    let words = |ranks: &[u64]| {
        let words: Vec<String> = ranks.iter().map(|r| word(*r)).collect();
        plain(words.join(" "), Question { words, best, ..Question::default() })
    };
    match class {
        "rare term, newest" | "rare term, relevance" => words(&[FORMS / 3 + n * 977]),
        "common term, newest" | "common term, relevance" => words(&[2 + n]),
        "2 terms AND, newest" => words(&[20 + n * 3, 120 + n * 11]),
        "3 terms AND, relevance" => words(&[5 + n, 40 + n * 3, 90 + n * 7]),
        "phrase, newest" => {
            let text = (n * 7919 + 13..).map(|m| corpus.text(m % held, false));
            let pairs = text.filter_map(|text| {
                let words: Vec<String> = text.split(' ').take(2).map(str::to_owned).collect();
                let fits = words.len() == 2 && words.iter().all(|w| w.chars().all(char::is_alphabetic) && w.chars().count() > 2);
                fits.then_some(words)
            });
            let words = pairs.into_iter().next().unwrap_or_default();
            plain(format!("\"{}\"", words.join(" ")), Question { words, phrase: true, ..Question::default() })
        }
        "prefix as you type" => {
            let beginning = beginning(60 + n * 53, 3 + (n % 3) as usize);
            let words = vec![beginning.clone()];
            Ask { query: beginning, ..plain(String::new(), Question { words, prefix: true, ..Question::default() }) }
        }
        "one letter wrong" => {
            let meant = long(200 + n * 97);
            let wrong: String = meant.chars().enumerate().map(|(at, c)| if at == 2 { 'ф' } else { c }).collect();
            Ask { mistyped: true, rival: None, ..plain(wrong, Question::default()) }
        }
        _ => {
            let chat = corpus.chat(n % 12);
            let (from, to) = (corpus.sent_at(held / 4), corpus.sent_at(held / 4 + held / 3));
            let words = vec![word(3 + n)];
            let query = words.join(" ");
            let chosen = Condition::All(vec![Condition::Chats(vec![chat]), Condition::Sent { from: Some(from), to: Some(to) }]);
            Ask {
                condition: chosen,
                ..plain(query, Question { words, chat: Some(chat), dates: Some((from, to)), ..Question::default() })
            }
        }
    }
}
