//! Matching a manager's message to the questions still open.

use crate::findings::Question;
use crate::lexicon::endings;
use crate::lexicon::frames::patterns;
use crate::lexicon::{Patterns, verbs, words};
use crate::promises;
use crate::talk::Turn;
use crate::text::Word;
use frostem::{Algorithm, Stemmer};
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// What a question is about.
pub struct Topic {
    stems: BTreeSet<String>,
}

impl Topic {
    pub fn of(turn: &Turn<'_>) -> Self {
        Topic { stems: stems(&turn.flat) }
    }
}

patterns!(holds: () = [
    ((), "уточню; уточним; уточняю; уточняем; узнаю; узнаем; выясню; выясним; проверю; проверим; проверяю; посмотрю; посмотрим; гляну; глянем; спрошу; спросим; секунду; секундочку; сек; минуту; минутку; минуточку; сейчас; щас; ща; вернусь; вернемся; отпишусь; отвечу; подумаю; подумаем; разберусь; разберемся; посчитаю; посчитаем; запрошу; запросим; дам знать; дам ответ; let me check; let me see; let me ask; let me look; let me find; let me confirm; let me double; i'll check; i'll ask; i'll find out; i'll look; i'll confirm; will check; will ask; will find out; will look; checking; looking into; get back to you; one sec; one moment; just a sec; hold on; give me a; на связи; скоро отвечу; позже отвечу; чуть позже; попозже; согласую; согласуем; we'll check; we'll look; we'll get back; need to check; надо уточнить; нужно уточнить; надо проверить; прикину; прикинем; напишу ответ; разбираемся; разбираюсь; смотрю; смотрим; передал*; передам; запросил*; спросил*; ждем ответ*; жду ответ*; задам вопрос; уточнил* у; asking; отвечу позже; свяжусь"),
]);

patterns!(declines: () = [
    ((), "нет; к сожалению; увы; не можем; не могу; не сможем; не смогу; не получится; не делаем; не работаем; не предусмотрен*; невозможно; no; nope; unfortunately; can't; cannot; we don't; not possible; sorry we; afraid; не даем; не поставляем; не успеем; не успею; пока нет; не планируем; не поддерживаем"),
]);

/// Gives the turn to every open question it answers.
pub fn give(turn: &Turn<'_>, turns: &[Turn<'_>], open: &mut Vec<(usize, Topic, Question)>, done: &mut Vec<(usize, Question)>) {
    if open.is_empty() || turn.foreign && turn.flat.is_empty() {
        return;
    }
    let said = Said::of(turn);
    let spoken = stems(&turn.flat);
    let scores: Vec<Fit> = open
        .iter()
        .map(|(asked, topic, _)| turns.get(*asked).map_or(Fit::default(), |q| score(&said, turn, q, topic, &spoken)))
        .collect();
    let chosen = chosen(&scores, open, turn, turns);
    let mut left = Vec::new();
    for ((asked, topic, mut question), chosen) in std::mem::take(open).into_iter().zip(chosen) {
        let Some(asking) = turns.get(asked) else { continue };
        if chosen && said.settles(asking) {
            question.answered_by = Some(turn.link());
            done.push((asked, question));
        } else {
            if chosen && said.hold {
                question.held_by = question.held_by.or(Some(turn.link()));
            }
            left.push((asked, topic, question));
        }
    }
    *open = left;
}

/// Which open questions the turn speaks to: those it names, else the last ones asked. A long message may answer several
/// asked in one breath; of several short ones each answers one, in the order of asking.
fn chosen(scores: &[Fit], open: &[(usize, Topic, Question)], turn: &Turn<'_>, turns: &[Turn<'_>]) -> Vec<bool> {
    let best = scores.iter().map(|fit| fit.score).max().unwrap_or(0);
    if best >= 2 {
        return scores.iter().map(|fit| fit.score == best || (fit.named && fit.score >= 2)).collect();
    }
    let newest = open.last().map_or(0, |(asked, ..)| *asked);
    let one_breath =
        |asked: usize| turns.get(asked..newest).unwrap_or_default().iter().all(|t| t.direction() == letopis_model::Direction::In);
    let long = turn.text.sentences.len() > 1 || turn.text.count() >= 12;
    open.iter()
        .zip(scores)
        .map(|((asked, ..), fit)| fit.score >= 1 && (*asked == newest || (long && one_breath(*asked))))
        .collect()
}

/// What kind of answer a message can be.
struct Said {
    hold: bool,
    yes: bool,
    decline: bool,
    commits: bool,
    delivers: bool,
    tells: bool,
    dated: bool,
    figures: bool,
}

