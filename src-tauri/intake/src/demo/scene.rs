//! Plays one scene of the script: who writes what and when. Knows working days, not dates of `now`.

use super::calendar::{Calendar, Moment};
use super::deal::{self, Deal};
use super::hand;
use super::media;
use super::people::{Client, Employee, Hand, Person, Product};
use super::render::{self, Line, Scope};
use super::rng::Rng;
use super::script::{Beat, Delay, Scene, Script, Shape, Who};
use letopis_model::{Content, MessageKind, Reaction};
use std::collections::BTreeMap;

/// A message that has no id yet.
#[derive(Clone)]
pub struct Draft {
    /// Unique in the chat; replies point to it.
    pub key: u32,
    pub at: Moment,
    pub ours: bool,
    pub sender: Person,
    pub content: Content,
    pub reply: Option<u32>,
    /// The message of the other side before it in its scene, whether or not it is a reply to it.
    pub answers: Option<u32>,
    pub edits: Vec<(Moment, Content)>,
    /// Last seen, found missing.
    pub gone: Option<(Moment, Moment)>,
    pub reactions: Vec<Reaction>,
}

/// What stays with a chat from scene to scene.
pub struct Stage<'a> {
    pub script: &'a Script,
    pub calendar: &'a Calendar,
    pub client: &'a Client,
    pub products: &'a [Product],
    pub rng: Rng,
    pub next_key: u32,
    /// How often a sentence was already said in this chat.
    pub said: BTreeMap<&'static str, u32>,
}

struct Play<'s, 'a> {
    stage: &'s mut Stage<'a>,
    deal: Deal,
    at: Moment,
    english: bool,
    managers: [Person; 2],
    clients: [Person; 2],
    drafts: Vec<Draft>,
    /// By table: which of its sentences was said last in this scene.
    asked: BTreeMap<&'static str, usize>,
}

impl Stage<'_> {
    pub fn play(&mut self, scene: &Scene, start: Moment) -> Vec<Draft> {
        let Some(deal) = Deal::new(self.products, start, self.calendar, &mut self.rng) else { return Vec::new() };
        let mut managers: Vec<Person> = self.client.employees.iter().map(|e| person(e)).collect();
        if managers.len() > 1 && self.rng.chance(45) {
            managers.reverse();
        }
        let (Some(first), Some(last)) = (managers.first().cloned(), managers.last().cloned()) else {
            return Vec::new();
        };
        let colleague = self.client.colleague.clone().unwrap_or_else(|| self.client.person.clone());
        let clients = [self.client.person.clone(), colleague];
        let mut play = Play {
            stage: self,
            deal,
            at: start,
            english: scene.english,
            managers: [first, last],
            clients,
            drafts: Vec::new(),
            asked: BTreeMap::new(),
        };
        for beat in &scene.beats {
            play.beat(beat);
        }
        let drafts = play.drafts;
        self.weekend(drafts, start)
    }

    /// Some of Friday's talk happens on Saturday or Sunday.
    fn weekend(&mut self, mut drafts: Vec<Draft>, start: Moment) -> Vec<Draft> {
        let shift = if self.rng.chance(9) { self.rng.range(1, 2) * 86_400 } else { 0 };
        if shift > 0 && self.calendar.is_friday(start.day) {
            for draft in drafts.iter_mut().filter(|d| d.at.day == start.day) {
                draft.at = draft.at.plus(shift);
                draft.edits.iter_mut().for_each(|(at, _)| *at = at.plus(shift));
                draft.gone = draft.gone.map(|(from, to)| (from.plus(shift), to.plus(shift)));
            }
        }
        drafts
    }
}

pub fn person(employee: &Employee) -> Person {
    Person { name: employee.name.to_owned(), first: employee.first.to_owned(), gender: employee.gender, peer: employee.id }
}

