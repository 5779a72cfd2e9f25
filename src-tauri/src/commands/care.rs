//! The archive's health: heads, backup and restore, compacting. The self-check itself is in `keep.rs`.

use crate::failure::{Answer, blocking};
use crate::state::Shell;
use crate::{events, view};
use letopis_engine::{Secret, head_text, parse_head, restore as restore_backup, salvage_folder};
use std::path::{Path, PathBuf};
use tauri::AppHandle;
use tauri::ipc::Channel;
use zeroize::Zeroizing;

#[tauri::command]
#[specta::specta]
pub async fn rolled_back(app: AppHandle) -> Answer<Option<view::RolledBackView>> {
    blocking(app, |shell| Ok(shell.archive()?.rolled_back()?.map(Into::into))).await
}

#[tauri::command]
#[specta::specta]
pub async fn accept_head(app: AppHandle) -> Answer<()> {
    blocking(app, |shell| shell.archive()?.accept_head()).await
}

#[tauri::command]
#[specta::specta]
pub async fn tree_head(app: AppHandle) -> Answer<String> {
    blocking(app, |shell| Ok(head_text(&shell.archive()?.keep_head()?))).await
}

#[tauri::command]
#[specta::specta]
pub async fn compare_head(app: AppHandle, head: String) -> Answer<view::HeadCompared> {
    blocking(app, move |shell| match parse_head(&head) {
        Some(known) => Ok(view::HeadCompared::of(shell.archive()?.compare_head(known)?)),
        None => Ok(view::HeadCompared::unreadable()),
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn backup(app: AppHandle, file: String, on_progress: Channel<view::Progress>) -> Answer<view::BackupWritten> {
    blocking(app, move |shell| {
        let running = shell.begin_job()?;
        let mut job = running.job(|progress| view::Progress::send(&on_progress, progress));
        let written = shell.archive()?.backup(Path::new(&file), &mut job)?;
        Ok(view::BackupWritten::of(written, view::seconds(shell.engine.now())))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn restore(
    app: AppHandle,
    file: String,
    secret: String,
    by_key: bool,
    folder: Option<String>,
    on_progress: Channel<view::Progress>,
) -> Answer<view::Restored> {
    let handle = app.clone();
    blocking(app, move |shell| {
        let running = shell.begin_job()?;
        let mut job = running.job(|progress| view::Progress::send(&on_progress, progress));
        let folder = folder.map_or_else(|| shell.engine.home().folder().to_owned(), PathBuf::from);
        let secret = if by_key { Secret::Recovery(&secret) } else { Secret::Passphrase(&secret) };
        let head = restore_backup(Path::new(&file), &secret, &folder, &mut job)?;
        open_restored(&handle, shell, &secret, &folder)?;
        let state = view::AppState::of(&shell.engine)?;
        Ok(view::Restored { folder: folder.display().to_string(), head: head_text(&head), state })
    })
    .await
}

/// What was restored into the program's own folder is opened at once.
fn open_restored(app: &AppHandle, shell: &Shell, secret: &Secret<'_>, folder: &Path) -> Result<(), letopis_engine::Failure> {
    if folder == shell.engine.home().folder() {
        shell.engine.unlock(secret)?;
        events::follow(app)?;
    }
    Ok(())
}

/// Reads what is whole out of a damaged archive into a folder beside it. An open archive is locked for it.
#[tauri::command]
#[specta::specta]
pub async fn salvage(
    app: AppHandle,
    secret: String,
    by_key: bool,
    on_progress: Channel<view::Progress>,
) -> Answer<view::Salvaged> {
    let secret = Zeroizing::new(secret);
    blocking(app, move |shell| {
        let running = shell.begin_job()?;
        let mut job = running.job(|progress| view::Progress::send(&on_progress, progress));
        let folder = salvage_folder(shell.engine.home());
        Ok(view::Salvaged::of(&shell.engine.salvage(&secret_of(&secret, by_key), &folder, &mut job)?, shell.lang()))
    })
    .await
}

/// Puts the salvaged folder into the place of the damaged one and opens it; the damaged one stays beside it.
#[tauri::command]
#[specta::specta]
pub async fn take_salvaged(app: AppHandle, folder: String, secret: String, by_key: bool) -> Answer<view::AppState> {
    let (handle, secret) = (app.clone(), Zeroizing::new(secret));
    blocking(app, move |shell| {
        shell.engine.take_salvaged(Path::new(&folder))?;
        super::keep::opened(&handle, shell, &secret_of(&secret, by_key))
    })
    .await
}

fn secret_of(text: &str, by_key: bool) -> Secret<'_> {
    if by_key { Secret::Recovery(text) } else { Secret::Passphrase(text) }
}

#[tauri::command]
#[specta::specta]
pub async fn compact(app: AppHandle) -> Answer<()> {
    blocking(app, |shell| {
        let _running = shell.begin_job()?;
        shell.archive()?.compact()
    })
    .await
}
