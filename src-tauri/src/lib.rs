//! The shell: the window, its commands and events. It maps the engine's values to view types and decides nothing.

mod background;
pub mod commands;
mod events;
mod failure;
mod media;
mod notices;
mod single;
mod state;
mod tray;
pub mod view;
mod watch;

use letopis_engine::{Clock, Home, Secret};
use std::path::PathBuf;
use std::process::ExitCode;
use tauri_specta::{Builder, collect_commands, collect_events};

/// All commands and events, as TypeScript sees them.
pub fn bindings() -> Builder<tauri::Wry> {
    Builder::<tauri::Wry>::new()
        .disable_serde_phases()
        .commands(collect_commands![
            commands::keep::app_state,
            commands::keep::set_lang,
            commands::keep::create_archive,
            commands::keep::unlock,
            commands::keep::unlock_with_recovery,
            commands::keep::lock,
            commands::keep::verify,
            commands::security::security,
            commands::security::unlock_with_keyring,
            commands::security::change_passphrase,
            commands::security::new_recovery_key,
            commands::security::draft_recovery_key,
            commands::security::set_keyring,
            commands::security::set_idle,
            commands::security::set_record_locked,
            commands::security::close_archive,
            commands::background::background,
            commands::background::set_background,
            commands::background::hide_window,
            commands::background::quit,
            commands::security::touch,
            commands::security::rekey,
            commands::security::finish_rekey,
            commands::import::preview_import,
            commands::import::import_export,
            commands::import::save_import_report,
            commands::import::load_demo,
            commands::import::cancel_job,
            commands::dialogs::choose_export,
            commands::dialogs::choose_export_folder,
            commands::dialogs::choose_pack_file,
            commands::dialogs::choose_save_file,
            commands::read::chats,
            commands::read::messages,
            commands::read::versions,
            commands::read::save_media,
            commands::read::chat_card,
            commands::search::search,
            commands::search::search_counts,
            commands::search::complete_search,
            commands::search::search_in_chat,
            commands::search::search_marks,
            commands::search::saved_searches,
            commands::search::save_search,
            commands::search::delete_search,
            commands::search::search_history,
            commands::search::remember_search,
            commands::search::forget_search_history,
            commands::reports::summary,
            commands::reports::promises,
            commands::handover::handover_draft,
            commands::handover::handover_write,
            commands::dialogs::choose_folder,
            commands::dialogs::choose_backup_place,
            commands::dialogs::choose_backup,
            commands::changes::changes,
            commands::changes::write_evidence,
            commands::care::rolled_back,
            commands::care::accept_head,
            commands::care::tree_head,
            commands::care::compare_head,
            commands::care::backup,
            commands::care::restore,
            commands::care::salvage,
            commands::care::take_salvaged,
            commands::care::compact,
            commands::keeping::retention,
            commands::keeping::weigh_retention,
            commands::keeping::set_retention,
            commands::keeping::apply_retention,
            commands::keeping::holds,
            commands::keeping::place_hold,
            commands::keeping::lift_hold,
            commands::keeping::plan_forgetting,
            commands::keeping::forget,
            commands::keeping::erasures,
            commands::keeping::access_log,
            commands::accounts::accounts,
            commands::accounts::login_state,
            commands::accounts::login_phone,
            commands::accounts::login_qr,
            commands::accounts::login_scanned,
            commands::accounts::login_resend,
            commands::accounts::login_code,
            commands::accounts::login_password,
            commands::accounts::login_cancel,
            commands::accounts::account_scan,
            commands::accounts::account_scope,
            commands::accounts::consent_words,
            commands::accounts::account_consent,
            commands::accounts::account_withdraw,
            commands::accounts::account_switch,
            commands::accounts::account_proxy,
            commands::accounts::account_check,
            commands::accounts::account_sweep,
            commands::accounts::account_sweep_cancel,
            commands::accounts::account_takeout,
            commands::accounts::account_sign_out,
        ])
        .events(collect_events![
            events::ArchiveGrew,
            events::ArchiveLocked,
            events::AccountsChanged,
            events::CaptureAlert,
            events::StaysInTray
        ])
}

/// The archive folder: `LETOPIS_ARCHIVE`, else the platform's data folder.
fn folder() -> Option<PathBuf> {
    std::env::var_os("LETOPIS_ARCHIVE").filter(|v| !v.is_empty()).map(PathBuf::from).or_else(Home::default_folder)
}

/// Opens the window and runs until it is closed.
pub fn run() -> ExitCode {
    // Ids, counts and causes only: no room ever logs a text or a name.
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).with_max_level(tracing::Level::WARN).init();
    let Some(folder) = folder() else {
        eprintln!("Letopis: no home folder; set LETOPIS_ARCHIVE");
        return ExitCode::FAILURE;
    };
    let guard = single::guard(&folder);
    let state = state::Shell::new(folder, Clock::system());
    // As in the command line: for scripts and trials, never needed by a person at the window.
    if let Ok(passphrase) = std::env::var("LETOPIS_PASSPHRASE")
        && let Err(error) = state.engine.unlock(&Secret::Passphrase(&passphrase))
    {
        tracing::info!(%error, "not unlocked from the environment");
    }
    let bindings = bindings();
    let mut builder = tauri::Builder::default();
    if let Some(guard) = guard {
        // Before everything else: a second start ends here.
        builder = builder.plugin(guard);
    }
    let built = builder
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_autostart::Builder::new().arg(background::AT_LOGIN).build())
        .register_asynchronous_uri_scheme_protocol(media::SCHEME, media::serve)
        .invoke_handler(bindings.invoke_handler())
        .manage(state)
        .manage(background::Background::default())
        .on_window_event(background::on_window)
        .setup(move |app| {
            bindings.mount_events(app);
            watch::start(app.handle())?;
            background::start(app.handle())?;
            Ok(events::follow(app.handle())?)
        })
        .run(tauri::generate_context!());
    match built {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Letopis: the window could not be opened: {error}");
            ExitCode::FAILURE
        }
    }
}