impl Play<'_, '_> {
    fn beat(&mut self, beat: &Beat) {
        if !self.stage.rng.chance(beat.chance) {
            return;
        }
        let ours = match beat.who {
            Who::Manager | Who::SecondManager => true,
            Who::Client | Who::Colleague => false,
        };
        if !self.drafts.is_empty() {
            self.at = self.later(beat.delay, ours);
        }
        if let Some(term) = beat.term {
            self.deal.promise = deal::promise(term, self.at, self.stage.calendar, self.english, &mut self.stage.rng);
        }
        let [lead, second] = &self.managers;
        let [client, colleague] = &self.clients;
        let (speaker, listener) = match beat.who {
            Who::Manager => (lead.clone(), client.clone()),
            Who::SecondManager => (second.clone(), client.clone()),
            Who::Client => (client.clone(), lead.clone()),
            Who::Colleague => (colleague.clone(), lead.clone()),
        };
        let Some((content, worse)) = self.content(beat, &speaker, &listener) else { return };
        let draft = self.draft(beat, ours, speaker, content);
        let draft = self.changed(beat, draft, worse);
        self.drafts.push(draft);
    }

    fn later(&mut self, delay: Delay, ours: bool) -> Moment {
        let rng = &mut self.stage.rng;
        let pace = if ours { self.stage.client.employees.first().map_or(100, |e| e.pace) } else { 100 };
        let due = self.deal.promise.due;
        let at = match delay {
            Delay::Seconds => self.at.after(rng.range(6, 95), rng),
            Delay::Minutes => {
                let roll = rng.range(0, 99);
                let minutes = match roll {
                    0..=54 => rng.range(1, 9),
                    55..=82 => rng.range(8, 45),
                    _ => rng.range(40, 190),
                };
                self.at.after(minutes * 60 * pace / 100 + rng.range(0, 59), rng)
            }
            Delay::Hours => self.at.after(rng.range(3_600, 15_000), rng),
            Delay::Days => {
                let days = rng.range(1, 2);
                self.at.next_days(days, rng)
            }
            Delay::Week => {
                let days = rng.range(3, 6);
                self.at.next_days(days, rng)
            }
            Delay::Due => due.plus(-rng.range(600, 7_200)),
            Delay::Late => {
                let days = rng.range(1, 3);
                due.next_days(days, rng)
            }
            Delay::Broken => {
                let days = rng.range(6, 9);
                due.next_days(days, rng)
            }
        };
        at.max(self.at.plus(20))
    }

    /// The content, and the one that a silent edit would put in its place.
    fn content(&mut self, beat: &Beat, speaker: &Person, listener: &Person) -> Option<(Content, Option<Content>)> {
        let hand = if speaker.peer == self.stage.client.person.peer { self.stage.client.hand } else { Hand::Plain };
        let plain = |content| Some((content, None));
        match beat.shape {
            Shape::Say(table) => {
                let template = self.sentence(table)?;
                let mut same = self.stage.rng.clone();
                let line = self.line(template, speaker, listener);
                let worse = Deal { promise: self.deal.promise.clone(), ..self.deal.worsened() };
                let other = render::render(template, &self.scope(&worse, speaker, listener), &mut same);
                let mut again = self.stage.rng.clone();
                let worse = (other != line).then(|| media::text(&hand::typed(other, hand, &mut again)));
                Some((media::text(&hand::typed(line, hand, &mut self.stage.rng)), worse))
            }
            Shape::File(table) => {
                let template = self.sentence(table)?;
                let name = self.line(template, speaker, listener).text;
                plain(media::file(&name, &mut self.stage.rng))
            }
            Shape::Photo(caption) => {
                let template = caption.and_then(|table| self.sentence(table));
                let line = template.map(|t| self.line(t, speaker, listener)).unwrap_or_default();
                plain(media::photo(&line, &mut self.stage.rng))
            }
            Shape::Forward(table) => {
                let template = self.sentence(table)?;
                let line = self.line(template, speaker, listener);
                plain(media::forward(&line, &mut self.stage.rng))
            }
            Shape::Voice => plain(media::voice(&mut self.stage.rng)),
            Shape::Note => plain(media::note(&mut self.stage.rng)),
            Shape::Sticker => plain(media::sticker(&mut self.stage.rng)),
            Shape::Call => plain(media::call(&mut self.stage.rng)),
            Shape::Missed => plain(media::missed()),
            Shape::Pin => plain(media::pin()),
        }
    }

