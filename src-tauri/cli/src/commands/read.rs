//! chats, and finding one by what was typed.

use crate::session::Session;
use crate::{Outcome, out};
use letopis_engine::{ChatOverview, Failure, OpenArchive};
use letopis_model::{ChatId, Direction, PeerId};
use serde_json::{Value, json};

pub fn chats(session: &Session, manager: Option<&str>) -> Result<Outcome, Failure> {
    let archive = session.open()?;
    let wanted = manager.map(|name| archive.find_manager(name)).transpose()?;
    for chat in archive.chats()? {
        if wanted.as_ref().is_some_and(|m| !chat.record.accounts.contains(&m.account)) {
            continue;
        }
        print_chat(session, &chat)?;
    }
    Ok(Outcome::Done)
}

fn print_chat(session: &Session, chat: &ChatOverview) -> Result<(), Failure> {
    let record = &chat.record;
    let manager = chat.managers.iter().map(|m| m.name.as_str()).collect::<Vec<_>>().join(", ");
    let at = |at: Option<_>| at.map_or(Value::Null, |at| json!(session.rfc3339(at)));
    if session.json {
        return out::json(&json!({
            "chat_id": record.chat.peer().to_string(), "chat": record.chat.to_string(), "title": record.title,
            "kind": record.kind, "manager": manager, "messages": record.messages, "deleted": record.deleted,
            "edited": record.edited, "first_at": at(record.first_at), "last_at": at(record.last_at),
        }));
    }
    let last = record.last_at.map_or(String::new(), |at| session.rfc3339(at));
    out::line(&format!(
        "{:<28} {:>6} {:>4}✕ {:>4}✎ {:<25} {:<18} {}",
        record.chat.to_string(),
        record.messages,
        record.deleted,
        record.edited,
        last,
        out::one_line(&manager, 18),
        out::one_line(&record.title, 60)
    ))
}

pub fn coverage(session: &Session, chat: Option<&str>) -> Result<Outcome, Failure> {
    let archive = session.open()?;
    let chat = chat.map(|typed| find_chat(&archive, typed)).transpose()?;
    for row in archive.coverage(chat)? {
        let (from, to) = (session.rfc3339(row.from), session.rfc3339(row.to));
        if session.json {
            out::json(&json!({
                "account": row.account.map(|account| account.0), "chat_id": row.chat.peer().to_string(),
                "chat": row.chat.to_string(), "from": from, "to": to, "state": row.state.name(), "why": row.why,
            }))?;
        } else {
            let account = row.account.map_or(String::new(), |account| account.0.to_string());
            out::line(&format!("{:<28} {account:<12} {from}  {to}  {:<9} {}", row.chat.to_string(), row.state.name(), row.why))?;
        }
    }
    Ok(Outcome::Done)
}

/// A chat by its id; `user:123` alone is enough while only one account knows it.
pub fn find_chat(archive: &OpenArchive, typed: &str) -> Result<ChatId, Failure> {
    let exact: Option<ChatId> = typed.parse().ok();
    let peer: Option<PeerId> = typed.parse().ok();
    let chats = archive.chats()?;
    let known = |chat: &ChatId| chats.iter().any(|c| c.record.chat == *chat);
    if let Some(chat) = exact.filter(known) {
        return Ok(chat);
    }
    let mut same = chats.iter().filter(|c| Some(c.record.chat.peer()) == peer);
    match (same.next(), same.next()) {
        (Some(only), None) => Ok(only.record.chat),
        _ => Err(Failure::NotFound),
    }
}

pub fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::In => "in",
        Direction::Out => "out",
    }
}
