//! `letopis-cli`: the engine for scripts, cron and people who like a terminal. Results go to stdout (tables, or one JSON
//! object a line with `--json`), progress and errors to stderr. Exit: 0 done, 1 failed, 2 usage, 3 locked or wrong
//! passphrase, 4 damage found, 130 cancelled.

mod args;
mod commands;
mod interrupt;
mod out;
mod progress;
mod session;

use args::{Args, Command};
use clap::Parser;
use letopis_engine::{Failure, FailureKind};
use session::Session;
use std::process::ExitCode;

/// What a command came to, beside errors. Whoever returns one that is not `Done` has said why already.
pub enum Outcome {
    Done,
    Failed,
    Misused,
    DamageFound,
    Cancelled,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let lang = args.lang();
    match run(args) {
        Ok(outcome) => ExitCode::from(ending(&outcome)),
        Err(failure) => {
            out::failure(&failure, lang);
            ExitCode::from(code(&failure))
        }
    }
}

fn ending(outcome: &Outcome) -> u8 {
    match outcome {
        Outcome::Done => 0,
        Outcome::Failed => 1,
        Outcome::Misused => 2,
        Outcome::DamageFound => 4,
        Outcome::Cancelled => 130,
    }
}

fn code(failure: &Failure) -> u8 {
    match failure.kind() {
        FailureKind::WrongKey
        | FailureKind::TooSoon
        | FailureKind::Keyring
        | FailureKind::Locked
        | FailureKind::OpenElsewhere => 3,
        FailureKind::Damaged => 4,
        FailureKind::Cancelled => 130,
        FailureKind::Usage | FailureKind::Query => 2,
        FailureKind::Other => 1,
    }
}

fn run(args: Args) -> Result<Outcome, Failure> {
    let session = Session::new(&args)?;
    match &args.command {
        Command::Init => commands::keep::init(&session),
        Command::Demo => commands::keep::demo(&session),
        Command::Passphrase(passphrase) => commands::keys::passphrase(&session, passphrase),
        Command::Recovery => commands::keys::recovery(&session),
        Command::Keyring { switch } => commands::keys::keyring(&session, *switch),
        Command::Rekey(rekey) => commands::keys::rekey(&session, rekey),
        Command::Accounts { what } => commands::accounts::run(&session, what.as_ref()),
        Command::Login(login) => commands::login::run(&session, login),
        Command::Watch { once } => commands::watch::run(&session, *once),
        Command::Verify { deep } => commands::keep::verify(&session, *deep),
        Command::Changes { since, limit } => commands::trust::changes(&session, since.as_deref(), *limit),
        Command::Evidence(evidence) => commands::trust::evidence(&session, evidence),
        Command::Backup { file } => commands::trust::backup(&session, file),
        Command::Restore(restore) => commands::trust::restore(&session, restore),
        Command::Salvage(salvage) => commands::salvage::run(&session, salvage),
        Command::Forget(forget) => commands::trust::forget(&session, forget),
        Command::Hold(hold) => commands::trust::hold(&session, hold),
        Command::Retention(retention) => commands::trust::retention(&session, retention),
        Command::Access { limit } => commands::trust::access(&session, *limit),
        Command::Head { compare } => commands::trust::head(&session, compare.as_deref()),
        Command::Reindex => commands::trust::reindex(&session),
        Command::Compact => commands::trust::compact(&session),
        Command::Import(import) => commands::import::run(&session, import),
        Command::Chats { manager } => commands::read::chats(&session, manager.as_deref()),
        Command::Coverage { chat } => commands::read::coverage(&session, chat.as_deref()),
        Command::Show(show) => commands::show::run(&session, show),
        Command::Search(search) => commands::search::run(&session, search),
        Command::Summary(summary) => commands::reports::summary(&session, summary),
        Command::Promises(promises) => commands::reports::promises(&session, promises),
        Command::Handover(handover) => commands::handover::run(&session, handover),
    }
}
