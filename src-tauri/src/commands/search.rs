//! Search as the user types.

use super::{chat_id, link, noted};
use crate::failure::{Answer, blocking};
use crate::view;
use letopis_engine::SearchRequest;
use tauri::AppHandle;

/// Messages whose marks are given at once.
const LINKS: usize = 500;

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
        let answer = archive.search_page(&SearchRequest { query: &query, filter, sort: sort.into(), offset, limit })?;
        view::SearchPage::of(&archive, answer)
    })
    .await
}

/// The next call stops this one: whoever types on wants newer counts.
#[tauri::command]
#[specta::specta]
pub async fn search_counts(app: AppHandle, query: String, filter: view::SearchFilter) -> Answer<view::SearchCounts> {
    blocking(app, move |shell| {
        let (archive, filter, stop) = (shell.archive()?, filter.resolve()?, shell.begin_count());
        let sort = letopis_engine::Sort::Newest;
        let counts = archive.search_counts(&SearchRequest { query: &query, filter, sort, offset: 0, limit: 0 }, &stop)?;
        view::SearchCounts::of(&archive, counts)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn complete_search(app: AppHandle, query: String, cursor: u32) -> Answer<Vec<view::Completion>> {
    blocking(app, move |shell| view::Completion::all(&*shell.archive()?, &query, cursor, shell.lang())).await
}

/// A hit of one chat, seen from a message of it.
#[tauri::command]
#[specta::specta]
pub async fn search_in_chat(
    app: AppHandle,
    query: String,
    filter: view::SearchFilter,
    chat: String,
    from: Option<String>,
    way: view::Way,
) -> Answer<view::InChat> {
    blocking(app, move |shell| {
        let (archive, filter, chat) = (shell.archive()?, filter.resolve()?, chat_id(&chat)?);
        let from = from.as_deref().map(link).transpose()?.map(|link| link.message);
        noted(archive.note_typing(&query));
        archive.search_in_chat(&query, filter, chat, from, way.into()).map(view::InChat::from)
    })
    .await
}

/// What to mark in messages: those that are hits.
#[tauri::command]
#[specta::specta]
pub async fn search_marks(
    app: AppHandle,
    query: String,
    filter: view::SearchFilter,
    links: Vec<String>,
) -> Answer<Vec<view::MarkedMessage>> {
    blocking(app, move |shell| {
        let links = links.iter().take(LINKS).map(|text| link(text)).collect::<Result<Vec<_>, _>>()?;
        let marked = shell.archive()?.search_marks(&query, filter.resolve()?, &links)?;
        Ok(marked.into_iter().map(view::MarkedMessage::from).collect())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn saved_searches(app: AppHandle) -> Answer<Vec<view::SavedSearch>> {
    blocking(app, |shell| shell.archive()?.saved_searches()?.into_iter().map(view::SavedSearch::of).collect()).await
}

#[tauri::command]
#[specta::specta]
pub async fn save_search(app: AppHandle, search: view::SavedSearch) -> Answer<()> {
    blocking(app, move |shell| shell.archive()?.save_search(search.kept()?)).await
}

#[tauri::command]
#[specta::specta]
pub async fn delete_search(app: AppHandle, id: i32) -> Answer<()> {
    blocking(app, move |shell| shell.archive()?.delete_search(i64::from(id))).await
}

#[tauri::command]
#[specta::specta]
pub async fn search_history(app: AppHandle) -> Answer<Vec<String>> {
    blocking(app, |shell| shell.archive()?.search_history(20)).await
}

#[tauri::command]
#[specta::specta]
pub async fn remember_search(app: AppHandle, query: String) -> Answer<()> {
    blocking(app, move |shell| shell.archive()?.remember_search(&query)).await
}

#[tauri::command]
#[specta::specta]
pub async fn forget_search_history(app: AppHandle) -> Answer<()> {
    blocking(app, |shell| shell.archive()?.forget_searches()).await
}
