//! import.

use crate::args::Import;
use crate::session::Session;
use crate::{Outcome, out};
use jiff::tz::TimeZone;
use letopis_engine::{Failure, ImportOptions, ImportReport, save_reports, sources};
use std::path::PathBuf;

pub fn run(session: &Session, args: &Import) -> Result<Outcome, Failure> {
    let Ok(timezone) = args.timezone.as_deref().map(TimeZone::get).transpose() else {
        return Ok(session.misused(
            "Такого часового пояса нет. Пишите так: --timezone Europe/Moscow.",
            "There is no such time zone. Write it like this: --timezone Europe/Moscow.",
        ));
    };
    let options = ImportOptions {
        manager: args.manager.clone(),
        owner: args.owner_id,
        owner_name: args.owner_name.clone(),
        timezone,
        chats: None,
        dry_run: args.dry_run,
    };
    let mut reports = Vec::new();
    let outcome = import_all(session, args, &options, &mut reports);
    if let Some(file) = &args.report {
        save_reports(&reports, file, session.lang)?;
    }
    outcome
}

fn import_all(
    session: &Session,
    args: &Import,
    options: &ImportOptions,
    reports: &mut Vec<ImportReport>,
) -> Result<Outcome, Failure> {
    let archive = session.open()?;
    let mut outcome = Outcome::Done;
    let paths: Vec<PathBuf> = args.paths.iter().flat_map(|path| sources(path)).collect();
    for path in &paths {
        match archive.import(path, options, session.lang, &mut session.job()) {
            Ok(report) => {
                print(session, &report)?;
                let stops = report.cancelled;
                reports.push(report);
                if stops {
                    return Ok(Outcome::Cancelled);
                }
            }
            // One bad file spoils itself only; a lone one decides the exit code by its failure.
            Err(failure) if paths.len() > 1 && !matches!(failure, Failure::Cancelled) => {
                out::failure(&failure, session.lang);
                let words = failure.words(session.lang);
                reports.push(ImportReport { source: path.clone(), failure: Some(words), ..ImportReport::default() });
                outcome = Outcome::Failed;
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(outcome)
}

pub fn print(session: &Session, report: &ImportReport) -> Result<(), Failure> {
    if session.json { out::json(&report.json()) } else { out::line(&report.text(session.lang)) }
}
