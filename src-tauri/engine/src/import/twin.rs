//! Which chat of the archive a chat of an export is. HTML pages and the oldest exports do not say: such a chat has a
//! provisional number (negative), and is known again by its messages. Where several chats fit, none is taken: chats are
//! never mixed on a guess.

use crate::{Failure, OpenArchive};
use letopis_archive::ChatRecord;
use letopis_intake::{Acquaintance, Sample, same_chat};
use letopis_model::{ChatId, MessageLink, Timestamp};

/// HTML times are an hour off in summer, and a zone may be wrong by a day's worth at most.
const SLACK: i64 = 86_400;

pub(super) enum Twin {
    None,
    /// The chat goes by this id in the archive.
    Known(ChatId),
    /// The archive holds this chat under provisional numbers; now its real one is known.
    Provisional(Vec<ChatId>),
}

pub(super) fn find(archive: &OpenArchive, chat: &Acquaintance<'_>) -> Result<Twin, Failure> {
    let chats = archive.read(|reader| reader.chats())?;
    let wanted = |record: &ChatRecord| chat.is_provisional || is_provisional(record.chat);
    let mut fitting = Vec::new();
    for record in chats.iter().filter(|r| wanted(r) && r.chat != chat.id && overlaps(r, chat.samples)) {
        if fits(archive, record.chat, chat.samples)? {
            fitting.push(record.chat);
        }
    }
    Ok(match fitting.as_slice() {
        [] => Twin::None,
        [known] if chat.is_provisional => Twin::Known(*known),
        _ if chat.is_provisional => Twin::None,
        // Two pieces of one chat, each known again by itself.
        _ => Twin::Provisional(fitting),
    })
}

/// Telegram has no negative numbers; an importer gives them to chats it cannot name.
fn is_provisional(chat: ChatId) -> bool {
    chat.peer().id < 0
}

fn overlaps(record: &ChatRecord, samples: &[Sample]) -> bool {
    let (Some(first), Some(last)) = (record.first_at, record.last_at) else { return false };
    let within = |at: Timestamp| at >= first.plus(-SLACK) && at <= last.plus(SLACK);
    samples.iter().filter_map(|sample| sample.sent_at).any(within)
}

fn fits(archive: &OpenArchive, chat: ChatId, samples: &[Sample]) -> Result<bool, Failure> {
    let mut trouble = None;
    let fits = same_chat(samples, |id| match archive.find_message(MessageLink::new(chat, id)) {
        Ok(found) => found.map(|message| (message.sent_at, message.content.text)),
        Err(failure) => {
            trouble.get_or_insert(failure);
            None
        }
    });
    trouble.map_or(Ok(fits), Err)
}
