//! Import: look, take, report; the demo company; cancel.

use crate::failure::{Answer, blocking};
use crate::state::Shell;
use crate::{events, view};
use letopis_engine::{Failure, ImportOptions, save_reports, sources};
use std::path::{Path, PathBuf};
use tauri::AppHandle;
use tauri::ipc::Channel;

#[tauri::command]
#[specta::specta]
pub async fn preview_import(
    app: AppHandle,
    paths: Vec<String>,
    on_progress: Channel<view::Progress>,
) -> Answer<Vec<view::SourcePreview>> {
    blocking(app, move |shell| {
        let (running, archive) = (shell.begin_job()?, shell.archive()?);
        let look = |path: PathBuf| {
            let mut job = running.job(|progress| view::Progress::send(&on_progress, progress));
            let found = archive.preview(&path, &ImportOptions::default(), shell.lang(), &mut job);
            view::SourcePreview::of(path.display().to_string(), found, shell.lang())
        };
        paths.iter().flat_map(|path| sources(Path::new(path))).map(look).collect()
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn import_export(
    app: AppHandle,
    request: view::ImportRequest,
    on_progress: Channel<view::Progress>,
) -> Answer<Vec<view::ImportReport>> {
    let handle = app.clone();
    blocking(app, move |shell| {
        let reports = import_all(shell, request, &on_progress);
        events::follow(&handle)?;
        reports
    })
    .await
}

fn import_all(
    shell: &Shell,
    request: view::ImportRequest,
    on_progress: &Channel<view::Progress>,
) -> Result<Vec<view::ImportReport>, Failure> {
    let running = shell.begin_job()?;
    let mut job = running.job(|progress| view::Progress::send(on_progress, progress));
    let reports = shell.archive()?.import_all(&request.resolve()?, shell.lang(), &mut job)?;
    shell.keep_reports(reports.clone());
    Ok(reports.into_iter().map(view::ImportReport::from).collect())
}

/// Writes what the last import told.
#[tauri::command]
#[specta::specta]
pub async fn save_import_report(app: AppHandle, file: String) -> Answer<()> {
    blocking(app, move |shell| save_reports(&shell.reports(), Path::new(&file), shell.lang())).await
}

#[tauri::command]
#[specta::specta]
pub async fn load_demo(app: AppHandle, on_progress: Channel<view::Progress>) -> Answer<view::ImportReport> {
    let handle = app.clone();
    blocking(app, move |shell| {
        let running = shell.begin_job()?;
        let mut job = running.job(|progress| view::Progress::send(&on_progress, progress));
        let report = shell.archive()?.load_demo(shell.lang(), &mut job)?;
        events::follow(&handle)?;
        Ok(report.into())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub fn cancel_job(shell: tauri::State<'_, Shell>) {
    shell.cancel_job();
}
