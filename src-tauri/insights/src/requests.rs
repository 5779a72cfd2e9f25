//! What clients ask for, by class. A message may be of several classes.

use crate::findings::{Quote, Request, RequestClass};
use crate::lexicon::topics;
use crate::talk::Turn;
use crate::text::Word;
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
        RequestClass::Documents => asks && topics::documents().any(own) && (turn.ask.act || !topics::statuses().any(own)) && !turn.ask.much,
        RequestClass::Meeting => asks && turn.ask.meeting || topics::callbacks().any(own),
        RequestClass::Status => asks && topics::statuses().any(own) && !turn.ask.meeting,
        RequestClass::Howto => asks && topics::howtos().any(own),
    }
}
