//! Russian verbs of giving, doing and telling, in all the forms that matter here, and a guess for verbs not listed.
//! The list is verbs.txt; the guess works by prefix and ending, because new work verbs appear every month.

use std::collections::HashMap;
use std::sync::OnceLock;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Send,
    Tell,
    Call,
    Meet,
    Check,
    Do,
    Deliver,
    Pay,
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// «сделаю»
    First,
    /// «сделаем»
    Plural,
    /// «сделает», «сделают»
    Third,
    /// «сделаете», «сделаешь»
    Second,
    Past,
    Infinitive,
    Imperative,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verb {
    pub form: Form,
    pub class: Class,
    /// The infinitive; empty for a guessed verb.
    pub lemma: &'static str,
}

/// The verb a word may be; a guess is not tried.
pub fn known(word: &str) -> Option<Verb> {
    table().get(word).copied()
}

/// The first person of a future that the list does not hold: «переаттестую», «дособеру».
pub fn guessed(word: &str) -> Option<Form> {
    let stop = ["ваю", "ваем", "сь"].iter().any(|e| word.ends_with(e)) && !word.ends_with("усь");
    if stop || NOT_VERBS.contains(&word) || word.chars().count() < 6 {
        return None;
    }
    let prefixed = PREFIXES.iter().any(|p| word.strip_prefix(p).is_some_and(|rest| rest.chars().count() >= 3));
    if !prefixed {
        return None;
    }
    if FIRST_ENDINGS.iter().any(|e| word.ends_with(e)) {
        return Some(Form::First);
    }
    PLURAL_ENDINGS.iter().any(|e| word.ends_with(e)).then_some(Form::Plural)
}

const PREFIXES: [&str; 18] =
    ["пере", "про", "при", "под", "пред", "раз", "рас", "рос", "вы", "до", "за", "на", "об", "от", "по", "со", "из", "ис"];
const FIRST_ENDINGS: [&str; 13] = ["лю", "шу", "жу", "ну", "чу", "рю", "ню", "дую", "сую", "зую", "тую", "рую", "усь"];
const PLURAL_ENDINGS: [&str; 9] = ["лим", "сим", "зим", "тим", "рим", "ним", "руем", "нем", "вим"];

/// Words that look like such a verb and are none: nouns, adjectives, verbs of a lasting present.
const NOT_VERBS: [&str; 76] = [
    "неделю",
    "площадку",
    "отгрузку",
    "поставку",
    "доставку",
    "задачу",
    "выплату",
    "причину",
    "половину",
    "погоду",
    "должну",
    "зону",
    "нашу",
    "вашу",
    "прошу",
    "прихожу",
    "выхожу",
    "нахожу",
    "провожу",
    "привожу",
    "перевожу",
    "захожу",
    "подхожу",
    "отвожу",
    "вывожу",
    "заношу",
    "приношу",
    "выношу",
    "отношу",
    "переношу",
    "произношу",
    "предлагаю",
    "рекомендую",
    "планирую",
    "организую",
    "контролирую",
    "пользуюсь",
    "нахожусь",
    "надеюсь",
    "занимаюсь",
    "прощу",
    "похожу",
    "доволен",
    "похожим",
    "прошлым",
    "последним",
    "доступным",
    "подходящим",
    "правильным",
    "прошедшую",
    "подобным",
    "нужным",
    "разным",
    "понятным",
    "дополнительным",
    "основным",
    "отдельным",
    "обычным",
    "полным",
    "нормальным",
    "подробным",
    "платным",
    "бесплатным",
    "прямым",
    "заметим",
    "отметим",
    "допустим",
    "предположим",
    "повторим",
    "положим",
    "заранее",
    "соседним",
    "поздним",
    "прежним",
    "домашним",
    "наличными",
];

fn table() -> &'static HashMap<String, Verb> {
    static TABLE: OnceLock<HashMap<String, Verb>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = HashMap::new();
        let mut class = Class::Other;
        for line in include_str!("verbs.txt").lines().filter(|l| !l.starts_with('#')) {
            match line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                Some(name) => class = class_of(name),
                None => add(&mut table, line, class),
            }
        }
        table
    })
}

fn class_of(name: &str) -> Class {
    match name {
        "send" => Class::Send,
        "tell" => Class::Tell,
        "call" => Class::Call,
        "meet" => Class::Meet,
        "check" => Class::Check,
        "do" => Class::Do,
        "deliver" => Class::Deliver,
        "pay" => Class::Pay,
        _ => Class::Other,
    }
}

fn add(table: &mut HashMap<String, Verb>, line: &'static str, class: Class) {
    let mut columns = line.split_whitespace();
    let mut column = || columns.next().unwrap_or("-");
    let (lemma, first, plural, past, imperative) = (column(), column(), column(), column(), column());
    let mut put = |word: String, form: Form| {
        if word.chars().count() > 1 && !word.starts_with('-') {
            table.entry(word).or_insert(Verb { form, class, lemma });
        }
    };
    put(lemma.to_owned(), Form::Infinitive);
    put(first.to_owned(), Form::First);
    put(plural.to_owned(), Form::Plural);
    past_forms(past).into_iter().for_each(|w| put(w, Form::Past));
    imperatives(imperative).into_iter().for_each(|w| put(w, Form::Imperative));
    third_forms(first, plural).into_iter().for_each(|w| put(w, Form::Third));
    second_forms(plural).into_iter().for_each(|w| put(w, Form::Second));
}

