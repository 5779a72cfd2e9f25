//! The columns of a segment that make a document a hit. A segment never changes, so they are opened once for as long as
//! it lives: opening them for each key typed cost more than the search itself.

use crate::schema;
use letopis_model::{ChatId, MessageId, MessageLink};
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use tantivy::columnar::{Column, StrColumn};
use tantivy::index::SegmentId;
use tantivy::{DocId, Searcher, SegmentReader};

pub struct Columns {
    chat: Option<StrColumn>,
    /// By the column's ordinals.
    chats: Vec<Option<ChatId>>,
    message: Column<i64>,
    version: Column<u64>,
    several: Column<bool>,
    date: Column<i64>,
    documents: DocId,
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
    fn of(segment: &SegmentReader) -> tantivy::Result<Self> {
        let fast = segment.fast_fields();
        let chat = fast.str(schema::CHAT)?;
        let mut chats = Vec::new();
        if let Some(column) = &chat {
            let mut texts = column.dictionary().stream()?;
            while texts.advance() {
                chats.push(std::str::from_utf8(texts.key()).ok().and_then(|text| text.parse().ok()));
            }
        }
        Ok(Columns {
            chat,
            chats,
            message: fast.i64(schema::MESSAGE)?,
            version: fast.u64(schema::CONTENT)?,
            several: fast.bool(schema::SEVERAL)?,
            date: fast.i64(schema::DATE)?,
            documents: segment.max_doc(),
        })
    }

    fn date(&self, doc: DocId) -> i64 {
        self.date.first(doc).unwrap_or(schema::NO_DATE)
    }

    /// The date of the segment's newest document: segments are sorted by date, newest first.
    pub fn newest(&self) -> i64 {
        self.date(0)
    }

    /// The documents of these dates, the end exclusive: in a sorted segment they stand side by side.
    pub fn sent(&self, from: i64, to: Option<i64>) -> Range<DocId> {
        let first_before = |moment: i64| {
            let (mut low, mut high) = (0, self.documents);
            while low < high {
                let middle = low + (high - low) / 2;
                if self.date(middle) < moment { high = middle } else { low = middle + 1 }
            }
            low
        };
        to.map_or(0, first_before)..first_before(from)
    }

    pub fn several(&self, doc: DocId) -> bool {
        self.several.first(doc) == Some(true)
    }

    /// The number of the message in its chat.
    pub fn message(&self, doc: DocId) -> Option<MessageId> {
        self.message.first(doc).map(MessageId)
    }

    /// `None` for a document whose chat does not read, which no writer of ours makes.
    pub fn row(&self, doc: DocId) -> Option<Row> {
        let ordinal = usize::try_from(self.chat.as_ref()?.term_ords(doc).next()?).ok()?;
        let chat = (*self.chats.get(ordinal)?)?;
        Some(Row {
            link: MessageLink::new(chat, MessageId(self.message.first(doc)?)),
            version: u32::try_from(self.version.first(doc)?).ok()?,
            several: self.several(doc),
            date: self.date(doc),
        })
    }
}

/// The open columns of the segments that are searched.
#[derive(Default)]
pub struct OpenColumns(Mutex<HashMap<SegmentId, Arc<Columns>>>);

impl fmt::Debug for OpenColumns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpenColumns")
    }
}

impl OpenColumns {
    pub fn of(&self, segment: &SegmentReader) -> tantivy::Result<Arc<Columns>> {
        let id = segment.segment_id();
        let open = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(columns) = open().get(&id) {
            return Ok(columns.clone());
        }
        // Read without the lock: other segments' columns are asked for meanwhile.
        let columns = Arc::new(Columns::of(segment)?);
        open().insert(id, columns.clone());
        Ok(columns)
    }

    /// Lets go of segments that a commit or a merge left behind.
    pub fn keep_only(&self, searcher: &Searcher) {
        let live: Vec<SegmentId> = searcher.segment_readers().iter().map(SegmentReader::segment_id).collect();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|id, _| live.contains(id));
    }
}
