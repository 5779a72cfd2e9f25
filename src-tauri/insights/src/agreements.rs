//! Agreements: one side named a number or a date, the other accepted it.

use crate::due;
use crate::findings::{Agreement, Quote};
use crate::lexicon::Patterns;
use crate::lexicon::consent;
use crate::lexicon::frames::patterns;
use crate::talk::{self, Turn};
use crate::text::{Text, Word, span};
use std::sync::OnceLock;

patterns!(settles: () = [
    ((), "договорились; согласен; согласна; согласны; согласовано; согласовали; устраивает; устраивают; фиксируем; зафиксируем; фиксирую; зафиксировали; зафиксировал; подходит; по рукам; принимаем; берем; беру; утверждаем; утверждаю; утвердили; утверждено; подтверждаю; подтверждаем; подтверждено; останавливаемся на; остановимся на; годится; deal; agreed; agree; confirmed; confirm; accepted; accept; works for us; works for me; let's lock; lock it in; locked; we're good with; fine with us; happy with; approved; settled; решено; забились; идет; ок по цене; ок по срокам; ок по дате; go with; нас устроит; пойдет; сойдемся на; сошлись на; да, давайте"),
]);

patterns!(refusals: () = [
    ((), "не устраивает; не устраивают; не подходит; не согласен; не согласны; не согласна; не готовы; не утвердили; не подтверждаю; не фиксируем; если устраивает; если согласны; если подходит; если подойдет; don't agree; not agreed; doesn't work; can't accept; if that works; if agreed; не договорились; как договоримся; когда договоримся; не идет; не берем; согласны ли"),
]);

pub fn find(turns: &[Turn<'_>]) -> Vec<Agreement> {
    (0..turns.len()).filter_map(|index| agreement(turns, index)).collect()
}

fn agreement(turns: &[Turn<'_>], index: usize) -> Option<Agreement> {
    let turn = turns.get(index)?;
    let strong = settles().any(&turn.flat);
    let bare = turn.is_bare_yes();
    if turn.foreign || turn.text.asks || !(strong || bare) || refusals().any(&turn.flat) || turn.text.count() > 40 {
        return None;
    }
    let asked = talk::answered(turns, index);
    let own = figures(turn);
    if strong && !own.is_empty() && (!asked.is_empty() || consent::opens_with_yes(&turn.flat)) {
        return Some(Agreement { quote: settled_words(turn), figures: own, accepted_by: turn.link() });
    }
    let proposal = asked.iter().find(|t| !t.foreign && proposes(t, strong) && !figures(t).is_empty())?;
    own.is_empty().then(|| Agreement { quote: settled_words(proposal), figures: figures(proposal), accepted_by: turn.link() })
}

/// A bare «ок» settles only what was offered or asked; «договорились» settles whatever was named.
fn proposes(turn: &Turn<'_>, strong: bool) -> bool {
    let names_terms =
        figures(turn).iter().any(|f| f.contains('%') || f.chars().filter(char::is_ascii_digit).count() >= 3) || turn.ask.meeting;
    let offer = turn.ask.question || turn.ask.meeting || offers().any(&turn.flat);
    strong || (offer && names_terms)
}

patterns!(offers: () = [
    ((), "предлагаю; предлагаем; готовы; можем; давайте; сможем; скидка; скидку; цена; цену; стоимость; итого; срок; дадим; сделаем; отдадим; offer; can do; we could; price; total; discount; how about; тогда; аванс; предоплата"),
]);

/// The sentence with the figures, or the whole of a short message.
fn settled_words(turn: &Turn<'_>) -> Quote {
    let short = turn.text.raw.chars().nth(200).is_none();
    let sentence = turn.text.sentences.iter().find(|s| !figures_in(&turn.text, &s.words, turn).is_empty());
    let words = match sentence {
        Some(sentence) if !short => span(turn.text.raw, &sentence.words),
        Some(_) | None => turn.text.raw,
    };
    Quote::of(turn.message, words)
}

fn figures(turn: &Turn<'_>) -> Vec<String> {
    turn.text.sentences.iter().flat_map(|s| figures_in(&turn.text, &s.words, turn)).take(8).collect()
}

/// Dates as they were said, and numbers with their units.
fn figures_in(text: &Text<'_>, words: &[Word], turn: &Turn<'_>) -> Vec<String> {
    let mut found: Vec<(usize, usize)> = due::find(words, turn.sent).iter().map(|d| (d.first, d.len)).collect();
    for (index, word) in words.iter().enumerate() {
        let taken = found.iter().any(|(first, len)| (*first..first + len).contains(&index));
        let number = word.norm.chars().next().is_some_and(|c| c.is_ascii_digit());
        if number && !taken && !word.quoted {
            found.push((index, 1 + unit_words(words.get(index + 1..).unwrap_or_default())));
        }
    }
    found.sort_unstable();
    found.iter().filter_map(|(first, len)| words.get(*first..first + len)).map(|w| span(text.raw, w).to_owned()).collect()
}

/// Groups of thousands and units after a number: «90 000 руб», «12 %», «5 дней».
fn unit_words(rest: &[Word]) -> usize {
    let unit = |w: &&Word| {
        let digits = w.norm.chars().all(|c| c.is_ascii_digit()) && w.norm.len() == 3;
        digits
            || matches!(
                w.norm.as_str(),
                "руб"
                    | "рублей"
                    | "р"
                    | "тыс"
                    | "тысяч"
                    | "млн"
                    | "%"
                    | "процентов"
                    | "usd"
                    | "eur"
                    | "долларов"
                    | "евро"
                    | "шт"
                    | "штук"
                    | "дней"
                    | "дня"
                    | "недель"
                    | "недели"
                    | "месяцев"
                    | "k"
                    | "к"
                    | "percent"
                    | "days"
                    | "weeks"
                    | "months"
                    | "seats"
                    | "units"
                    | "users"
                    | "лицензий"
                    | "рабочих"
                    | "тонн"
                    | "кг"
            )
    };
    rest.iter().take_while(unit).count().min(4)
}
