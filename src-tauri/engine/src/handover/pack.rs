//! From a draft to the sealed file. The file appears under its name only when it is whole.

use super::draft::{Draft, DraftClient, DraftLine, LineKind, MESSAGES_A_CLIENT};
use crate::job::{Job, Progress, Stage};
use crate::words::Lang;
use crate::{Failure, OpenArchive};
use letopis_handover as pack;
use letopis_insights::PromiseState;
use letopis_model::{Content, Message, Timestamp};
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

#[derive(Clone, Debug, Default)]
pub struct WrittenPack {
    pub file: PathBuf,
    pub clients: u64,
    pub messages: u64,
    pub promises: u64,
    pub bytes: u64,
}

impl OpenArchive {
    /// Seals the included clients of a draft into one HTML file.
    ///
    /// # Errors
    /// `AlreadyExists` rather than overwriting; `WeakPassphrase`; `ViewerMissing`; `DiskFull`, `NoRights`. Nothing half-written stays.
    pub fn write_pack(
        &self,
        draft: &Draft,
        passphrase: &str,
        file: &Path,
        lang: Lang,
        job: &mut Job<'_>,
    ) -> Result<WrittenPack, Failure> {
        let viewer = pack::Viewer::built_in().ok_or(Failure::ViewerMissing)?;
        if file.exists() {
            return Err(Failure::AlreadyExists(file.to_owned()));
        }
        let whole = self.pack(draft, lang)?;
        let mut written = WrittenPack {
            file: file.to_owned(),
            clients: whole.clients.len() as u64,
            messages: whole.clients.iter().map(|c| c.messages.len() as u64).sum(),
            promises: whole.clients.iter().map(|c| c.promises.len() as u64).sum(),
            bytes: 0,
        };
        if whole.clients.is_empty() {
            return Err(Failure::NothingToHandOver);
        }
        let messages = written.messages;
        written.bytes = publish(file, |out| {
            seal_into(out, file, &whole, passphrase, &viewer, |done, total| {
                job.step(Progress { stage: Stage::Sealing, done, total, messages, chats: whole.clients.len() as u64 })
            })
        })?;
        Ok(written)
    }

    fn pack(&self, draft: &Draft, lang: Lang) -> Result<pack::Pack, Failure> {
        let clients =
            draft.clients.iter().filter(|c| c.included).map(|c| self.client(c, draft.from)).collect::<Result<_, _>>()?;
        Ok(pack::Pack {
            lang: match lang {
                Lang::Ru => pack::Lang::Ru,
                Lang::En => pack::Lang::En,
            },
            made_at: self.clock.now(),
            zone: self.clock.zone().iana_name().unwrap_or_default().to_owned(),
            manager: draft.manager.clone(),
            from: draft.from,
            to: draft.to,
            note: draft.note.clone(),
            clients,
            ..pack::Pack::default()
        })
    }

    fn client(&self, client: &DraftClient, from: Timestamp) -> Result<pack::Client, Failure> {
        let messages = self.since(client.chat, from, MESSAGES_A_CLIENT)?;
        let quotes = |kind| client.lines.iter().filter(|l| l.included && l.kind == kind).map(quote).collect();
        let promises = client.lines.iter().filter(|l| l.included && l.kind == LineKind::Promise).map(promise).collect();
        let people = client.people.iter().map(|p| pack::Person { name: p.name.clone(), side: p.direction, messages: p.messages });
        Ok(pack::Client {
            id: client.chat.to_string(),
            title: client.title.clone(),
            state: client.state.clone(),
            people: people.collect(),
            promises,
            questions: quotes(LineKind::Question),
            requests: quotes(LineKind::Request),
            agreements: quotes(LineKind::Agreement),
            read_first: quotes(LineKind::Read),
            messages: messages.into_iter().map(|m| self.pack_message(m)).collect::<Result<_, _>>()?,
            ..pack::Client::default()
        })
    }

