//! Native dialogs. They only return paths; nothing is read or written here.

use tauri::AppHandle;
use tauri_plugin_dialog::{DialogExt, FilePath};

fn text(path: FilePath) -> Option<String> {
    path.into_path().ok().map(|p| p.display().to_string())
}

#[tauri::command]
#[specta::specta]
pub async fn choose_export(app: AppHandle) -> Option<Vec<String>> {
    let (tell, told) = std::sync::mpsc::channel();
    app.dialog().file().add_filter("JSON", &["json"]).pick_files(move |files| {
        // The receiver waits below; it is gone only when the window is.
        let _ = tell.send(files);
    });
    let files = tauri::async_runtime::spawn_blocking(move || told.recv().ok().flatten()).await.ok().flatten()?;
    Some(files.into_iter().filter_map(text).collect())
}

#[tauri::command]
#[specta::specta]
pub async fn choose_pack_file(app: AppHandle, suggested: String) -> Option<String> {
    let (tell, told) = std::sync::mpsc::channel();
    app.dialog().file().set_file_name(suggested).add_filter("HTML", &["html"]).save_file(move |file| {
        let _ = tell.send(file);
    });
    tauri::async_runtime::spawn_blocking(move || told.recv().ok().flatten()).await.ok().flatten().and_then(text)
}
