//! Rows to values and back. The text of a content has a column of its own; its other fields travel as one JSON object.

use crate::Error;
use letopis_model::{
    AccountId, ChatId, ChatType, Content, Deletion, DeletionCause, Direction, Message, MessageId, MessageKind, MessageLink,
    PeerId, PeerKind, Reaction, Source, Timestamp,
};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// Columns of [`message`], from `messages m`.
pub const MESSAGE_COLUMNS: &str =
    "m.message, m.sender_kind, m.sender_id, m.sender_name, m.outgoing, m.sent_at, m.edited_at, m.versions,
    m.deleted_from, m.deleted_to, m.deleted_source, m.cause, m.reactions";

/// How many those are: what a query selects beside them begins here.
pub const AFTER_MESSAGE: usize = 13;

pub fn message(chat: ChatId, row: &Row<'_>, content: Content) -> Result<Message, Error> {
    let id: i64 = row.get(0)?;
    let sender = word(row, 1)?.and_then(peer_kind).zip(row.get(2)?).map(|(kind, id)| PeerId { kind, id });
    let outgoing: bool = row.get(4)?;
    let sent_at = row.get::<_, Option<i64>>(5)?.map(Timestamp);
    Ok(Message {
        link: MessageLink::new(chat, MessageId(id)),
        sender,
        sender_name: row.get(3)?,
        direction: if outgoing { Direction::Out } else { Direction::In },
        sent_at,
        edited_at: row.get::<_, Option<i64>>(6)?.map(Timestamp),
        versions: row.get(7)?,
        deleted: deletion(row)?.map(|deletion| timed(deletion, sent_at, &content)),
        reactions: word(row, 12)?.map_or(Ok(Vec::new()), serde_json::from_str::<Vec<Reaction>>)?,
        content,
    })
}

fn deletion(row: &Row<'_>) -> Result<Option<Deletion>, Error> {
    let (Some(from), Some(to)) = (row.get::<_, Option<i64>>(8)?, row.get::<_, Option<i64>>(9)?) else { return Ok(None) };
    Ok(Some(Deletion {
        from: Timestamp(from),
        to: Timestamp(to),
        source: word(row, 10)?.and_then(Source::from_name).unwrap_or(Source::Import),
        cause: word(row, 11)?.and_then(DeletionCause::from_name).unwrap_or(DeletionCause::Unknown),
    }))
}

/// A deletion is the timer's where the message carries one and it went just when that ran out: noticed live at that
/// moment, or still there right before it. What went earlier, or at an unknown moment in a long absence, may have been a
/// person's doing and keeps its cause.
fn timed(deletion: Deletion, sent_at: Option<Timestamp>, content: &Content) -> Deletion {
    const LATE: i64 = 60;
    let timer = content.extra.as_ref().and_then(|extra| {
        let extra: serde_json::Value = serde_json::from_str(extra).ok()?;
        extra.get("auto_delete_seconds")?.as_i64()
    });
    let Some(expiry) = sent_at.zip(timer).map(|(sent_at, seconds)| sent_at.plus(seconds)) else { return deletion };
    let Deletion { from, to, source, cause } = deletion;
    let fits = from.0 - LATE <= expiry.0 && expiry.0 <= to.0 + LATE;
    let is_sure = from.0 >= expiry.0 - LATE || (source == Source::Live && to.0 <= expiry.0 + LATE);
    match cause {
        DeletionCause::Unknown if fits && is_sure => {
            Deletion { from: from.max(expiry).min(to), to, source, cause: DeletionCause::Timer }
        }
        DeletionCause::Unknown | DeletionCause::ChatVanished | DeletionCause::Timer => deletion,
    }
}

/// The columns `kind, text, rest` of a version, from this one on.
pub fn content_at(row: &Row<'_>, first: usize) -> Result<Content, Error> {
    content(word(row, first)?, row.get(first + 1)?, word(row, first + 2)?)
}

/// A text that is only looked at: a page has hundreds of them.
fn word<'a>(row: &'a Row<'_>, column: usize) -> Result<Option<&'a str>, Error> {
    let value = row.get_ref(column)?;
    value
        .as_str_or_null()
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, value.data_type(), error.into()).into())
}

fn content(kind: Option<&str>, text: Option<String>, rest: Option<&str>) -> Result<Content, Error> {
    let mut content: Content = match rest {
        Some(json) => serde_json::from_str(json)?,
        None => Content::default(),
    };
    content.kind = kind.and_then(MessageKind::from_name).unwrap_or(MessageKind::Unsupported);
    content.text = text.unwrap_or_default();
    Ok(content)
}

/// Everything of a content but its kind and text; `None` when there is nothing else.
pub fn rest_json(content: &Content) -> Result<Option<String>, Error> {
    let Content { kind: _, text: _, entities, media, service, reply_to, forwarded_from, via_bot, signature, extra } = content;
    let names = [forwarded_from, via_bot, signature, extra];
    let is_plain = entities.is_empty() && media.is_none() && service.is_none() && reply_to.is_none();
    if is_plain && names.into_iter().all(Option::is_none) {
        return Ok(None);
    }
    let rest = Content {
        kind: MessageKind::Text,
        text: String::new(),
        entities: entities.clone(),
        media: media.clone(),
        service: service.clone(),
        reply_to: reply_to.clone(),
        forwarded_from: forwarded_from.clone(),
        via_bot: via_bot.clone(),
        signature: signature.clone(),
        extra: extra.clone(),
    };
    Ok(Some(serde_json::to_string(&rest)?))
}

pub fn reactions_json(reactions: &[Reaction]) -> Result<Option<String>, Error> {
    if reactions.is_empty() { Ok(None) } else { Ok(Some(serde_json::to_string(reactions)?)) }
}

pub fn chat_type_name(kind: ChatType) -> Result<String, Error> {
    Ok(serde_json::to_value(kind)?.as_str().unwrap_or_default().to_owned())
}

pub fn chat_type(name: String) -> ChatType {
    serde_json::from_value(serde_json::Value::String(name)).unwrap_or_default()
}

pub fn chat_id(account: i64, kind: &str, id: i64) -> Result<ChatId, Error> {
    let kind = peer_kind(kind).ok_or_else(|| Error::Damaged("chats.kind".into()))?;
    Ok(ChatId::new((account != 0).then_some(AccountId(account)), PeerId { kind, id }))
}

/// The local number of a chat: the very one, or, while either side does not know its account, the only one of that peer.
pub fn find_chat(sql: &Connection, chat: ChatId) -> Result<Option<i64>, Error> {
    let account = chat.account().map_or(0, |a| a.0);
    let key = params![chat.peer().kind.name(), chat.peer().id, account];
    // Nearly always it is the very one, and that is one step in the index.
    let very = sql
        .prepare_cached("SELECT coalesce(merged_into, no) FROM chats WHERE kind = ?1 AND id = ?2 AND account = ?3")?
        .query_row(key, |row| row.get(0))
        .optional()?;
    if very.is_some() {
        return Ok(very);
    }
    let mut statement = sql.prepare_cached(
        "SELECT coalesce(merged_into, no) FROM chats WHERE kind = ?1 AND id = ?2 AND (account = 0 OR ?3 = 0) ORDER BY no LIMIT 2",
    )?;
    let found: Vec<i64> = statement.query_map(key, |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(if let [only] = found.as_slice() { Some(*only) } else { None })
}

pub fn peer_kind(name: &str) -> Option<PeerKind> {
    PeerKind::ALL.into_iter().find(|k| k.name() == name)
}
