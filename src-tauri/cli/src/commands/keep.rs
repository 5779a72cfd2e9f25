//! init, demo, verify.

use crate::session::Session;
use crate::{Outcome, out};
use letopis_engine::{Failure, Lang};
use serde_json::json;

pub fn init(session: &Session) -> Result<Outcome, Failure> {
    let recovery = session.engine.create(&session.passphrase()?)?;
    let archive = session.engine.home().folder().display().to_string();
    if session.json {
        out::json(&json!({ "archive": archive, "recovery_key": recovery }))?;
    } else {
        let said = match session.lang {
            Lang::Ru => format!("Архив создан: {archive}\nКлюч восстановления (показан один раз, запишите): {recovery}"),
            Lang::En => format!("Archive created: {archive}\nRecovery key (shown once, write it down): {recovery}"),
        };
        out::line(&said)?;
    }
    Ok(Outcome::Done)
}

pub fn demo(session: &Session) -> Result<Outcome, Failure> {
    let recovery = session.engine.create(&session.passphrase()?)?;
    eprintln!("{recovery}");
    let archive = session.engine.archive()?;
    let mut report = archive.load_demo(session.lang, &mut session.job())?;
    report.source = archive.folder().clone();
    super::import::print(session, &report)?;
    Ok(if report.cancelled { Outcome::Cancelled } else { Outcome::Done })
}

pub fn verify(session: &Session, deep: bool) -> Result<Outcome, Failure> {
    let archive = session.open()?;
    let found = archive.verify(deep)?;
    if session.json {
        let damaged: Vec<_> = found.damaged.iter().map(|(what, place)| json!({ "what": what, "where": place })).collect();
        out::json(&json!({ "checked": found.checked, "damaged": damaged, "tree_head": null, "tree_size": found.checked }))?;
    } else {
        out::line(&match session.lang {
            Lang::Ru => format!("Проверено версий: {}, повреждений: {}", found.checked, found.damaged.len()),
            Lang::En => format!("Versions checked: {}, damaged: {}", found.checked, found.damaged.len()),
        })?;
        for (what, place) in &found.damaged {
            out::line(&format!("{place}: {what}"))?;
        }
    }
    Ok(if found.damaged.is_empty() { Outcome::Done } else { Outcome::DamageFound })
}
