//! accounts: the list, consent, scope, on and off, sign out.

use crate::args::Accounts;
use crate::session::Session;
use crate::{Outcome, out};
use anyhow::anyhow;
use letopis_engine::capture::{
    AccountView, CONSENT_VERSION, Capture, CaptureRule, CaptureState, Consent, Options, RuleOf, Sweep, consent_text,
};
use letopis_engine::{Failure, OpenArchive};
use letopis_model::{AccountId, PeerId};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

const LOOK: Duration = Duration::from_millis(200);

pub fn run(session: &Session, what: Option<&Accounts>) -> Result<Outcome, Failure> {
    let archive = session.unlock()?;
    let Some(what) = what else { return list(session, &archive) };
    let _working = session.work();
    let capture = archive.start_capture(Options::from_env(), Arc::new(|_| {}))?;
    let done = change(session, &archive, &capture, what);
    archive.stop_capture();
    done
}

fn change(session: &Session, archive: &OpenArchive, capture: &Arc<Capture>, what: &Accounts) -> Result<Outcome, Failure> {
    match what {
        Accounts::Scan { account } => return scan(session, capture, AccountId(*account)),
        Accounts::Consent { account, by, owner_present } => {
            let consent = Consent {
                account: AccountId(*account),
                given: true,
                at: session.engine.now(),
                who: by.clone(),
                text_version: CONSENT_VERSION.to_owned(),
                text: consent_text(session.lang).to_owned(),
                scope: scope_in_words(archive, AccountId(*account))?,
                owner_present: *owner_present,
            };
            eprintln!("{}", consent.text);
            capture.give_consent(consent)?;
        }
        Accounts::Withdraw { account, by } => capture.withdraw_consent(AccountId(*account), by)?,
        Accounts::Scope { account, chat, folder, with_private, never, days } => {
            let mut rules = named(chat, true)?;
            rules.extend(named(never, false)?);
            let with_private = *with_private;
            rules.extend(folder.iter().map(|id| CaptureRule { of: RuleOf::Folder(*id), allow: true, with_private }));
            capture.set_scope(AccountId(*account), rules, *days)?;
        }
        Accounts::On { account } => capture.switch(AccountId(*account), true)?,
        Accounts::Off { account } => capture.switch(AccountId(*account), false)?,
        Accounts::Sweep { account, chat, cancel } => {
            let peer: PeerId = chat.parse().map_err(|()| anyhow!("not a chat: {chat}"))?;
            return sweep(session, archive, capture, (AccountId(*account), peer), *cancel);
        }
        Accounts::Takeout { account, off } => {
            if !off {
                eprintln!(
                    "{}",
                    session.lang_line(
                        "Telegram сообщит о выгрузке на устройства аккаунта. Отменить: letopis-cli accounts takeout НОМЕР --off",
                        "Telegram will tell the account's devices of the export. To undo: letopis-cli accounts takeout ACCOUNT --off",
                    )
                );
            }
            capture.set_takeout(AccountId(*account), !off)?;
        }
        Accounts::SignOut { account } => capture.sign_out(AccountId(*account))?,
    }
    Ok(Outcome::Done)
}

/// Reads the chat again until its end or Ctrl-C, and says how far it is.
fn sweep(
    session: &Session,
    archive: &OpenArchive,
    capture: &Arc<Capture>,
    (account, peer): (AccountId, PeerId),
    cancel: bool,
) -> Result<Outcome, Failure> {
    if cancel {
        capture.cancel_sweep(account, peer)?;
        return Ok(Outcome::Done);
    }
    capture.sweep(account, peer)?;
    let mut said = None;
    loop {
        std::thread::sleep(LOOK);
        let view = archive.accounts()?.into_iter().find(|view| view.account == account).ok_or(Failure::NotFound)?;
        let chat = view.chats.iter().find(|chat| chat.peer == peer).ok_or(Failure::NotFound)?;
        let Some(sweep) = chat.sweep else { return Ok(Outcome::Failed) };
        if said != Some(sweep.looked_at) {
            said = Some(sweep.looked_at);
            let of = chat.total.map(|total| format!("/{total}")).unwrap_or_default();
            eprintln!("{}{of}", sweep.looked_at);
        }
        if sweep.ended_at.is_some() {
            return found(session, &sweep).map(|()| Outcome::Done);
        }
        if session.is_interrupted() {
            return Ok(Outcome::Cancelled);
        }
        if !view.is_on || super::watch::must_be_acted_upon(&view) {
            print(session, &view)?;
            return Ok(Outcome::Failed);
        }
    }
}

