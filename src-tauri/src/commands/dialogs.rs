//! Native dialogs. They only return paths; nothing is read or written here.

use tauri::AppHandle;
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder, FilePath};

fn text(path: FilePath) -> Option<String> {
    path.into_path().ok().map(|p| p.display().to_string())
}

/// Shows a dialog and waits for its answer off the window's thread.
async fn ask<T: Send + 'static>(
    app: &AppHandle,
    show: impl FnOnce(FileDialogBuilder<tauri::Wry>, Box<dyn FnOnce(Option<T>) + Send>),
) -> Option<T> {
    let (tell, told) = std::sync::mpsc::channel();
    let answered = Box::new(move |answer| {
        // The receiver waits below; it is gone only when the window is.
        let _ = tell.send(answer);
    });
    show(app.dialog().file(), answered);
    tauri::async_runtime::spawn_blocking(move || told.recv().ok().flatten()).await.ok().flatten()
}

#[tauri::command]
#[specta::specta]
pub async fn choose_export(app: AppHandle) -> Option<Vec<String>> {
    let files = ask(&app, |dialog, answered| dialog.add_filter("JSON, HTML", &["json", "html"]).pick_files(answered)).await?;
    Some(files.into_iter().filter_map(text).collect())
}

#[tauri::command]
#[specta::specta]
pub async fn choose_export_folder(app: AppHandle) -> Option<String> {
    ask(&app, |dialog, answered| dialog.pick_folder(answered)).await.and_then(text)
}

#[tauri::command]
#[specta::specta]
pub async fn choose_save_file(app: AppHandle, suggested: String) -> Option<String> {
    ask(&app, |dialog, answered| dialog.set_file_name(suggested).save_file(answered)).await.and_then(text)
}

#[tauri::command]
#[specta::specta]
pub async fn choose_pack_file(app: AppHandle, suggested: String) -> Option<String> {
    let save = |dialog: FileDialogBuilder<_>, answered| {
        dialog.set_file_name(suggested).add_filter("HTML", &["html"]).save_file(answered);
    };
    ask(&app, save).await.and_then(text)
}

/// A folder that is there: evidence gets a new one inside it.
#[tauri::command]
#[specta::specta]
pub async fn choose_folder(app: AppHandle) -> Option<String> {
    ask(&app, |dialog, answered| dialog.pick_folder(answered)).await.and_then(text)
}

#[tauri::command]
#[specta::specta]
pub async fn choose_backup_place(app: AppHandle, suggested: String) -> Option<String> {
    ask(&app, |dialog, answered| dialog.set_file_name(suggested).save_file(answered)).await.and_then(text)
}

#[tauri::command]
#[specta::specta]
pub async fn choose_backup(app: AppHandle) -> Option<String> {
    ask(&app, |dialog, answered| dialog.pick_file(answered)).await.and_then(text)
}
