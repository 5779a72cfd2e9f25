//! Why a client does not buy yet, by class.

use crate::findings::{Objection, ObjectionClass, Quote};
use crate::lexicon::topics;
use crate::talk::Turn;
use crate::text::Word;
use letopis_model::Direction;

pub fn find(turns: &[Turn<'_>]) -> Vec<Objection> {
    let clients = turns.iter().filter(|t| t.direction() == Direction::In && !t.foreign);
    clients.filter_map(objection).collect()
}

fn objection(turn: &Turn<'_>) -> Option<Objection> {
    let own: Vec<Word> = turn.flat.iter().filter(|w| !w.quoted).cloned().collect();
    let mut classes: Vec<ObjectionClass> = topics::objections().hits(&own).map(|hit| hit.label).collect();
    classes.sort_unstable();
    classes.dedup();
    let withdrawn = topics::not_objections().any(&own);
    (!classes.is_empty() && !withdrawn).then(|| Objection { quote: Quote::of(turn.message, turn.text.raw), classes })
}
