//! The grammar of threads: scenes made of beats, and tables of sentences for the beats, read from the `.txt` files here.
//!
//! `== name weight ru [tag]` opens a scene; each line after it is a beat: who (`M` manager, `K` second manager, `C` client,
//! `N` the client's colleague), what (a table, or `file:table`, `photo[:table]`, `fwd:table`, `voice`, `note`, `sticker`,
//! `call`, `missed`, `pin`), then options in any order:
//! `+s +m +h +d +w` how long after the beat before, `@due @late @broken` relative to the promise, `?60` chance in percent,
//! `re` a reply, `due=today|tomorrow|day|week` makes a promise, `edit` later silently changed numbers, `del` later deleted.
//! A scene with a tag is played only in chats that have it. `-- name` opens a table; each line after it is one sentence with
//! `{slots}` and `[one|of]` choices; `-- question => answer` opens two tables whose lines belong together. To add a sentence, add a line; the tests check every name used.

use std::collections::BTreeMap;

const TEXTS: [&str; 13] = [
    include_str!("contact.txt"),
    include_str!("price.txt"),
    include_str!("contract.txt"),
    include_str!("money.txt"),
    include_str!("delivery.txt"),
    include_str!("complaint.txt"),
    include_str!("promise.txt"),
    include_str!("daily.txt"),
    include_str!("silence.txt"),
    include_str!("chatter.txt"),
    include_str!("special.txt"),
    include_str!("english.txt"),
    include_str!("pairs.txt"),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Manager,
    SecondManager,
    Client,
    Colleague,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Say(&'static str),
    File(&'static str),
    Photo(Option<&'static str>),
    Forward(&'static str),
    Voice,
    Note,
    Sticker,
    Call,
    Missed,
    Pin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delay {
    Seconds,
    Minutes,
    Hours,
    Days,
    Week,
    /// Shortly before the promise is due.
    Due,
    /// A day or three after it was due.
    Late,
    /// More than a week after.
    Broken,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    Today,
    Tomorrow,
    Weekday,
    Week,
}

#[derive(Clone, Copy)]
pub struct Beat {
    pub who: Who,
    pub shape: Shape,
    pub delay: Delay,
    pub chance: i64,
    pub reply: bool,
    pub term: Option<Term>,
    pub edited: bool,
    pub deleted: bool,
}

pub struct Scene {
    pub name: &'static str,
    pub weight: i64,
    pub english: bool,
    pub tag: Option<&'static str>,
    pub beats: Vec<Beat>,
}

#[derive(Default)]
pub struct Script {
    pub scenes: Vec<Scene>,
    pub tables: BTreeMap<&'static str, Vec<&'static str>>,
    /// By the name of a table of answers: the table of their questions.
    pub questions: BTreeMap<&'static str, &'static str>,
}

/// Reads all the texts. What cannot be read is left out; the tests see that nothing is.
pub fn script() -> Script {
    let mut script = Script::default();
    for text in TEXTS {
        let mut table = None;
        for line in text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
            if let Some(head) = line.strip_prefix("== ") {
                table = None;
                script.scenes.extend(scene(head));
            } else if let Some(name) = line.strip_prefix("-- ") {
                table = Some(name);
                script.questions.extend(name.split_once(" => ").map(|(question, answer)| (answer, question)));
            } else if let Some(name) = table {
                script.sentence(name, line);
            } else if let (Some(scene), Some(beat)) = (script.scenes.last_mut(), beat(line)) {
                scene.beats.push(beat);
            }
        }
    }
    script
}

impl Script {
    fn sentence(&mut self, table: &'static str, line: &'static str) {
        match (table.split_once(" => "), line.split_once(" => ")) {
            (Some((questions, answers)), Some((question, answer))) => {
                self.tables.entry(questions).or_default().push(question);
                self.tables.entry(answers).or_default().push(answer);
            }
            _ => self.tables.entry(table).or_default().push(line),
        }
    }
}

fn scene(head: &'static str) -> Option<Scene> {
    let mut words = head.split_whitespace();
    Some(Scene {
        name: words.next()?,
        weight: words.next()?.parse().ok()?,
        english: words.next()? == "en",
        tag: words.next(),
        beats: Vec::new(),
    })
}

pub(super) fn beat(line: &'static str) -> Option<Beat> {
    let mut words = line.split_whitespace();
    let who = match words.next()? {
        "M" => Who::Manager,
        "K" => Who::SecondManager,
        "C" => Who::Client,
        "N" => Who::Colleague,
        _ => return None,
    };
    let shape = shape(words.next()?);
    let plain = Beat { who, shape, delay: Delay::Minutes, chance: 100, reply: false, term: None, edited: false, deleted: false };
    words.try_fold(plain, option)
}

fn shape(word: &'static str) -> Shape {
    match word.split_once(':') {
        Some(("file", table)) => Shape::File(table),
        Some(("photo", table)) => Shape::Photo(Some(table)),
        Some(("fwd", table)) => Shape::Forward(table),
        _ => match word {
            "photo" => Shape::Photo(None),
            "voice" => Shape::Voice,
            "note" => Shape::Note,
            "sticker" => Shape::Sticker,
            "call" => Shape::Call,
            "missed" => Shape::Missed,
            "pin" => Shape::Pin,
            table => Shape::Say(table),
        },
    }
}

fn option(beat: Beat, word: &str) -> Option<Beat> {
    if let Some(chance) = word.strip_prefix('?') {
        return Some(Beat { chance: chance.parse().ok()?, ..beat });
    }
    let delay = |delay| Beat { delay, ..beat };
    let term = |term| Beat { term: Some(term), ..beat };
    Some(match word {
        "+s" => delay(Delay::Seconds),
        "+m" => delay(Delay::Minutes),
        "+h" => delay(Delay::Hours),
        "+d" => delay(Delay::Days),
        "+w" => delay(Delay::Week),
        "@due" => delay(Delay::Due),
        "@late" => delay(Delay::Late),
        "@broken" => delay(Delay::Broken),
        "due=today" => term(Term::Today),
        "due=tomorrow" => term(Term::Tomorrow),
        "due=day" => term(Term::Weekday),
        "due=week" => term(Term::Week),
        "re" => Beat { reply: true, ..beat },
        "edit" => Beat { edited: true, ..beat },
        "del" => Beat { deleted: true, ..beat },
        _ => return None,
    })
}
