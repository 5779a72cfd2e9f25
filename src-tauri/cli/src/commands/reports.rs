//! summary, promises.

use super::read::find_chat;
use crate::args::{CliState, Promises, Summary};
use crate::session::Session;
use crate::{Outcome, out};
use letopis_engine::insights::summary::SectionKind;
use letopis_engine::insights::{Author, PromiseState};
use letopis_engine::{Failure, Lang, ManagerPromise, SummaryAnswer, SummaryItem, SummaryRequest};
use serde_json::{Value, json};

pub fn summary(session: &Session, args: &Summary) -> Result<Outcome, Failure> {
    if let Some(misused) = without_model(session, args) {
        return Ok(misused);
    }
    let (from, to) = (session.date(&args.from)?, session.date(&args.to)?);
    let archive = session.open()?;
    let manager = args.manager.as_deref().map(|name| archive.find_manager(name)).transpose()?;
    let request = SummaryRequest {
        manager: manager.map(|m| m.account),
        chats: args.chat.iter().map(|chat| find_chat(&archive, chat)).collect::<Result<_, _>>()?,
        from,
        to,
    };
    let answer = archive.summary(&request)?;
    if session.json {
        out::json(&summary_json(session, &answer))?;
        return Ok(Outcome::Done);
    }
    for (kind, items) in answer.sections.iter().filter(|(_, items)| !items.is_empty()) {
        out::line(section_title(*kind, session.lang))?;
        for item in items {
            let quote = &item.item.quote;
            let (at, title) = (session.rfc3339(quote.at), out::one_line(&item.title, 40));
            out::line(&format!("  {at} {title}, {}: «{}»", out::one_line(&quote.sender, 30), out::one_line(&quote.text, 200)))?;
            out::line(&format!("    {}", citations(item).join(" ")))?;
        }
    }
    out::line(&match session.lang {
        Lang::Ru => format!("По {} сообщениям, чатов: {}", answer.messages, answer.chats),
        Lang::En => format!("From {} messages, chats: {}", answer.messages, answer.chats),
    })?;
    Ok(Outcome::Done)
}

/// What is asked of a language model, and there is none yet.
fn without_model(session: &Session, args: &Summary) -> Option<Outcome> {
    if args.model.as_deref().is_some_and(|model| model != "none") {
        return Some(session.misused(
            "Ни одна модель пока не встроена. Сводка составляется без модели: --model none.",
            "No model is built in yet. The summary is made without one: --model none.",
        ));
    }
    args.prompt.as_ref()?;
    Some(session.misused(
        "Для --prompt нужна модель, а её пока нет. Слова можно найти: letopis-cli search ЗАПРОС.",
        "--prompt needs a model, and there is none yet. Words can be found: letopis-cli search QUERY.",
    ))
}

fn citations(item: &SummaryItem) -> Vec<String> {
    item.item.citations.iter().map(|(link, _)| link.to_string()).collect()
}

fn summary_json(session: &Session, answer: &SummaryAnswer) -> Value {
    let sections: Vec<Value> = answer
        .sections
        .iter()
        .map(|(kind, items)| {
            let items: Vec<Value> = items
                .iter()
                .map(|item| {
                    let quote = &item.item.quote;
                    let text = format!("{}, {}: «{}»", item.title, quote.sender, quote.text);
                    json!({ "text": text, "citations": citations(item), "quote": quote.text, "class": item.item.class })
                })
                .collect();
            json!({ "title": section_title(*kind, session.lang), "items": items })
        })
        .collect();
    json!({
        "sections": sections, "dropped_claims": 0,
        "coverage": { "chats": answer.chats, "messages": answer.messages }, "model": "none",
    })
}

fn section_title(kind: SectionKind, lang: Lang) -> &'static str {
    let (ru, en) = match kind {
        SectionKind::Promises => ("Обещания", "Promises"),
        SectionKind::Questions => ("Вопросы без ответа", "Open questions"),
        SectionKind::Requests => ("Обращения", "Requests"),
        SectionKind::Agreements => ("Договорённости", "Agreements"),
        SectionKind::Changes => ("Изменения", "Changes"),
    };
    match lang {
        Lang::Ru => ru,
        Lang::En => en,
    }
}

pub fn promises(session: &Session, args: &Promises) -> Result<Outcome, Failure> {
    let before = args.due_before.as_deref().map(|date| session.date(date)).transpose()?;
    let archive = session.open()?;
    let manager = args.manager.as_deref().map(|name| archive.find_manager(name)).transpose()?;
    for owed in archive.promises()? {
        let promise = &owed.promise;
        let is_wanted = args.state.is_none_or(|state| state == cli_state(promise.state))
            && manager.as_ref().is_none_or(|m| owed.manager.contains(&m.name))
            && before.is_none_or(|before| promise.due_at.is_some_and(|due| due < before));
        if is_wanted {
            print_promise(session, &owed)?;
        }
    }
    Ok(Outcome::Done)
}

fn print_promise(session: &Session, owed: &ManagerPromise) -> Result<(), Failure> {
    let promise = &owed.promise;
    let due = promise.due_at.map(|at| session.rfc3339(at));
    if session.json {
        return out::json(&json!({
            "link": promise.quote.link.to_string(), "chat_id": owed.chat.peer().to_string(),
            "message_id": promise.quote.link.message.0, "manager": owed.manager, "client": owed.title,
            "author": author(promise.author), "quote": promise.quote.text, "due": promise.due.map(|d| d.to_string()),
            "due_at": due, "due_text": promise.due_text, "state": state(promise.state),
            "closed_by": promise.closed_by.map(|l| l.to_string()), "approval": null,
        }));
    }
    let due = due.unwrap_or_else(|| "—".into());
    out::line(&format!(
        "{:<9} {:<25} {:<18} {:<30} «{}»",
        state(promise.state),
        due,
        out::one_line(&owed.manager, 18),
        out::one_line(&owed.title, 30),
        out::one_line(&promise.quote.text, 120)
    ))
}

fn cli_state(state: PromiseState) -> CliState {
    match state {
        PromiseState::Open => CliState::Open,
        PromiseState::Kept => CliState::Kept,
        PromiseState::Late => CliState::Late,
        PromiseState::Broken => CliState::Broken,
        PromiseState::Withdrawn => CliState::Withdrawn,
    }
}

fn state(state: PromiseState) -> &'static str {
    match state {
        PromiseState::Open => "open",
        PromiseState::Kept => "kept",
        PromiseState::Late => "late",
        PromiseState::Broken => "broken",
        PromiseState::Withdrawn => "withdrawn",
    }
}

fn author(author: Author) -> &'static str {
    match author {
        Author::Manager => "manager",
        Author::Team => "team",
        Author::Client => "client",
        Author::Both => "both",
    }
}
