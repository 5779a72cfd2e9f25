//! Chats, messages, versions, the side card.

use super::{chat_id, link, noted};
use crate::failure::{Answer, blocking};
use crate::view;
use letopis_engine::Failure;
use std::path::Path;
use tauri::AppHandle;

/// More than a screen ever needs at once.
const PAGE_LIMIT: u32 = 500;

#[tauri::command]
#[specta::specta]
pub async fn chats(app: AppHandle) -> Answer<Vec<view::ChatRow>> {
    blocking(app, |shell| Ok(shell.archive()?.chats()?.into_iter().map(view::ChatRow::from).collect())).await
}

#[tauri::command]
#[specta::specta]
pub async fn messages(app: AppHandle, chat: String, anchor: view::Anchor, limit: u32) -> Answer<view::Page> {
    blocking(app, move |shell| {
        let (archive, chat) = (shell.archive()?, chat_id(&chat)?);
        let opens = anchor.opens();
        let page = archive.page(chat, anchor.resolve()?, limit.min(PAGE_LIMIT) as usize)?;
        if opens {
            noted(archive.note_visit(chat));
        }
        view::Page::of(&archive, page)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn versions(app: AppHandle, link: String) -> Answer<Vec<view::VersionView>> {
    blocking(app, move |shell| {
        let (archive, link) = (shell.archive()?, self::link(&link)?);
        let sent_at = archive.message(link)?.sent_at;
        Ok((1u32..).zip(archive.versions(link)?).map(|(n, v)| view::VersionView::of(n, v, sent_at)).collect())
    })
    .await
}

/// Writes a message's file out of the archive, by the user's explicit wish.
#[tauri::command]
#[specta::specta]
pub async fn save_media(app: AppHandle, link: String, file: String) -> Answer<()> {
    blocking(app, move |shell| shell.archive()?.save_media(self::link(&link)?, Path::new(&file))).await
}

#[tauri::command]
#[specta::specta]
pub async fn chat_card(app: AppHandle, chat: String) -> Answer<view::ChatCard> {
    blocking(app, move |shell| -> Result<_, Failure> { view::ChatCard::of(&*shell.archive()?, chat_id(&chat)?) }).await
}
