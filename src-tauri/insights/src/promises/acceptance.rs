//! Consent that commits: «ок» to a request for an act, «да, удобно» to a proposed meeting, «завтра» to «когда пришлете?».

use super::commit::Commit;
use super::deadline::{self, Deadline};
use crate::due::{self, Precision};
use crate::findings::{Author, Promise, PromiseKind};
use crate::lexicon::consent;
use crate::talk::{self, DAY, Turn};
use jiff::tz::TimeZone;
use letopis_model::Direction;

pub fn of(turns: &[Turn<'_>], index: usize, found: &[(usize, Promise)], tz: &TimeZone) -> Option<Promise> {
    let turn = turns.get(index)?;
    if turn.text.count() > 25 || declines(turn) {
        return None;
    }
    let asked = talk::answered(turns, index);
    meeting(turn, &asked, found, tz).or_else(|| consent(turn, &asked, tz)).or_else(|| bare_date(turn, &asked, tz))
}

/// «Договорились, наберу»: consent to a proposed meeting with a word about the call.
pub fn of_meeting(turns: &[Turn<'_>], index: usize, found: &[(usize, Promise)], tz: &TimeZone) -> Option<Promise> {
    let turn = turns.get(index)?;
    let calls = turn.flat.iter().any(|w| {
        matches!(
            w.norm.as_str(),
            "наберу"
                | "наберем"
                | "позвоню"
                | "позвоним"
                | "созвонимся"
                | "подключусь"
                | "встретимся"
                | "жду"
                | "увидимся"
        )
    });
    if !calls || turn.text.count() > 8 || !consent::opens_with_yes(&turn.flat) || declines(turn) {
        return None;
    }
    meeting(turn, &talk::answered(turns, index), found, tz)
}

fn declines(turn: &Turn<'_>) -> bool {
    crate::text::has(&turn.flat, &["не", "нет", "no", "not", "can't", "cannot", "увы", "unfortunately", "сожалению", "вряд"])
        && !consent::is_bare_yes(&turn.flat)
}

fn plain(kind: PromiseKind) -> Commit {
    Commit { sentence: 0, from: 0, to: 0, many: false, weak: false, conditional: false, kind }
}

/// The other side proposed to meet and this accepts.
fn meeting(turn: &Turn<'_>, asked: &[&Turn<'_>], found: &[(usize, Promise)], tz: &TimeZone) -> Option<Promise> {
    let proposal = asked.iter().find(|t| t.ask.meeting && !t.foreign)?;
    let own = deadline::of_turn(turn);
    let yes = turn.is_bare_yes() || consent::opens_with_yes(&turn.flat) || consent::fits().any(&turn.flat);
    let timed = own.is_some() && turn.text.count() <= 8;
    let settled =
        found.iter().rev().take(5).any(|(_, p)| {
            p.kind == PromiseKind::Meeting && turn.seconds() - p.quote.at.0 < DAY && p.quote.at.0 > proposal.seconds()
        });
    let choice = crate::text::has(&turn.flat, &["или", "or", "либо"]);
    if turn.text.asks || choice || settled || !(yes || timed && !turn.ask.meeting) {
        return None;
    }
    let theirs = proposal.ask.due.map(|d| Deadline { date: d.date, time: d.time, precision: d.precision, text: String::new() });
    let due = combine(own, theirs, turn);
    Some(super::promise(turn, turn.text.raw, Author::Both, &plain(PromiseKind::Meeting), due, tz))
}

/// «завтра» of the proposal and «в 11» of the consent are one moment.
fn combine(own: Option<Deadline>, theirs: Option<Deadline>, turn: &Turn<'_>) -> Option<Deadline> {
    match (own, theirs) {
        (Some(own), Some(theirs)) if own.precision == Precision::Time && only_clock(turn) => {
            Some(Deadline { date: theirs.date, ..own })
        }
        (Some(own), Some(theirs)) if own.time.is_none() && own.date == theirs.date => {
            Some(Deadline { time: theirs.time, precision: theirs.precision, ..own })
        }
        (own, theirs) => own.or(theirs),
    }
}

fn only_clock(turn: &Turn<'_>) -> bool {
    due::find(&turn.flat, turn.sent).iter().all(|d| d.time.is_some() && d.undated)
}

/// A bare yes to a request for an act.
fn consent(turn: &Turn<'_>, asked: &[&Turn<'_>], tz: &TimeZone) -> Option<Promise> {
    let short_yes = turn.is_bare_yes()
        || (consent::opens_with_yes(&turn.flat)
            && turn.text.count() <= 4
            && !turn.text.asks
            && deadline::of_turn(turn).is_some());
    let moment = is_moment(turn);
    if !short_yes && !moment {
        return None;
    }
    let request = asked.iter().find(|t| !t.foreign && (t.ask.act || !moment && t.ask.question && deadline_question(t)))?;
    let theirs = request.ask.due.map(|d| Deadline { date: d.date, time: d.time, precision: d.precision, text: String::new() });
    let due = deadline::of_turn(turn).or(theirs);
    Some(super::promise(turn, turn.text.raw, side(turn), &plain(PromiseKind::Action), due, tz))
}

