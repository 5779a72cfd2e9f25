//! chats, show.

use crate::args::Show;
use crate::session::Session;
use crate::{Outcome, out};
use letopis_engine::{Anchor, ChatOverview, Failure, Lang, OpenArchive};
use letopis_model::{ChatId, Direction, Message, MessageLink, PeerId};
use serde_json::{Value, json};

pub fn chats(session: &Session, manager: Option<&str>) -> Result<Outcome, Failure> {
    let archive = session.open()?;
    let wanted = manager.map(|name| archive.find_manager(name)).transpose()?;
    for chat in archive.chats()? {
        if wanted.as_ref().is_some_and(|m| chat.record.chat.account() != Some(m.account)) {
            continue;
        }
        print_chat(session, &chat)?;
    }
    Ok(Outcome::Done)
}

fn print_chat(session: &Session, chat: &ChatOverview) -> Result<(), Failure> {
    let record = &chat.record;
    let manager = chat.manager.as_ref().map_or("", |m| m.name.as_str());
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
        out::one_line(manager, 18),
        out::one_line(&record.title, 60)
    ))
}

pub fn show(session: &Session, args: &Show) -> Result<Outcome, Failure> {
    let archive = session.open()?;
    let messages = match (&args.link, &args.chat) {
        (Some(link), _) => {
            let link: MessageLink = link.parse().map_err(|()| Failure::NotFound)?;
            let focus = archive.message(link)?;
            match args.context {
                0 => vec![focus],
                n => archive.page(link.chat, Anchor::Around(link.message), 2 * n + 1)?.messages,
            }
        }
        (None, Some(chat)) => {
            let chat = find_chat(&archive, chat)?;
            match &args.at {
                None => archive.page(chat, Anchor::Last, args.limit)?.messages,
                Some(date) => from_date(&archive, chat, session.date(date)?, args.limit)?,
            }
        }
        (None, None) => return Err(Failure::NotFound),
    };
    messages.iter().try_for_each(|message| print_message(session, &archive, message, args.versions))?;
    Ok(Outcome::Done)
}

fn from_date(archive: &OpenArchive, chat: ChatId, at: letopis_model::Timestamp, limit: usize) -> Result<Vec<Message>, Failure> {
    let page = archive.page(chat, Anchor::Date(at), 2)?;
    match page.focus {
        None => Ok(Vec::new()),
        Some(first) => {
            let before = letopis_model::MessageId(first.message.0.saturating_sub(1));
            Ok(archive.page(chat, Anchor::After(before), limit)?.messages)
        }
    }
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

fn print_message(session: &Session, archive: &OpenArchive, message: &Message, versions: bool) -> Result<(), Failure> {
    if session.json {
        let mut value = message_json(session, message);
        if versions && let Some(object) = value.as_object_mut() {
            object.insert("versions".into(), versions_json(session, archive, message)?);
        }
        return out::json(&value);
    }
    let at = message.sent_at.map_or(String::new(), |at| session.rfc3339(at));
    let marks = [(message.deleted.is_some(), " ✕"), (message.edited_at.is_some() || message.versions > 1, " ✎")];
    let marks: String = marks.iter().filter(|(on, _)| *on).map(|(_, mark)| *mark).collect();
    let kind = message.content.kind.name();
    out::line(&format!("{at}  {}{marks}  [{kind}] {}", out::one_line(&message.sender_name, 60), message.link))?;
    if let Some(gone) = &message.deleted {
        let (from, to) = (session.rfc3339(gone.from), session.rfc3339(gone.to));
        out::line(&match session.lang {
            Lang::Ru => format!("    удалено между {from} и {to}; оригинал:"),
            Lang::En => format!("    deleted between {from} and {to}; the original:"),
        })?;
    }
    out::line(&format!("    {}", out::block(&message.content.text).replace('\n', "\n    ")))?;
    if versions && message.versions > 1 {
        for (number, version) in (1u32..).zip(archive.versions(message.link)?) {
            out::line(&format!("    v{number}: {}", out::block(&version.content.text).replace('\n', "\n        ")))?;
        }
    }
    Ok(())
}

pub fn message_json(session: &Session, message: &Message) -> Value {
    let reply = message.content.reply_to.as_ref().filter(|r| r.peer.is_none());
    json!({
        "link": message.link.to_string(), "chat_id": message.link.chat.peer().to_string(),
        "message_id": message.link.message.0, "sender": message.sender_name, "direction": direction(message.direction),
        "sent_at": message.sent_at.map(|at| session.rfc3339(at)), "kind": message.content.kind.name(),
        "text": message.content.text, "reply_to": reply.map(|r| r.message.0),
        "edited": message.edited_at.is_some() || message.versions > 1,
        "deleted": message.deleted.map(|d| json!({
            "from": session.rfc3339(d.from), "to": session.rfc3339(d.to), "source": d.source.name(),
        })),
    })
}

fn versions_json(session: &Session, archive: &OpenArchive, message: &Message) -> Result<Value, Failure> {
    let versions = archive.versions(message.link)?;
    let all = (1u32..).zip(&versions).map(|(number, v)| {
        json!({
            "version": number, "text": v.content.text, "seen_at": session.rfc3339(v.seen_at), "source": v.source.name(),
            "edited_at": v.edited_at.map(|at| session.rfc3339(at)),
        })
    });
    Ok(all.collect())
}

pub fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::In => "in",
        Direction::Out => "out",
    }
}
