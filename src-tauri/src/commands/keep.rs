//! Create, unlock, lock, language, self-check.

use super::noted;
use crate::background::Background;
use crate::failure::{Answer, blocking};
use crate::state::Shell;
use crate::{events, view};
use letopis_engine::{Access, Failure, Secret};
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager};
use zeroize::Zeroizing;

#[tauri::command]
#[specta::specta]
pub async fn app_state(app: AppHandle) -> Answer<view::AppState> {
    blocking(app, |shell| view::AppState::of(&shell.engine)).await
}

#[tauri::command]
#[specta::specta]
pub fn set_lang(shell: tauri::State<'_, Shell>, lang: view::Lang) {
    shell.set_lang(lang.into());
}

#[tauri::command]
#[specta::specta]
pub async fn create_archive(app: AppHandle, passphrase: String) -> Answer<view::Created> {
    let (handle, passphrase) = (app.clone(), Zeroizing::new(passphrase));
    blocking(app, move |shell| {
        let created = view::Created::of(&shell.create(&passphrase)?);
        events::follow(&handle)?;
        Ok(created)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn unlock(app: AppHandle, passphrase: String) -> Answer<view::AppState> {
    let (handle, passphrase) = (app.clone(), Zeroizing::new(passphrase));
    blocking(app, move |shell| opened(&handle, shell, &Secret::Passphrase(&passphrase))).await
}

#[tauri::command]
#[specta::specta]
pub async fn unlock_with_recovery(app: AppHandle, key: String) -> Answer<view::AppState> {
    let (handle, key) = (app.clone(), Zeroizing::new(key));
    blocking(app, move |shell| opened(&handle, shell, &Secret::Recovery(&key))).await
}

pub(super) fn opened(app: &AppHandle, shell: &Shell, secret: &Secret<'_>) -> Result<view::AppState, Failure> {
    shell.engine.unlock(secret)?;
    app.state::<Background>().redraw();
    events::follow(app)?;
    view::AppState::of(&shell.engine)
}

#[tauri::command]
#[specta::specta]
pub async fn lock(app: AppHandle) -> Answer<view::AppState> {
    let handle = app.clone();
    blocking(app, move |shell| {
        shell.lock();
        handle.state::<Background>().redraw();
        view::AppState::of(&shell.engine)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn verify(app: AppHandle, on_progress: Channel<view::Progress>) -> Answer<view::Verified> {
    blocking(app, move |shell| {
        let running = shell.begin_job()?;
        let mut job = running.job(|progress| view::Progress::send(&on_progress, progress));
        let archive = shell.archive()?;
        let found = archive.verify(true, &mut job)?;
        noted(archive.note(Access::Verified, None, &found.damaged.len().to_string(), ""));
        Ok(found.into())
    })
    .await
}
