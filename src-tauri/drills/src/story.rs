//! The invented record that every drill works on: batches that can be told apart, and what must be in an archive that
//! holds the first `n` of them. Every text has the word «запись», so that one search finds all of it.

use anyhow::{Result, ensure};
use letopis_engine::model::{
    AccountId, Change, ChatId, ChatType, Content, DeletionCause, Direction, KeptMedia, MessageId, MessageLink, PeerId, Sighting,
    Source, Timestamp,
};
use letopis_engine::{Clock, Engine, OpenArchive, Secret, TimeZone};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

pub const NOW: i64 = 1_788_264_000;
pub const PASSPHRASE: &str = "лес-шумит-7319-над-рекой";
/// Stands in every text of the chat that is forgotten, and nowhere else.
pub const CANARY: &str = "канарейкаxyzzy";
/// Messages in a batch.
const EACH: i64 = 20;
const EDITED: i64 = 5;
const DELETED: i64 = 7;
const WITH_FILE: i64 = 9;

/// What must be known of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Truth {
    /// Oldest first.
    pub texts: Vec<String>,
    pub deleted: bool,
    pub file: Option<[u8; 32]>,
}

pub type Story = BTreeMap<String, Truth>;

pub fn kirill() -> ChatId {
    ChatId::new(Some(AccountId(4001)), PeerId::user(555))
}

pub fn olga() -> ChatId {
    ChatId::new(Some(AccountId(4001)), PeerId::user(777))
}

pub fn oleg() -> ChatId {
    ChatId::new(Some(AccountId(4001)), PeerId::user(888))
}

fn chat_of(batch: u64) -> ChatId {
    match batch % 3 {
        0 => kirill(),
        1 => olga(),
        _ => oleg(),
    }
}

fn text(chat: ChatId, message: i64) -> String {
    let word = if chat == kirill() { CANARY } else { "смета" };
    format!("запись {message} {word}: договор, поставка и скидка {} %", message % 40)
}

fn has_file(batch: u64) -> bool {
    batch.is_multiple_of(5)
}

/// The file that comes with a batch.
pub fn file_of(batch: u64) -> Vec<u8> {
    let word = if chat_of(batch) == kirill() { CANARY } else { "прайс" };
    let mut bytes = format!("{word} файл {batch} ").into_bytes();
    let mut dice = crate::dice::Dice::new(batch);
    bytes.extend((0..4_000).flat_map(|_| dice.roll().to_le_bytes()));
    bytes
}

/// Versions that a batch adds.
fn weight(batch: u64) -> u64 {
    EACH as u64 + 2 + u64::from(has_file(batch))
}

/// Versions in an archive of the first `n` batches.
pub fn versions_in(batches: u64) -> u64 {
    (0..batches).map(weight).sum()
}

/// How many whole batches an archive of that many versions holds.
///
/// # Errors
/// When a batch is there in part only.
pub fn batches_in(versions: u64) -> Result<u64> {
    let (mut batches, mut sum) = (0, 0);
    while sum < versions {
        sum += weight(batches);
        batches += 1;
    }
    ensure!(sum == versions, "{versions} versions: a batch is there in part");
    Ok(batches)
}

fn said(chat: ChatId, message: i64, text: String, edited_at: Option<Timestamp>) -> Change {
    let sent_at = Timestamp(NOW - 4_000_000 + message * 60);
    Change::Posted(Box::new(Sighting {
        chat,
        message: MessageId(message),
        sender: Some(chat.peer()),
        sender_name: Some("Кирилл Громов".into()),
        direction: Direction::In,
        sent_at: Some(sent_at),
        edited_at,
        content: Content::text(&text),
        reactions: vec![],
        seen_at: edited_at.unwrap_or(sent_at),
        source: Source::Live,
    }))
}

fn seen(chat: ChatId, title: &str) -> Change {
    Change::ChatSeen { chat, kind: ChatType::PersonalChat, title: Some(title.into()), source: Source::Live }
}

fn changes(batch: u64, stored: Option<[u8; 32]>) -> Vec<Change> {
    let chat = chat_of(batch);
    let first = batch as i64 * EACH;
    let mut changes = Vec::new();
    if batch < 3 {
        changes.push(Change::AccountSeen {
            account: AccountId(4001), manager: "Анна Белова".into(), source: Source::Live
        });
        let title = ["Кирилл · Промстрой", "Ольга · Лесной двор", "Олег · Заря"];
        changes.push(seen(chat, title.get(batch as usize).copied().unwrap_or_default()));
    }
    changes.extend((1..=EACH).map(|n| said(chat, first + n, text(chat, first + n), None)));
    let edit = text(chat, first + EDITED) + " правка";
    changes.push(said(chat, first + EDITED, edit, Some(Timestamp(NOW - 1_000_000))));
    changes.push(Change::Deleted {
        chat,
        message: MessageId(first + DELETED),
        from: Timestamp(NOW - 800_000),
        to: Timestamp(NOW - 790_000),
        cause: DeletionCause::Unknown,
        source: Source::Reconcile,
    });
    changes.extend(stored.map(|sha256| {
        Change::MediaKept(Box::new(KeptMedia {
            chat,
            message: MessageId(first + WITH_FILE),
            edited_at: None,
            sha256,
            size: file_of(batch).len() as u64,
            seen_at: Timestamp(NOW - 700_000),
            source: Source::Live,
        }))
    }));
    changes
}

/// Messages of `bytes` bytes each, for an archive that does not fit into memory.
pub fn large(part: i64, messages: i64, bytes: usize) -> Vec<Change> {
    let text = |n: i64| format!("запись {n} {CANARY} ").repeat(bytes / 45);
    (0..messages).map(|n| 1_000_000 + part * messages + n).map(|n| said(kirill(), n, text(n), None)).collect()
}

/// Appends a batch: its file first, then its changes. Back from here it is acknowledged.
pub fn append(archive: &OpenArchive, batch: u64) -> Result<()> {
    let stored = has_file(batch).then(|| archive.blobs().put(&file_of(batch)[..])).transpose()?;
    archive.append(&changes(batch, stored.map(|s| s.sha256)))?;
    Ok(())
}

/// What must be in an archive of the first `n` batches, by link.
pub fn story(batches: u64) -> Story {
    let mut story = Story::new();
    for batch in 0..batches {
        let (chat, first) = (chat_of(batch), batch as i64 * EACH);
        for n in 1..=EACH {
            let mut texts = vec![text(chat, first + n)];
            texts.extend((n == EDITED).then(|| text(chat, first + n) + " правка"));
            let file = (has_file(batch) && n == WITH_FILE).then(|| Sha256::digest(file_of(batch)).into());
            let link = MessageLink::new(chat, MessageId(first + n)).to_string();
            story.insert(link, Truth { texts, deleted: n == DELETED, file });
        }
    }
    story
}

/// The same without the chat that was forgotten.
pub fn without_kirill(story: Story) -> Story {
    story.into_iter().filter(|(_, truth)| !truth.texts.iter().any(|text| text.contains(CANARY))).collect()
}

pub fn engine(folder: &Path) -> Engine {
    Engine::new(folder.to_owned(), Clock::fixed(Timestamp(NOW), TimeZone::UTC))
}

/// Opens by the recovery key: it is random already and needs no stretching, so a drill may open hundreds of times.
pub fn open(engine: &Engine, recovery: &str) -> Result<Arc<OpenArchive>> {
    Ok(engine.unlock(&Secret::Recovery(recovery))?)
}