fn past_forms(past: &str) -> Vec<String> {
    let built = match (past.strip_suffix("лся"), past.strip_suffix("шел"), past.strip_suffix('л')) {
        (Some(stem), _, _) => [format!("{stem}лась"), format!("{stem}лись"), format!("{stem}лось")],
        (_, Some(stem), _) => [format!("{stem}шла"), format!("{stem}шли"), format!("{stem}шло")],
        (_, _, Some(stem)) => [format!("{stem}ла"), format!("{stem}ли"), format!("{stem}ло")],
        _ => [format!("{past}ла"), format!("{past}ли"), format!("{past}ло")],
    };
    std::iter::once(past.to_owned()).chain(built).collect()
}

fn imperatives(imperative: &str) -> Vec<String> {
    match imperative.strip_suffix("сь").filter(|_| imperative != "-") {
        Some(stem) => vec![imperative.to_owned(), format!("{stem}тесь")],
        None => vec![imperative.to_owned(), format!("{imperative}те")],
    }
}

/// «сделаем» → «сделает»; «сделаю» → «сделают», «отправим» → «отправят».
fn third_forms(first: &str, plural: &str) -> Vec<String> {
    let (first, plural, tail) = match (first.strip_suffix("сь"), plural.strip_suffix("ся")) {
        (Some(f), Some(p)) => (f, p, "ся"),
        _ => (first, plural, ""),
    };
    let Some(stem) = plural.strip_suffix('м') else { return Vec::new() };
    if first.ends_with("дам") {
        let base = first.strip_suffix('м').unwrap_or(first);
        return vec![format!("{base}ст"), format!("{base}дут")];
    }
    let many = match plural.strip_suffix("им") {
        Some(base) if base.ends_with(['ж', 'ш', 'ч', 'щ']) => format!("{base}ат{tail}"),
        Some(base) => format!("{base}ят{tail}"),
        None => format!("{first}т{tail}"),
    };
    vec![format!("{stem}т{tail}"), many]
}

fn second_forms(plural: &str) -> Vec<String> {
    match (plural.strip_suffix("мся"), plural.strip_suffix('м')) {
        (Some(stem), _) => vec![format!("{stem}тесь"), format!("{stem}шься")],
        (None, Some(stem)) => vec![format!("{stem}те"), format!("{stem}шь")],
        (None, None) => Vec::new(),
    }
}

/// Whether a word has the shape of an infinitive.
pub fn infinitive(word: &str) -> bool {
    word.chars().count() > 3 && ["ть", "ться", "ти", "тись", "чь"].iter().any(|e| word.ends_with(e))
}

/// Whether a word has the shape of a Russian past tense: «сделал», «пришла», «обсудили», «вернулся».
pub fn past(word: &str) -> bool {
    let long = word.chars().count() > 3;
    let shaped = [
        "ал", "ял", "ил", "ел", "ул", "ыл", "ала", "яла", "ила", "ела", "ула", "ыла", "али", "яли", "или", "ели", "ули", "ыли",
        "лся", "лась", "лись",
    ]
    .iter()
    .any(|e| word.ends_with(e));
    known(word).is_some_and(|v| v.form == Form::Past) || (long && shaped && !NOT_PAST.contains(&word))
}

const NOT_PAST: [&str; 20] = [
    "если",
    "или",
    "материал",
    "материалы",
    "персонал",
    "канал",
    "портал",
    "филиал",
    "журнал",
    "отдел",
    "предел",
    "артикул",
    "квартал",
    "раздел",
    "модели",
    "недели",
    "цели",
    "детали",
    "мебели",
    "дели",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_built_by_rule() {
        let cases = [
            ("скину", Form::First),
            ("пришлем", Form::Plural),
            ("пришлет", Form::Third),
            ("отправят", Form::Third),
            ("отгрузят", Form::Third),
            ("вернется", Form::Third),
            ("передаст", Form::Third),
            ("решат", Form::Third),
            ("скинула", Form::Past),
            ("нашли", Form::Past),
            ("вернулась", Form::Past),
            ("привезли", Form::Past),
            ("скиньте", Form::Imperative),
            ("свяжитесь", Form::Imperative),
            ("пришлете", Form::Second),
            ("сделаешь", Form::Second),
            ("созвонимся", Form::Plural),
            ("дадим", Form::Plural),
        ];
        for (word, form) in cases {
            assert_eq!(known(word).map(|v| v.form), Some(form), "{word}");
        }
    }

    #[test]
    fn unseen_verbs_are_guessed_and_nouns_are_not() {
        for word in ["переаттестую", "дозаправлю", "перевыставлю", "подсвечу", "заблокируем", "отгуглим"]
        {
            assert!(known(word).is_some() || guessed(word).is_some(), "{word}");
        }
        for word in ["неделю", "проверяю", "отправляем", "причину", "показываю", "задачу"]
        {
            assert_eq!(guessed(word), None, "{word}");
        }
    }
}
