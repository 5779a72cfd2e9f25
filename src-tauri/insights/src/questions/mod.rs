//! Clients' questions and what answers them. A hold («уточню») is no answer to a question for information;
//! with several questions open, an answer goes to the one it speaks of.

mod answers;
pub mod ask;

use crate::findings::{Question, Quote};
use crate::requests;
use crate::talk::Turn;
use crate::text::{End, Text, span};
use letopis_model::Direction;

/// An answer is looked for in so many later turns.
const HORIZON: usize = 200;

pub fn find(turns: &[Turn<'_>]) -> Vec<Question> {
    let mut open: Vec<(usize, answers::Topic, Question)> = Vec::new();
    let mut done: Vec<(usize, Question)> = Vec::new();
    for (index, turn) in turns.iter().enumerate() {
        match turn.direction() {
            Direction::In => {
                if turn.ask.question && !turn.foreign {
                    open.push((index, answers::Topic::of(turn), question(turn)));
                }
            }
            Direction::Out => answers::give(turn, turns, &mut open, &mut done),
        }
        while open.first().is_some_and(|(asked, ..)| index - asked > HORIZON) {
            let (asked, _, question) = open.remove(0);
            done.push((asked, question));
        }
    }
    done.extend(open.into_iter().map(|(index, _, question)| (index, question)));
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, question)| question).collect()
}

fn question(turn: &Turn<'_>) -> Question {
    Question {
        quote: Quote::of(turn.message, asking_words(&turn.text)),
        request: requests::classes(turn).first().copied(),
        answered_by: None,
        held_by: None,
    }
}

/// The sentence with the question mark, or the first that asks, or all of a short message.
fn asking_words<'a>(text: &Text<'a>) -> &'a str {
    let marked = text.sentences.iter().find(|s| s.end == End::Question && s.words.len() > 1);
    let whole = text.raw.chars().nth(200).is_none();
    match marked {
        _ if whole => text.raw,
        Some(sentence) => span(text.raw, &sentence.words),
        None => text.sentences.iter().max_by_key(|s| s.words.len()).map_or(text.raw, |s| span(text.raw, &s.words)),
    }
}
