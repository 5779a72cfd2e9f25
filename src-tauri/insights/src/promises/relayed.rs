//! Commitments without a first person: a colleague's word, a thing that will arrive, a present with a date.

use super::commit::{Act, Clause};
use super::vetoes;
use crate::due;
use crate::lexicon::consent;
use crate::lexicon::frames::{self, Who};
use crate::lexicon::{names, verbs};
use crate::text::{Break, Word, has, some};
use jiff::civil::DateTime;
use letopis_model::Direction;

/// A colleague's word passed on: «бухгалтерия выставит счет завтра», «devs: hotfix до 20:00».
pub fn colleague(clause: &Clause<'_>) -> Option<Act> {
    let words = clause.words;
    let subject = |w: &Word| {
        names::is_colleague(&w.norm)
            || (w.capital && names::is_name(&w.norm))
            || matches!(w.norm.as_str(), "наш" | "наша" | "наши" | "our")
    };
    if !words.iter().chain(clause.earlier).any(subject) || words.iter().chain(clause.earlier).any(|w| names::is_stranger(&w.norm))
    {
        return None;
    }
    let verb = words.iter().position(|w| {
        verbs::known(&w.norm).is_some_and(|v| v.form == verbs::Form::Third)
            || matches!(w.norm.as_str(), "обещает" | "обещают" | "обещала" | "обещали" | "обещал" | "will")
    });
    let spoken_of = words.iter().any(subject);
    match verb {
        Some(at) if matches!(crate::text::at(words, at), "обещал" | "обещала" | "обещали") => (spoken_of
            && clause.dated
            && !has(words, &["вы", "прежний", "бывший"]))
        .then_some(Act { at, many: true, meets: false }),
        Some(at) => {
            let before = words.get(..at).unwrap_or_default();
            let after = some(words, at + 1, 2);
            let earlier = clause.earlier.len() <= 5 && clause.earlier.iter().any(subject) && !verbs_of(clause.earlier);
            let named = before.iter().any(subject) || (clause.dated && (after.iter().any(subject) || earlier));
            let idle = crate::text::at(words, at) == "will" && frames::is_idle(crate::text::at(words, at + 1));
            (named && !idle && !has(before, &["вы", "you", "чтобы", "that"])).then_some(Act { at, many: true, meets: false })
        }
        None => {
            let reported = words.first().is_some_and(|w| w.before == Break::Colon || w.before == Break::Dash)
                && clause.earlier.iter().any(subject)
                && clause.earlier.len() <= 3;
            let done = words.iter().any(|w| verbs::past(&w.norm));
            (reported && clause.dated && !done && words.len() <= 8).then_some(Act { at: 0, many: true, meets: false })
        }
    }
}

/// Whether a clause has an act of its own in the first person.
fn verbs_of(words: &[Word]) -> bool {
    words.iter().any(|w| verbs::known(&w.norm).is_some_and(|v| matches!(v.form, verbs::Form::First | verbs::Form::Plural)))
}

/// «завтра получите», «будет готово в среду», "you'll have it by Friday".
pub fn arrival(clause: &Clause<'_>) -> Option<Act> {
    let words = clause.words;
    if !clause.dated || vetoes::foreign_subject(words) {
        return None;
    }
    if let Some(hit) = frames::arrives().first(words) {
        return Some(Act { at: hit.at, many: has(words, &["our", "we", "наш", "мы"]), meets: false });
    }
    let index = words.iter().position(|w| matches!(w.norm.as_str(), "будет" | "будут" | "will"))?;
    let thing = words.iter().any(|w| frames::is_deliverable(&w.norm));
    let bare = words.len() <= 6
        && words.iter().all(|w| !w.norm.chars().any(|c| c.is_ascii_alphabetic()))
        && clause.direction == Direction::Out
        && clause.earlier.iter().all(|w| consent::opens_with_yes(std::slice::from_ref(w)));
    let named = words.iter().take(index).any(|w| {
        !is_date_word(words, w, clause.sent)
            && !matches!(
                w.norm.as_str(),
                "все"
                    | "точно"
                    | "да"
                    | "уже"
                    | "это"
                    | "он"
                    | "она"
                    | "оно"
                    | "ок"
                    | "думаю"
                    | "наверное"
                    | "тогда"
                    | "и"
            )
    });
    let after_named = words
        .get(index + 1..)
        .unwrap_or_default()
        .iter()
        .any(|w| !is_date_word(words, w, clause.sent) && !matches!(w.norm.as_str(), "точно" | "вам" | "все"));
    (thing || (bare && !named && !after_named)).then_some(Act { at: index, many: false, meets: false })
}

