//! search.

use super::read::direction;
use crate::args::Search;
use crate::session::Session;
use crate::{Outcome, out};
use letopis_engine::{Access, Failure, Hit, InsteadKind, Lang, SearchAnswer, SearchFilter, SearchRequest};
use serde_json::json;

/// What the engine gives in one call.
const PAGE: usize = 500;
/// What one run prints; whoever wants more goes on with `--offset`.
const MOST: usize = 10_000;
/// The engine goes no further into the hits.
const FARTHEST: usize = 1_000_000;

pub fn run(session: &Session, args: &Search) -> Result<Outcome, Failure> {
    let archive = session.open()?;
    // A trailing space says that the last word is whole: nobody is typing here.
    let query = format!("{} ", args.query);
    let start = args.offset.min(FARTHEST);
    let limit = args.limit.min(MOST).min(FARTHEST.saturating_sub(args.offset));
    let mut printed = 0;
    let mut told = false;
    let total = loop {
        let (offset, page) = (start + printed, (limit - printed).min(PAGE));
        let request =
            SearchRequest { query: &query, filter: SearchFilter::default(), sort: args.sort.into(), offset, limit: page };
        let answer = archive.search(&request)?;
        if !std::mem::replace(&mut told, true) {
            session.noted(archive.note(Access::Searched, None, &args.query, ""));
            tell_about(session, &answer);
        }
        // A page of no hits still tells the total.
        answer.hits.iter().take(page).try_for_each(|hit| print(session, &answer, hit))?;
        printed += page;
        if printed >= limit || start + printed >= answer.total {
            break answer.total;
        }
    };
    tell_count(session, args, printed.min(total.saturating_sub(start)), total);
    Ok(Outcome::Done)
}

/// What the answer rests on, when it is not just what was asked.
fn tell_about(session: &Session, answer: &SearchAnswer) {
    if let Some((kind, shown)) = &answer.instead {
        let (ru, en) = match kind {
            InsteadKind::Layout => ("другая раскладка", "the other keyboard layout"),
            InsteadKind::Latin => ("русское слово латиницей", "Russian in Latin letters"),
            InsteadKind::Typo => ("похожее слово", "a similar word"),
            InsteadKind::Part => ("часть слова", "a part of a word"),
        };
        match session.lang {
            Lang::Ru => eprintln!("Показано по «{shown}» ({ru})."),
            Lang::En => eprintln!("Showing results for “{shown}” ({en})."),
        }
    }
    if let Some(percent) = answer.covered {
        match session.lang {
            Lang::Ru => eprintln!("Поиск строится: ищем по {percent} % архива."),
            Lang::En => eprintln!("The index is being built: searching {percent} % of the archive."),
        }
    }
    for drop in &answer.drops {
        match session.lang {
            Lang::Ru => eprintln!("Без «{}» найдётся {}: {}", drop.dropped, drop.total, drop.query),
            Lang::En => eprintln!("Without “{}” there are {}: {}", drop.dropped, drop.total, drop.query),
        }
    }
}

fn tell_count(session: &Session, args: &Search, printed: usize, total: usize) {
    if !session.json {
        eprintln!("{printed}/{total}");
    }
    if args.limit > MOST && total > args.offset.saturating_add(printed) {
        eprintln!(
            "{}",
            session.lang_line("За один раз не больше 10000; дальше: --offset.", "At most 10000 at once; go on with --offset.")
        );
    }
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
            "old_version": hit.version > 0, "shown_for": answer.instead.as_ref().map(|(_, shown)| shown),
        }));
    }
    let at = at.unwrap_or_default();
    let mut notes = String::new();
    if hit.version > 0 {
        let note = session.lang_line("прежняя версия", "earlier version");
        notes.push_str(&format!("  [{note} {}]", hit.version));
    }
    if message.deleted.is_some() {
        notes.push_str(session.lang_line("  [удалено]", "  [deleted]"));
    }
    let (title, sender) = (out::one_line(title, 40), out::one_line(&message.sender_name, 30));
    out::line(&format!("{at}  {title}  {sender}  {}{notes}", message.link))?;
    out::line(&format!("    {}", out::one_line(&hit.snippet, 180)))
}