impl Said {
    fn of(turn: &Turn<'_>) -> Self {
        let words = &turn.flat;
        let commits = promises::commits(turn);
        let hold = holds().any(words) && words.len() <= 14;
        let content = words.iter().filter(|w| !words::is_greeting(&w.norm)).count();
        let asks_back = turn.ask.question && turn.text.sentences.iter().all(|s| s.end == crate::text::End::Question);
        let yes = turn.is_bare_yes();
        Said {
            hold,
            yes,
            decline: declines().any(words),
            commits,
            delivers: turn.brings_file()
                || endings::deliveries().any(words)
                || words.iter().any(|w| verbs::known(&w.norm).is_some_and(|v| v.form == verbs::Form::Past)),
            tells: content > 0 && (!asks_back || commits) && !yes && !is_regret(words),
            dated: !crate::due::find(words, turn.sent).is_empty()
                || crate::text::has(
                    words,
                    &[
                        "час",
                        "часа",
                        "часов",
                        "минут",
                        "дня",
                        "дней",
                        "недели",
                        "недель",
                        "неделю",
                        "месяц",
                        "месяца",
                        "осенью",
                        "весной",
                        "летом",
                        "зимой",
                        "day",
                        "days",
                        "week",
                        "weeks",
                        "hours",
                        "months",
                    ],
                ),
            figures: words.iter().any(|w| w.norm.chars().any(|c| c.is_ascii_digit())) || words.iter().any(|w| w.norm == "<url>"),
        }
    }

    /// Whether this is an answer to what `asking` asked, not a hold.
    fn settles(&self, asking: &Turn<'_>) -> bool {
        let ask = &asking.ask;
        if (self.delivers || self.decline) && !self.hold {
            return true;
        }
        if (ask.act && !ask.when) || ask.meeting {
            return self.commits || self.yes || (self.tells && !self.hold);
        }
        if self.hold {
            return self.delivers && self.figures || self.dated && ask.when && self.commits && self.figures;
        }
        if ask.when && !(self.dated || self.figures) {
            return self.tells && self.commits;
        }
        self.tells || self.yes && !ask.much && !ask.when
    }
}

/// «извините за задержку», «добрый день»: nothing told.
fn is_regret(words: &[Word]) -> bool {
    regrets().any(words) && words.len() <= 8
}

patterns!(regrets: () = [
    ((), "извините; прошу прощения; простите; sorry; apologies; понимаю вас; понимаем вас; спасибо за терпение; спасибо за обращение; спасибо за вопрос; хороший вопрос; good question; вопрос хороший; приняли вопрос; вижу ваш вопрос; принял вопрос; спасибо, что"),
]);

/// How well a turn fits an open question.
#[derive(Clone, Copy, Default)]
struct Fit {
    score: i32,
    /// By reply or by the same words.
    named: bool,
}

/// 0: not about it. 1: by place only. 2 and more: by reply, by words or by kind.
fn score(said: &Said, turn: &Turn<'_>, asking: &Turn<'_>, topic: &Topic, spoken: &BTreeSet<String>) -> Fit {
    let named = overlap(topic, spoken);
    if turn.message.content.reply_to.is_some() {
        let score = if turn.replies_to(asking) { 5 } else { i32::from(named > 1) };
        return Fit { score, named: named > 0 || score == 5 };
    }
    let kind = i32::from(asking.ask.when && said.dated)
        + i32::from(asking.ask.much && said.figures)
        + i32::from(asking.ask.act && (said.delivers || said.commits) && !asking.ask.when);
    Fit { score: 1 + kind + named, named: named > 0 }
}

fn overlap(topic: &Topic, spoken: &BTreeSet<String>) -> i32 {
    i32::try_from(topic.stems.intersection(spoken).count().min(3)).unwrap_or(0)
}

/// Stems of the words that carry meaning.
fn stems(words: &[Word]) -> BTreeSet<String> {
    static RUSSIAN: OnceLock<Stemmer> = OnceLock::new();
    static ENGLISH: OnceLock<Stemmer> = OnceLock::new();
    let russian = RUSSIAN.get_or_init(|| Stemmer::new(Algorithm::Russian));
    let english = ENGLISH.get_or_init(|| Stemmer::new(Algorithm::English));
    let telling = |w: &&Word| {
        (w.norm.chars().count() > 3 || w.norm.is_ascii() && w.norm.len() > 1)
            && !words::is_greeting(&w.norm)
            && !words::is_interrogative(&w.norm)
            && !COMMON.contains(&w.norm.as_str())
    };
    let stem = |w: &Word| if w.norm.is_ascii() { english.stem(&w.norm).into_owned() } else { russian.stem(&w.norm).into_owned() };
    words.iter().filter(telling).take(60).map(stem).collect()
}

const COMMON: [&str; 62] = [
    "the",
    "and",
    "you",
    "for",
    "are",
    "our",
    "can",
    "not",
    "but",
    "it",
    "is",
    "we",
    "to",
    "of",
    "in",
    "on",
    "do",
    "at",
    "by",
    "or",
    "be",
    "if",
    "so",
    "no",
    "yes",
    "ok",
    "me",
    "as",
    "можно",
    "нужно",
    "будет",
    "есть",
    "если",
    "чтобы",
    "только",
    "сегодня",
    "завтра",
    "тогда",
    "пока",
    "этот",
    "подскажите",
    "скажите",
    "пришлите",
    "тоже",
    "очень",
    "вообще",
    "please",
    "with",
    "that",
    "this",
    "have",
    "from",
    "about",
    "your",
    "will",
    "today",
    "tomorrow",
    "there",
    "надо",
    "может",
    "ваши",
    "меня",
];
