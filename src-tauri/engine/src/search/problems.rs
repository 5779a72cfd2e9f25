//! What is wrong with a query, in words: what was typed, what is possible, what to type instead.

use crate::Lang;
use letopis_search::{OperatorName, Problem};

pub fn problem_words(problem: &Problem, lang: Lang) -> String {
    match (problem, lang) {
        (Problem::UnknownOperator { name, nearest: Some(nearest) }, Lang::Ru) => {
            format!("Уточнения «{name}:» нет. Возможно, «{nearest}:»? Чтобы искать эти слова как текст, возьмите их в кавычки.")
        }
        (Problem::UnknownOperator { name, nearest: Some(nearest) }, Lang::En) => {
            format!("There is no operator “{name}:”. Did you mean “{nearest}:”? To search for it as text, put it in quotes.")
        }
        (Problem::UnknownOperator { name, nearest: None }, Lang::Ru) => {
            format!("Уточнения «{name}:» нет. Есть: {}. Чтобы искать эти слова как текст, возьмите их в кавычки.", names(lang))
        }
        (Problem::UnknownOperator { name, nearest: None }, Lang::En) => {
            format!("There is no operator “{name}:”. There are: {}. To search for it as text, put it in quotes.", names(lang))
        }
        (Problem::UnknownValue { operator, value, allowed }, Lang::Ru) => {
            format!("«{operator}:» не знает «{value}». Можно: {}.", listed(allowed, lang))
        }
        (Problem::UnknownValue { operator, value, allowed }, Lang::En) => {
            format!("“{operator}:” does not know “{value}”. It takes: {}.", listed(allowed, lang))
        }
        (Problem::NoValue { operator }, Lang::Ru) => format!("После «{operator}:» сразу, без пробела, пишется значение."),
        (Problem::NoValue { operator }, Lang::En) => format!("A value follows “{operator}:” at once, without a space."),
        (Problem::NotATime { operator, value }, Lang::Ru) => {
            format!("«{operator}:» не понимает «{value}». Можно: 2026-01-31, 31.01, январь, вчера, «прошлая неделя», «7 дней».")
        }
        (Problem::NotATime { operator, value }, Lang::En) => format!(
            "“{operator}:” does not understand “{value}”. It takes: 2026-01-31, 31.01, january, yesterday, \"last week\", \"7 days\"."
        ),
        (Problem::NoSuchName { operator, value }, Lang::Ru) => {
            format!("В архиве никого и ничего не зовут «{value}» ({operator}:). Достаточно части имени.")
        }
        (Problem::NoSuchName { operator, value }, Lang::En) => {
            format!("Nobody and nothing in the archive is called “{value}” ({operator}:). A part of the name is enough.")
        }
        (Problem::NothingToJoin { word }, Lang::Ru) => {
            format!("«{word}» стоит между двумя словами. Несколько значений уточнения пишутся в скобках: от:(Анна, Игорь).")
        }
        (Problem::NothingToJoin { word }, Lang::En) => {
            format!("“{word}” stands between two words. Several values of an operator go in brackets: from:(Anna, Igor).")
        }
    }
}

fn names(lang: Lang) -> String {
    let name = |operator: OperatorName| {
        let (ru, en) = operator.shown();
        format!("{}:", lang.pick(ru, en))
    };
    OperatorName::all().map(name).collect::<Vec<_>>().join(" ")
}

fn listed(allowed: &[(&'static str, &'static str)], lang: Lang) -> String {
    allowed.iter().map(|(ru, en)| lang.pick(ru, en)).collect::<Vec<_>>().join(", ")
}
