//! search.

use super::read::direction;
use crate::args::Search;
use crate::session::Session;
use crate::{Outcome, out};
use letopis_engine::{Failure, Hit, SearchAnswer, SearchFilter, SearchRequest};
use serde_json::json;

pub fn run(session: &Session, args: &Search) -> Result<Outcome, Failure> {
    let archive = session.open()?;
    // A trailing space says that the last word is whole: nobody is typing here.
    let query = format!("{} ", args.query);
    let request = SearchRequest {
        query: &query,
        filter: SearchFilter::default(),
        sort: args.sort.into(),
        offset: args.offset,
        limit: args.limit,
    };
    let answer = archive.search(&request)?;
    answer.hits.iter().try_for_each(|hit| print(session, &answer, hit))?;
    if !session.json {
        eprintln!("{}/{}", answer.hits.len(), answer.total);
    }
    Ok(Outcome::Done)
}

fn print(session: &Session, answer: &SearchAnswer, hit: &Hit) -> Result<(), Failure> {
    let message = &hit.message;
    let chat = message.link.chat;
    let title = answer.titles.get(&chat.to_string()).map_or("", String::as_str);
    let manager = chat.account().and_then(|a| answer.managers.get(&a.0.to_string())).map_or("", String::as_str);
    let at = message.sent_at.map(|at| session.rfc3339(at));
    if session.json {
        return out::json(&json!({
            "link": message.link.to_string(), "chat_id": chat.peer().to_string(), "chat": title,
            "message_id": message.link.message.0, "version": if hit.version == 0 { message.versions } else { hit.version },
            "manager": manager, "sender": message.sender_name, "direction": direction(message.direction), "sent_at": at,
            "kind": message.content.kind.name(), "deleted": message.deleted.is_some(),
            "edited": message.edited_at.is_some() || message.versions > 1, "snippet": hit.snippet, "score": hit.score,
        }));
    }
    let at = at.unwrap_or_default();
    out::line(&format!("{at}  {}  {}  {}", out::one_line(title, 40), out::one_line(&message.sender_name, 30), message.link))?;
    out::line(&format!("    {}", out::one_line(&hit.snippet, 180)))
}
