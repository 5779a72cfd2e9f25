//! The ways into the archive, locking by itself, and the master key.

use crate::background::Background;
use crate::failure::{Answer, blocking};
use crate::state::Shell;
use crate::{events, view};
use letopis_engine::{Failure, Job, Rekeyed, Secret};
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager};
use zeroize::Zeroizing;

#[tauri::command]
#[specta::specta]
pub async fn security(app: AppHandle) -> Answer<view::Security> {
    blocking(app, |shell| Ok(view::Security::of(shell))).await
}

#[tauri::command]
#[specta::specta]
pub async fn unlock_with_keyring(app: AppHandle) -> Answer<view::AppState> {
    let handle = app.clone();
    blocking(app, move |shell| super::keep::opened(&handle, shell, &Secret::Keyring)).await
}

#[tauri::command]
#[specta::specta]
pub async fn change_passphrase(app: AppHandle, secret: view::Secret, passphrase: String) -> Answer<()> {
    let passphrase = Zeroizing::new(passphrase);
    blocking(app, move |shell| shell.engine.change_passphrase(&secret.secret(), &passphrase)).await
}

#[tauri::command]
#[specta::specta]
pub async fn new_recovery_key(app: AppHandle, secret: view::Secret) -> Answer<view::Created> {
    blocking(app, move |shell| Ok(view::Created::of(&shell.engine.new_recovery_key(&secret.secret())?))).await
}

/// A key that opens nothing yet: it is shown before the master key is changed.
#[tauri::command]
#[specta::specta]
pub async fn draft_recovery_key(app: AppHandle, secret: view::Secret) -> Answer<view::Created> {
    blocking(app, move |shell| Ok(view::Created::of(&shell.engine.draft_recovery_key(&secret.secret())?))).await
}

#[tauri::command]
#[specta::specta]
pub async fn set_keyring(app: AppHandle, secret: view::Secret, on: bool) -> Answer<view::Security> {
    blocking(app, move |shell| {
        match on {
            true => shell.engine.keyring_on(&secret.secret())?,
            false => shell.engine.keyring_off(&secret.secret())?,
        }
        Ok(view::Security::of(shell))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn set_idle(app: AppHandle, minutes: u32) -> Answer<view::Security> {
    blocking(app, move |shell| {
        shell.set(|settings| settings.idle_minutes = minutes)?;
        Ok(view::Security::of(shell))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn set_record_locked(app: AppHandle, on: bool) -> Answer<view::Security> {
    blocking(app, move |shell| {
        shell.set(|settings| settings.record_locked = on)?;
        Ok(view::Security::of(shell))
    })
    .await
}

/// Forgets the keys of an archive that is locked and goes on being recorded. Whoever locked may do that: it only closes.
#[tauri::command]
#[specta::specta]
pub async fn close_archive(app: AppHandle) -> Answer<view::AppState> {
    let handle = app.clone();
    blocking(app, move |shell| {
        shell.close();
        handle.state::<Background>().redraw();
        view::AppState::of(&shell.engine)
    })
    .await
}

/// Somebody is at the window.
#[tauri::command]
#[specta::specta]
pub fn touch(shell: tauri::State<'_, Shell>) {
    shell.touch();
}

#[tauri::command]
#[specta::specta]
pub async fn rekey(
    app: AppHandle,
    passphrase: String,
    recovery_key: String,
    on_progress: Channel<view::Progress>,
) -> Answer<view::Rekeyed> {
    let (passphrase, recovery) = (Zeroizing::new(passphrase), Zeroizing::new(recovery_key));
    rekeyed(app, on_progress, move |shell, job| shell.engine.rekey(&passphrase, &recovery, job)).await
}

#[tauri::command]
#[specta::specta]
pub async fn finish_rekey(app: AppHandle, secret: view::Secret, on_progress: Channel<view::Progress>) -> Answer<view::Rekeyed> {
    rekeyed(app, on_progress, move |shell, job| shell.engine.finish_rekey(&secret.secret(), job)).await
}

async fn rekeyed(
    app: AppHandle,
    on_progress: Channel<view::Progress>,
    work: impl FnOnce(&Shell, &mut Job<'_>) -> Result<Rekeyed, Failure> + Send + 'static,
) -> Answer<view::Rekeyed> {
    let handle = app.clone();
    blocking(app, move |shell| {
        let running = shell.begin_job()?;
        let mut job = running.job(|progress| view::Progress::send(&on_progress, progress));
        let done = work(shell, &mut job);
        // The archive is open again whatever came of it; its index is followed from here.
        events::follow(&handle)?;
        Ok(view::Rekeyed { keyring_lost: done?.keyring_lost })
    })
    .await
}
