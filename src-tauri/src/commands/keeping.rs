//! Retention, holds, forgetting, the access log.

use super::chat_id;
use crate::failure::{Answer, blocking};
use crate::view;
use letopis_engine::model::AccountId;
use letopis_engine::{Access, Failure};
use tauri::AppHandle;
use tauri::ipc::Channel;

/// More than a screen ever needs at once.
const PAGE_LIMIT: u32 = 500;

fn account(text: &str) -> Result<AccountId, Failure> {
    text.parse().map(AccountId).map_err(|_| Failure::NoSuchManager)
}

#[tauri::command]
#[specta::specta]
pub async fn retention(app: AppHandle) -> Answer<Vec<view::RetentionRow>> {
    blocking(app, |shell| view::RetentionRow::all(&*shell.archive()?)).await
}

#[tauri::command]
#[specta::specta]
pub async fn weigh_retention(app: AppHandle, manager: String, days: u32) -> Answer<view::Weighed> {
    blocking(app, move |shell| Ok(shell.archive()?.weigh_retention(account(&manager)?, days)?.weighed.into())).await
}

#[tauri::command]
#[specta::specta]
pub async fn set_retention(app: AppHandle, manager: String, days: Option<u32>) -> Answer<()> {
    blocking(app, move |shell| shell.archive()?.set_retention(account(&manager)?, days)).await
}

#[tauri::command]
#[specta::specta]
pub async fn apply_retention(app: AppHandle, on_progress: Channel<view::Progress>) -> Answer<view::Weighed> {
    blocking(app, move |shell| {
        let running = shell.begin_job()?;
        let mut job = running.job(|progress| view::Progress::send(&on_progress, progress));
        Ok(shell.archive()?.apply_retention(&mut job)?.into())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn holds(app: AppHandle) -> Answer<Vec<view::HoldRow>> {
    blocking(app, |shell| view::HoldRow::all(&*shell.archive()?)).await
}

#[tauri::command]
#[specta::specta]
pub async fn place_hold(app: AppHandle, chat: String, why: String) -> Answer<()> {
    blocking(app, move |shell| shell.archive()?.place_hold(chat_id(&chat)?, &why)).await
}

#[tauri::command]
#[specta::specta]
pub async fn lift_hold(app: AppHandle, chat: String) -> Answer<()> {
    blocking(app, move |shell| shell.archive()?.lift_hold(chat_id(&chat)?)).await
}

#[tauri::command]
#[specta::specta]
pub async fn plan_forgetting(app: AppHandle, chat: String) -> Answer<view::ForgetPlan> {
    blocking(app, move |shell| Ok(shell.archive()?.plan_forgetting(chat_id(&chat)?)?.into())).await
}

#[tauri::command]
#[specta::specta]
pub async fn forget(
    app: AppHandle,
    chat: String,
    code: String,
    why: String,
    on_progress: Channel<view::Progress>,
) -> Answer<view::ForgetReport> {
    blocking(app, move |shell| {
        let running = shell.begin_job()?;
        let mut job = running.job(|progress| view::Progress::send(&on_progress, progress));
        Ok(shell.archive()?.forget(chat_id(&chat)?, &code, &why, &mut job)?.into())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn erasures(app: AppHandle) -> Answer<Vec<view::ErasureRow>> {
    blocking(app, |shell| view::ErasureRow::all(&*shell.archive()?)).await
}

#[tauri::command]
#[specta::specta]
pub async fn access_log(app: AppHandle, actions: Vec<String>, before: Option<u32>, limit: u32) -> Answer<view::AccessPage> {
    blocking(app, move |shell| {
        let archive = shell.archive()?;
        let actions: Vec<Access> = actions.iter().filter_map(|name| Access::from_name(name)).collect();
        let (rows, next) = archive.access_page(&actions, before.map(i64::from), limit.min(PAGE_LIMIT) as usize)?;
        view::AccessPage::of(&archive, rows, next)
    })
    .await
}
