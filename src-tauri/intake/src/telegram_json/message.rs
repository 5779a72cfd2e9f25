//! From one message object to one `Sighting`. Every field is either understood or kept in `extra` (for an action: in its
//! fields) as it came. Answers with a reason, never with the text, when the object cannot be a message.

use super::ids::Sender;
use super::row::Row;
use super::{media, text, time};
use crate::Reason;
use crate::zone::Clock;
use jiff::tz::TimeZone;
use letopis_model::{
    ChatId, ChatType, Content, Direction, MessageId, MessageKind, PeerId, Reaction, ReplyTo, Service, Sighting, Source, Timestamp,
};
use serde_json::{Map, Value};

/// What the message itself does not say.
pub(super) struct Context<'a> {
    pub chat: ChatId,
    pub kind: ChatType,
    pub title: Option<&'a str>,
    pub owner: Option<PeerId>,
    /// The names that the owner writes under; for files of 2018, which have no ids of people.
    pub owner_names: &'a [String],
    pub zone: Option<&'a TimeZone>,
    pub clock: Clock,
    pub seen_at: Timestamp,
}

/// A message, and whether its date was read in a zone that nobody named.
pub(super) struct Mapped {
    pub sighting: Sighting,
    pub zone_assumed: bool,
    /// The path of its file was not safe.
    pub unsafe_path: bool,
    /// Some bytes were no UTF-8.
    pub is_lossy: bool,
}

pub(super) fn map(mut row: Row, context: &Context<'_>) -> Result<Mapped, Reason> {
    let is_lossy = row.is_lossy;
    let message = MessageId(row.take_i64("id").ok_or(Reason::NoId)?);
    let kind = row.take("type", known_type).unwrap_or(Type::Message);
    let mut clock = Dates { zone: context.zone, clock: context.clock, assumed: false };
    let sent_at = clock.take(&mut row, "date", "date_unixtime");
    if sent_at.is_none() && kind != Type::Unsupported {
        return Err(Reason::NoDate);
    }
    // Before 2.1.9 an unedited message was said to be edited in 1970.
    let edited_at = clock.take(&mut row, "edited", "edited_unixtime").filter(|t| t.0 > YEAR);
    let (sender, sender_name) = take_sender(&mut row, context.chat.peer());
    let reactions = take_reactions(&mut row);
    let (content, unsafe_path) = content(row, kind, context.chat.peer())?;
    let direction = direction(context, sender, sender_name.as_deref());
    let sighting = Sighting {
        chat: context.chat,
        message,
        sender,
        sender_name,
        direction,
        sent_at,
        edited_at,
        content,
        reactions,
        seen_at: context.seen_at,
        source: Source::Import,
    };
    Ok(Mapped { sighting, zone_assumed: clock.assumed, unsafe_path, is_lossy })
}

const YEAR: i64 = 366 * 86_400;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Message,
    Service,
    Unsupported,
}

fn known_type(value: &Value) -> Option<Type> {
    match value.as_str()? {
        "message" => Some(Type::Message),
        "service" => Some(Type::Service),
        "unsupported" => Some(Type::Unsupported),
        _ => None,
    }
}

struct Dates<'a> {
    zone: Option<&'a TimeZone>,
    clock: Clock,
    assumed: bool,
}

impl Dates<'_> {
    /// The exact moment if there is one, else the local one.
    fn take(&mut self, row: &mut Row, local: &str, exact: &str) -> Option<Timestamp> {
        let exact = row.take(exact, time::unix).or_else(|| row.take(local, time::offset));
        let utc = TimeZone::UTC;
        let civil = row.take(local, |v| time::local(v, self.zone.unwrap_or(&utc), &self.clock).or(exact));
        if exact.is_none() && civil.is_some() && self.zone.is_none() {
            self.assumed = true;
        }
        exact.or(civil)
    }
}

/// The same two fields are called `from` in messages and `actor` in actions; an action may have a `from` of its own
/// (`proximity_reached`), which then stays among its fields.
fn take_sender(row: &mut Row, chat: PeerId) -> (Option<PeerId>, Option<String>) {
    let (name, id) = if row.has("actor_id") || row.has("actor") { ("actor", "actor_id") } else { ("from", "from_id") };
    if name == "from" && row.has("action") {
        return (None, None);
    }
    let sender = row.take(id, Sender::read).map(|sender| sender.peer(chat));
    let sender_name = row.take_str(name).filter(|name| !name.is_empty());
    row.drop_null(name);
    row.drop_null(id);
    (sender, sender_name)
}

fn direction(context: &Context<'_>, sender: Option<PeerId>, name: Option<&str>) -> Direction {
    let Some(sender) = sender else { return direction_by_name(context, name) };
    let out = match context.kind {
        ChatType::PersonalChat | ChatType::BotChat => sender != context.chat.peer(),
        ChatType::SavedMessages => sender == context.chat.peer(),
        ChatType::Replies
        | ChatType::VerificationCodes
        | ChatType::PrivateGroup
        | ChatType::PrivateSupergroup
        | ChatType::PublicSupergroup
        | ChatType::PrivateChannel
        | ChatType::PublicChannel
        | ChatType::Unknown => Some(sender) == context.owner,
    };
    if out { Direction::Out } else { Direction::In }
}

