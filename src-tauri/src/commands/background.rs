//! Running without the window: what is set, and stepping aside.

use crate::failure::{Answer, blocking};
use crate::{background, single, view};
use tauri::AppHandle;

#[tauri::command]
#[specta::specta]
pub async fn background(app: AppHandle) -> Answer<view::Background> {
    let handle = app.clone();
    blocking(app, move |shell| view::Background::of(&handle, shell)).await
}

#[tauri::command]
#[specta::specta]
pub async fn set_background(app: AppHandle, wish: view::BackgroundWish) -> Answer<view::Background> {
    let handle = app.clone();
    blocking(app, move |shell| {
        wish.keep(&handle, shell)?;
        view::Background::of(&handle, shell)
    })
    .await
}

/// Hides the window where the tray icon brings it back, minimises it elsewhere.
#[tauri::command]
#[specta::specta]
pub fn hide_window(app: AppHandle) {
    background::step_aside(&app);
}

/// Ends the program, and recording with it.
#[tauri::command]
#[specta::specta]
pub fn quit(app: AppHandle) {
    single::quit(&app);
}
