//! show: messages of a chat, read in pages, so that a chat of any length leaves memory flat.

use super::read::{direction, find_chat};
use crate::args::Show;
use crate::session::Session;
use crate::{Outcome, out};
use letopis_engine::{Anchor, Failure, Lang, OpenArchive};
use letopis_model::{ChatId, Message, MessageId, MessageLink};
use serde_json::{Value, json};

/// Messages in memory at once.
const PAGE: usize = 1_000;

/// A run of a chat: where it starts and how long it may be.
struct Run {
    chat: ChatId,
    first: MessageId,
    length: usize,
}

pub fn run(session: &Session, args: &Show) -> Result<Outcome, Failure> {
    let at = args.at.as_deref().map(|date| session.date(date)).transpose()?;
    let archive = session.open()?;
    let wanted = match (&args.link, &args.chat, at) {
        (Some(link), _, _) => {
            let link: MessageLink = link.parse().map_err(|()| Failure::NotFound)?;
            around(&archive, archive.message(link)?.link, args.context)?
        }
        (None, Some(chat), None) => last(&archive, find_chat(&archive, chat)?, args.limit)?,
        (None, Some(chat), Some(at)) => {
            let chat = find_chat(&archive, chat)?;
            let first = archive.page(chat, Anchor::Date(at), 2)?.focus;
            first.map(|first| Run { chat, first: first.message, length: args.limit })
        }
        (None, None, _) => None,
    };
    if let Some(wanted) = wanted {
        session.noted(archive.note_visit(wanted.chat));
        for_each(&archive, &wanted, |message| print_message(session, &archive, message, args.versions))?;
    }
    Ok(Outcome::Done)
}

/// The message with its neighbours on both sides.
fn around(archive: &OpenArchive, focus: MessageLink, context: usize) -> Result<Option<Run>, Failure> {
    let (first, older) = walk_back(archive, focus.chat, Anchor::Before(focus.message), context)?;
    let length = older.saturating_add(1).saturating_add(context);
    Ok(Some(Run { chat: focus.chat, first: first.unwrap_or(focus.message), length }))
}

fn last(archive: &OpenArchive, chat: ChatId, limit: usize) -> Result<Option<Run>, Failure> {
    let (first, length) = walk_back(archive, chat, Anchor::Last, limit)?;
    Ok(first.map(|first| Run { chat, first, length }))
}

/// Goes back at most `limit` messages from an anchor: the oldest one reached, and how many they are.
fn walk_back(archive: &OpenArchive, chat: ChatId, from: Anchor, limit: usize) -> Result<(Option<MessageId>, usize), Failure> {
    let (mut anchor, mut first, mut count) = (from, None, 0);
    while count < limit {
        let page = archive.page(chat, anchor, (limit - count).min(PAGE))?;
        let Some(oldest) = page.messages.first() else { break };
        (anchor, first) = (Anchor::Before(oldest.link.message), Some(oldest.link.message));
        count += page.messages.len();
        if !page.has_before {
            break;
        }
    }
    Ok((first, count))
}

fn for_each(archive: &OpenArchive, wanted: &Run, mut show: impl FnMut(&Message) -> Result<(), Failure>) -> Result<(), Failure> {
    let mut left = wanted.length;
    let mut after = MessageId(wanted.first.0.saturating_sub(1));
    while left > 0 {
        let page = archive.page(wanted.chat, Anchor::After(after), left.min(PAGE))?;
        page.messages.iter().try_for_each(&mut show)?;
        left -= page.messages.len();
        match page.messages.last() {
            Some(newest) if page.has_after => after = newest.link.message,
            _ => break,
        }
    }
    Ok(())
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

fn message_json(session: &Session, message: &Message) -> Value {
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