/// «сейчас», «да, секунду», "yep, one moment" to a request for an act.
fn is_moment(turn: &Turn<'_>) -> bool {
    let now = |w: &&crate::text::Word| matches!(w.norm.as_str(), "сейчас" | "щас" | "ща" | "щя" | "счас");
    let wait = |w: &&crate::text::Word| {
        matches!(
            w.norm.as_str(),
            "минуту"
                | "минутку"
                | "секунду"
                | "секундочку"
                | "сек"
                | "момент"
                | "moment"
                | "sec"
                | "second"
                | "минута"
                | "one"
        )
    };
    let words = &turn.flat;
    let yes = consent::opens_with_yes(words);
    let soon = words.iter().filter(now).count();
    let held = words.iter().filter(wait).count();
    !turn.text.asks && words.len() <= 4 && ((soon > 0 && soon + held + usize::from(yes) >= words.len()) || (yes && held > 0))
}

/// «завтра будет?», "by Friday?": consent to it is a promise.
fn deadline_question(turn: &Turn<'_>) -> bool {
    turn.ask.due.is_some()
        && turn.text.asks
        && turn.text.count() <= 9
        && crate::text::has(
            &turn.flat,
            &[
                "будет",
                "успеете",
                "сможете",
                "получится",
                "готово",
                "ready",
                "by",
                "can",
                "реально",
                "будут",
                "отгрузка",
                "пришлете",
                "до",
                "к",
            ],
        )
}

/// A date alone in answer to «когда?».
fn bare_date(turn: &Turn<'_>, asked: &[&Turn<'_>], tz: &TimeZone) -> Option<Promise> {
    let when = asked.iter().any(|t| t.ask.when && t.ask.question && !t.foreign && asks_our_act(t));
    let date = when && !turn.text.asks && deadline::is_only_date(turn, &turn.flat);
    date.then(|| super::promise(turn, turn.text.raw, side(turn), &plain(PromiseKind::Action), deadline::of_turn(turn), tz))
}

fn asks_our_act(turn: &Turn<'_>) -> bool {
    turn.ask.act
        || crate::text::has(
            &turn.flat,
            &[
                "будет",
                "будут",
                "ждать",
                "eta",
                "готов",
                "готово",
                "готова",
                "ready",
                "will",
                "can",
                "пришлете",
                "отгрузка",
                "send",
                "get",
                "have",
                "получим",
                "получу",
                "увидим",
                "срок",
                "сроки",
                "deliver",
                "ship",
            ],
        )
}

fn side(turn: &Turn<'_>) -> Author {
    match turn.direction() {
        Direction::In => Author::Client,
        Direction::Out => Author::Manager,
    }
}
