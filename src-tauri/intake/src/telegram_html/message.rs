//! One message of a page as a [`Sighting`]. What a page cannot tell stays open: ids of people, times of edits and of
//! actions. Names are what is shown, so people are never told apart by them.

use super::date::{self, Zone};
use super::media::{self, Place};
use super::page::{Button, Forward, Raw, RawReaction, Reply};
use super::{service, text::Rich};
use crate::Reason;
use crate::zone::Clock;
use jiff::civil::Date;
use letopis_model::{
    ChatId, Content, Direction, MessageId, MessageKind, Reaction, ReplyTo, Service, Sighting, Source, Timestamp,
};
use serde_json::{Map, Value, json};

/// What the message itself does not say.
pub(super) struct Context<'a> {
    pub chat: ChatId,
    pub rule: &'a Rule,
    pub zone: Zone<'a>,
    pub seen_at: Timestamp,
    pub page: &'a Place,
}

/// How the owner's messages are told.
#[derive(Clone, Debug, Default)]
pub(super) struct Rule {
    /// Everything here is the owner's.
    pub all: bool,
    /// The names that the owner writes under.
    pub owner: Vec<String>,
    /// In a chat of two: the other one's name.
    pub other: Option<String>,
}

impl Rule {
    fn direction(&self, shown: Option<&str>) -> Direction {
        let Some(name) = shown else { return if self.all { Direction::Out } else { Direction::In } };
        let is_owner = self.all || self.owner.iter().any(|own| own == name);
        let is_other = self.other.as_ref().is_none_or(|other| other == name);
        if is_owner || !is_other { Direction::Out } else { Direction::In }
    }
}

/// What goes from message to message on one page.
#[derive(Clone, Debug, Default)]
pub(super) struct Running {
    /// Of the last message that was no action.
    from: Option<String>,
    via: Option<String>,
    forward: Option<(Option<String>, Option<String>)>,
    pub clock: Clock,
    pub day: Option<Date>,
}

pub(super) enum Mapped {
    Message {
        sighting: Box<Sighting>,
        zone_assumed: bool,
        unsafe_path: bool,
    },
    /// A date between the messages, or the words that there are none.
    Separator,
}

/// What the exporter writes in place of a name that is not known.
pub(super) const DELETED: &str = "Deleted Account";
/// Ids of separators go down from here; ids of a merged basic group start a billion further down.
const SEPARATORS: std::ops::Range<i64> = -100_000_000..0;

pub(super) fn map(raw: Raw, context: &Context<'_>, running: &mut Running) -> Result<Mapped, Reason> {
    if raw.is_service && raw.id.is_none_or(|id| SEPARATORS.contains(&id)) {
        running.day = date::date(&raw.action).or(running.day);
        return Ok(Mapped::Separator);
    }
    if raw.is_too_large {
        return Err(Reason::TooLarge);
    }
    let message = MessageId(raw.id.ok_or(Reason::NoId)?);
    if raw.is_service {
        let (sender_name, content) = action(&raw, running.day);
        let sighting = sighting(context, message, sender_name.as_deref(), None, content, Vec::new());
        return Ok(Mapped::Message { sighting, zone_assumed: false, unsafe_path: false });
    }
    follow(&raw, running);
    let written = raw.date.as_deref().and_then(date::written).ok_or(Reason::NoDate)?;
    let (sent_at, zone_assumed) = context.zone.moment(written, &running.clock).ok_or(Reason::NoDate)?;
    running.clock.saw(Some(sent_at));
    running.day = Some(written.0.date());
    let shown = running.from.clone();
    let reactions = raw.reactions.iter().filter_map(reaction).collect();
    let (content, unsafe_path) = content(raw, context, running);
    let sighting = sighting(context, message, shown.as_deref(), Some(sent_at), content, reactions);
    Ok(Mapped::Message { sighting, zone_assumed, unsafe_path })
}

fn sighting(
    context: &Context<'_>,
    message: MessageId,
    shown: Option<&str>,
    sent_at: Option<Timestamp>,
    content: Content,
    reactions: Vec<Reaction>,
) -> Box<Sighting> {
    Box::new(Sighting {
        chat: context.chat,
        message,
        sender: None,
        sender_name: shown.filter(|name| *name != DELETED && !name.is_empty()).map(str::to_owned),
        direction: context.rule.direction(shown),
        sent_at,
        edited_at: None,
        content,
        reactions,
        seen_at: context.seen_at,
        source: Source::Html,
    })
}

