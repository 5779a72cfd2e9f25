//! import.

use crate::args::Import;
use crate::session::Session;
use crate::{Outcome, out};
use jiff::tz::TimeZone;
use letopis_engine::{Failure, ImportOptions, ImportReport, Lang};
use serde_json::json;

pub fn run(session: &Session, args: &Import) -> Result<Outcome, Failure> {
    let timezone = match args.timezone.as_deref().map(TimeZone::get).transpose() {
        Ok(zone) => zone,
        Err(_) => {
            return Ok(session.misused(
                "Такого часового пояса нет. Пишите так: --timezone Europe/Moscow.",
                "There is no such time zone. Write it like this: --timezone Europe/Moscow.",
            ));
        }
    };
    let options = ImportOptions { manager: args.manager.clone(), owner: args.owner_id, timezone, dry_run: args.dry_run };
    let archive = session.open()?;
    let mut outcome = Outcome::Done;
    for path in &args.paths {
        match archive.import(path, &options, session.lang, &mut session.job()) {
            Ok(report) => {
                print(session, &report)?;
                if report.cancelled {
                    return Ok(Outcome::Cancelled);
                }
            }
            // One bad file spoils itself only; a lone one decides the exit code by its failure.
            Err(failure) if args.paths.len() > 1 && !matches!(failure, Failure::Cancelled) => {
                out::failure(&failure, session.lang);
                outcome = Outcome::Failed;
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(outcome)
}

pub fn print(session: &Session, report: &ImportReport) -> Result<(), Failure> {
    if session.json {
        let skipped: Vec<_> = report.skipped.iter().map(|s| json!({ "where": s.place, "why": s.why })).collect();
        return out::json(&json!({
            "source": report.source.display().to_string(), "format": report.format, "chats": report.chats,
            "messages": report.messages, "new_versions": report.new_versions, "unchanged": report.unchanged,
            "media": report.media, "skipped": skipped, "salvaged": report.salvaged, "bytes_read": report.bytes_read,
            "cancelled": report.cancelled,
        }));
    }
    out::line(&report.source.display().to_string())?;
    out::line(&match session.lang {
        Lang::Ru => format!(
            "  чатов {}, сообщений {}, новых версий {}, без изменений {}, пропущено {}",
            report.chats,
            report.messages,
            report.new_versions,
            report.unchanged,
            report.skipped.len()
        ),
        Lang::En => format!(
            "  chats {}, messages {}, new versions {}, unchanged {}, skipped {}",
            report.chats,
            report.messages,
            report.new_versions,
            report.unchanged,
            report.skipped.len()
        ),
    })?;
    for skipped in &report.skipped {
        out::line(&format!("  {}: {}", skipped.place, skipped.why))?;
    }
    if report.salvaged {
        out::line(
            session
                .lang_line("  файл обрывается: взято всё, что читается", "  the file breaks off: everything readable was taken"),
        )?;
    }
    Ok(())
}
