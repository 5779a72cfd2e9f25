//! handover.

use super::read::find_chat;
use crate::args::Handover;
use crate::session::{Session, first_line};
use crate::{Outcome, out};
use letopis_engine::{DraftRequest, Failure, Lang};
use serde_json::json;

pub fn run(session: &Session, args: &Handover) -> Result<Outcome, Failure> {
    let passphrase = first_line(&args.pack_passphrase_file)?;
    let archive = session.open()?;
    let chats = args.chat.iter().map(|chat| find_chat(&archive, chat)).collect::<Result<_, _>>()?;
    let request = DraftRequest { manager: args.manager.clone(), chats, months: args.months };
    let draft = archive.draft(&request, session.lang)?;
    let written = archive.write_pack(&draft, &passphrase, &args.out, session.lang, &mut session.job())?;
    let file = written.file.display().to_string();
    if session.json {
        out::json(&json!({
            "file": file, "clients": written.clients, "messages": written.messages,
            "promises": written.promises, "bytes": written.bytes,
        }))?;
    } else {
        out::line(&match session.lang {
            Lang::Ru => {
                format!("{file}\n  клиентов {}, сообщений {}, обещаний {}", written.clients, written.messages, written.promises)
            }
            Lang::En => {
                format!("{file}\n  clients {}, messages {}, promises {}", written.clients, written.messages, written.promises)
            }
        })?;
    }
    Ok(Outcome::Done)
}
