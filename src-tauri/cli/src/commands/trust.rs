//! changes, evidence, backup, restore, forget, holds, retention, the access log, reindex, compact.

use super::read::find_chat;
use crate::args::{Evidence, Forget, Hold, Restore, Retention};
use crate::session::Session;
use crate::{Outcome, out};
use letopis_engine::{
    ChangeKind, Failure, Happening, Lang, OpenArchive, Secret, Weighed, head_text, hex, parse_head, restore as restore_backup,
};
use letopis_model::{MessageLink, Timestamp};
use serde_json::{Value, json};
use std::path::Path;

pub fn changes(session: &Session, since: Option<&str>, limit: usize) -> Result<Outcome, Failure> {
    let since = since.map(|typed| session.moment(typed)).transpose()?.unwrap_or(Timestamp(i64::MIN));
    for happening in session.unlock()?.changes(since, None, limit)? {
        print_change(session, &happening)?;
    }
    Ok(Outcome::Done)
}

fn print_change(session: &Session, happening: &Happening) -> Result<(), Failure> {
    let kind = match happening.kind {
        ChangeKind::Edited => "edited",
        ChangeKind::Deleted => "deleted",
        ChangeKind::ChatVanished => "chat-vanished",
    };
    let (from, to) = (session.rfc3339(happening.from), session.rfc3339(happening.to));
    let link = happening.links.first().map(ToString::to_string).unwrap_or_default();
    if session.json {
        let links: Vec<String> = happening.links.iter().map(ToString::to_string).collect();
        return out::json(&json!({
            "link": link, "change": kind, "from": from, "to": to, "source": happening.source.name(), "count": happening.count,
            "mass": happening.is_mass, "links": links,
        }));
    }
    out::line(&format!("{kind:<13} {:>5}  {from} … {to}  {:<10} {link}", happening.count, happening.source.name()))
}

pub fn evidence(session: &Session, args: &Evidence) -> Result<Outcome, Failure> {
    let archive = session.unlock()?;
    let links: Vec<MessageLink> =
        args.links.iter().map(|link| link.parse().map_err(|()| Failure::NotFound)).collect::<Result<_, _>>()?;
    let written = archive.write_evidence(&links, &args.out, args.under, args.why.as_deref().unwrap_or(""), session.lang)?;
    if session.json {
        out::json(&json!({
            "dir": written.folder.display().to_string(), "messages": written.messages, "files": written.files,
            "tree_head": hex(&written.head.root), "tree_size": written.head.size,
        }))?;
        return Ok(Outcome::Done);
    }
    out::line(&match session.lang {
        Lang::Ru => format!(
            "{}: сообщений {}, файлов {}. Папка не зашифрована: её отдают тем, кто проверяет.",
            written.folder.display(),
            written.messages,
            written.files
        ),
        Lang::En => format!(
            "{}: messages {}, files {}. The folder is not encrypted: it is given to whoever checks.",
            written.folder.display(),
            written.messages,
            written.files
        ),
    })?;
    out::line(&head_text(&written.head))?;
    Ok(Outcome::Done)
}

pub fn backup(session: &Session, file: &Path) -> Result<Outcome, Failure> {
    let written = session.unlock()?.backup(file, &mut session.job())?;
    if session.json {
        out::json(&json!({
            "file": written.file.display().to_string(), "bytes": written.bytes, "files": written.files,
            "tree_head": hex(&written.head.root), "tree_size": written.head.size,
        }))?;
    } else {
        out::line(&match session.lang {
            Lang::Ru => format!(
                "{}: {} байт, версий {}, файлов {}; прочитано обратно и сходится. Открывается паролем архива или ключом восстановления.",
                written.file.display(),
                written.bytes,
                written.head.size,
                written.files
            ),
            Lang::En => format!(
                "{}: {} bytes, {} versions, {} files; read back and equal. The archive's passphrase or recovery key opens it.",
                written.file.display(),
                written.bytes,
                written.head.size,
                written.files
            ),
        })?;
    }
    Ok(Outcome::Done)
}

