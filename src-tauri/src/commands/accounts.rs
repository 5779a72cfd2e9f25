//! Managers' Telegram accounts: the list, signing in, consent, scope, on and off.

use crate::failure::{Answer, blocking};
use crate::state::Shell;
use crate::view;
use letopis_engine::Failure;
use letopis_engine::capture::{CONSENT_VERSION, Capture, Consent, consent_text};
use letopis_engine::model::{AccountId, PeerId};
use std::sync::Arc;
use tauri::AppHandle;

fn capture(shell: &Shell) -> Result<Arc<Capture>, Failure> {
    shell.archive()?.capture()
}

fn id(account: &str) -> Result<AccountId, Failure> {
    account.parse().map(AccountId).map_err(|_| Failure::NotFound)
}

fn peer(chat: &str) -> Result<PeerId, Failure> {
    chat.parse().map_err(|()| Failure::NotFound)
}

/// Does something with the capture off the window's thread.
async fn with<T: Send + 'static>(
    app: AppHandle,
    work: impl FnOnce(&Arc<Capture>) -> Result<T, Failure> + Send + 'static,
) -> Answer<T> {
    blocking(app, move |shell| work(&capture(shell)?)).await
}

async fn step(
    app: AppHandle,
    work: impl FnOnce(&Arc<Capture>) -> Result<letopis_engine::capture::LoginView, Failure> + Send + 'static,
) -> Answer<view::LoginView> {
    with(app, move |capture| work(capture).map(Into::into)).await
}

#[tauri::command]
#[specta::specta]
pub async fn accounts(app: AppHandle) -> Answer<Vec<view::AccountView>> {
    blocking(app, |shell| Ok(shell.archive()?.accounts()?.into_iter().map(Into::into).collect())).await
}

#[tauri::command]
#[specta::specta]
pub async fn login_state(app: AppHandle) -> Answer<view::LoginView> {
    step(app, |capture| capture.login_view()).await
}

#[tauri::command]
#[specta::specta]
pub async fn login_phone(app: AppHandle, keys: view::ApiKeys, phone: String) -> Answer<view::LoginView> {
    step(app, move |capture| capture.login_by_phone(keys.application()?, &phone)).await
}

#[tauri::command]
#[specta::specta]
pub async fn login_qr(app: AppHandle, keys: view::ApiKeys) -> Answer<view::LoginView> {
    step(app, move |capture| capture.login_by_qr(keys.application()?)).await
}

/// Waits some seconds for the shown code to be scanned.
#[tauri::command]
#[specta::specta]
pub async fn login_scanned(app: AppHandle) -> Answer<view::LoginView> {
    step(app, |capture| capture.login_scanned()).await
}

#[tauri::command]
#[specta::specta]
pub async fn login_resend(app: AppHandle) -> Answer<view::LoginView> {
    step(app, |capture| capture.login_resend()).await
}

#[tauri::command]
#[specta::specta]
pub async fn login_code(app: AppHandle, code: String) -> Answer<view::LoginView> {
    step(app, move |capture| capture.login_code(&code)).await
}

#[tauri::command]
#[specta::specta]
pub async fn login_password(app: AppHandle, password: String) -> Answer<view::LoginView> {
    step(app, move |capture| capture.login_password(&password)).await
}

#[tauri::command]
#[specta::specta]
pub async fn login_cancel(app: AppHandle) -> Answer<()> {
    with(app, |capture| capture.login_cancel()).await
}

#[tauri::command]
#[specta::specta]
pub async fn account_scan(app: AppHandle, account: String) -> Answer<view::Scan> {
    with(app, move |capture| Ok(capture.scan(id(&account)?)?.into())).await
}

#[tauri::command]
#[specta::specta]
pub async fn account_scope(app: AppHandle, account: String, scope: view::ScopeWish) -> Answer<()> {
    with(app, move |capture| capture.set_scope(id(&account)?, scope.rules()?, scope.fill_days)).await
}

#[tauri::command]
#[specta::specta]
pub async fn consent_words(app: AppHandle) -> Answer<String> {
    blocking(app, |shell| Ok(consent_text(shell.lang()).to_owned())).await
}

/// Keeps the consent, then switches recording on.
#[tauri::command]
#[specta::specta]
pub async fn account_consent(app: AppHandle, account: String, consent: view::ConsentWish) -> Answer<()> {
    blocking(app, move |shell| {
        let (account, capture) = (id(&account)?, capture(shell)?);
        let (at, text) = (shell.engine.now(), consent_text(shell.lang()).to_owned());
        let view::ConsentWish { who, owner_present, scope } = consent;
        let text_version = CONSENT_VERSION.to_owned();
        capture.give_consent(Consent { account, given: true, at, who, text_version, text, scope, owner_present })?;
        capture.switch(account, true)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn account_withdraw(app: AppHandle, account: String, who: String) -> Answer<()> {
    with(app, move |capture| capture.withdraw_consent(id(&account)?, &who)).await
}

#[tauri::command]
#[specta::specta]
pub async fn account_switch(app: AppHandle, account: String, on: bool) -> Answer<()> {
    with(app, move |capture| capture.switch(id(&account)?, on)).await
}

#[tauri::command]
#[specta::specta]
pub async fn account_proxy(app: AppHandle, account: String, proxy: String) -> Answer<()> {
    with(app, move |capture| capture.set_proxy(id(&account)?, &proxy)).await
}

#[tauri::command]
#[specta::specta]
pub async fn account_check(app: AppHandle, account: String) -> Answer<()> {
    with(app, move |capture| capture.check_all(id(&account)?)).await
}

/// Reads a whole chat again, or goes on with it; how far it is stands in the account's view.
#[tauri::command]
#[specta::specta]
pub async fn account_sweep(app: AppHandle, account: String, chat: String) -> Answer<()> {
    with(app, move |capture| capture.sweep(id(&account)?, peer(&chat)?)).await
}

#[tauri::command]
#[specta::specta]
pub async fn account_sweep_cancel(app: AppHandle, account: String, chat: String) -> Answer<()> {
    with(app, move |capture| capture.cancel_sweep(id(&account)?, peer(&chat)?)).await
}

/// Telegram tells the account's devices of it: the window says so before.
#[tauri::command]
#[specta::specta]
pub async fn account_takeout(app: AppHandle, account: String, on: bool) -> Answer<()> {
    with(app, move |capture| capture.set_takeout(id(&account)?, on)).await
}

#[tauri::command]
#[specta::specta]
pub async fn account_sign_out(app: AppHandle, account: String) -> Answer<()> {
    with(app, move |capture| capture.sign_out(id(&account)?)).await
}
