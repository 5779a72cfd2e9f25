//! Plans one chat: which scenes, when, how many, and what is done to it at the end.

use super::calendar::{Calendar, LAST, Moment, OPENS};
use super::ending;
use super::media;
use super::people::{Client, Product, Speech};
use super::rng::Rng;
use super::scene::{Draft, Stage, person};
use super::script::{Scene, Script};
use serde_json::json;
use std::collections::BTreeMap;

/// Scenes with these tags have their place in a chat; the others come in any order.
const OPENING: &str = "first";
const CLOSING: [&str; 2] = ["zombie", "forgotten"];
/// What those talk about who have not bought anything: the heads of the names of scenes.
const BEFORE_SALE: [&str; 9] =
    ["price", "needs", "contact", "samples", "meeting", "smalltalk", "question", "just_ack", "link_share"];

/// All messages of a chat in order of time, also those after `now`.
pub fn drafts(client: &Client, number: u64, script: &Script, products: &[Product], calendar: &Calendar) -> Vec<Draft> {
    let rng = Rng::new(0x1E70_9150_0000 + number);
    let mut stage = Stage { script, calendar, client, products, rng, next_key: 1, said: BTreeMap::new() };
    let mut drafts = opening(&mut stage);
    middle(&mut stage, &mut drafts);
    for tag in CLOSING.into_iter().filter(|tag| client.has(tag)) {
        drafts.extend(one_of(&mut stage, tag, Moment::new(client.last_day, OPENS + 9_000)));
    }
    sort(&mut drafts);
    point_back(&mut drafts, &mut stage.rng);
    if client.size <= 12 {
        drafts.truncate(client.size);
    }
    if let Some(ending) = ending::ending(&mut stage) {
        let quiet = ending.first().map_or(Moment::new(LAST + 1, 0), |d| Moment::new(d.at.day, d.at.sec - 5_400));
        drafts.retain(|d| d.at < quiet);
        drafts.extend(ending);
    }
    if client.has("massdel") {
        delete_many(&mut drafts);
    }
    if client.has("vanished") {
        drafts.retain(|d| d.at < VANISHED.0);
        let extra = drafts.len().saturating_sub(client.size);
        drafts.drain(..extra);
    }
    drafts
}

/// Last seen and found missing: the evening before the last day.
pub const VANISHED: (Moment, Moment) =
    (Moment { day: LAST - 1, sec: 19 * 3_600 + 300 }, Moment { day: LAST - 1, sec: 19 * 3_600 + 1_200 });

fn sort(drafts: &mut [Draft]) {
    drafts.sort_by_key(|d| (d.at.day, d.at.sec, d.key));
}

/// Where several talks run at once, people often reply to the very message they mean.
fn point_back(drafts: &mut [Draft], rng: &mut Rng) {
    let places: BTreeMap<u32, usize> = drafts.iter().enumerate().map(|(place, d)| (d.key, place)).collect();
    for (place, draft) in drafts.iter_mut().enumerate() {
        let meant = draft.answers.and_then(|key| Some((key, place.checked_sub(*places.get(&key)?)?)));
        let often = rng.chance(60);
        if let Some((key, between)) = meant.filter(|_| draft.content.service.is_none() && often) {
            draft.reply = draft.reply.or((between > 3).then_some(key));
        }
    }
}

fn opening(stage: &mut Stage<'_>) -> Vec<Draft> {
    let client = stage.client;
    let start = Moment::new(client.first_day, OPENS + stage.rng.range(600, 20_000));
    if client.is_group() {
        return founded(stage, start);
    }
    if client.first_day > 0 { one_of(stage, OPENING, start) } else { Vec::new() }
}

/// How a group begins: somebody of ours made it, and invited the clients.
fn founded(stage: &mut Stage<'_>, start: Moment) -> Vec<Draft> {
    let client = stage.client;
    let Some(founder) = client.employees.first() else { return Vec::new() };
    let guests: Vec<&str> = std::iter::once(&client.person).chain(&client.colleague).map(|p| p.name.as_str()).collect();
    let contents = [
        media::service("create_group", &json!({ "title": client.title }).to_string()),
        media::service("invite_members", &json!({ "members": guests }).to_string()),
    ];
    let mut drafts = Vec::new();
    for content in contents {
        let (key, at, sender) = (stage.next_key, start.plus(i64::from(stage.next_key) * 30), person(founder));
        stage.next_key += 1;
        let (reply, answers, edits, gone, reactions) = (None, None, Vec::new(), None, Vec::new());
        drafts.push(Draft { key, at, ours: true, sender, content, reply, answers, edits, gone, reactions });
    }
    drafts
}

fn one_of(stage: &mut Stage<'_>, tag: &str, start: Moment) -> Vec<Draft> {
    let script = stage.script;
    let english = stage.client.speech == Speech::English;
    let fit: Vec<&Scene> = script.scenes.iter().filter(|s| s.tag == Some(tag) && s.english == english).collect();
    match stage.rng.pick(&fit).copied() {
        Some(scene) => stage.play(scene, start),
        None => Vec::new(),
    }
}

fn middle(stage: &mut Stage<'_>, drafts: &mut Vec<Draft>) {
    let script = stage.script;
    let client = stage.client;
    let fit: Vec<&Scene> = script.scenes.iter().filter(|s| fits(s, client)).collect();
    let deck: Vec<usize> = fit.iter().enumerate().flat_map(|(i, s)| (0..s.weight).map(move |_| i)).collect();
    let mut played: BTreeMap<usize, i64> = BTreeMap::new();
    // of the chat that vanishes, the last messages are counted off at the end
    let size = if client.has("vanished") { client.size * 5 / 4 } else { client.size };
    let first = if client.first_day > 0 { client.first_day + 1 } else { 0 };
    for _ in 0..1_000 {
        if drafts.len() >= size {
            return;
        }
        let cards: Vec<usize> = (0..3).filter_map(|_| stage.rng.pick(&deck).copied()).collect();
        let Some(card) = cards.into_iter().min_by_key(|c| played.get(c).copied().unwrap_or(0)) else { return };
        *played.entry(card).or_default() += 1;
        let day = stage.rng.range(first.min(client.last_day), client.last_day);
        let evening = stage.rng.chance(6);
        let sec = if evening { stage.rng.range(69_000, 78_000) } else { OPENS + stage.rng.range(60, 33_000) };
        if let Some(scene) = fit.get(card) {
            drafts.extend(stage.play(scene, Moment::new(day, sec)));
        }
    }
}

fn fits(scene: &Scene, client: &Client) -> bool {
    let place = scene.tag.is_none_or(|tag| client.has(tag) && tag != OPENING && !CLOSING.contains(&tag));
    let language = match client.speech {
        Speech::Russian => !scene.english,
        Speech::English => scene.english,
        Speech::Mixed => true,
    };
    let buys = !CLOSING.iter().any(|tag| client.has(tag)) || BEFORE_SALE.iter().any(|head| scene.name.starts_with(head));
    place && language && buys
}

/// The client wipes a whole stretch of the talk in one evening.
fn delete_many(drafts: &mut [Draft]) {
    let before = Moment::new(LAST - 3, 17 * 3_600);
    let gone = (Moment::new(LAST - 3, 65_400), Moment::new(LAST - 3, 70_860));
    let plain = |d: &&mut Draft| d.at < before && d.content.service.is_none();
    for draft in drafts.iter_mut().rev().filter(plain).take(27) {
        draft.gone = Some(gone);
    }
}