pub fn restore(session: &Session, args: &Restore) -> Result<Outcome, Failure> {
    let folder = session.engine.home().folder().to_owned();
    let typed = session.passphrase()?;
    let secret = if args.recovery { Secret::Recovery(&typed) } else { Secret::Passphrase(&typed) };
    let head = restore_backup(&args.file, &secret, &folder, &mut session.job())?;
    if session.json {
        out::json(&json!({ "archive": folder.display().to_string(), "tree_head": hex(&head.root), "tree_size": head.size }))?;
    } else {
        let label = session.lang_line("Архив восстановлен и проверен", "The archive is restored and checked");
        out::line(&format!("{label}: {}\n{}", folder.display(), head_text(&head)))?;
    }
    Ok(Outcome::Done)
}

pub fn forget(session: &Session, args: &Forget) -> Result<Outcome, Failure> {
    let archive = session.unlock()?;
    let chat = find_chat(&archive, &args.chat)?;
    let Some(code) = &args.confirm else {
        let plan = archive.plan_forgetting(chat)?;
        if session.json {
            out::json(&weighed_json(
                &plan.weighed,
                json!({ "chat_id": chat.to_string(), "confirm": plan.code, "forgotten": false }),
            ))?;
            return Ok(Outcome::Done);
        }
        out::line(&weighed_words(session, &plan.weighed))?;
        out::line(&match session.lang {
            Lang::Ru => format!(
                "Это нельзя вернуть; копии вне этой папки останутся. Чтобы стереть: letopis-cli forget --chat {chat} --confirm {}",
                plan.code
            ),
            Lang::En => format!(
                "This cannot be undone; copies outside this folder stay. To erase: letopis-cli forget --chat {chat} --confirm {}",
                plan.code
            ),
        })?;
        return Ok(Outcome::Done);
    };
    let report = archive.forget(chat, code, args.why.as_deref().unwrap_or(""), &mut session.job())?;
    if session.json {
        let more = json!({
            "chat_id": chat.to_string(), "forgotten": true, "tree_head": hex(&report.head.root), "tree_size": report.head.size,
        });
        out::json(&weighed_json(&report.weighed, more))?;
    } else {
        out::line(&weighed_words(session, &report.weighed))?;
        out::line(session.lang_line(
            "Стёрто. Дерево версий не изменилось: остались хеши и отметка о стирании.",
            "Erased. The tree of versions did not change: the hashes and a note of the erasure stay.",
        ))?;
    }
    Ok(Outcome::Done)
}

fn weighed_json(weighed: &Weighed, more: Value) -> Value {
    let held: Vec<String> = weighed.held.iter().map(ToString::to_string).collect();
    let mut all = json!({
        "chats": weighed.chats, "messages": weighed.messages, "versions": weighed.versions, "files": weighed.files, "held": held,
    });
    if let (Value::Object(all), Value::Object(more)) = (&mut all, more) {
        all.extend(more);
    }
    all
}

fn weighed_words(session: &Session, weighed: &Weighed) -> String {
    let Weighed { chats, messages, versions, files, held } = weighed;
    match session.lang {
        Lang::Ru => {
            format!("чатов {chats}, сообщений {messages}, версий {versions}, файлов {files}, на удержании чатов {}", held.len())
        }
        Lang::En => {
            format!("chats {chats}, messages {messages}, versions {versions}, files {files}, chats on hold {}", held.len())
        }
    }
}

pub fn hold(session: &Session, args: &Hold) -> Result<Outcome, Failure> {
    let archive = session.unlock()?;
    if let Some(typed) = &args.chat {
        let chat = find_chat(&archive, typed)?;
        if args.lift {
            archive.lift_hold(chat)?;
        } else {
            archive.place_hold(chat, args.why.as_deref().unwrap_or(""))?;
        }
    }
    for hold in archive.holds()? {
        let lifted = hold.lifted.as_ref().map(|(at, _)| session.rfc3339(*at));
        let placed = session.rfc3339(hold.placed_at);
        if session.json {
            out::json(&json!({
                "chat_id": hold.chat.to_string(), "placed_at": placed, "placed_by": hold.placed_by, "why": hold.why, "lifted_at": lifted,
            }))?;
        } else {
            let until = lifted.unwrap_or_else(|| "…".into());
            out::line(&format!("{:<28} {placed} … {until}  {}", hold.chat.to_string(), out::one_line(&hold.why, 60)))?;
        }
    }
    Ok(Outcome::Done)
}

