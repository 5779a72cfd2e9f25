//! The feed of edits and deletions, and the evidence written from it.

use super::keep::{count, seconds};
use super::reading::{NAME, cut, preview};
use super::{Direction, Seconds};
use crate::commands::{chat_id, link};
use letopis_engine::model::{AccountId, ChatId, Message, MessageLink, Seq, Timestamp};
use letopis_engine::{
    Anchor, ChangeKind, Failure, Happening, MassEvent, OpenArchive, RowKind, VersionRecord, WrittenEvidence, head_text,
};
use serde::{Deserialize, Serialize};
use specta::Type;

/// Characters of a text in a row; the reader shows the whole.
const TEXT: usize = 2_000;
/// Originals of a mass event shown in its row.
const SAMPLES: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ChangeSort {
    Edited,
    Deleted,
    /// Many deletions at one moment, or a chat that vanished.
    Mass,
}

/// Empty lists and `None` mean "no limit". Times are those at which a change became known.
#[derive(Clone, Debug, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChangeFilter {
    pub kinds: Vec<ChangeSort>,
    pub chats: Vec<String>,
    pub manager: Option<String>,
    pub from: Option<Seconds>,
    /// Exclusive.
    pub to: Option<Seconds>,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChangePage {
    pub rows: Vec<ChangeView>,
    /// Where the next page goes on from.
    pub next: Option<String>,
}

/// A mass event: what evidence of all its messages is asked by.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EventRef {
    pub chat: String,
    pub first: String,
    pub last: String,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChangeView {
    /// Its place in the feed.
    pub id: String,
    pub sort: ChangeSort,
    /// The whole chat disappeared.
    pub vanished: bool,
    /// Messages concerned.
    pub count: u32,
    /// The message to open.
    pub link: String,
    /// Set for a mass event.
    pub event: Option<EventRef>,
    pub chat: String,
    pub chat_title: String,
    pub manager: String,
    pub sender: String,
    pub direction: Direction,
    pub sent_at: Option<Seconds>,
    /// A name of `model::MessageKind`.
    pub kind: String,
    /// The deleted original, or the text before the edit.
    pub before: String,
    /// The text after the edit.
    pub after: Option<String>,
    /// Of a mass event: how its newest originals begin.
    pub samples: Vec<String>,
    /// It was there still at `from` and gone at `to`; an edit happened at `from`.
    pub from: Seconds,
    pub to: Seconds,
    pub seen_at: Seconds,
    pub source: String,
    pub cause: String,
}

/// What evidence is wanted of: single messages, and mass events as a whole.
#[derive(Clone, Debug, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceOf {
    pub links: Vec<String>,
    pub events: Vec<EventRef>,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceWritten {
    pub folder: String,
    pub messages: u32,
    pub files: u32,
    /// The head of the tree, as people write it down.
    pub head: String,
}

fn cursor_text((at, seq): (Timestamp, Seq)) -> String {
    format!("{}.{}", at.0, seq.0)
}

pub fn cursor(text: &str) -> Result<(Timestamp, Seq), Failure> {
    let parts = text.split_once('.').and_then(|(at, seq)| Some((Timestamp(at.parse().ok()?), Seq(seq.parse().ok()?))));
    parts.ok_or(Failure::NotFound)
}

impl From<ChangeSort> for RowKind {
    fn from(sort: ChangeSort) -> Self {
        match sort {
            ChangeSort::Edited => RowKind::Edited,
            ChangeSort::Deleted => RowKind::Deleted,
            ChangeSort::Mass => RowKind::Mass,
        }
    }
}

impl ChangeFilter {
    pub fn resolve(self) -> Result<letopis_engine::ChangeFilter, Failure> {
        let at = |at: u32| Timestamp(i64::from(at));
        let account = self.manager.map(|id| id.parse().map(AccountId).map_err(|_| Failure::NoSuchManager));
        Ok(letopis_engine::ChangeFilter {
            kinds: self.kinds.into_iter().map(RowKind::from).collect(),
            chats: self.chats.iter().map(|chat| chat_id(chat)).collect::<Result<_, _>>()?,
            account: account.transpose()?,
            since: self.from.map(at),
            until: self.to.map(at),
        })
    }
}

impl EventRef {
    fn resolve(&self) -> Result<MassEvent, Failure> {
        Ok(MassEvent { chat: chat_id(&self.chat)?, first: cursor(&self.first)?, last: cursor(&self.last)? })
    }
}

impl EvidenceOf {
    /// Every message meant, each once.
    pub fn resolve(&self, archive: &OpenArchive) -> Result<Vec<MessageLink>, Failure> {
        let mut links = self.links.iter().map(|text| link(text)).collect::<Result<Vec<_>, _>>()?;
        for event in &self.events {
            links.extend(archive.links_of(&event.resolve()?)?);
        }
        links.sort_unstable();
        links.dedup();
        Ok(links)
    }
}

