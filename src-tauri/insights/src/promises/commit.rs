//! The words by which an author commits: a future of giving, doing or telling, a set phrase, a thing with a date.

use super::vetoes;
use crate::due;
use crate::findings::PromiseKind;
use crate::lexicon::frames::{self, Who};
use crate::lexicon::{names, verbs, words};
use crate::talk::Turn;
use crate::text::{Break, End, Sentence, Word, at, clauses, has};
use jiff::civil::DateTime;
use letopis_model::Direction;

/// A commitment and where it stands: words `from..to` of a sentence.
#[derive(Clone, Debug)]
pub struct Commit {
    pub sentence: usize,
    pub from: usize,
    pub to: usize,
    /// «мы», a colleague.
    pub many: bool,
    pub weak: bool,
    pub conditional: bool,
    pub kind: PromiseKind,
}

/// What the detectors below see of one clause.
pub struct Clause<'a> {
    pub words: &'a [Word],
    /// The sentence up to the clause.
    pub earlier: &'a [Word],
    pub sent: DateTime,
    pub direction: Direction,
    /// The message answers nothing asked by itself: a thing with a date counts only from the manager.
    pub dated: bool,
}

/// How a clause commits: the index of the committing word and whether the firm speaks.
pub struct Act {
    pub at: usize,
    pub many: bool,
    pub meets: bool,
}

type Detector = fn(&Clause<'_>) -> Option<Act>;

/// In this order; the first that speaks wins.
const DETECTORS: [Detector; 9] =
    [vow, phrase, future, lasting_future, english, colleague, arrival, present_with_date, thing_with_date];

pub fn all(turn: &Turn<'_>) -> Vec<Commit> {
    let sentences = turn.text.sentences.iter().enumerate();
    sentences.flat_map(|(nth, sentence)| of_sentence(turn, nth, sentence)).collect()
}

fn of_sentence(turn: &Turn<'_>, nth: usize, sentence: &Sentence) -> Vec<Commit> {
    let words = &sentence.words;
    let asked_from = question_start(sentence);
    if vetoes::spoils_sentence(words) {
        return Vec::new();
    }
    let condition = states_condition(words);
    let mut found = Vec::new();
    let mut from = 0;
    for clause in clauses(words) {
        let to = from + clause.len();
        if to <= asked_from {
            let seen = Clause {
                words: clause,
                earlier: words.get(..from).unwrap_or_default(),
                sent: turn.sent,
                direction: turn.direction(),
                dated: !due::find(clause, turn.sent).is_empty(),
            };
            if let Some(act) = read(&seen) {
                let weak = frames::doubts().any(clause) || seen.earlier.iter().any(|_| frames::doubts().any(seen.earlier));
                let kind = kind(words, &act);
                found.push(Commit { sentence: nth, from, to, many: act.many, weak, conditional: condition, kind });
            }
        }
        from = to;
    }
    found
}

fn read(clause: &Clause<'_>) -> Option<Act> {
    let act = DETECTORS.iter().find_map(|detector| detector(clause))?;
    (!vetoes::spoils(clause, &act)).then_some(act)
}

/// The index from which a sentence with «?» asks; its end for a statement and for «…, ок?».
fn question_start(sentence: &Sentence) -> usize {
    let all = sentence.words.len();
    if sentence.end != End::Question {
        return all;
    }
    let mut starts: Vec<(usize, &[Word])> = Vec::new();
    let mut from = 0;
    for clause in clauses(&sentence.words) {
        starts.push((from, clause));
        from += clause.len();
    }
    match starts.last() {
        Some((start, last)) if *start > 0 && (words::is_tag(last) || asks(last)) => *start,
        _ => 0,
    }
}

fn asks(clause: &[Word]) -> bool {
    let opens = clause.iter().take(2).any(|w| words::is_interrogative(&w.norm) || matches!(w.norm.as_str(), "вы" | "вам" | "а"));
    opens || clause.iter().any(|w| verbs::known(&w.norm).is_some_and(|v| v.form == verbs::Form::Second || v.form == verbs::Form::Imperative))
}

/// A promise that waits for the other side: «если пришлете», «как только оплатите», «после оплаты», "once you confirm".
fn states_condition(words: &[Word]) -> bool {
    let open = |i: usize, w: &Word| match w.norm.as_str() {
        "если" | "if" | "once" | "unless" | "provided" => true,
        "когда" | "when" => words.len() > 3,
        "как" => matches!(at(words, i + 1), "только") || second_person(words.get(i + 1..i + 4).unwrap_or_default()),
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
        ["оплат", "предоплат", "аванс", "подписан", "согласован", "подтвержд", "вашего", "вашей", "получен", "утвержд", "payment", "you", "your", "signing", "approval", "поступлен"]
            .iter()
            .any(|p| w.norm.starts_with(p))
    })
}

