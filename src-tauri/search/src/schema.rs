//! What the index holds of a message: one document for its current content and one for each earlier one, so that a hit
//! knows which version it is in. Nothing is stored; what a hit needs stands in columns, text is analysed and forgotten.

use crate::special::{self, SpecialKind};
use letopis_model::{Direction, MessageKind, MessageLink, Timestamp};
use tantivy::TantivyDocument;
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions};

/// Raised whenever a field is added or changes its meaning.
pub const VERSION: u32 = 2;

pub const DATE: &str = "date";
pub const CHAT: &str = "chat";
pub const MESSAGE: &str = "message";
pub const CONTENT: &str = "version";
pub const SEVERAL: &str = "several";
pub const MANAGER: &str = "manager";
pub const SENDER: &str = "sender";
pub const KIND: &str = "kind";
pub const DELETED: &str = "deleted";
pub const EDITED: &str = "edited";

/// The date of a message without one: before every other.
pub const NO_DATE: i64 = i64::MIN / 4;

/// What a message is or carries, beside its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flag {
    Deleted,
    Edited,
    Forwarded,
    Reply,
    In,
    Out,
    File,
    Link,
    Phone,
    Email,
    Amount,
    Date,
}

impl Flag {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Flag::Deleted => "deleted",
            Flag::Edited => "edited",
            Flag::Forwarded => "forwarded",
            Flag::Reply => "reply",
            Flag::In => "in",
            Flag::Out => "out",
            Flag::File => "file",
            Flag::Link => "link",
            Flag::Phone => "phone",
            Flag::Email => "email",
            Flag::Amount => "amount",
            Flag::Date => "date",
        }
    }
}

/// One content of a message.
#[derive(Clone, Debug, Default)]
pub struct Text<'a> {
    /// 0: the current one; else the number of an earlier one, 1 the oldest.
    pub version: u32,
    /// The text, the name of the file, what is attached.
    pub parts: Vec<&'a str>,
    /// It holds an address that the text does not show.
    pub linked: bool,
}

/// A message as it is indexed.
#[derive(Clone, Debug)]
pub struct Doc<'a> {
    pub link: MessageLink,
    /// Account numbers: whose chat it is; several for a shared one, none when not known.
    pub managers: &'a [String],
    pub sender: &'a str,
    pub direction: Direction,
    pub kind: MessageKind,
    pub sent_at: Option<Timestamp>,
    pub deleted: bool,
    pub edited: bool,
    pub forwarded: bool,
    pub reply: bool,
    pub file: bool,
    /// All kept contents, the current one first.
    pub texts: Vec<Text<'a>>,
    /// The index may hold an earlier state of this message.
    pub replaces: bool,
}

#[derive(Clone, Copy)]
pub struct Fields {
    pub chat: Field,
    pub message: Field,
    version: Field,
    several: Field,
    pub manager: Field,
    pub sender: Field,
    pub kind: Field,
    pub date: Field,
    deleted: Field,
    edited: Field,
    pub flags: Field,
    /// Word stems, Russian and English in one field, each word stemmed by its own script.
    pub stems: Field,
    /// Words as written (lower case, ё as е), and what is searched as a whole.
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
        chat: builder.add_text_field(CHAT, STRING | FAST),
        message: builder.add_i64_field(MESSAGE, INDEXED | FAST),
        version: builder.add_u64_field(CONTENT, FAST),
        several: builder.add_bool_field(SEVERAL, FAST),
        manager: builder.add_text_field(MANAGER, STRING | FAST),
        sender: builder.add_text_field(SENDER, STRING | FAST),
        kind: builder.add_text_field(KIND, STRING | FAST),
        date: builder.add_i64_field(DATE, FAST),
        deleted: builder.add_bool_field(DELETED, FAST),
        edited: builder.add_bool_field(EDITED, FAST),
        flags: builder.add_text_field("flags", STRING),
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
    pub fn documents<'a>(&'a self, doc: &'a Doc<'_>) -> impl Iterator<Item = TantivyDocument> + 'a {
        doc.texts.iter().map(|text| self.document(doc, text))
    }

    fn document(&self, doc: &Doc<'_>, text: &Text<'_>) -> TantivyDocument {
        let mut out = TantivyDocument::default();
        out.add_text(self.chat, doc.link.chat.to_string());
        out.add_i64(self.message, doc.link.message.0);
        out.add_u64(self.version, u64::from(text.version));
        out.add_bool(self.several, doc.texts.len() > 1);
        for manager in doc.managers {
            out.add_text(self.manager, manager);
        }
        out.add_text(self.sender, facet_name(doc.sender));
        out.add_text(self.kind, doc.kind.name());
        out.add_i64(self.date, doc.sent_at.map_or(NO_DATE, |t| t.0));
        out.add_bool(self.deleted, doc.deleted);
        out.add_bool(self.edited, doc.edited);
        for flag in flags(doc, text) {
            out.add_text(self.flags, flag.name());
        }
        for part in text.parts.iter().filter(|part| !part.is_empty()) {
            out.add_text(self.stems, part);
            out.add_text(self.surface, part);
        }
        out
    }
}

/// What holds of a message and of one of its contents, each once.
pub fn flags(doc: &Doc<'_>, text: &Text<'_>) -> Vec<Flag> {
    let mut flags = vec![if doc.direction == Direction::Out { Flag::Out } else { Flag::In }];
    let of_message = [
        (doc.deleted, Flag::Deleted),
        (doc.edited, Flag::Edited),
        (doc.forwarded, Flag::Forwarded),
        (doc.reply, Flag::Reply),
        (doc.file, Flag::File),
        (text.linked, Flag::Link),
    ];
    flags.extend(of_message.into_iter().filter(|(holds, _)| *holds).map(|(_, flag)| flag));
    for special in text.parts.iter().flat_map(|part| special::find(part)) {
        flags.extend(match special.kind {
            SpecialKind::Phone => Some(Flag::Phone),
            SpecialKind::Amount(true) => Some(Flag::Amount),
            SpecialKind::Date => Some(Flag::Date),
            SpecialKind::Link => Some(Flag::Link),
            SpecialKind::Email => Some(Flag::Email),
            SpecialKind::Amount(false) | SpecialKind::Name | SpecialKind::Emoji => None,
        });
    }
    flags.sort_unstable();
    flags.dedup();
    flags
}
