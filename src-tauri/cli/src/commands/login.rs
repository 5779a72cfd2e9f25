//! login: step by step on a terminal, or with the answers piped in. Nothing that is typed is shown or kept in a history.

use crate::args::Login;
use crate::session::{Session, first_line};
use crate::{Outcome, out};
use anyhow::Context;
use letopis_engine::Failure;
use letopis_engine::capture::{Application, Capture, LoginView, Options};
use serde_json::json;
use std::sync::Arc;

/// Wrong answers in a row before the sign-in is left for later.
const TRIES: u32 = 3;

pub fn run(session: &Session, login: &Login) -> Result<Outcome, Failure> {
    let api_hash = match &login.api_hash_file {
        Some(path) => first_line(path)?.to_string(),
        None => std::env::var("LETOPIS_API_HASH").context("--api-hash-file or LETOPIS_API_HASH")?,
    };
    let app = Application { api_id: login.api_id, api_hash, proxy: login.proxy.clone(), language: "ru" };
    let archive = session.unlock()?;
    warn(session);
    let capture = archive.start_capture(Options::from_env(), Arc::new(|_| {}))?;
    let done = walk(session, login, &capture, app);
    archive.stop_capture();
    done
}

fn warn(session: &Session) {
    eprintln!(
        "{}",
        session.lang_line(
            "Telegram покажет владельцу новое устройство «Летопись» и пришлёт ему уведомление о входе. Входите не чаще, чем нужно.",
            "Telegram shows the owner a new device and tells them about the sign-in. Do not sign in more often than you need.",
        )
    );
}

fn walk(session: &Session, login: &Login, capture: &Arc<Capture>, app: Application) -> Result<Outcome, Failure> {
    let mut view = match (&login.phone, login.qr) {
        (Some(phone), _) => capture.login_by_phone(app, phone)?,
        (None, true) => capture.login_by_qr(app)?,
        (None, false) => capture.login_view()?,
    };
    let mut wrong = 0;
    loop {
        show(session, &view)?;
        let next = match &view {
            LoginView::None => return Err(Failure::NoLogin),
            LoginView::Done { .. } => return Ok(Outcome::Done),
            LoginView::Code { .. } => capture.login_code(&session.ask("Код: ", "Code: ")?),
            LoginView::Password { .. } => capture.login_password(&session.ask("Облачный пароль: ", "Two-step password: ")?),
            LoginView::Qr { .. } => capture.login_scanned(),
        };
        match next {
            Ok(next) => (view, wrong) = (next, 0),
            Err(failure @ Failure::TelegramRefused(_)) if wrong + 1 < TRIES => {
                wrong += 1;
                out::failure(&failure, session.lang);
            }
            Err(other) => return Err(other),
        }
    }
}

fn show(session: &Session, view: &LoginView) -> Result<(), Failure> {
    match view {
        LoginView::Done { account, name } if session.json => out::json(&json!({ "account": account, "manager": name })),
        LoginView::Done { account, name } => out::line(&format!("{account}  {name}")),
        LoginView::Qr { url, expires_at } if session.json => out::json(&json!({ "qr": url, "expires_at": expires_at })),
        LoginView::Qr { url, .. } => out::line(url),
        LoginView::Code { way, length, .. } => {
            eprintln!("{} ({way}, {})", session.lang_line("Код отправлен", "A code was sent"), length.unwrap_or(0));
            Ok(())
        }
        LoginView::Password { hint } => {
            eprintln!("{} {}", session.lang_line("Подсказка:", "Hint:"), hint.as_deref().unwrap_or("-"));
            Ok(())
        }
        LoginView::None => Ok(()),
    }
}
