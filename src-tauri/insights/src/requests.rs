//! What clients ask for, by class. A message may be of several classes.

use crate::findings::{Quote, Request, RequestClass};
use crate::lexicon::{topics, verbs};
use crate::talk::Turn;
use crate::text::{End, Word, clauses};
use letopis_model::Direction;

pub fn find(turns: &[Turn<'_>]) -> Vec<Request> {
    let clients = turns.iter().filter(|t| t.direction() == Direction::In && !t.foreign);
    clients
        .filter_map(|turn| {
            let classes = classes(turn);
            (!classes.is_empty()).then(|| Request { quote: Quote::of(turn.message, turn.text.raw), classes })
        })
        .collect()
}

/// The classes of one message, in the order of `RequestClass`.
pub fn classes(turn: &Turn<'_>) -> Vec<RequestClass> {
    let own: Vec<Word> = turn.flat.iter().filter(|w| !w.quoted).cloned().collect();
    RequestClass::ALL.into_iter().filter(|class| is_of(*class, turn, &own)).collect()
}

fn is_of(class: RequestClass, turn: &Turn<'_>, own: &[Word]) -> bool {
    let asks = turn.ask.question || turn.ask.act;
    match class {
        RequestClass::Bug => topics::bugs().any(own) && !topics::not_bugs().any(own),
        RequestClass::Complaint => topics::complaints().any(own),
        RequestClass::Cancel => topics::cancels().any(own) && !topics::not_cancels().any(own),
        RequestClass::Feature => topics::wishes().any(own) || asks && topics::features().any(own),
        RequestClass::Price => asks && topics::prices().any(own) || topics::discounts().any(own),
        RequestClass::Documents => asks_documents(turn, own),
        RequestClass::Meeting => (turn.ask.meeting || topics::callbacks().any(own)) && !topics::not_meetings().any(own),
        RequestClass::Status => asks && asks_status(turn, own) && !turn.ask.meeting,
        RequestClass::Howto => asks && topics::howtos().any(own),
    }
}

/// «пришлите акт», «акт жду», «договор когда ждать?»; not «договор подписали?».
fn asks_documents(turn: &Turn<'_>, own: &[Word]) -> bool {
    let told = |clause: &[Word]| clause.iter().any(|w| verbs::past(&w.norm));
    let open = turn.text.sentences.iter().flat_map(|s| clauses(&s.words)).any(|c| topics::documents().any(c) && !told(c));
    let named = open && !turn.ask.much;
    let waits = crate::text::has(
        own,
        &["ждать", "жду", "ждем", "будет", "будут", "пришлете", "дайте", "нужен", "нужна", "нужны", "нужно", "надо"],
    );
    let asks = turn.ask.question || turn.ask.act || crate::text::has(own, &["жду", "ждем"]);
    named && asks && (turn.ask.act || waits || !topics::statuses().any(own))
}

/// How things go: said in the sentence that asks, or «подписал?» alone.
fn asks_status(turn: &Turn<'_>, own: &[Word]) -> bool {
    let marked: Vec<_> = turn.text.sentences.iter().filter(|s| s.end == End::Question).collect();
    let done = |words: &[Word]| words.len() <= 4 && words.iter().any(|w| verbs::past(&w.norm));
    if marked.is_empty() {
        topics::statuses().any(own)
    } else {
        marked.iter().any(|s| topics::statuses().any(&s.words) || done(&s.words))
    }
}