/// «если успею», «как только сделаю»: the speaker's own act.
fn own_condition(words: &[Word]) -> bool {
    let clause = clauses(words).next().unwrap_or_default();
    let rest: &[Word] = if at(clause, 0) == "только" { clause.get(1..).unwrap_or_default() } else { clause };
    let own = rest.iter().take(4).any(|w| matches!(w.norm.as_str(), "успею" | "успеем" | "что" | "получится" | "смогу" | "сможем" | "i" | "we" | "узнаю" | "будет" | "будут" | "освобожусь"));
    own || rest.iter().take(3).any(|w| verbs::known(&w.norm).is_some_and(|v| matches!(v.form, verbs::Form::First | verbs::Form::Plural)))
}

fn kind(sentence: &[Word], act: &Act) -> PromiseKind {
    let terms = sentence.iter().any(|w| w.norm.starts_with("скидк") || w.norm.starts_with("discount") || w.norm == "бесплатно");
    let gives = has(sentence, &["дам", "дадим", "сделаю", "сделаем", "предоставим", "зафиксируем", "зафиксирую", "i'll", "we'll", "поставим", "отдадим", "отдам", "give"]);
    if act.meets {
        PromiseKind::Meeting
    } else if terms && gives {
        PromiseKind::Terms
    } else {
        PromiseKind::Action
    }
}

fn vow(clause: &Clause<'_>) -> Option<Act> {
    frames::vows().first(clause.words).map(|hit| Act { at: hit.at, many: hit.label == Who::Many, meets: false })
}

fn phrase(clause: &Clause<'_>) -> Option<Act> {
    let hit = frames::commits().first(clause.words)?;
    let own = matches!(at(clause.words, hit.at), "с" | "за" | "на") && hit.at > 0 && hit.len <= 2 && !clause.words.get(hit.at + 2).is_none_or(|w| frames::is_deliverable(&w.norm));
    let subject = hit.at.checked_sub(1).map_or("", |i| at(clause.words, i));
    let english_will = at(clause.words, hit.at) == "will";
    let told = english_will && !matches!(subject, "" | "and" | "i" | "we" | "ok" | "sure" | "yes" | "then" | "team" | "devs" | "it");
    if own || (told && !names::is_colleague(subject) && !names::is_name(subject) && !frames::is_deliverable(subject)) {
        return None;
    }
    let many = hit.label == Who::Many || (english_will && (subject == "we" || names::is_colleague(subject) || names::is_name(subject)));
    Some(Act { at: hit.at, many, meets: false })
}

/// «сделаю», «пришлем», and verbs not in the list that look so.
fn future(clause: &Clause<'_>) -> Option<Act> {
    let (index, form, class) = clause.words.iter().enumerate().find_map(|(i, w)| future_word(clause, i, w))?;
    let talk = matches!(at(clause.words, index), "созвонимся" | "встретимся" | "увидимся" | "пообщаемся" | "поговорим" | "обсудим" | "спишемся");
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
            let noun = matches!(at(clause.words, index.wrapping_sub(1)), "на" | "в" | "за" | "с" | "под" | "над" | "по" | "через" | "про" | "эту" | "этим" | "нашу" | "вашу" | "новую" | "каким" | "всю");
            (supported && !noun).then_some((index, form, None))
        }
    }
}

/// «буду готовить», «будем делать», «постараемся отправить», «начну собирать».
fn lasting_future(clause: &Clause<'_>) -> Option<Act> {
    let index = clause.words.iter().position(|w| matches!(w.norm.as_str(), "буду" | "будем" | "планирую" | "планируем" | "попытаюсь" | "попытаемся" | "смогу" | "сможем" | "успеваю" | "успеваем" | "должны" | "должен" | "должна"))?;
    let word = at(clause.words, index);
    let rest = clause.words.get(index + 1..index + 5).unwrap_or_default();
    let does = rest.iter().find(|w| verbs::infinitive(&w.norm) && !matches!(w.norm.as_str(), "ждать" | "иметь" | "знать" | "надеяться" | "пользоваться" | "быть" | "сеть" | "опять" | "часть" | "пять" | "работать" | "есть" | "думать"))?;
    let modal = matches!(word, "смогу" | "сможем" | "должны" | "должен" | "должна" | "планирую" | "планируем" | "успеваю" | "успеваем");
    let ours = !matches!(word, "должны" | "должен" | "должна") || verbs::known(&does.norm).is_some_and(|v| v.lemma == "успеть");
    (ours && (!modal || clause.dated || rest.iter().any(|w| verbs::known(&w.norm).is_some()) && word == "сможем")).then_some(Act { at: index, many: word.ends_with('м') && word != "буду" || word == "должны", meets: false })
}

