//! Import, demo, cancel.

use crate::failure::{Answer, blocking};
use crate::state::Shell;
use crate::{events, view};
use letopis_engine::{Failure, ImportOptions};
use std::path::Path;
use tauri::AppHandle;
use tauri::ipc::Channel;

#[tauri::command]
#[specta::specta]
pub async fn import_export(
    app: AppHandle,
    paths: Vec<String>,
    manager: Option<String>,
    on_progress: Channel<view::Progress>,
) -> Answer<Vec<view::ImportReport>> {
    let handle = app.clone();
    blocking(app, move |shell| {
        let reports = import_all(shell, &paths, manager, &on_progress);
        events::follow(&handle)?;
        reports
    })
    .await
}

fn import_all(
    shell: &Shell,
    paths: &[String],
    manager: Option<String>,
    on_progress: &Channel<view::Progress>,
) -> Result<Vec<view::ImportReport>, Failure> {
    let running = shell.begin_job()?;
    let options = ImportOptions { manager, ..ImportOptions::default() };
    let mut reports = Vec::new();
    for path in paths {
        let mut job = running.job(|progress| view::Progress::send(on_progress, progress));
        let report = shell.archive()?.import(Path::new(path), &options, shell.lang(), &mut job)?;
        let stop = report.cancelled;
        reports.push(report.into());
        if stop {
            break;
        }
    }
    Ok(reports)
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
