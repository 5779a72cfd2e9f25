//! watch: records in the foreground until Ctrl-C, or with `--once` until nothing is owed any more.

use crate::session::Session;
use crate::{Outcome, out};
use letopis_engine::capture::{AccountView, CaptureState, Event, Options};
use letopis_engine::{Failure, OpenArchive};
use serde_json::json;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

const LOOK: Duration = Duration::from_millis(200);

pub fn run(session: &Session, once: bool) -> Result<Outcome, Failure> {
    let archive = session.open()?;
    if !archive.accounts()?.iter().any(|view| view.is_on) {
        let words = session.lang_line(
            "Ни один аккаунт не включён: letopis-cli accounts on НОМЕР",
            "No account is switched on: letopis-cli accounts on ACCOUNT",
        );
        eprintln!("{words}");
        return Ok(Outcome::Failed);
    }
    let _working = session.work();
    let (tell, told) = channel();
    archive.start_capture(Options::from_env(), Arc::new(move |event| drop(tell.send(event))))?;
    let outcome = loop {
        match told.recv_timeout(LOOK) {
            Ok(event) => say(session, &archive, &event)?,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break Outcome::Failed,
        }
        if session.is_interrupted() {
            break Outcome::Cancelled;
        }
        let views: Vec<AccountView> = archive.accounts()?.into_iter().filter(|view| view.is_on).collect();
        if views.iter().all(must_be_acted_upon) {
            break Outcome::Failed;
        }
        if once && views.iter().all(|view| must_be_acted_upon(view) || is_done(view)) {
            break Outcome::Done;
        }
    };
    archive.stop_capture();
    archive.catch_up(&mut session.job())?;
    for view in archive.accounts()?.iter().filter(|view| view.is_on) {
        super::accounts::print(session, view)?;
    }
    Ok(outcome)
}

pub fn must_be_acted_upon(view: &AccountView) -> bool {
    matches!(
        view.state,
        CaptureState::SignedOut(_) | CaptureState::Failed(_) | CaptureState::NeedsConsent | CaptureState::NeedsScope
    )
}

fn is_done(view: &AccountView) -> bool {
    view.is_idle && view.media.0 == 0
}

fn say(session: &Session, archive: &OpenArchive, event: &Event) -> Result<(), Failure> {
    match event {
        Event::Account(account) => {
            let found = archive.accounts()?.into_iter().find(|view| view.account == *account);
            found.map_or(Ok(()), |view| super::accounts::print(session, &view))
        }
        Event::Grew => Ok(()),
        Event::MassDeletion { chat, count } if session.json => {
            out::json(&json!({ "event": "mass-deletion", "chat_id": chat.to_string(), "count": count }))
        }
        Event::MassDeletion { chat, count } => {
            let words = session.lang_line("Массовое удаление", "Mass deletion");
            out::line(&format!("{words}: {chat}, {count}"))
        }
        Event::DeadFeed(account) if session.json => out::json(&json!({ "event": "dead-feed", "account": account.0 })),
        Event::DeadFeed(account) => {
            let words = session.lang_line("Нет связи уже две минуты", "No connection for two minutes");
            out::line(&format!("{words}: {}", account.0))
        }
    }
}
