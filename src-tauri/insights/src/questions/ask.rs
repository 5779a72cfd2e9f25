//! What one message asks of the other side: information, an act, a meeting, a date.

use crate::due::{self, Due};
use crate::lexicon::{asking, names, verbs, words};
use crate::text::{End, Sentence, Text, Word, at, clauses, has};
use jiff::civil::DateTime;

#[derive(Clone, Default)]
pub struct Ask {
    /// Asks for an answer or an act.
    pub question: bool,
    /// Asks for an act: «пришлите», "could you send".
    pub act: bool,
    /// Proposes to meet or to call.
    pub meeting: bool,
    /// Asks for a date: «когда», "ETA".
    pub when: bool,
    /// Asks for an amount or a price.
    pub much: bool,
    /// The last date named, for consent that names none.
    pub due: Option<Due>,
}

pub fn of(text: &Text<'_>, sent: DateTime) -> Ask {
    let mut ask = Ask::default();
    for sentence in &text.sentences {
        read(sentence, sent, &mut ask);
    }
    ask.meeting |= suggests(text, sent);
    if ask.meeting && !ask.question {
        ask.question = text.asks;
    }
    ask
}

/// «Давайте. Завтра после обеда», «перенесем на завтра?», "Monday 10am?": a time with no act.
fn suggests(text: &Text<'_>, sent: DateTime) -> bool {
    let flat = text.flat();
    let dues = due::find(&flat, sent);
    let acts = flat.iter().any(|w| {
        verbs::infinitive(&w.norm)
            || crate::lexicon::frames::is_deliverable(&w.norm)
            || verbs::known(&w.norm).is_some_and(|v| !matches!(v.lemma, "перенести" | "сдвинуть" | "переставить"))
    });
    let opens = matches!(at(&flat, 0), "давайте" | "давай" | "лучше" | "а" | "может");
    let moves = has(&flat, &["перенесем", "сдвинем", "reschedule", "переставим", "передвинем"]) && flat.len() <= 7;
    let clock = text.asks && dues.iter().any(|d| d.time.is_some() && !d.undated) && flat.len() <= 5;
    let lets = opens && has(&flat, &["давайте", "давай"]) && flat.len() <= 7;
    !acts && !dues.is_empty() && (moves && text.asks || clock || lets)
}

fn read(sentence: &Sentence, sent: DateTime, ask: &mut Ask) {
    let own: Vec<Word> = sentence.words.iter().filter(|w| !w.quoted).cloned().collect();
    let dues = due::find(&own, sent);
    ask.due = dues.last().copied().or(ask.due);
    let marked = sentence.end == End::Question;
    let meeting = asking::meetings().any(&own) && (asking::proposals().any(&own) || marked) && !clauses(&own).any(told);
    let suggested = has(&own, &["давайте", "давай", "lets", "let's", "насчет"])
        && !dues.is_empty()
        && own.len() <= 9
        && !own.iter().any(|w| verbs::infinitive(&w.norm))
        && !own
            .iter()
            .any(|w| verbs::known(&w.norm).is_some_and(|v| v.class != verbs::Class::Meet && v.class != verbs::Class::Call));
    let meeting = meeting || suggested;
    let timed = marked && !dues.is_empty() && asking::proposals().any(&own);
    ask.meeting |= meeting || (timed && has(&own, &["удобно", "подойдет", "works", "work", "free", "свободны", "устроит"]));
    if is_idle(&own, marked) {
        return;
    }
    let act = asks_act(&own, marked);
    let info = asking::infos().any(&own) || opens_question(&own) || offers_choice(&own);
    let act = act || is_bare_thing(&own);
    if act || info || marked || (meeting && asking::proposals().any(&own)) {
        ask.question = true;
    }
    ask.act |= act;
    if act || info || marked {
        ask.when |= asking::whens().any(&own);
        ask.much |= asking::muches().any(&own);
    }
}

/// «а разгрузка наша или ваша»
fn offers_choice(own: &[Word]) -> bool {
    at(own, 0) == "а" && own.len() <= 7 && has(own, &["или"])
}

/// «счет» after an order: a thing alone is asked for.
fn is_bare_thing(own: &[Word]) -> bool {
    let things = own.iter().filter(|w| crate::lexicon::frames::is_deliverable(&w.norm)).count();
    things == 1 && own.iter().all(|w| crate::lexicon::frames::is_deliverable(&w.norm) || matches!(w.norm.as_str(), "и" | "а"))
}

/// A clause about a meeting that has been.
fn told(clause: &[Word]) -> bool {
    asking::meetings().any(clause) && clause.iter().any(|w| verbs::past(&w.norm)) && !has(clause, &["хотел", "хотела", "хотели"])
}

/// Greetings, rhetoric, pings and tags ask nothing.
fn is_idle(own: &[Word], marked: bool) -> bool {
    let said = own.iter().filter(|w| !words::is_greeting(&w.norm)).count();
    let ping = own.len() <= 2
        && own.iter().all(|w| {
            names::is_name(&w.norm)
                || matches!(w.norm.as_str(), "ау" | "алло" | "вы" | "тут" | "здесь" | "hello" | "there" | "ping" | "anyone")
        });
    let empty_words = asking::rhetoric().first(own).is_some_and(|hit| {
        let rest = said.saturating_sub(hit.len);
        hit.len == own.len() || (hit.len >= 2 && rest <= 3 && hit.at <= 3) || (words::is_tag(own) && rest <= 1)
    });
    said == 0 || ping || empty_words || (marked && words::is_tag(own))
}