fn found(session: &Session, sweep: &Sweep) -> Result<(), Failure> {
    if session.json {
        return out::json(&json!({ "looked_at": sweep.looked_at, "found": sweep.found }));
    }
    let words = session.lang_line("Прочитано сообщений и найдено изменений", "Messages read, changes found");
    out::line(&format!("{words}: {}, {}", sweep.looked_at, sweep.found))
}

/// What the consent is about, as it stands now.
fn scope_in_words(archive: &OpenArchive, account: AccountId) -> Result<String, Failure> {
    let view = archive.accounts()?.into_iter().find(|view| view.account == account).ok_or(Failure::NotFound)?;
    let word = |row: &letopis_engine::capture::ScopeRow| match row.rule.of {
        RuleOf::Folder(id) => format!("folder {id} {}", row.title),
        RuleOf::Chat(peer) => format!("{peer} {}", row.title),
    };
    Ok(view.rules.iter().map(word).collect::<Vec<_>>().join(", "))
}

fn named(chats: &[String], allow: bool) -> Result<Vec<CaptureRule>, Failure> {
    let rule = |text: &String| {
        let peer: PeerId = text.parse().map_err(|()| anyhow!("not a chat: {text}"))?;
        Ok(CaptureRule { of: RuleOf::Chat(peer), allow, with_private: false })
    };
    chats.iter().map(rule).collect()
}

fn scan(session: &Session, capture: &Arc<Capture>, account: AccountId) -> Result<Outcome, Failure> {
    let (folders, rows) = capture.scan(account)?;
    for folder in folders {
        match session.json {
            true => out::json(&json!({ "folder": folder.id, "title": folder.title }))?,
            false => out::line(&format!("{:>4}  {}", folder.id, out::one_line(&folder.title, 60)))?,
        }
    }
    for row in rows {
        let chat = row.peer.to_string();
        match session.json {
            true => out::json(&json!({ "chat": chat, "kind": row.kind, "title": row.title, "folders": row.folders }))?,
            false => out::line(&format!("{chat:<24}  {}", out::one_line(&row.title, 60)))?,
        }
    }
    Ok(Outcome::Done)
}

fn list(session: &Session, archive: &OpenArchive) -> Result<Outcome, Failure> {
    for view in archive.accounts()? {
        print(session, &view)?;
    }
    Ok(Outcome::Done)
}

/// One line of the list.
pub fn print(session: &Session, view: &AccountView) -> Result<(), Failure> {
    let seen = view.heard_at.map(|at| session.rfc3339(at));
    if session.json {
        return out::json(&json!({
            "account": view.account.0, "manager": view.name, "state": state(&view.state), "last_seen_at": seen, "behind": view.behind,
            "on": view.is_on, "chats": view.chats.len(), "media_waiting": view.media.0, "media_lost": view.media.1,
        }));
    }
    let (state, chats) = (state(&view.state), view.chats.len());
    let seen = seen.unwrap_or_else(|| "-".to_owned());
    out::line(&format!("{:>12}  {:<24}  {state:<14}  {seen}  {chats}", view.account.0, out::one_line(&view.name, 24)))
}

pub fn state(state: &CaptureState) -> &'static str {
    match state {
        CaptureState::Off => "off",
        CaptureState::NeedsConsent => "needs-consent",
        CaptureState::NeedsScope => "needs-scope",
        CaptureState::Connecting => "connecting",
        CaptureState::CatchingUp => "catching-up",
        CaptureState::Live => "live",
        CaptureState::Waiting(_) => "waiting",
        CaptureState::Offline => "offline",
        CaptureState::SignedOut(_) => "signed-out",
        CaptureState::Failed(_) => "failed",
    }
}
