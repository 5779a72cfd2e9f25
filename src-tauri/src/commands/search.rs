//! Search as the user types.

use super::noted;
use crate::failure::{Answer, blocking};
use crate::view;
use letopis_engine::SearchRequest;
use tauri::AppHandle;

#[tauri::command]
#[specta::specta]
pub async fn search(
    app: AppHandle,
    query: String,
    filter: view::SearchFilter,
    sort: view::Sort,
    offset: u32,
    limit: u32,
) -> Answer<view::SearchPage> {
    blocking(app, move |shell| {
        let (archive, filter) = (shell.archive()?, filter.resolve()?);
        if offset == 0 {
            noted(archive.note_typing(&query));
        }
        let (offset, limit) = (offset as usize, limit as usize);
        let answer = archive.search(&SearchRequest { query: &query, filter, sort: sort.into(), offset, limit })?;
        view::SearchPage::of(&archive, answer)
    })
    .await
}
