//! init, demo, verify.

use crate::session::Session;
use crate::{Outcome, out};
use letopis_engine::{Damage, Failure, Lang, Verification, head_text, hex};
use serde_json::json;

pub fn init(session: &Session) -> Result<Outcome, Failure> {
    let passphrase = session.passphrase()?;
    // An archive whose recovery key was never shown would be worse than none.
    let _working = session.work();
    let recovery = session.engine.create(&passphrase)?;
    let archive = folder(session);
    if session.json {
        out::json(&json!({ "archive": archive, "recovery_key": *recovery }))?;
    } else {
        let said = match session.lang {
            Lang::Ru => format!("Архив создан: {archive}\nКлюч восстановления (показан один раз, запишите): {}", *recovery),
            Lang::En => format!("Archive created: {archive}\nRecovery key (shown once, write it down): {}", *recovery),
        };
        out::line(&said)?;
    }
    Ok(Outcome::Done)
}

pub fn demo(session: &Session) -> Result<Outcome, Failure> {
    let passphrase = session.passphrase()?;
    let _working = session.work();
    let recovery = session.engine.create(&passphrase)?;
    let said = session.lang_line(
        "Ключ восстановления: он открывает архив, если пароль забыт; показан один раз, запишите:",
        "The recovery key: it opens the archive if the passphrase is forgotten; shown once, write it down:",
    );
    eprintln!("{said}\n{}", *recovery);
    let archive = session.engine.archive()?;
    let mut report = archive.load_demo(session.lang, &mut session.job())?;
    report.source = archive.folder().to_owned();
    super::import::print(session, &report)?;
    Ok(if report.cancelled { Outcome::Cancelled } else { Outcome::Done })
}

pub fn verify(session: &Session, deep: bool) -> Result<Outcome, Failure> {
    // The index is looked at as it is: bringing it up to date first could hide what is wrong with it.
    let found = match session.unlock_as_it_lies().and_then(|archive| archive.verify(deep, &mut session.job())) {
        // Too damaged to be opened is an answer too.
        Err(Failure::Damaged(what)) => {
            Verification { damaged: vec![Damage { what, place: folder(session) }], ..Verification::default() }
        }
        other => other?,
    };
    if session.json {
        let damaged: Vec<_> = found.damaged.iter().map(|d| json!({ "what": d.what, "where": d.place })).collect();
        let (root, size) = found.head.map_or((None, None), |head| (Some(hex(&head.root)), Some(head.size)));
        out::json(&json!({ "checked": found.checked, "damaged": damaged, "tree_head": root, "tree_size": size }))?;
    } else {
        out::line(&match session.lang {
            Lang::Ru => format!("Проверено версий и файлов: {}, повреждений: {}", found.checked, found.damaged.len()),
            Lang::En => format!("Versions and files checked: {}, damaged: {}", found.checked, found.damaged.len()),
        })?;
        if let Some(head) = &found.head {
            let label = session
                .lang_line("Голова дерева (запишите, чтобы закрепить дату): ", "Tree head (write it down to fix a date): ");
            out::line(&format!("{label}{}", head_text(head)))?;
        }
        for damage in &found.damaged {
            out::line(&format!("{}: {}", damage.place, damage.what))?;
        }
        if !found.damaged.is_empty() {
            out::line(session.lang_line(
                "Всё уцелевшее можно прочитать в новый архив: letopis-cli salvage ПАПКА. Индекс строится заново командой reindex.",
                "Everything that is whole can be read into a new archive: letopis-cli salvage FOLDER. The index is built anew by reindex.",
            ))?;
        }
    }
    Ok(if found.damaged.is_empty() { Outcome::Done } else { Outcome::DamageFound })
}

fn folder(session: &Session) -> String {
    session.engine.home().folder().display().to_string()
}
