//! The last days of some chats, word for word, read from `endings.txt`: what the lead must find on the first morning.
//!
//! `== title` of the chat, then lines of `days-ago HH:MM who text`, or `~minutes who text` counted back from `now`.
//! `edit days-ago HH:MM text` and `del days-ago HH:MM days-ago HH:MM` belong to the line above them.
//! `{+26}` is the date so many days after the message; `file:name`, `voice` and `sticker` stand for themselves.

use super::calendar::{self, LAST, Moment};
use super::media;
use super::render::Line;
use super::scene::{Draft, Stage, person};
use letopis_model::Content;

const ENDINGS: &str = include_str!("endings.txt");

/// The ending of the stage's chat, if one is written.
pub fn ending(stage: &mut Stage<'_>) -> Option<Vec<Draft>> {
    let title = stage.client.title;
    let mut lines = ENDINGS.lines().map(str::trim).skip_while(|l| l.strip_prefix("== ") != Some(title));
    lines.next()?;
    let mut drafts: Vec<Draft> = Vec::new();
    for line in lines.take_while(|l| !l.starts_with("== ")).filter(|l| !l.is_empty() && !l.starts_with('#')) {
        if let Some(edit) = line.strip_prefix("edit ") {
            let (at, text) = moment(stage, edit)?;
            let content = content(stage, at, text);
            drafts.last_mut()?.edits.push((at, content));
        } else if let Some(gone) = line.strip_prefix("del ") {
            let (from, rest) = moment(stage, gone)?;
            let (to, _) = moment(stage, rest)?;
            drafts.last_mut()?.gone = Some((from, to));
        } else {
            drafts.push(draft(stage, line)?);
        }
    }
    Some(drafts)
}

fn draft(stage: &mut Stage<'_>, line: &str) -> Option<Draft> {
    let (at, rest) = moment(stage, line)?;
    let (who, text) = rest.split_once(' ')?;
    let ours = who == "M";
    let sender = if ours { person(stage.client.employees.first()?) } else { stage.client.person.clone() };
    let content = content(stage, at, text);
    let key = stage.next_key;
    stage.next_key += 1;
    let (edits, reactions) = (Vec::new(), Vec::new());
    Some(Draft { key, at, ours, sender, content, reply: None, answers: None, edits, gone: None, reactions })
}

/// The moment at the head of a line, and what follows it.
fn moment<'l>(stage: &Stage<'_>, line: &'l str) -> Option<(Moment, &'l str)> {
    if let Some(ago) = line.strip_prefix('~') {
        let (minutes, rest) = ago.split_once(' ')?;
        return Some((stage.calendar.ago(minutes.parse().ok()?), rest));
    }
    let (days, rest) = line.split_once(' ')?;
    let (clock, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let (hours, minutes) = clock.split_once(':')?;
    let sec = hours.parse::<i64>().ok()? * 3_600 + minutes.parse::<i64>().ok()? * 60;
    Some((Moment::new(LAST - days.parse::<i64>().ok()?, sec), rest))
}

fn content(stage: &mut Stage<'_>, at: Moment, text: &str) -> Content {
    if let Some(name) = text.strip_prefix("file:") {
        return media::file(name, &mut stage.rng);
    }
    match text {
        "voice" => media::voice(&mut stage.rng),
        "sticker" => media::sticker(&mut stage.rng),
        _ => media::text(&Line { text: dated(stage, at, text), marks: Vec::new() }),
    }
}

fn dated(stage: &Stage<'_>, at: Moment, text: &str) -> String {
    let found = text.split_once("{+").and_then(|(before, tail)| {
        let (days, after) = tail.split_once('}')?;
        let date = stage.calendar.date(at.day) + days.parse::<i64>().ok()?;
        Some(format!("{before}{}{after}", calendar::day_month(date)))
    });
    found.unwrap_or_else(|| text.to_owned())
}