fn is_date_word(words: &[Word], word: &Word, sent: DateTime) -> bool {
    due::find(words, sent)
        .iter()
        .any(|d| words.get(d.first..d.first + d.len).unwrap_or_default().iter().any(|w| w.start == word.start))
}

/// «завтра отправляю», "sending it tomorrow".
pub fn present_with_date(clause: &Clause<'_>) -> Option<Act> {
    let hit = frames::presents().first(clause.words)?;
    let beside = clause.beside;
    let soon = beside
        || due::find(clause.words, clause.sent).iter().any(|d| d.date > clause.sent.date() || d.len > 1 || d.time.is_some());
    let today = has(clause.words, &["сегодня", "today", "вечером", "tonight"]);
    let told = has(clause.words, &["который", "которые", "которую", "вы"]) || clause.words.iter().any(|w| verbs::past(&w.norm));
    ((soon || today) && !told && !vetoes::spoils_word(clause.words, hit.at)).then_some(Act {
        at: hit.at,
        many: hit.label == Who::Many,
        meets: false,
    })
}

/// «График завтра», "proposal by EOD": a thing we owe and a date, no verb.
pub fn thing_with_date(clause: &Clause<'_>) -> Option<Act> {
    let words = clause.words;
    let things = words.iter().filter(|w| frames::is_deliverable(&w.norm)).count();
    let ours =
        clause.direction == Direction::Out && clause.dated && ((1..=2).contains(&things) || clause.paired) && words.len() <= 8;
    let verb = words.iter().any(|w| {
        verbs::known(&w.norm).is_some()
            || verbs::past(&w.norm)
            || verbs::infinitive(&w.norm)
            || matches!(
                w.norm.as_str(),
                "нужен"
                    | "нужна"
                    | "нужно"
                    | "нужны"
                    | "жду"
                    | "ждем"
                    | "действует"
                    | "need"
                    | "is"
                    | "was"
                    | "are"
                    | "от"
                    | "за"
                    | "please"
                    | "есть"
                    | "нет"
                    | "старт"
                    | "назначен"
                    | "вышел"
                    | "срок"
                    | "как"
                    | "какой"
                    | "вот"
                    | "для"
            )
    });
    let many = words.iter().any(|w| frames::is_work(&w.norm));
    // «доставка 3 дня» tells how long such things last.
    let lasts =
        many && has(words, &["дня", "дней", "недели", "недель", "часа", "часов", "месяца", "days", "weeks", "hours", "день"]);
    (ours && !verb && !lasts && !vetoes::foreign_subject(words)).then_some(Act { at: 0, many, meets: false })
}

/// «не успел, завтра в 9 утра»: a date alone after an excuse restates the deadline.
pub fn restated(clause: &Clause<'_>) -> Option<Act> {
    if !clause.dated {
        return None;
    }
    let excuse = clause.earlier.windows(2).any(|w| crate::text::at(w, 0) == "не" && crate::text::at(w, 1).starts_with("успе"));
    let dated: usize = due::find(clause.words, clause.sent).iter().map(|d| d.len).sum();
    (excuse && dated > 0 && dated + 1 >= clause.words.len()).then_some(Act { at: 0, many: false, meets: false })
}
