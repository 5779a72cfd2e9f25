//! import.

use crate::args::Import;
use crate::session::Session;
use crate::{Outcome, out};
use anyhow::Context;
use letopis_engine::{Failure, ImportOptions, ImportReport, Lang};
use serde_json::json;

pub fn run(session: &Session, args: &Import) -> Result<Outcome, Failure> {
    let timezone = match &args.timezone {
        Some(name) => Some(jiff::tz::TimeZone::get(name).with_context(|| format!("Find the time zone {name}"))?),
        None => None,
    };
    let options = ImportOptions { manager: args.manager.clone(), owner: args.owner_id, timezone, dry_run: args.dry_run };
    let archive = session.open()?;
    let mut first_failure = None;
    for path in &args.paths {
        match archive.import(path, &options, session.lang, &mut session.job()) {
            Ok(report) => {
                print(session, &report)?;
                if report.cancelled {
                    return Ok(Outcome::Cancelled);
                }
            }
            Err(failure) if args.paths.len() > 1 => {
                eprintln!("{}", failure.words(session.lang));
                first_failure.get_or_insert(failure);
            }
            Err(failure) => return Err(failure),
        }
    }
    first_failure.map_or(Ok(Outcome::Done), Err)
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

impl Session {
    pub fn lang_line(&self, ru: &'static str, en: &'static str) -> &'static str {
        match self.lang {
            Lang::Ru => ru,
            Lang::En => en,
        }
    }
}
