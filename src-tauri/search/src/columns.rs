//! The columns of a segment that make a document a hit.

use crate::schema;
use letopis_model::{ChatId, MessageId, MessageLink};
use std::collections::HashMap;
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, SegmentReader};

pub struct Columns {
    chat: Option<StrColumn>,
    message: Column<i64>,
    version: Column<u64>,
    several: Column<bool>,
    date: Column<i64>,
    chats: HashMap<u64, Option<ChatId>>,
}

/// A document that matched.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    pub link: MessageLink,
    /// 0 for the current content.
    pub version: u32,
    /// The message has more than one document.
    pub several: bool,
    pub date: i64,
}

impl Columns {
    pub fn of(segment: &SegmentReader) -> tantivy::Result<Self> {
        let fast = segment.fast_fields();
        Ok(Columns {
            chat: fast.str(schema::CHAT)?,
            message: fast.i64(schema::MESSAGE)?,
            version: fast.u64(schema::CONTENT)?,
            several: fast.bool(schema::SEVERAL)?,
            date: fast.i64(schema::DATE)?,
            chats: HashMap::new(),
        })
    }

    pub fn several(&self, doc: DocId) -> bool {
        self.several.first(doc) == Some(true)
    }

    /// `None` for a document whose chat does not read, which no writer of ours makes.
    pub fn row(&mut self, doc: DocId) -> Option<Row> {
        let ordinal = self.chat.as_ref()?.term_ords(doc).next()?;
        let chat = self.chat(ordinal)?;
        Some(Row {
            link: MessageLink::new(chat, MessageId(self.message.first(doc)?)),
            version: u32::try_from(self.version.first(doc)?).ok()?,
            several: self.several(doc),
            date: self.date.first(doc).unwrap_or(schema::NO_DATE),
        })
    }

    fn chat(&mut self, ordinal: u64) -> Option<ChatId> {
        let column = self.chat.as_ref()?;
        *self.chats.entry(ordinal).or_insert_with(|| {
            let mut text = String::new();
            column.ord_to_str(ordinal, &mut text).ok().filter(|found| *found)?;
            text.parse().ok()
        })
    }
}
