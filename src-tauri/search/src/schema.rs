//! What the index holds of a message. Only the link is stored; text is analysed and forgotten.

use letopis_model::{Direction, MessageKind, MessageLink, Timestamp};
use tantivy::TantivyDocument;
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions};

/// Raised whenever a field is added or changes its meaning.
pub const VERSION: u32 = 1;

pub const DATE: &str = "date";
pub const CHAT: &str = "chat";
pub const MANAGER: &str = "manager";
pub const SENDER: &str = "sender";
pub const KIND: &str = "kind";
pub const DELETED: &str = "deleted";
pub const EDITED: &str = "edited";
pub const OUTGOING: &str = "outgoing";

/// A message as it is indexed.
pub struct Doc<'a> {
    pub link: MessageLink,
    /// The account's number, or "" when it is not known.
    pub manager: &'a str,
    pub sender: &'a str,
    pub direction: Direction,
    pub kind: MessageKind,
    pub sent_at: Option<Timestamp>,
    pub deleted: bool,
    pub edited: bool,
    /// All kept contents, the current one first, and names of files.
    pub texts: Vec<&'a str>,
}

#[derive(Clone, Copy)]
pub struct Fields {
    pub link: Field,
    pub chat: Field,
    pub manager: Field,
    pub sender: Field,
    pub kind: Field,
    pub date: Field,
    pub deleted: Field,
    pub edited: Field,
    pub outgoing: Field,
    /// Word stems, Russian and English in one field, each word stemmed by its own script.
    pub stems: Field,
    /// Words as written (lower case, ё as е), for exact phrases and beginnings of words.
    pub surface: Field,
}

pub fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let text = |analyzer: &str| {
        let indexing =
            TextFieldIndexing::default().set_tokenizer(analyzer).set_index_option(IndexRecordOption::WithFreqsAndPositions);
        TextOptions::default().set_indexing_options(indexing)
    };
    let fields = Fields {
        link: builder.add_text_field("link", STRING | STORED),
        chat: builder.add_text_field(CHAT, STRING | FAST),
        manager: builder.add_text_field(MANAGER, STRING | FAST),
        sender: builder.add_text_field(SENDER, STRING | FAST),
        kind: builder.add_text_field(KIND, STRING | FAST),
        date: builder.add_i64_field(DATE, INDEXED | FAST),
        deleted: builder.add_bool_field(DELETED, INDEXED | FAST),
        edited: builder.add_bool_field(EDITED, INDEXED | FAST),
        outgoing: builder.add_bool_field(OUTGOING, INDEXED | FAST),
        stems: builder.add_text_field("stems", text(super::analyzer::STEMS)),
        surface: builder.add_text_field("surface", text(super::analyzer::SURFACE)),
    };
    (builder.build(), fields)
}

/// Longer names are of no use as a facet and would not fit a term.
const NAME_LIMIT: usize = 200;

/// A name as the sender facet holds it.
pub fn facet_name(name: &str) -> String {
    name.chars().take(NAME_LIMIT).collect()
}

impl Fields {
    pub fn document(&self, doc: &Doc<'_>, link: String) -> TantivyDocument {
        let mut out = TantivyDocument::default();
        out.add_text(self.link, link);
        out.add_text(self.chat, doc.link.chat.to_string());
        out.add_text(self.manager, doc.manager);
        out.add_text(self.sender, facet_name(doc.sender));
        out.add_text(self.kind, doc.kind.name());
        if let Some(sent) = doc.sent_at {
            out.add_i64(self.date, sent.0);
        }
        out.add_bool(self.deleted, doc.deleted);
        out.add_bool(self.edited, doc.edited);
        out.add_bool(self.outgoing, doc.direction == Direction::Out);
        for text in &doc.texts {
            out.add_text(self.stems, text);
            out.add_text(self.surface, text);
        }
        out
    }
}
