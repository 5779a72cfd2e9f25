//! Why a client does not buy yet, by class.

use crate::findings::{Objection, ObjectionClass, Quote};
use crate::lexicon::topics;
use crate::talk::Turn;
use crate::text::{End, Word};
use letopis_model::Direction;

pub fn find(turns: &[Turn<'_>]) -> Vec<Objection> {
    let clients = turns.iter().filter(|t| t.direction() == Direction::In && !t.foreign);
    clients.filter_map(objection).collect()
}

fn objection(turn: &Turn<'_>) -> Option<Objection> {
    let own: Vec<Word> = turn.flat.iter().filter(|w| !w.quoted).cloned().collect();
    let mut classes: Vec<ObjectionClass> = topics::objections().hits(&own).map(|hit| hit.label).collect();
    if only_asks(turn) {
        classes.retain(|class| match class {
            ObjectionClass::Timing | ObjectionClass::Terms => false,
            ObjectionClass::Price => topics::hard_price().any(&own),
            ObjectionClass::Competitor | ObjectionClass::Authority | ObjectionClass::Need | ObjectionClass::Trust => true,
        });
    }
    classes.sort_unstable();
    classes.dedup();
    let withdrawn = topics::not_objections().any(&own);
    (!classes.is_empty() && !withdrawn).then(|| Objection { quote: Quote::of(turn.message, turn.text.raw), classes })
}

/// «минимальная партия сколько?», «а скидка от объема?»: a question for terms is no objection to them.
fn only_asks(turn: &Turn<'_>) -> bool {
    turn.text.sentences.iter().all(|s| s.end == End::Question || s.words.len() <= 2 || crate::text::has(&s.words, &["вопрос"]))
        && turn.text.asks
        || (turn.ask.much && crate::text::has(&turn.flat, &["сколько", "какая", "какой", "какие"]))
}
