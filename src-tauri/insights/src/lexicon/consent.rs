//! Bare consent: «ок», «да, удобно», "works for me".

use super::Patterns;
use super::frames::patterns;
use crate::text::{Word, has};
use std::sync::OnceLock;

/// Words of consent. One of them, among nothing but them and `FILLERS`, is a bare yes.
const YES: [&str; 84] = [
    "ок",
    "окей",
    "окейчик",
    "оке",
    "ok",
    "okay",
    "okey",
    "да",
    "ага",
    "угу",
    "хорошо",
    "договорились",
    "договор",
    "принято",
    "принял",
    "приняла",
    "приняли",
    "понял",
    "поняла",
    "поняли",
    "понятно",
    "+",
    "++",
    "+1",
    "👍",
    "👌",
    "🤝",
    "✅",
    "🆗",
    "💯",
    "✔",
    "конечно",
    "обязательно",
    "легко",
    "разумеется",
    "безусловно",
    "yes",
    "yep",
    "yeah",
    "yup",
    "sure",
    "absolutely",
    "certainly",
    "deal",
    "agreed",
    "подходит",
    "удобно",
    "согласен",
    "согласна",
    "согласны",
    "устраивает",
    "идет",
    "годится",
    "норм",
    "отлично",
    "супер",
    "давайте",
    "давай",
    "сможем",
    "смогу",
    "успеем",
    "успею",
    "будет",
    "можем",
    "плюс",
    "ладно",
    "добро",
    "лады",
    "np",
    "works",
    "perfect",
    "great",
    "confirmed",
    "подтверждаю",
    "подтверждаем",
    "roger",
    "noted",
    "по",
    "океюшки",
    "хор",
    "окк",
    "дадада",
    "итс",
    "верно",
];

const FILLERS: [&str; 70] = [
    "спасибо",
    "и",
    "тогда",
    "вам",
    "вас",
    "добрый",
    "день",
    "доброе",
    "утро",
    "здравствуйте",
    "привет",
    "меня",
    "нам",
    "мне",
    "все",
    "а",
    "так",
    "точно",
    "thanks",
    "thank",
    "you",
    "that",
    "it",
    "это",
    "me",
    "for",
    "вопрос",
    "вопросов",
    "не",
    "проблем",
    "проблема",
    "без",
    "problem",
    "no",
    "of",
    "course",
    "sounds",
    "good",
    "the",
    "to",
    "us",
    "is",
    "fine",
    "с",
    "удовольствием",
    "ну",
    "тоже",
    "очень",
    "рукам",
    "до",
    "встречи",
    "связи",
    "полностью",
    "will",
    "do",
    "got",
    "у",
    "же",
    "буду",
    "будем",
    "we",
    "i",
    "can",
    "всё",
    "в",
    "то",
    "время",
    "done",
    "then",
    "can't",
];

/// Whether the words are consent and nothing else.
pub fn is_bare_yes(words: &[Word]) -> bool {
    let consent = |w: &Word| YES.contains(&w.norm.as_str());
    let phrase = idioms_of_yes().any(words);
    let plain = |w: &Word| FILLERS.contains(&w.norm.as_str()) || (w.capital && crate::lexicon::names::is_name(&w.norm));
    !words.is_empty()
        && words.len() <= 7
        && words.iter().all(|w| consent(w) || plain(w))
        && (phrase || words.iter().any(consent))
        && !has(words, &["can't"])
        && !negated_yes(words)
}

fn negated_yes(words: &[Word]) -> bool {
    let rows = words.windows(2).map(|w| (crate::text::at(w, 0), crate::text::at(w, 1)));
    rows.into_iter().any(|(a, b)| {
        a == "не"
            && matches!(
                b,
                "удобно"
                    | "подходит"
                    | "устраивает"
                    | "согласен"
                    | "согласны"
                    | "согласна"
                    | "могу"
                    | "можем"
                    | "смогу"
                    | "успею"
                    | "идет"
                    | "годится"
                    | "успеем"
                    | "сможем"
                    | "будет"
                    | "буду"
                    | "понял"
                    | "поняла"
            )
    })
}

patterns!(idioms_of_yes: () = [
    ((), "без проблем; не вопрос; нет проблем; с удовольствием; no problem; of course; sounds good; will do; works for me; got it; that works; до встречи; по рукам; не проблема; without problem; i can; we can; с радостью"),
]);

/// Begins with consent: «да, удобно завтра», «ок, тогда в 11».
pub fn opens_with_yes(words: &[Word]) -> bool {
    let first = words
        .iter()
        .find(|w| !has(std::slice::from_ref(w), &["ну", "добрый", "день", "привет", "спасибо", "здравствуйте", "so", "oh"]));
    let sure = first.is_some_and(|w| {
        YES.contains(&w.norm.as_str()) && !matches!(w.norm.as_str(), "понятно" | "будет" | "по" | "noted" | "договор")
    });
    (sure && !negated_yes(words)) || idioms_of_yes().first(words).is_some_and(|h| h.at == 0)
}

patterns!(
    /// Consent to a time, anywhere in the message: «завтра в 11 удобно», "3pm works".
    fits: () = [
        ((), "удобно; подходит; подойдет; устраивает; устроит; мне ок; нам ок; договорились; works; suits; see you; до встречи; до завтра; буду в; буду на; жду ссылку; буду ждать; присылайте ссылку; кидайте ссылку; жду вас; ждем вас; увидимся; созвонимся; встретимся; встречаемся; созваниваемся; invite sent; договорено; забились; ставлю в календарь; поставил* в календарь; записал* ; talk then; talk to you; can do; fine by me; good for me; i'm free; я свобод*; мы свобод*; свободен; свободна; забронирую переговорку; speak then"),
    ]
);
