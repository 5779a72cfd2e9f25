//! Native dialogs. They only return paths; nothing is read or written here.

use tauri::AppHandle;
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder, FilePath};

fn text(path: FilePath) -> Option<String> {
    path.into_path().ok().map(|p| p.display().to_string())
}

/// Waits for the user's answer off the window's thread.
async fn answered<T: Send + 'static>(show: impl FnOnce(Box<dyn FnOnce(Option<T>) + Send>)) -> Option<T> {
    let (tell, told) = std::sync::mpsc::channel();
    show(Box::new(move |answer| {
        // The receiver waits below; it is gone only when the window is.
        let _ = tell.send(answer);
    }));
    tauri::async_runtime::spawn_blocking(move || told.recv().ok().flatten()).await.ok().flatten()
}

fn save(dialog: FileDialogBuilder<tauri::Wry>, suggested: String) -> impl Future<Output = Option<FilePath>> {
    answered(move |tell| dialog.set_file_name(suggested).save_file(tell))
}

#[tauri::command]
#[specta::specta]
pub async fn choose_export(app: AppHandle) -> Option<Vec<String>> {
    let dialog = app.dialog().file().add_filter("JSON, HTML", &["json", "html"]);
    let files = answered(move |tell| dialog.pick_files(tell)).await?;
    Some(files.into_iter().filter_map(text).collect())
}

#[tauri::command]
#[specta::specta]
pub async fn choose_export_folder(app: AppHandle) -> Option<String> {
    let dialog = app.dialog().file();
    answered(move |tell| dialog.pick_folder(tell)).await.and_then(text)
}

#[tauri::command]
#[specta::specta]
pub async fn choose_pack_file(app: AppHandle, suggested: String) -> Option<String> {
    save(app.dialog().file().add_filter("HTML", &["html"]), suggested).await.and_then(text)
}

#[tauri::command]
#[specta::specta]
pub async fn choose_save_file(app: AppHandle, suggested: String) -> Option<String> {
    save(app.dialog().file(), suggested).await.and_then(text)
}
