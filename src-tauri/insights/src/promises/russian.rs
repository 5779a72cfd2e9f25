//! Russian commitments in the first person: «сделаю», «пришлем», «беру в работу», «буду готовить», «обещаю».

use super::commit::{Act, Clause};
use super::vetoes;
use crate::lexicon::frames::{self, Who};
use crate::lexicon::{names, verbs};
use crate::text::{Word, at, has, some};

pub fn vow(clause: &Clause<'_>) -> Option<Act> {
    frames::vows().first(clause.words).map(|hit| Act { at: hit.at, many: hit.label == Who::Many, meets: false })
}

pub fn phrase(clause: &Clause<'_>) -> Option<Act> {
    let hit = frames::commits().first(clause.words)?;
    let own = matches!(at(clause.words, hit.at), "с" | "за" | "на")
        && hit.at > 0
        && hit.len <= 2
        && !clause.words.get(hit.at + 2).is_none_or(|w| frames::is_deliverable(&w.norm));
    let subject = hit.at.checked_sub(1).map_or("", |i| at(clause.words, i));
    let english_will = at(clause.words, hit.at) == "will";
    let told =
        english_will && !matches!(subject, "" | "and" | "i" | "we" | "ok" | "sure" | "yes" | "then" | "team" | "devs" | "it");
    if own || (told && !names::is_colleague(subject) && !names::is_name(subject) && !frames::is_deliverable(subject)) {
        return None;
    }
    let many =
        hit.label == Who::Many || (english_will && (subject == "we" || names::is_colleague(subject) || names::is_name(subject)));
    Some(Act { at: hit.at, many, meets: false })
}

/// «сделаю», «пришлем», and verbs not in the list that look so.
pub fn future(clause: &Clause<'_>) -> Option<Act> {
    let (index, form, class) = clause.words.iter().enumerate().find_map(|(i, w)| future_word(clause, i, w))?;
    let talk = matches!(
        at(clause.words, index),
        "созвонимся" | "встретимся" | "увидимся" | "пообщаемся" | "поговорим" | "обсудим" | "спишемся"
    );
    let meets = talk && class.is_some();
    Some(Act { at: index, many: form == verbs::Form::Plural, meets })
}

fn future_word(clause: &Clause<'_>, index: usize, word: &Word) -> Option<(usize, verbs::Form, Option<verbs::Class>)> {
    use verbs::Form::{First, Plural};
    if vetoes::spoils_word(clause.words, index) {
        return None;
    }
    match verbs::known(&word.norm) {
        Some(verb) if matches!(verb.form, First | Plural) => Some((index, verb.form, Some(verb.class))),
        Some(_) => None,
        None => {
            let form = verbs::guessed(&word.norm)?;
            let supported = clause.dated || clause.words.len() <= 6 || has(clause.words, &["я", "мы", "вам"]);
            let noun = matches!(
                at(clause.words, index.wrapping_sub(1)),
                "на" | "в"
                    | "за"
                    | "с"
                    | "под"
                    | "над"
                    | "по"
                    | "через"
                    | "про"
                    | "эту"
                    | "этим"
                    | "нашу"
                    | "вашу"
                    | "новую"
                    | "каким"
                    | "всю"
            );
            (supported && !noun).then_some((index, form, None))
        }
    }
}

/// «буду готовить», «будем делать», «постараемся отправить», «начну собирать».
pub fn lasting_future(clause: &Clause<'_>) -> Option<Act> {
    let index = clause.words.iter().position(|w| {
        matches!(
            w.norm.as_str(),
            "буду"
                | "будем"
                | "планирую"
                | "планируем"
                | "попытаюсь"
                | "попытаемся"
                | "смогу"
                | "сможем"
                | "успеваю"
                | "успеваем"
                | "должны"
                | "должен"
                | "должна"
        )
    })?;
    let word = at(clause.words, index);
    let rest = some(clause.words, index + 1, 4);
    let does = rest.iter().find(|w| {
        verbs::infinitive(&w.norm)
            && !matches!(
                w.norm.as_str(),
                "ждать"
                    | "иметь"
                    | "знать"
                    | "надеяться"
                    | "пользоваться"
                    | "быть"
                    | "сеть"
                    | "опять"
                    | "часть"
                    | "пять"
                    | "работать"
                    | "есть"
                    | "думать"
            )
    })?;
    let modal = matches!(
        word,
        "смогу"
            | "сможем"
            | "должны"
            | "должен"
            | "должна"
            | "планирую"
            | "планируем"
            | "успеваю"
            | "успеваем"
    );
    let ours = !matches!(word, "должны" | "должен" | "должна") || verbs::known(&does.norm).is_some_and(|v| v.lemma == "успеть");
    (ours && (!modal || clause.dated || rest.iter().any(|w| verbs::known(&w.norm).is_some()) && word == "сможем"))
        .then_some(Act { at: index, many: word.ends_with('м') && word != "буду" || word == "должны", meets: false })
}