pub fn retention(session: &Session, args: &Retention) -> Result<Outcome, Failure> {
    let archive = session.unlock()?;
    if let Some(name) = &args.manager {
        let account = archive.find_manager(name)?.account;
        match args.days {
            Some(days) if args.dry_run => {
                let plan = archive.weigh_retention(account, days)?;
                let line = weighed_words(session, &plan.weighed);
                if session.json {
                    out::json(&weighed_json(&plan.weighed, json!({ "days": days })))?
                } else {
                    out::line(&line)?
                }
                return Ok(Outcome::Done);
            }
            Some(days) => archive.set_retention(account, Some(days))?,
            None if args.forever => archive.set_retention(account, None)?,
            None => {}
        }
    }
    if args.apply {
        let weighed = archive.apply_retention(&mut session.job())?;
        let line = weighed_words(session, &weighed);
        if session.json {
            out::json(&weighed_json(&weighed, json!({})))?
        } else {
            out::line(&line)?
        }
        return Ok(Outcome::Done);
    }
    for rule in archive.retention()? {
        if session.json {
            out::json(
                &json!({ "account": rule.account.0, "days": rule.days, "set_at": session.rfc3339(rule.set_at), "who": rule.who }),
            )?;
        } else {
            out::line(&format!("{:<14} {:>5}", rule.account.0, rule.days))?;
        }
    }
    Ok(Outcome::Done)
}

pub fn access(session: &Session, limit: usize) -> Result<Outcome, Failure> {
    for row in session.unlock()?.access_log(None, limit)? {
        let (at, chat) = (session.rfc3339(row.at), row.chat.map(|chat| chat.to_string()));
        if session.json {
            out::json(
                &json!({ "at": at, "who": row.who, "action": row.action.name(), "chat_id": chat, "what": row.what, "why": row.why }),
            )?;
        } else {
            let what = out::one_line(&row.what, 60);
            out::line(&format!("{at}  {:<12} {:<14} {} {what}", row.who, row.action.name(), chat.unwrap_or_default()))?;
        }
    }
    Ok(Outcome::Done)
}

pub fn head(session: &Session, known: Option<&str>) -> Result<Outcome, Failure> {
    let archive = session.unlock()?;
    let head = archive.keep_head()?;
    let Some(known) = known else {
        let answer = json!({ "tree_head": hex(&head.root), "tree_size": head.size });
        if session.json {
            out::json(&answer)?
        } else {
            out::line(&head_text(&head))?
        }
        return Ok(Outcome::Done);
    };
    let Some(known) = parse_head(known) else {
        return Ok(session.misused(
            "Голова дерева пишется так: число версий, пробел, 64 шестнадцатеричных знака.",
            "A tree head is written like this: number of versions, a space, 64 hexadecimal digits.",
        ));
    };
    compare(session, &archive, known)
}

fn compare(session: &Session, archive: &OpenArchive, known: letopis_engine::TreeHead) -> Result<Outcome, Failure> {
    let differs = archive.compare_head(known)?;
    if session.json {
        out::json(&json!({ "fits": differs.is_none(), "missing": differs.map_or(0, |d| d.missing()) }))?;
    } else {
        out::line(match differs {
            None => session.lang_line("Сходится: прошлое архива не изменено.", "It fits: the archive's past was not changed."),
            Some(_) => session.lang_line(
                "Не сходится: архив старее этой головы или его прошлое изменено.",
                "It does not fit: the archive is older than this head, or its past was changed.",
            ),
        })?;
    }
    Ok(if differs.is_none() { Outcome::Done } else { Outcome::DamageFound })
}

pub fn reindex(session: &Session) -> Result<Outcome, Failure> {
    let archive = session.unlock()?;
    archive.rebuild_index(&mut session.job())?;
    done(session, &archive)
}

pub fn compact(session: &Session) -> Result<Outcome, Failure> {
    let archive = session.unlock()?;
    let _working = session.work();
    archive.compact()?;
    done(session, &archive)
}

fn done(session: &Session, archive: &OpenArchive) -> Result<Outcome, Failure> {
    let folder = archive.folder().display().to_string();
    if session.json {
        out::json(&json!({ "archive": folder }))?
    } else {
        out::line(&folder)?
    }
    Ok(Outcome::Done)
}
