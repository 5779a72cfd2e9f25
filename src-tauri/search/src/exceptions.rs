//! Where the Snowball stemmer tears a Russian word family apart: common names, fleeting vowels, suppletion. Each line is
//! (stem the algorithm gives, stem to use instead); a handful of lines is worth more to business chat than any ranking.

use frostem::Stemmer;

/// Sorted by the first column.
const STEMS: &[(&str, &str)] = &[
    ("денег", "деньг"),
    ("дне", "ден"),
    ("дню", "ден"),
    ("дня", "ден"),
    ("дням", "ден"),
    ("днями", "ден"),
    ("днях", "ден"),
    ("забер", "забра"),
    ("ива", "иван"),
    ("кирил", "кирилл"),
    ("люд", "человек"),
    ("людьм", "человек"),
    ("отгрузок", "отгрузк"),
    ("ошибок", "ошибк"),
    ("павл", "павел"),
    ("подпиш", "подписа"),
    ("поставок", "поставк"),
    ("правок", "правк"),
    ("сделок", "сделк"),
    ("скидок", "скидк"),
    ("согласу", "согласова"),
    ("ссылок", "ссылк"),
    ("упаковок", "упаковк"),
    ("установок", "установк"),
];

/// Families that the algorithm melts into another: (beginning of the word, stem to use). Without these the everyday
/// «договорились» would bury every «договор».
const BEGINNINGS: &[(&str, &str)] = &[
    ("договорен", "договорен"),
    ("договорил", "договорит"),
    ("договорим", "договорит"),
    ("договорит", "договорит"),
    ("закрое", "закры"),
    ("закрою", "закры"),
    ("закрыл", "закры"),
    ("закрыт", "закры"),
    ("приед", "приех"),
    ("приеха", "приех"),
];

/// Words whose ending the algorithm takes for another: «писем» for a verb, «подпись» for a reflexive one.
const WORDS: &[(&str, &str)] =
    &[("запись", "запис"), ("опись", "опис"), ("писем", "письм"), ("подпись", "подпис"), ("роспись", "роспис")];

/// The stem to index and search instead of `stem`, which the algorithm gave for `word`.
pub fn canonical<'a>(word: &str, stem: &'a str) -> &'a str {
    if let Some((_, own)) = WORDS.iter().find(|(form, _)| *form == word) {
        return own;
    }
    if let Some((_, own)) = BEGINNINGS.iter().find(|(beginning, _)| word.starts_with(beginning)) {
        return own;
    }
    STEMS.iter().find(|(from, _)| *from == stem).map_or(stem, |(_, to)| to)
}

/// A second stem for masculine surnames: «Петров» stems to «петр», «Петрова» to «петров».
pub fn surname(word: &str, stem: &str, russian: &Stemmer) -> Option<String> {
    let is_surname_like = word.ends_with("ов") || word.ends_with("ев");
    if !is_surname_like || word.chars().count() < 5 || stem == word {
        return None;
    }
    let feminine = russian.stem(&format!("{word}а")).into_owned();
    (feminine != stem).then_some(feminine)
}

/// English words that Snowball leaves apart from their family: (word, stem to use).
const ENGLISH: &[(&str, &str)] = &[
    ("bought", "buy"),
    ("came", "come"),
    ("children", "child"),
    ("done", "do"),
    ("gave", "give"),
    ("given", "give"),
    ("men", "man"),
    ("paid", "pay"),
    ("people", "person"),
    ("sent", "send"),
    ("sold", "sell"),
    ("spent", "spend"),
    ("taken", "take"),
    ("took", "take"),
    ("went", "go"),
    ("women", "woman"),
    ("written", "write"),
    ("wrote", "write"),
];

/// The stem to index instead of the one the algorithm gave for an English word.
pub fn english(word: &str, stem: String) -> String {
    ENGLISH.iter().find(|(form, _)| *form == word).map_or(stem, |(_, own)| (*own).to_owned())
}