/// "I'll send", "we will check", "let me check and get back".
fn english(clause: &Clause<'_>) -> Option<Act> {
    let words = clause.words;
    words.iter().enumerate().find_map(|(i, w)| {
        let (len, many) = match (w.norm.as_str(), at(words, i + 1), at(words, i + 2)) {
            ("i'll", ..) => (1, false),
            ("we'll", ..) => (1, true),
            ("i", "will", _) | ("i", "ll", _) | ("i'm", "gonna", _) => (2, false),
            ("we", "will", _) | ("we're", "gonna", _) => (2, true),
            ("i'm" | "im", "going", "to") => (3, false),
            ("we're", "going", "to") => (3, true),
            ("i", "am", "going") if at(words, i + 3) == "to" => (4, false),
            ("we", "are", "going") if at(words, i + 3) == "to" => (4, true),
            ("ill", "send" | "check" | "call" | "do" | "get" | "share" | "ask" | "fix" | "ping" | "let", _) => (1, false),
            ("let", "me", "check" | "look" | "confirm" | "ask" | "find" | "double-check" | "talk" | "see" | "dig" | "verify" | "get" | "send" | "pull" | "run" | "review" | "sync" | "chase" | "investigate") => (2, false),
            ("i" | "we", "should", "have" | "be") => (2, w.norm == "we"),
            ("i" | "we", "plan" | "aim" | "expect" | "hope" | "intend", "to") => (3, w.norm == "we"),
            ("should", "have" | "be", _) if i == 0 => (1, false),
            _ => return None,
        };
        english_verb(words, i + len).then_some(Act { at: i, many, meets: meets(words.get(i..).unwrap_or_default()) })
    })
}

fn meets(words: &[Word]) -> bool {
    has(words, &["meet", "join", "see"]) && has(words, &["you", "call", "meeting", "there"])
}

/// An act for the other side stands at `index`, after adverbs.
fn english_verb(words: &[Word], index: usize) -> bool {
    let adverb = |w: &&Word| matches!(w.norm.as_str(), "also" | "just" | "then" | "definitely" | "certainly" | "probably" | "surely" | "now" | "quickly" | "personally" | "go" | "ahead" | "and" | "try" | "to" | "do" | "my" | "our" | "best" | "make" | "sure" | "hopefully" | "first" | "most" | "likely" | "immediately" | "still" | "at" | "least");
    let rest = words.get(index..).unwrap_or_default();
    let skipped = rest.iter().take_while(adverb).count();
    let doing = skipped > 0 && has(rest.get(..skipped).unwrap_or_default(), &["do", "try", "sure"]);
    let verb = at(rest, skipped);
    let next = at(rest, skipped + 1);
    match verb {
        "be" => matches!(next, "sending" | "sharing" | "calling" | "joining" | "back" | "in" | "there" | "shipping" | "releasing" | "ready" | "done" | "with" | "able") && !(next == "in" && at(rest, skipped + 2) != "touch") && !(next == "back" && at(rest, skipped + 2) == "in") ,
        "have" => words.len() > index + skipped + 1 && has(rest, &["ready", "it", "done", "draft", "update", "answer", "this", "that", "them", "someone", "numbers", "the", "quote", "proposal", "fix", "a"]) && !has(rest, &["to"]),
        "see" => matches!(next, "what" | "if" | "about" | "to") || at(words, 0) == "let",
        "" => doing,
        _ => !frames::is_idle(verb) && verb.chars().all(|c| c.is_ascii_alphabetic() || c == '-') || verb.chars().any(|c| ('а'..='я').contains(&c)),
    }
}

