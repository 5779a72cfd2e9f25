//! Small closed word classes that several detectors share.

/// A question may begin with these, with or without a question mark.
pub fn is_interrogative(word: &str) -> bool {
    matches!(
        word,
        "когда" | "где" | "куда" | "откуда" | "как" | "какой" | "какая" | "какие" | "какое" | "каков" | "какова" | "каковы" | "каким" | "какую" | "каких" | "сколько" | "почему"
            | "зачем" | "кто" | "кому" | "кем" | "чей" | "что" | "чем" | "почем" | "what" | "when" | "where" | "why" | "how" | "who" | "which" | "can" | "could"
            | "do" | "does" | "did" | "is" | "are" | "will" | "would" | "should" | "shall" | "may" | "have" | "has" | "any" | "какого" | "whats" | "what's" | "where's" | "when's" | "how's"
    )
}

/// Ends a statement as a question without asking: «пришлю завтра, ок?».
pub fn is_tag(words: &[crate::text::Word]) -> bool {
    let tag = |w: &crate::text::Word| {
        matches!(
            w.norm.as_str(),
            "ок" | "окей" | "ok" | "okay" | "хорошо" | "ладно" | "подойдет" | "подходит" | "норм" | "нормально" | "устроит" | "устраивает" | "идет" | "удобно" | "не" | "против" | "да"
                | "так" | "alright" | "right" | "cool" | "deal" | "договорились" | "годится" | "нет" | "is" | "that" | "fine" | "sound" | "good" | "вам" | "вас" | "будет" | "это" | "с"
                | "работает" | "устроят" | "does" | "work" | "for" | "you"
        )
    };
    !words.is_empty() && words.len() <= 4 && words.iter().all(tag)
}

pub fn is_greeting(word: &str) -> bool {
    matches!(
        word,
        "привет" | "здравствуйте" | "добрый" | "доброе" | "доброго" | "день" | "дня" | "утро" | "утра" | "вечер" | "вечера" | "времени" | "суток" | "hi" | "hello" | "hey" | "good" | "morning" | "afternoon"
            | "evening" | "приветствую" | "коллеги" | "спасибо" | "thanks" | "thank" | "you" | "благодарю" | "пожалуйста" | "здравствуй" | "приветик" | "there" | "team" | "всем"
            | "дорогие" | "уважаемые" | "снова" | "еще" | "раз" | "большое" | "огромное" | "вам" | "вас" | "тоже" | "взаимно" | "с" | "праздником" | "наступающим" | "выходных" | "хороших"
            | "хорошего" | "так" | "much" | "so" | "a" | "lot"
    )
}

/// Opens a subordinate clause that states a condition or a time.
pub fn opens_condition(word: &str) -> bool {
    matches!(word, "если" | "когда" | "пока" | "после" | "if" | "once" | "when" | "after" | "unless" | "until" | "чтобы" | "чтоб" | "как" | "ежели" | "при" | "раз" | "before" | "as" | "whenever" | "provided" | "коли")
}