/// The time of day of an action is not on the page; its day is, between the messages.
fn action(raw: &Raw, day: Option<Date>) -> (Option<String>, Content) {
    if service::is_unsupported(&raw.action) {
        return (None, Content { kind: MessageKind::Unsupported, ..Content::default() });
    }
    let mut read = service::read(&raw.action, raw.action_target);
    read.fields.extend(day.map(|day| ("day".to_owned(), day.to_string().into())));
    let service = Service { action: read.action.to_owned(), fields: Value::Object(read.fields).to_string() };
    (read.actor, Content { kind: MessageKind::Service, service: Some(service), ..Content::default() })
}

/// A joined message is of whom the message before it is of.
fn follow(raw: &Raw, running: &mut Running) {
    if let Some(from) = &raw.from {
        let (name, via) = split_via(from);
        (running.from, running.via) = (Some(name), via);
    } else if !raw.is_joined {
        (running.from, running.via) = (None, None);
    }
    running.forward = match &raw.forward {
        None => None,
        Some(Forward { from: Some(from), date }) => {
            let (name, via) = split_via(from);
            running.via = via.or(running.via.take());
            Some((Some(name), date.clone()))
        }
        Some(Forward { from: None, .. }) => running.forward.take().or(Some((None, None))),
    };
}

/// `Анна via @gif`.
fn split_via(shown: &str) -> (String, Option<String>) {
    match shown.rsplit_once(" via @") {
        Some((name, bot)) if bot.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') => {
            (name.trim().to_owned(), Some(format!("@{bot}")))
        }
        _ => (shown.trim().to_owned(), None),
    }
}

fn content(raw: Raw, context: &Context<'_>, running: &Running) -> (Content, bool) {
    let Raw { reply, media, text, signature, buttons, other, .. } = raw;
    let (text, entities) = Rich::finish(text);
    let mut content = Content { text, entities, signature, via_bot: running.via.clone(), ..Content::default() };
    let mut extra = Map::new();
    match reply {
        Some(Reply::To(id)) => content.reply_to = Some(ReplyTo { peer: None, message: MessageId(id) }),
        Some(Reply::AnotherChat) => drop(extra.insert("reply_to".into(), "another chat".into())),
        None => {}
    }
    if let Some((name, date)) = &running.forward {
        content.forwarded_from = name.clone();
        // The JSON export does not have it.
        extra.extend(date.clone().map(|date| ("forwarded_date".to_owned(), date.into())));
    }
    let mut unsafe_path = false;
    if let Some(media) = media {
        let read = media::read(media, context.page);
        unsafe_path = read.is_unsafe;
        (content.kind, content.media) = (read.kind, read.media);
        if read.kind == MessageKind::Service {
            content.service = Some(Service { action: "phone_call".into(), fields: Value::Object(read.fields).to_string() });
        } else {
            extra.extend(read.fields);
        }
    }
    if !buttons.is_empty() {
        let rows: Vec<Value> = buttons.iter().map(|row| row.iter().map(button).collect()).collect();
        extra.insert("inline_bot_buttons".into(), rows.into());
    }
    if !other.is_empty() {
        extra.insert("other".into(), other.into());
    }
    content.extra = (!extra.is_empty()).then(|| Value::Object(extra).to_string());
    (content, unsafe_path)
}

fn button(button: &Button) -> Value {
    let mut fields = Map::new();
    fields.insert("text".into(), button.text.clone().into());
    fields.extend(button.href.clone().map(|href| ("data".to_owned(), href.into())));
    fields.extend(button.script.clone().map(|script| ("script".to_owned(), script.into())));
    json!(fields)
}

/// Of up to a few people their pictures stand there instead of a number.
fn reaction(raw: &RawReaction) -> Option<Reaction> {
    let count = raw.count.trim().parse().unwrap_or(raw.people);
    let mark = match raw {
        RawReaction { is_paid: true, .. } => "paid",
        RawReaction { is_custom: true, .. } => "custom",
        other => other.emoji.trim(),
    };
    (count > 0 && !mark.is_empty()).then(|| Reaction { mark: mark.to_owned(), count })
}