fn asks_act(own: &[Word], marked: bool) -> bool {
    let informs = asking::infos().any(own);
    clauses(own).any(|clause| clause_asks_act(clause, marked, informs))
}

fn clause_asks_act(clause: &[Word], marked: bool, informs: bool) -> bool {
    let verb = clause.iter().enumerate().find_map(|(i, w)| asked_verb(clause, i, w, marked));
    if let Some(verb) = verb {
        let tells = verb.class == verbs::Class::Tell && !matches!(verb.lemma, "вернуться" | "расписать" | "напомнить");
        return !(tells
            && (informs
                || matches!(
                    verb.lemma,
                    "сказать"
                        | "подсказать"
                        | "рассказать"
                        | "сообщить"
                        | "объяснить"
                        | "пояснить"
                        | "ответить"
                        | "написать"
                        | "сориентировать"
                        | "назвать"
                        | "озвучить"
                )));
    }
    let polite = asking::acts().first(clause);
    polite.is_some_and(|_| !informs && !only_thanks(clause) && !own_need(clause))
}

fn asked_verb(clause: &[Word], index: usize, word: &Word, marked: bool) -> Option<verbs::Verb> {
    let verb = verbs::known(&word.norm)?;
    let before = index.checked_sub(1).map_or("", |i| at(clause, i));
    let you = marked && verb.form == verbs::Form::Second;
    let ordered = verb.form == verbs::Form::Imperative && !clause_is_noun(&word.norm) && before != "не";
    (ordered || you).then_some(verb)
}

/// Imperatives that are more often something else.
fn clause_is_noun(word: &str) -> bool {
    matches!(
        word,
        "пришли"
            | "вышли"
            | "дай"
            | "пошли"
            | "реши"
            | "сними"
            | "возьми"
            | "смотри"
            | "учти"
            | "закажи"
            | "начни"
            | "перешли"
            | "дошли"
            | "пнем"
            | "подойди"
            | "давай"
            | "найди"
            | "накидай"
            | "набери"
            | "прости"
            | "погоди"
            | "учтите"
            | "представь"
            | "представьте"
            | "купи"
    ) && !matches!(word, "найди" | "набери" | "накидай" | "закажи" | "купи" | "возьми" | "дай")
}

fn only_thanks(clause: &[Word]) -> bool {
    clause.iter().all(|w| words::is_greeting(&w.norm))
}

/// «мне нужно подумать», "I need to think": about the speaker.
fn own_need(clause: &[Word]) -> bool {
    let needs = clause.iter().position(|w| matches!(w.norm.as_str(), "нужно" | "надо" | "need" | "необходимо" | "требуется"));
    needs.is_some_and(|i| {
        let rest = clause.get(i + 1..).unwrap_or_default();
        let bare = !matches!(at(clause, i), "need" | "требуется")
            && i > 0
            && !rest.iter().any(|w| verbs::infinitive(&w.norm) || crate::lexicon::frames::is_deliverable(&w.norm))
            && rest.len() < 2;
        bare || has(
            rest,
            &[
                "my",
                "our",
                "подумать",
                "согласовать",
                "обсудить",
                "посоветоваться",
                "думать",
                "понимать",
                "учесть",
                "think",
                "discuss",
                "ask",
                "check",
                "talk",
                "подождать",
                "время",
                "time",
                "run",
                "посмотреть",
                "уточнить",
                "узнать",
                "идти",
                "бежать",
            ],
        ) || at(clause, i.wrapping_sub(1)) == "не"
    })
}

fn opens_question(own: &[Word]) -> bool {
    let mut content = own.iter().skip_while(|w| {
        words::is_greeting(&w.norm)
            || names::is_name(&w.norm)
            || matches!(w.norm.as_str(), "а" | "и" | "ну" | "кстати" | "so" | "and" | "also" | "то")
    });
    let Some(first) = content.next() else { return false };
    let second = content.next().map_or("", |w| w.norm.as_str());
    let sure = match first.norm.as_str() {
        "как" => !matches!(
            second,
            "раз"
                | "только"
                | "обычно"
                | "и"
                | "договаривались"
                | "обещал"
                | "обещали"
                | "обещала"
                | "правило"
                | "минимум"
                | "вариант"
                | "договорились"
                | "будет"
                | "будете"
                | "только-только"
                | "сделаете"
                | "освободитесь"
                | "получите"
                | "я"
                | "мы"
                | "вы"
                | "всегда"
        ),
        "что" => matches!(second, "с" | "по" | "там" | "насчет" | "у" | "входит" | "нужно" | "делать" | "дальше" | "еще"),
        "когда" | "где" | "куда" | "сколько" | "почему" | "зачем" | "какой" | "какая" | "какие" | "какое" | "почем" | "каков"
        | "какова" | "каковы" | "во" => first.norm != "во" || second == "сколько",
        "what" | "when" | "where" | "why" | "how" | "which" | "whats" | "what's" | "where's" => {
            !matches!(second, "you" | "we" | "i") || first.norm == "how"
        }
        "can" | "could" | "do" | "does" | "did" | "is" | "are" | "would" => {
            matches!(second, "you" | "we" | "i" | "it" | "there" | "they" | "the" | "this" | "your" | "anyone")
        }
        _ => {
            second == "ли"
                || matches!(
                    (first.norm.as_str(), second),
                    ("в", "какие" | "какой" | "какую") | ("к", "какому") | ("на", "какой" | "каком")
                )
        }
    };
    sure && !(first.norm == "когда"
        && own.iter().any(|w| w.before != crate::text::Break::None)
        && own.iter().filter(|w| verbs::known(&w.norm).is_some()).count() > 1)
}
