//! Summaries and the promise ledger.

use crate::failure::{Answer, blocking};
use crate::view;
use tauri::AppHandle;

#[tauri::command]
#[specta::specta]
pub async fn summary(app: AppHandle, request: view::SummaryRequest) -> Answer<view::Summary> {
    blocking(app, move |shell| {
        let archive = shell.archive()?;
        view::Summary::of(&archive, archive.summary(&request.resolve()?)?)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn promises(app: AppHandle) -> Answer<Vec<view::PromiseView>> {
    blocking(app, |shell| {
        let archive = shell.archive()?;
        archive.promises()?.into_iter().map(|owed| view::PromiseView::of(&archive, owed)).collect()
    })
    .await
}
