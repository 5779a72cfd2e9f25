//! salvage: a new archive of what is whole in a damaged one.

use crate::args::SalvageInto;
use crate::session::Session;
use crate::{Outcome, out};
use letopis_engine::{Failure, Salvage, Secret, hex};
use serde_json::json;

pub fn run(session: &Session, args: &SalvageInto) -> Result<Outcome, Failure> {
    let typed = session.passphrase()?;
    let secret = if args.recovery { Secret::Recovery(&typed) } else { Secret::Passphrase(&typed) };
    let saved = session.engine.salvage(&secret, &args.folder, &mut session.job())?;
    if session.json {
        print_json(&saved)?;
    } else {
        let label = session.lang_line("Спасено в", "Saved into");
        out::line(&format!("{label} {}", saved.folder.display()))?;
        saved.lines(session.lang).iter().try_for_each(|line| out::line(line))?;
    }
    Ok(if saved.is_whole() { Outcome::Done } else { Outcome::DamageFound })
}

fn print_json(saved: &Salvage) -> Result<(), Failure> {
    let chats: Vec<_> = saved
        .chats
        .iter()
        .map(|chat| {
            json!({
                "chat_id": chat.lost.chat.map(|id| id.to_string()), "versions": chat.lost.versions, "first": chat.lost.first.0,
                "last": chat.lost.last.0, "messages": chat.lost.messages.iter().map(ToString::to_string).collect::<Vec<_>>(),
            })
        })
        .collect();
    let found = &saved.found;
    let (root, size) = found.head.map_or((None, None), |head| (Some(hex(&head.root)), Some(head.size)));
    out::json(&json!({
        "archive": saved.folder.display().to_string(), "pages": found.pages, "damaged_pages": found.lost_pages, "versions": found.versions,
        "lost": chats, "lost_files": saved.lost_files, "files": saved.files, "tables": found.tables, "unproven": found.unproven,
        "tree_head": root, "tree_size": size, "fits_known": found.fits_known,
    }))
}
