//! passphrase, recovery, keyring, rekey: the ways into the archive.

use crate::args::{Passphrase, Rekey, Switch};
use crate::session::{Session, first_line};
use crate::{Outcome, out};
use letopis_engine::{Failure, Lang, Secret};
use serde_json::json;

pub fn passphrase(session: &Session, args: &Passphrase) -> Result<Outcome, Failure> {
    let forgotten = args.recovery_key_file.as_deref().map(first_line).transpose()?;
    let old = if forgotten.is_some() { None } else { Some(session.passphrase()?) };
    let secret = match (&forgotten, &old) {
        (Some(words), _) => Secret::Recovery(words),
        (None, old) => Secret::Passphrase(old.as_deref().map_or("", String::as_str)),
    };
    let new = session.new_passphrase(args.new_passphrase_file.as_deref())?;
    let _working = session.work();
    session.engine.change_passphrase(&secret, &new)?;
    done(
        session,
        "Пароль изменён. Старый больше не открывает архив.",
        "The passphrase is changed. The old one opens nothing any more.",
    )
}

pub fn recovery(session: &Session) -> Result<Outcome, Failure> {
    let passphrase = session.passphrase()?;
    let _working = session.work();
    let words = session.engine.new_recovery_key(&Secret::Passphrase(&passphrase))?;
    show_key(session, &words)?;
    Ok(Outcome::Done)
}

pub fn keyring(session: &Session, switch: Switch) -> Result<Outcome, Failure> {
    let passphrase = session.passphrase()?;
    let _working = session.work();
    let secret = Secret::Passphrase(&passphrase);
    match switch {
        Switch::On => {
            session.engine.keyring_on(&secret)?;
            done(session, "Теперь архив открывает хранилище паролей системы.", "The system keyring opens the archive now.")
        }
        Switch::Off => {
            session.engine.keyring_off(&secret)?;
            done(session, "Хранилище паролей системы архив больше не открывает.", "The system keyring opens the archive no more.")
        }
    }
}

/// The new recovery key is printed before anything changes: a crash in the middle leaves nobody without one.
pub fn rekey(session: &Session, args: &Rekey) -> Result<Outcome, Failure> {
    let passphrase = session.passphrase()?;
    let secret = Secret::Passphrase(&passphrase);
    let is_going_on = session.engine.home().key_state().rekeying;
    if args.finish && !is_going_on {
        return Err(Failure::NothingToFinish);
    }
    let done_work = if is_going_on {
        session.engine.finish_rekey(&secret, &mut session.job())?
    } else {
        let words = session.engine.draft_recovery_key(&secret)?;
        show_key(session, &words)?;
        session.engine.rekey(&passphrase, &words, &mut session.job())?
    };
    done_work.archive.catch_up(&mut session.job())?;
    if done_work.keyring_lost {
        eprintln!(
            "{}",
            session.lang_line(
                "Хранилище паролей системы не приняло новый ключ и архив больше не открывает.",
                "The system keyring did not take the new key and opens the archive no more."
            )
        );
    }
    done(
        session,
        "Главный ключ изменён, архив переписан под новый.",
        "The master key is changed; the archive was rewritten under the new one.",
    )
}

fn show_key(session: &Session, words: &str) -> Result<(), Failure> {
    if session.json {
        return out::json(&json!({ "recovery_key": words }));
    }
    out::line(&match session.lang {
        Lang::Ru => format!("Новый ключ восстановления (показан один раз, запишите): {words}"),
        Lang::En => format!("New recovery key (shown once, write it down): {words}"),
    })
}

fn done(session: &Session, ru: &'static str, en: &'static str) -> Result<Outcome, Failure> {
    if session.json {
        out::json(&json!({ "archive": session.engine.home().folder().display().to_string() }))?;
    } else {
        out::line(session.lang_line(ru, en))?;
    }
    Ok(Outcome::Done)
}
