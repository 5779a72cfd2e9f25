//! The handover draft and the sealed file.

use crate::failure::{Answer, blocking};
use crate::view;
use letopis_engine::Access;
use std::path::Path;
use tauri::AppHandle;
use tauri::ipc::Channel;

#[tauri::command]
#[specta::specta]
pub async fn handover_draft(app: AppHandle, request: view::HandoverRequest) -> Answer<view::HandoverDraft> {
    blocking(app, move |shell| Ok(shell.archive()?.draft(&request.resolve()?, shell.lang())?.into())).await
}

#[tauri::command]
#[specta::specta]
pub async fn handover_write(
    app: AppHandle,
    draft: view::HandoverDraft,
    passphrase: String,
    file: String,
    lang: view::Lang,
    on_progress: Channel<view::Progress>,
) -> Answer<view::HandoverFile> {
    blocking(app, move |shell| {
        let running = shell.begin_job()?;
        let mut job = running.job(|progress| view::Progress::send(&on_progress, progress));
        let (archive, draft) = (shell.archive()?, draft.resolve()?);
        let written = archive.write_pack(&draft, &passphrase, Path::new(&file), lang.into(), &mut job)?;
        archive.note(Access::WroteHandover, None, &file, "")?;
        Ok(written.into())
    })
    .await
}