    /// A sentence of the table: the answer to the question that was asked, or one of those least said in this chat.
    fn sentence(&mut self, table: &'static str) -> Option<&'static str> {
        let script = self.stage.script;
        let lines = script.tables.get(table)?;
        let rng = &mut self.stage.rng;
        let numbers: Vec<usize> = (0..lines.len()).collect();
        let tries: Vec<usize> = (0..4).filter_map(|_| rng.pick(&numbers).copied()).collect();
        let said = |n: &usize| lines.get(*n).and_then(|line| self.stage.said.get(line)).copied().unwrap_or(0);
        let fresh = tries.into_iter().min_by_key(said)?;
        let fitting = script.questions.get(table).and_then(|question| self.asked.get(question)).copied();
        let number = fitting.unwrap_or(fresh);
        let line = lines.get(number)?;
        self.asked.insert(table, number);
        *self.stage.said.entry(line).or_default() += 1;
        Some(line)
    }

    fn scope<'d>(&'d self, deal: &'d Deal, speaker: &'d Person, listener: &'d Person) -> Scope<'d> {
        Scope {
            deal,
            client: self.stage.client,
            speaker,
            listener,
            today: self.stage.calendar.date(self.at.day),
            english: self.english,
        }
    }

    fn line(&mut self, template: &str, speaker: &Person, listener: &Person) -> Line {
        let mut rng = self.stage.rng.clone();
        let line = render::render(template, &self.scope(&self.deal, speaker, listener), &mut rng);
        self.stage.rng = rng;
        line
    }

    fn draft(&mut self, beat: &Beat, ours: bool, sender: Person, content: Content) -> Draft {
        let rng = &mut self.stage.rng;
        let spontaneous = rng.chance(7);
        let target = self.drafts.iter().rev().find(|d| d.ours != ours).map(|d| d.key);
        let reply = if beat.reply || (spontaneous && content.service.is_none()) { target } else { None };
        let marks = ["👍", "👍", "👍", "🔥", "❤", "👌", "🙏"];
        let liked = content.service.is_none() && rng.chance(4);
        let mark = rng.word(&marks).to_owned();
        let key = self.stage.next_key;
        self.stage.next_key += 1;
        let reactions = if liked { vec![Reaction { mark, count: 1 }] } else { Vec::new() };
        let (answers, edits) = (target, Vec::new());
        Draft { key, at: self.at, ours, sender, content, reply, answers, edits, gone: None, reactions }
    }

    /// Slips, second thoughts and deletions.
    fn changed(&mut self, beat: &Beat, mut draft: Draft, worse: Option<Content>) -> Draft {
        let rng = &mut self.stage.rng;
        let (slips, corrected, regretted) = (rng.chance(2), rng.chance(55), rng.range(0, 999) < 3);
        let seconds = rng.range(15, 260);
        let at = draft.at;
        if let Some(worse) = worse.filter(|_| beat.edited) {
            draft.edits.push((at.plus(rng.range(1_200, 24_000)), worse));
        } else if slips && draft.content.kind == MessageKind::Text && draft.content.entities.is_empty() {
            // a copy: the words differ with the month, the story must not
            if let Some(text) = hand::slip(&draft.content.text, &mut rng.clone()) {
                let right = std::mem::replace(&mut draft.content, Content::text(text));
                if corrected {
                    draft.edits.push((at.plus(seconds), right));
                }
            }
        }
        if (beat.deleted || regretted) && draft.content.service.is_none() {
            let from = at.plus(rng.range(900, 9_000));
            draft.gone = Some((from, from.plus(rng.range(1_800, 30_000))));
        }
        draft
    }
}