    fn pack_message(&self, message: Message) -> Result<pack::Message, Failure> {
        let mut versions = Vec::new();
        if message.versions > 1 {
            let all = self.versions(message.link)?;
            let older = all.into_iter().filter(|v| v.content.text != message.content.text);
            versions = older.map(|v| pack::Version { text: v.content.text, at: v.edited_at.or(message.sent_at) }).collect();
        }
        let content = message.content;
        Ok(pack::Message {
            id: message.link.message,
            sender: message.sender_name,
            direction: message.direction,
            sent_at: message.sent_at,
            edited_at: message.edited_at,
            kind: content.kind,
            text: readable(&content),
            entities: content.entities,
            media: content.media.map(|m| pack::Media {
                file_name: m.file_name,
                size: m.size,
                duration: m.duration,
                emoji: m.emoji,
            }),
            service: content.service.map(|s| pack::Service { detail: service_detail(&s.fields), action: s.action }),
            reply_to: content.reply_to.filter(|r| r.peer.is_none()).map(|r| r.message),
            deleted: message.deleted.map(|d| pack::Deleted { from: d.from, to: d.to }),
            versions,
            forwarded_from: content.forwarded_from,
        })
    }
}

/// The text, or, where there is none, what the message carries in words.
fn readable(content: &Content) -> String {
    if content.text.is_empty() { crate::attached_line(content) } else { content.text.clone() }
}

/// The one field of a service message that a sentence about it needs: a title, names, seconds.
pub fn service_detail(fields: &str) -> String {
    let Ok(serde_json::Value::Object(fields)) = serde_json::from_str(fields) else { return String::new() };
    for name in ["title", "new_title", "duration_seconds", "duration", "period", "inviter", "emoticon"] {
        match fields.get(name) {
            Some(serde_json::Value::String(text)) => return text.clone(),
            Some(serde_json::Value::Number(number)) => return number.to_string(),
            _ => {}
        }
    }
    let members = fields.get("members").and_then(|m| m.as_array());
    let names = members.into_iter().flatten().filter_map(|m| m.as_str());
    names.collect::<Vec<_>>().join(", ")
}

fn quote(line: &DraftLine) -> pack::Quote {
    pack::Quote { text: line.text.clone(), sender: line.sender.clone(), at: line.at, message: line.link.message }
}

fn promise(line: &DraftLine) -> pack::Promise {
    pack::Promise {
        text: line.text.clone(),
        sender: line.sender.clone(),
        at: line.at,
        due_at: line.due_at,
        state: match line.promise {
            Some(PromiseState::Late) => pack::PromiseState::Late,
            Some(PromiseState::Kept) => pack::PromiseState::Kept,
            Some(PromiseState::Broken) => pack::PromiseState::Broken,
            Some(PromiseState::Withdrawn) => pack::PromiseState::Withdrawn,
            Some(PromiseState::Open) | None => pack::PromiseState::Open,
        },
        message: line.link.message,
    }
}

/// Writes a file beside its place and gives it its name when it is whole. Nothing that exists is touched.
fn publish(file: &Path, write: impl FnOnce(File) -> Result<u64, Failure>) -> Result<u64, Failure> {
    let named = |e| Failure::from_io(e, file.to_owned());
    let suffix = u64::from_le_bytes(letopis_vault::random()?);
    let partial = file.with_file_name(format!(".letopis-{suffix:016x}.part"));
    let out = OpenOptions::new().write(true).create_new(true).open(&partial).map_err(named)?;
    let done = write(out).and_then(|bytes| {
        // A link does not replace; where links are not known (FAT), the check above must do.
        match std::fs::hard_link(&partial, file) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Err(named(error)),
            Err(_) => std::fs::copy(&partial, file).map(|_| bytes).map_err(named),
            Ok(()) => Ok(bytes),
        }
    });
    // Ours alone, encrypted, and either published under its name by now or of no use.
    if let Err(error) = std::fs::remove_file(&partial) {
        tracing::warn!(%error, "a partial pack was left behind");
    }
    done
}

fn seal_into(
    file: File,
    path: &Path,
    whole: &pack::Pack,
    passphrase: &str,
    viewer: &pack::Viewer,
    mut progress: impl FnMut(u64, u64) -> std::ops::ControlFlow<()>,
) -> Result<u64, Failure> {
    let named = |e| Failure::from_io(e, path.to_owned());
    let mut out = BufWriter::new(file);
    let secret = pack::SecretString::from(passphrase.to_owned());
    let sealed = pack::seal(whole, &secret, viewer, &mut out, &mut progress).map_err(|e| Failure::from_handover(e, path))?;
    out.flush().map_err(named)?;
    out.get_ref().sync_data().map_err(named)?;
    Ok(sealed.bytes)
}
