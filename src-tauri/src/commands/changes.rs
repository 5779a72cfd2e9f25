//! What changed, and evidence of it.

use crate::failure::{Answer, blocking};
use crate::view;
use letopis_engine::Failure;
use std::path::Path;
use tauri::AppHandle;

/// More than a screen ever needs at once.
const PAGE_LIMIT: u32 = 200;

#[tauri::command]
#[specta::specta]
pub async fn changes(app: AppHandle, filter: view::ChangeFilter, before: Option<String>, limit: u32) -> Answer<view::ChangePage> {
    blocking(app, move |shell| {
        let (archive, filter) = (shell.archive()?, filter.resolve()?);
        let before = before.map(|text| view::cursor(&text)).transpose()?;
        let page = archive.change_page(&filter, before, limit.min(PAGE_LIMIT) as usize)?;
        view::ChangePage::of(&archive, page)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn write_evidence(
    app: AppHandle,
    of: view::EvidenceOf,
    folder: String,
    why: String,
    lang: view::Lang,
) -> Answer<view::EvidenceWritten> {
    blocking(app, move |shell| -> Result<_, Failure> {
        let archive = shell.archive()?;
        let links = of.resolve(&archive)?;
        Ok(archive.write_evidence(&links, Path::new(&folder), None, &why, lang.into())?.into())
    })
    .await
}
