//! The bytes that a version's leaf hash is taken of: a JSON object of the version's own columns, keys in the order below,
//! absent ones left out, no blanks, UTF-8, as `serde_json` escapes it. Evidence carries these bytes as they are, so a
//! stranger hashes them without having to write them anew. The form is part of the archive's format: never change it,
//! add a new `format` beside it.

use crate::{Error, rows, tree};
use letopis_model::{MessageId, PeerId, PeerKind};
use letopis_vault::hex;
use rusqlite::Row;
use serde::Serialize;

const FORMAT: &str = "letopis-leaf/1";

/// Columns of [`read`], from `message_versions v JOIN chats c ON c.no = v.chat`.
pub const COLUMNS: &str = "v.seq, v.salt, c.kind, c.id, v.account, v.message, v.what, v.seen_at, v.source, v.sender_kind,
    v.sender_id, v.sender_name, v.outgoing, v.sent_at, v.edited_at, v.kind, v.text, v.rest, v.deleted_from, v.deleted_to,
    v.cause, v.media_sha256, v.media_size";

/// One version as its leaf says it.
#[derive(Serialize)]
pub struct Leaf<'a> {
    pub format: &'a str,
    pub seq: i64,
    /// Hexadecimal.
    pub salt: String,
    pub chat: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<i64>,
    pub message: i64,
    pub what: &'a str,
    pub seen_at: i64,
    pub source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outgoing: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rest: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_from: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_to: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<&'a str>,
    /// Hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_size: Option<i64>,
}

impl<'a> Leaf<'a> {
    /// A leaf with the fields that every version has; the caller fills in those of its kind.
    pub fn of(seq: u64, salt: &[u8], chat: PeerId, account: i64, message: MessageId, what: &'a str) -> Self {
        Leaf {
            format: FORMAT,
            seq: seq as i64,
            salt: hex(salt),
            chat: chat.to_string(),
            account: (account != 0).then_some(account),
            message: message.0,
            what,
            seen_at: 0,
            source: "",
            sender: None,
            sender_name: None,
            outgoing: None,
            sent_at: None,
            edited_at: None,
            kind: None,
            text: None,
            rest: None,
            deleted_from: None,
            deleted_to: None,
            cause: None,
            media_sha256: None,
            media_size: None,
        }
    }

    /// The canonical bytes.
    ///
    /// # Errors
    /// None that can happen: the object holds strings and numbers only.
    pub fn bytes(&self) -> Result<Vec<u8>, Error> {
        Ok(serde_json::to_vec(self)?)
    }

    pub fn hash(&self) -> Result<tree::Hash, Error> {
        Ok(tree::leaf_hash(&self.bytes()?))
    }
}

/// Hands a stored version's leaf to `take`. An erased version has none any more.
///
/// # Errors
/// A column does not read: the row was changed.
pub fn read<T>(row: &Row<'_>, take: impl FnOnce(i64, Option<&Leaf<'_>>) -> Result<T, Error>) -> Result<T, Error> {
    let seq: i64 = row.get(0)?;
    let what = text(row, 6)?.unwrap_or_default();
    if what == "erased" {
        return take(seq, None);
    }
    let kind = text(row, 2)?.and_then(rows::peer_kind).ok_or_else(|| Error::Damaged("chats.kind".into()))?;
    let salt = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
    let chat = PeerId { kind, id: row.get(3)? };
    let sender_kind: Option<PeerKind> = text(row, 9)?.and_then(rows::peer_kind);
    let sender_id: Option<i64> = row.get(10)?;
    let media: Option<Vec<u8>> = row.get(21)?;
    let leaf = Leaf {
        seen_at: row.get(7)?,
        source: text(row, 8)?.unwrap_or_default(),
        sender: sender_kind.zip(sender_id).map(|(kind, id)| PeerId { kind, id }.to_string()),
        sender_name: text(row, 11)?,
        outgoing: row.get(12)?,
        sent_at: row.get(13)?,
        edited_at: row.get(14)?,
        kind: text(row, 15)?,
        text: text(row, 16)?,
        rest: text(row, 17)?,
        deleted_from: row.get(18)?,
        deleted_to: row.get(19)?,
        cause: text(row, 20)?,
        media_sha256: media.as_deref().map(hex),
        media_size: row.get(22)?,
        ..Leaf::of(seq as u64, salt, chat, row.get(4)?, MessageId(row.get(5)?), what)
    };
    take(seq, Some(&leaf))
}

fn text<'a>(row: &'a Row<'_>, column: usize) -> Result<Option<&'a str>, Error> {
    Ok(row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The form is a promise to strangers: this test fails when it changes.
    #[test]
    fn a_leaf_is_written_in_this_very_form() {
        let leaf = Leaf {
            seen_at: 60,
            source: "live",
            sender: Some("user:555".into()),
            outgoing: Some(false),
            kind: Some("text"),
            text: Some("«Ок»\n\"да\""),
            ..Leaf::of(1, &[0, 255], PeerId::user(555), 4001, MessageId(7), "content")
        };
        let expected = r#"{"format":"letopis-leaf/1","seq":1,"salt":"00ff","chat":"user:555","account":4001,"message":7,"what":"content","seen_at":60,"source":"live","sender":"user:555","outgoing":false,"kind":"text","text":"«Ок»\n\"да\""}"#;
        assert_eq!(String::from_utf8(leaf.bytes().unwrap()).unwrap(), expected);
    }
}
