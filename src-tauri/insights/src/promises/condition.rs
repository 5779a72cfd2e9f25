//! Whether a promise waits for the other side: «если пришлете», «после оплаты», "once you confirm".

use crate::lexicon::verbs;
use crate::text::{Word, at, clauses, some};

/// A promise that waits for the other side: «если пришлете», «как только оплатите», «после оплаты», "once you confirm".
pub fn states_condition(words: &[Word]) -> bool {
    let open = |i: usize, w: &Word| match w.norm.as_str() {
        "если" | "if" | "once" | "unless" | "provided" => true,
        "когда" | "when" => words.len() > 3,
        "как" => matches!(at(words, i + 1), "только") || second_person(some(words, i + 1, 3)),
        "после" | "after" => is_their_act(words.get(i + 1..).unwrap_or_default()),
        "при" => at(words, i + 1) == "условии" || at(words, i + 1) == "оплате" || at(words, i + 1) == "предоплате",
        "as" => at(words, i + 1) == "soon",
        "сразу" => at(words, i + 1) == "после" || at(words, i + 1) == "как",
        _ => false,
    };
    words.iter().enumerate().any(|(i, w)| open(i, w) && !own_condition(words.get(i + 1..).unwrap_or_default()))
}

fn second_person(words: &[Word]) -> bool {
    words.iter().any(|w| w.norm.ends_with("ете") || w.norm.ends_with("ите") || w.norm.ends_with("ешь") || w.norm.ends_with("ишь"))
}

fn is_their_act(words: &[Word]) -> bool {
    words.iter().take(3).any(|w| {
        [
            "оплат",
            "предоплат",
            "аванс",
            "подписан",
            "согласован",
            "подтвержд",
            "вашего",
            "вашей",
            "получен",
            "утвержд",
            "payment",
            "you",
            "your",
            "signing",
            "approval",
            "поступлен",
        ]
        .iter()
        .any(|p| w.norm.starts_with(p))
    })
}

/// «если успею», «как только сделаю»: the speaker's own act.
fn own_condition(words: &[Word]) -> bool {
    let clause = clauses(words).next().unwrap_or_default();
    let rest: &[Word] = if at(clause, 0) == "только" { clause.get(1..).unwrap_or_default() } else { clause };
    let own = rest.iter().take(4).any(|w| {
        matches!(
            w.norm.as_str(),
            "успею"
                | "успеем"
                | "что"
                | "получится"
                | "смогу"
                | "сможем"
                | "i"
                | "we"
                | "узнаю"
                | "будет"
                | "будут"
                | "освобожусь"
        )
    });
    own || rest
        .iter()
        .take(3)
        .any(|w| verbs::known(&w.norm).is_some_and(|v| matches!(v.form, verbs::Form::First | verbs::Form::Plural)))
}