impl ChangePage {
    pub fn of(archive: &OpenArchive, page: letopis_engine::ChangePage) -> Result<Self, Failure> {
        let mut rows = Vec::with_capacity(page.rows.len());
        for row in page.rows {
            let chat = row.links.first().map(|link| link.chat);
            let record = chat.and_then(|chat| page.chats.get(&chat));
            let named = |account| page.managers.get(account).map(|manager| cut(&manager.name, NAME));
            let managers: Vec<String> = record.map_or(Vec::new(), |record| record.accounts.iter().filter_map(named).collect());
            let title = record.map_or(String::new(), |record| record.title.clone());
            rows.extend(chat.map(|chat| ChangeView::of(archive, row, chat, &title, managers.join(", "))).transpose()?);
        }
        Ok(ChangePage { rows, next: page.next.map(cursor_text) })
    }
}

impl ChangeView {
    fn of(archive: &OpenArchive, row: Happening, chat: ChatId, title: &str, manager: String) -> Result<Self, Failure> {
        let first = row.links.first().copied();
        let message = first.map(|link| archive.find_message(link)).transpose()?.flatten();
        let vanished = row.kind == ChangeKind::ChatVanished;
        let sort = match (row.is_mass || vanished, row.kind) {
            (true, _) | (_, ChangeKind::ChatVanished) => ChangeSort::Mass,
            (false, ChangeKind::Edited) => ChangeSort::Edited,
            (false, ChangeKind::Deleted) => ChangeSort::Deleted,
        };
        let (before, after) = match (sort, first) {
            (ChangeSort::Edited, Some(link)) => edit(archive.versions(link)?, row.from),
            _ => (message.as_ref().map_or(String::new(), |m| cut(&m.content.text, TEXT)), None),
        };
        let samples = if sort == ChangeSort::Mass { samples(archive, &row, chat)? } else { Vec::new() };
        let event = (sort == ChangeSort::Mass).then(|| EventRef {
            chat: chat.to_string(),
            first: cursor_text(row.first),
            last: cursor_text(row.cursor),
        });
        Ok(ChangeView {
            id: format!("{chat}/{}", cursor_text(row.cursor)),
            sort,
            vanished,
            count: count(row.count),
            link: first.map_or(String::new(), |link| link.to_string()),
            event,
            chat: chat.to_string(),
            chat_title: if title.is_empty() { chat.peer().to_string() } else { cut(title, NAME) },
            manager,
            sender: message.as_ref().map_or(String::new(), |m| cut(&m.sender_name, NAME)),
            direction: message.as_ref().map_or(Direction::In, |m| m.direction.into()),
            sent_at: message.as_ref().and_then(|m| m.sent_at).map(seconds),
            kind: message.as_ref().map_or(String::new(), |m| m.content.kind.name().to_owned()),
            before,
            after,
            samples,
            from: seconds(row.from),
            to: seconds(row.to),
            seen_at: seconds(row.first.0),
            source: row.source.name().to_owned(),
            cause: message.and_then(|m| m.deleted).map_or(String::new(), |d| d.cause.name().to_owned()),
        })
    }
}

/// The texts on both sides of an edit.
fn edit(versions: Vec<VersionRecord>, at: Timestamp) -> (String, Option<String>) {
    let found = versions.iter().rposition(|version| version.edited_at.unwrap_or(version.seen_at) == at);
    let index = found.unwrap_or(versions.len().saturating_sub(1));
    let text = |index: usize| versions.get(index).map_or(String::new(), |version| cut(&version.content.text, TEXT));
    (index.checked_sub(1).map_or(String::new(), text), Some(text(index)))
}

/// How the newest originals of a mass event begin; of a vanished chat, its last messages.
fn samples(archive: &OpenArchive, row: &Happening, chat: ChatId) -> Result<Vec<String>, Failure> {
    let messages: Vec<Message> = match row.kind {
        ChangeKind::ChatVanished => archive.page(chat, Anchor::Last, SAMPLES)?.messages.into_iter().rev().collect(),
        ChangeKind::Edited | ChangeKind::Deleted => {
            let found = row.links.iter().take(SAMPLES).map(|link| archive.find_message(*link));
            found.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect()
        }
    };
    Ok(messages.iter().map(|message| preview(&message.content)).filter(|text| !text.is_empty()).collect())
}

impl From<WrittenEvidence> for EvidenceWritten {
    fn from(written: WrittenEvidence) -> Self {
        EvidenceWritten {
            folder: written.folder.display().to_string(),
            messages: count(written.messages),
            files: count(written.files),
            head: head_text(&written.head),
        }
    }
}
