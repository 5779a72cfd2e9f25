//! English commitments: "I'll send", "we will check", "let me check and get back".

use super::commit::{Act, Clause};
use crate::lexicon::frames;
use crate::text::{Word, at, has};

/// "I'll send", "we will check", "let me check and get back".
pub fn english(clause: &Clause<'_>) -> Option<Act> {
    let words = clause.words;
    words.iter().enumerate().find_map(|(i, w)| {
        let (len, many) = match (w.norm.as_str(), at(words, i + 1), at(words, i + 2)) {
            ("i'll", ..) => (1, false),
            ("we'll", ..) => (1, true),
            ("i", "will", _) | ("i", "ll", _) | ("i'm", "gonna", _) => (2, false),
            ("we", "will", _) | ("we're", "gonna", _) => (2, true),
            ("i'm" | "im", "going", "to") => (3, false),
            ("we're", "going", "to") => (3, true),
            ("i", "am", "going") if at(words, i + 3) == "to" => (4, false),
            ("we", "are", "going") if at(words, i + 3) == "to" => (4, true),
            ("gonna", ..) if i == 0 => (1, false),
            ("ill", "send" | "check" | "call" | "do" | "get" | "share" | "ask" | "fix" | "ping" | "let", _) => (1, false),
            (
                "let",
                "me",
                "check" | "look" | "confirm" | "ask" | "find" | "double-check" | "talk" | "see" | "dig" | "verify" | "get"
                | "send" | "pull" | "run" | "review" | "sync" | "chase" | "investigate",
            ) => (2, false),
            ("i" | "we", "should", "have" | "be") => (2, w.norm == "we"),
            ("i" | "we", "plan" | "aim" | "expect" | "hope" | "intend", "to") => (3, w.norm == "we"),
            ("should", "have" | "be", _) if i == 0 => (1, false),
            ("will", next, _) if opens(words, i) && !is_subject(next) => {
                (1, i.checked_sub(1).is_some_and(|p| at(words, p) == "we"))
            }
            _ => return None,
        };
        english_verb(words, i + len).then_some(Act { at: i, many, meets: meets(words.get(i..).unwrap_or_default()) })
    })
}

/// "will send": no subject before it but words of consent.
fn opens(words: &[Word], index: usize) -> bool {
    index == 0
        || matches!(
            at(words, index - 1),
            "and"
                | "ok"
                | "okay"
                | "sure"
                | "yes"
                | "then"
                | "also"
                | "understood"
                | "thanks"
                | "noted"
                | "yep"
                | "great"
                | "perfect"
        )
}

fn is_subject(word: &str) -> bool {
    matches!(
        word,
        "you"
            | "it"
            | "they"
            | "he"
            | "she"
            | "this"
            | "that"
            | "there"
            | "we"
            | "i"
            | "the"
            | "your"
            | "my"
            | "our"
            | "a"
            | "any"
            | "be"
            | ""
    )
}

fn meets(words: &[Word]) -> bool {
    has(words, &["meet", "join", "see"]) && has(words, &["you", "call", "meeting", "there"])
}

/// An act for the other side stands at `index`, after adverbs.
fn english_verb(words: &[Word], index: usize) -> bool {
    let adverb = |w: &&Word| {
        matches!(
            w.norm.as_str(),
            "also"
                | "just"
                | "then"
                | "definitely"
                | "certainly"
                | "probably"
                | "surely"
                | "now"
                | "quickly"
                | "personally"
                | "go"
                | "ahead"
                | "and"
                | "try"
                | "to"
                | "do"
                | "my"
                | "our"
                | "best"
                | "make"
                | "sure"
                | "hopefully"
                | "first"
                | "most"
                | "likely"
                | "immediately"
                | "still"
                | "at"
                | "least"
        )
    };
    let rest = words.get(index..).unwrap_or_default();
    let skipped = rest.iter().take_while(adverb).count();
    let doing = skipped > 0 && has(rest.get(..skipped).unwrap_or_default(), &["do", "try", "sure"]);
    if has(rest.get(..skipped).unwrap_or_default(), &["sure"]) {
        return true;
    }
    let verb = at(rest, skipped);
    let next = at(rest, skipped + 1);
    match verb {
        "be" => {
            matches!(
                next,
                "sending"
                    | "sharing"
                    | "calling"
                    | "joining"
                    | "back"
                    | "in"
                    | "there"
                    | "shipping"
                    | "releasing"
                    | "ready"
                    | "done"
                    | "with"
                    | "able"
            ) && !(next == "in" && at(rest, skipped + 2) != "touch")
                && !(next == "back" && at(rest, skipped + 2) == "in")
        }
        "have" => {
            words.len() > index + skipped + 1
                && has(
                    rest,
                    &[
                        "ready", "it", "done", "draft", "update", "answer", "this", "that", "them", "someone", "numbers", "the",
                        "quote", "proposal", "fix", "a",
                    ],
                )
                && !has(rest, &["to"])
        }
        "see" => matches!(next, "what" | "if" | "about" | "to") || at(words, 0) == "let",
        "" => doing,
        _ => {
            !frames::is_idle(verb) && verb.chars().all(|c| c.is_ascii_alphabetic() || c == '-')
                || verb.chars().any(|c| ('а'..='я').contains(&c))
        }
    }
}
