//! `letopis-cli`: the engine for scripts, cron and people who like a terminal. Results go to stdout (tables, or one JSON
//! object a line with `--json`), progress and errors to stderr. Exit: 0 done, 1 failed, 2 usage, 3 locked or wrong
//! passphrase, 4 damage found, 130 cancelled.

mod args;
mod commands;
mod out;
mod session;

use args::{Args, Command};
use clap::Parser;
use letopis_engine::Failure;
use session::Session;
use std::process::ExitCode;

/// What a command came to, beside errors.
pub enum Outcome {
    Done,
    DamageFound,
    Cancelled,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let lang = args.lang();
    match run(args) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::DamageFound) => ExitCode::from(4),
        Ok(Outcome::Cancelled) => ExitCode::from(130),
        Err(failure) => {
            eprintln!("{}", failure.words(lang));
            if let Failure::Other(cause) = &failure {
                eprintln!("({cause:#})");
            }
            ExitCode::from(code(&failure))
        }
    }
}

fn code(failure: &Failure) -> u8 {
    match failure {
        Failure::WrongKey | Failure::MistypedRecoveryKey | Failure::Locked | Failure::OpenElsewhere => 3,
        Failure::Damaged(_) => 4,
        Failure::Cancelled => 130,
        Failure::NotADate(_) | Failure::NoSuchManager => 2,
        _ => 1,
    }
}

fn run(args: Args) -> Result<Outcome, Failure> {
    let session = Session::new(&args)?;
    match &args.command {
        Command::Init => commands::keep::init(&session),
        Command::Demo => commands::keep::demo(&session),
        Command::Verify { deep } => commands::keep::verify(&session, *deep),
        Command::Import(import) => commands::import::run(&session, import),
        Command::Chats { manager } => commands::read::chats(&session, manager.as_deref()),
        Command::Show(show) => commands::read::show(&session, show),
        Command::Search(search) => commands::search::run(&session, search),
        Command::Summary(summary) => commands::reports::summary(&session, summary),
        Command::Promises(promises) => commands::reports::promises(&session, promises),
        Command::Handover(handover) => commands::handover::run(&session, handover),
    }
}