/// In a chat of two the one who is not the other is the owner.
fn direction_by_name(context: &Context<'_>, name: Option<&str>) -> Direction {
    let Some(name) = name else { return Direction::In };
    let is_two = matches!(context.kind, ChatType::PersonalChat | ChatType::BotChat);
    let is_not_the_other = is_two && context.title.is_some_and(|title| title != name);
    let is_owner = context.owner_names.iter().any(|own| own == name) || context.kind == ChatType::SavedMessages;
    if is_owner || is_not_the_other { Direction::Out } else { Direction::In }
}

/// Who reacted is not taken: reactions are no versions of the message, and its content must not change with them.
fn take_reactions(row: &mut Row) -> Vec<Reaction> {
    let one = |value: &Value| {
        let mark = match value.get("type")?.as_str()? {
            "emoji" => value.get("emoji")?.as_str()?,
            "custom_emoji" => "custom",
            other => other,
        };
        let count = value.get("count").and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok())?;
        Some(Reaction { mark: mark.to_owned(), count })
    };
    row.take("reactions", |v| v.as_array()?.iter().map(one).collect()).unwrap_or_default()
}

/// The content, and whether it names a file by a path that is not safe.
fn content(mut row: Row, kind: Type, chat: PeerId) -> Result<(Content, bool), Reason> {
    let text = take_text(&mut row)?;
    let mut content = Content { text: text.text, entities: text.entities, ..Content::default() };
    content.reply_to = take_reply(&mut row, chat);
    content.forwarded_from = row.take_str("forwarded_from");
    content.via_bot = row.take_str("via_bot");
    content.signature = row.take_str("author");
    match kind {
        Type::Service => {
            content.kind = MessageKind::Service;
            content.service = Some(service(row));
            return Ok((content, false));
        }
        Type::Unsupported => content.kind = MessageKind::Unsupported,
        Type::Message => (content.kind, content.media) = media::take(&mut row),
    }
    let unsafe_path = content.media.is_some() && (row.has("photo") || row.has("file"));
    if content.text.is_empty() {
        content.text = row.fields.get("rich_message").map(rich_text).unwrap_or_default();
    }
    if content.kind == MessageKind::Text && content.text.is_empty() && is_unknown(&row) {
        content.kind = MessageKind::Unsupported;
    }
    let mut extra = row.fields;
    if !row.repeated.is_empty() {
        extra.insert("repeated".to_owned(), Value::Object(row.repeated));
    }
    content.extra = (!extra.is_empty()).then(|| Value::Object(extra).to_string());
    Ok((content, unsafe_path))
}

/// Whether the message is of a kind that is not known here: it has nothing to read, and something that is not understood.
fn is_unknown(row: &Row) -> bool {
    let known = ["inline_bot_buttons", "reactions", "text_entities"];
    row.has("type")
        || row.fields.iter().any(|(key, value)| (value.is_object() || value.is_array()) && !known.contains(&key.as_str()))
}

/// The words of a `rich_message` (clients of 2026), whose own form is kept beside: every `text` in it, a line for each.
fn rich_text(value: &Value) -> String {
    fn collect(value: &Value, lines: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                let text = fields.get("text").and_then(Value::as_str).filter(|t| !t.trim().is_empty());
                lines.extend(text.map(str::to_owned));
                fields.values().filter(|v| !v.is_string()).for_each(|v| collect(v, lines));
            }
            Value::Array(items) => items.iter().for_each(|item| collect(item, lines)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let mut lines = Vec::new();
    collect(value, &mut lines);
    lines.join("\n")
}

/// `text` and `text_entities` say the same in every file that Telegram wrote; the second has more marks. Where somebody
/// edited one of them by hand, the plain text counts and the other is kept.
fn take_text(row: &mut Row) -> Result<text::Text, Reason> {
    let plain = match row.fields.shift_remove("text") {
        Some(value) => Some(text::read(&value).ok_or(Reason::WrongText)?),
        None => None,
    };
    let marked = match plain {
        Some(ref plain) => row.take("text_entities", |v| text::read(v).filter(|marked| marked.text == plain.text)),
        None => row.take("text_entities", text::read),
    };
    row.take("text_entities", |v| v.as_array().filter(|parts| parts.is_empty()).map(|_| ()));
    Ok(marked.or(plain).unwrap_or_default())
}

fn take_reply(row: &mut Row, chat: PeerId) -> Option<ReplyTo> {
    let message = MessageId(row.take_i64("reply_to_message_id")?);
    let peer = row.take("reply_to_peer_id", Sender::read).map(|peer| peer.peer(chat));
    Some(ReplyTo { peer, message })
}

/// An action's own fields stay as they came. A custom action has no name, only a text about itself.
fn service(mut row: Row) -> Service {
    let action = row.take_str("action").unwrap_or_else(|| "custom".to_owned());
    let mut fields: Map<String, Value> = row.fields;
    for (key, value) in row.repeated {
        // The action's own `text`, which the message's empty one covered.
        fields.entry(key).or_insert(value);
    }
    Service { action, fields: Value::Object(fields).to_string() }
}
