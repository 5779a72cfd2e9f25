//! What only sounds like a promise: negations, offers, habits, quotes, figures of speech, third parties, jokes.

use super::commit::{Act, Clause};
use crate::lexicon::{endings, names, spoilers, verbs, words};
use crate::talk::Turn;
use crate::text::{Word, at, clauses, has, some};

/// The whole message is not meant.
pub fn is_joke(turn: &Turn<'_>) -> bool {
    spoilers::jokes().any(&turn.flat)
}

/// An older word is told of, so nothing in the sentence commits now.
pub fn spoils_sentence(sentence: &[Word]) -> bool {
    spoilers::reports().any(sentence)
}

type Veto = fn(&Clause<'_>, &Act) -> bool;

const VETOES: [Veto; 8] = [quoted, negated, figure, wait_and_see, habit, conditional_clause, asking_clause, offer];

pub fn spoils(clause: &Clause<'_>, act: &Act) -> bool {
    VETOES.iter().any(|veto| veto(clause, act))
}

/// Whether the future at `index` is spoilt by the words right beside it.
pub fn spoils_word(words: &[Word], index: usize) -> bool {
    let before = index.checked_sub(1).map_or("", |i| at(words, i));
    let kept = verbs::known(at(words, index)).is_some_and(|v| matches!(v.lemma, "забыть"));
    let denied = matches!(before, "не" | "ни" | "нельзя" | "давайте" | "давай") && !kept;
    let unmet = matches!(before, "когда" | "пока" | "чтобы" | "if" | "что" | "как") && !matches!(before, "что");
    denied || unmet || spoilers::idioms().longest_at(words, index).is_some() || proposes(words, index)
}

/// «давайте созвонимся»; «давайте я скину» is no proposal but a promise.
fn proposes(words: &[Word], index: usize) -> bool {
    let before = words.get(..index).unwrap_or_default();
    let plural = verbs::known(at(words, index)).is_some_and(|v| v.form == verbs::Form::Plural);
    plural && has(before, &["давайте", "давай", "предлагаю", "может"]) && !has(before, &["мы"])
}

fn quoted(clause: &Clause<'_>, act: &Act) -> bool {
    clause.words.get(act.at).is_some_and(|w| w.quoted)
}

fn negated(clause: &Clause<'_>, act: &Act) -> bool {
    let before = act.at.checked_sub(1).map_or("", |i| at(clause.words, i));
    let after = some(clause.words, act.at, 4);
    let refusal = has(after, &["won't", "not", "never", "cannot", "can't"])
        || has(clause.words, &["вряд", "нельзя", "can't", "cannot", "won't", "unable", "isn't", "don't", "couldn't"]);
    matches!(before, "не" | "ни" | "not" | "never" | "n't" | "никогда") || refusal
}

fn figure(clause: &Clause<'_>, act: &Act) -> bool {
    let from = act.at.saturating_sub(1);
    (from..=act.at).any(|i| spoilers::idioms().longest_at(clause.words, i).is_some_and(|hit| hit.at + hit.len > act.at))
}

/// «посмотрим», «решим» and nothing more: the speaker waits.
fn wait_and_see(clause: &Clause<'_>, act: &Act) -> bool {
    let others =
        clause.words.iter().filter(|w| !matches!(w.norm.as_str(), "ну" | "ок" | "там" | "тогда" | "еще" | "потом" | "мы"));
    matches!(at(clause.words, act.at), "посмотрим" | "решим" | "подумаем" | "увидим")
        && others.count() == 1
        && clause.following_asks
}

fn habit(clause: &Clause<'_>, _: &Act) -> bool {
    spoilers::habits().any(clause.words) || spoilers::habits().any(clause.earlier)
}

/// The clause is itself the condition: «если отправлю», «когда сделаем», «чтобы успеть».
fn conditional_clause(clause: &Clause<'_>, act: &Act) -> bool {
    let first = at(clause.words, 0);
    let opens = words::opens_condition(first) && !matches!(first, "после" | "after" | "раз" | "при" | "before" | "until");
    if !opens {
        return false;
    }
    let inner = clause.words.get(1..act.at).unwrap_or_default();
    let other_verb = inner.iter().any(|w| is_their_verb(&w.norm));
    !other_verb
}

fn is_their_verb(word: &str) -> bool {
    let second = word.ends_with("ете")
        || word.ends_with("ите")
        || word.ends_with("ешь")
        || word.ends_with("ишь")
        || word == "будет"
        || word == "нет"
        || word == "надо"
        || word == "нужно"
        || word == "получится";
    second
        || matches!(word, "you" | "все" | "ок")
        || verbs::past(word)
        || verbs::known(word).is_some_and(|v| v.form == verbs::Form::Third)
}

/// «что сделаю», «где найдем»: a question inside a sentence.
fn asking_clause(clause: &Clause<'_>, act: &Act) -> bool {
    let first = clause.words.iter().find(|w| !matches!(w.norm.as_str(), "а" | "и" | "ну" | "то"));
    let opens = first.is_some_and(|w| words::is_interrogative(&w.norm));
    let english = first.is_some_and(|w| matches!(w.norm.as_str(), "will"));
    let promised_that = at(clause.words, 0) == "что"
        && clause.earlier.iter().any(|w| {
            matches!(
                w.norm.as_str(),
                "обещаю"
                    | "думаю"
                    | "надеюсь"
                    | "гарантирую"
                    | "обещаем"
                    | "надеемся"
                    | "планирую"
                    | "уверен"
                    | "уверена"
            )
        });
    opens && !english && !promised_that && act.at > 0
}

/// «могу прислать», "I can send", «хотел бы»: unless a plain future stands beside it.
fn offer(clause: &Clause<'_>, act: &Act) -> bool {
    let before = clause.words.get(..act.at).unwrap_or_default();
    let plain = verbs::known(at(clause.words, act.at)).is_some();
    let conditional_offer = clauses(clause.earlier)
        .any(|c| c.len() <= 4 && has(c, &["хотите", "хочешь", "want", "like", "needed"]) && has(c, &["если", "if"]));
    let wish = has(clause.words, &["бы", "would", "could", "might", "хотел", "хотела"]) && !has(clause.words, &["как", "можете"]);
    let able = before
        .iter()
        .any(|w| matches!(w.norm.as_str(), "могу" | "можем" | "готов" | "готова" | "готовы" | "хочу" | "shall" | "should"))
        && !plain;
    conditional_offer || (wish && !plain) || (wish && has(clause.words, &["бы"])) || able
}

/// The sentence is about somebody or something that is not ours to promise.
pub fn foreign_subject(words: &[Word]) -> bool {
    words.iter().any(|w| {
        names::is_stranger(&w.norm)
            || [
                "старт",
                "акци",
                "выставк",
                "мероприяти",
                "вебинар",
                "отпуск",
                "праздник",
                "погод",
                "груз",
                "машина",
                "трек",
                "фура",
                "контейнер",
                "рейс",
                "поезд",
                "самолет",
                "конференц",
                "распродаж",
                "сезон",
                "курс",
                "sale",
                "promo",
                "holiday",
                "event",
                "webinar",
                "flight",
            ]
            .iter()
            .any(|p| w.norm.starts_with(p))
    })
}

/// Whether the turn was taken back in words.
pub fn withdraws(turn: &Turn<'_>) -> bool {
    // «Раньше не получится» refuses a better date and takes nothing back; «отмена с удержанием» tells the terms.
    let only_refuses = |words: &[crate::text::Word]| crate::text::has(words, &["раньше", "быстрее", "удержанием"]);
    let takes_back = |s: &crate::text::Sentence| endings::withdrawals().any(&s.words) && !only_refuses(&s.words);
    !turn.foreign && turn.text.sentences.iter().any(|s| s.end == crate::text::End::Plain && takes_back(s))
}