/// A colleague's word passed on: «бухгалтерия выставит счет завтра», «devs: hotfix до 20:00».
fn colleague(clause: &Clause<'_>) -> Option<Act> {
    let words = clause.words;
    let subject = |w: &Word| names::is_colleague(&w.norm) || (w.capital && names::is_name(&w.norm)) || matches!(w.norm.as_str(), "наш" | "наша" | "наши" | "our");
    if words.iter().chain(clause.earlier).any(|w| names::is_stranger(&w.norm)) {
        return None;
    }
    let verb = words.iter().position(|w| verbs::known(&w.norm).is_some_and(|v| v.form == verbs::Form::Third) || matches!(w.norm.as_str(), "обещает" | "обещают" | "обещала" | "обещали" | "обещал" | "will"));
    let spoken_of = words.iter().any(subject);
    match verb {
        Some(at) if matches!(crate::text::at(words, at), "обещал" | "обещала" | "обещали") => (spoken_of && clause.dated && !has(words, &["вы", "прежний", "бывший"])).then_some(Act { at, many: true, meets: false }),
        Some(at) => {
            let before = words.get(..at).unwrap_or_default();
            let named = before.iter().any(subject) || (words.get(at + 1..at + 3).unwrap_or_default().iter().any(subject) && clause.dated);
            (named && !has(before, &["вы", "you", "чтобы", "that"])).then_some(Act { at, many: true, meets: false })
        }
        None => {
            let reported = words.first().is_some_and(|w| w.before == Break::Colon || w.before == Break::Dash) && clause.earlier.iter().any(subject) && clause.earlier.len() <= 3;
            let done = words.iter().any(|w| verbs::past(&w.norm));
            (reported && clause.dated && !done && words.len() <= 8).then_some(Act { at: 0, many: true, meets: false })
        }
    }
}

/// «завтра получите», «будет готово в среду», "you'll have it by Friday".
fn arrival(clause: &Clause<'_>) -> Option<Act> {
    let words = clause.words;
    if !clause.dated || vetoes::foreign_subject(words) {
        return None;
    }
    if let Some(hit) = frames::arrives().first(words) {
        return Some(Act { at: hit.at, many: has(words, &["our", "we", "наш", "мы"]), meets: false });
    }
    let index = words.iter().position(|w| matches!(w.norm.as_str(), "будет" | "будут" | "will"))?;
    let thing = words.iter().any(|w| frames::is_deliverable(&w.norm));
    let bare = words.len() <= 4 && words.iter().all(|w| !w.norm.is_ascii()) && clause.direction == Direction::Out && clause.earlier.iter().all(|w| frames::opens_with_yes(std::slice::from_ref(w)));
    let named = words.iter().take(index).any(|w| !is_date_word(words, w, clause.sent) && !matches!(w.norm.as_str(), "все" | "точно" | "да" | "уже" | "это" | "он" | "она" | "оно" | "ок" | "думаю" | "наверное" | "тогда" | "и"));
    let after_named = words.get(index + 1..).unwrap_or_default().iter().any(|w| !is_date_word(words, w, clause.sent) && !matches!(w.norm.as_str(), "точно" | "вам" | "все"));
    (thing || (bare && !named && !after_named)).then_some(Act { at: index, many: false, meets: false })
}

fn is_date_word(words: &[Word], word: &Word, sent: DateTime) -> bool {
    due::find(words, sent).iter().any(|d| words.get(d.first..d.first + d.len).unwrap_or_default().iter().any(|w| w.start == word.start))
}

/// «завтра отправляю», "sending it tomorrow".
fn present_with_date(clause: &Clause<'_>) -> Option<Act> {
    let hit = frames::presents().first(clause.words)?;
    let soon = due::find(clause.words, clause.sent).iter().any(|d| d.date > clause.sent.date() || d.len > 1 || d.time.is_some());
    let today = has(clause.words, &["сегодня", "today", "вечером", "tonight"]);
    let told = has(clause.words, &["который", "которые", "которую", "вы"]) || clause.words.iter().any(|w| verbs::past(&w.norm));
    ((soon || today) && !told && !vetoes::spoils_word(clause.words, hit.at)).then_some(Act { at: hit.at, many: hit.label == Who::Many, meets: false })
}

/// «График завтра», "proposal by EOD": a thing we owe and a date, no verb.
fn thing_with_date(clause: &Clause<'_>) -> Option<Act> {
    let words = clause.words;
    let things = words.iter().filter(|w| frames::is_deliverable(&w.norm)).count();
    let ours = clause.direction == Direction::Out && clause.dated && (1..=2).contains(&things) && words.len() <= 8;
    let verb = words.iter().any(|w| verbs::known(&w.norm).is_some() || verbs::past(&w.norm) || verbs::infinitive(&w.norm) || matches!(w.norm.as_str(), "нужен" | "нужна" | "нужно" | "нужны" | "жду" | "ждем" | "действует" | "need" | "is" | "was" | "are" | "от" | "за" | "please" | "есть" | "нет" | "старт" | "назначен" | "вышел" | "срок" | "как" | "какой" | "вот" | "для"));
    (ours && !verb && !vetoes::foreign_subject(words)).then_some(Act { at: 0, many: false, meets: false })
}
