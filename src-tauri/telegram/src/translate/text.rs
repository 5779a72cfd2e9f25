//! Text and its formatting. Telegram counts in UTF-16 units, we in `char`s. An entity that lies outside the text is cut to
//! it. The export keeps only one of two marks that overlap; a link lost there must not make two versions of one message,
//! so such a link goes beside the text ([`Marked::nested`]).

use grammers_tl_types as tl;
use letopis_model::{Entity, EntityKind};

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Marked {
    pub entities: Vec<Entity>,
    /// Links inside other marks, by address.
    pub nested: Vec<String>,
}

pub fn marked(text: &str, entities: &[tl::enums::MessageEntity]) -> Marked {
    let mut found = Marked::default();
    let places = Places::of(text);
    let mut end_of_last = 0;
    for (kind, offset, length, value) in entities.iter().filter_map(mark) {
        let (start, end) = (places.char_at(offset), places.char_at(offset.saturating_add(length)));
        if end <= start {
            continue;
        }
        let overlaps = start < end_of_last;
        if !overlaps {
            end_of_last = end;
        }
        if overlaps && kind == EntityKind::TextLink {
            found.nested.extend(value);
            continue;
        }
        found.entities.push(Entity { kind, start, len: end - start, value });
    }
    found
}

/// Char index of each UTF-16 unit.
struct Places(Vec<u32>);

impl Places {
    fn of(text: &str) -> Self {
        let mut places = Vec::with_capacity(text.len() + 1);
        let mut chars = 0;
        for c in text.chars() {
            places.extend(std::iter::repeat_n(chars, c.len_utf16()));
            chars += 1;
        }
        places.push(chars);
        Places(places)
    }

    fn char_at(&self, unit: i32) -> u32 {
        let unit = usize::try_from(unit).unwrap_or(0);
        self.0.get(unit).or(self.0.last()).copied().unwrap_or(0)
    }
}

type Mark = (EntityKind, i32, i32, Option<String>);

fn mark(entity: &tl::enums::MessageEntity) -> Option<Mark> {
    use tl::enums::MessageEntity as E;
    let plain = |kind, offset, length| Some((kind, offset, length, None));
    let words = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    match entity {
        E::Mention(e) => plain(EntityKind::Mention, e.offset, e.length),
        E::Hashtag(e) => plain(EntityKind::Hashtag, e.offset, e.length),
        E::BotCommand(e) => plain(EntityKind::BotCommand, e.offset, e.length),
        E::Url(e) => plain(EntityKind::Link, e.offset, e.length),
        E::Email(e) => plain(EntityKind::Email, e.offset, e.length),
        E::Bold(e) => plain(EntityKind::Bold, e.offset, e.length),
        E::Italic(e) => plain(EntityKind::Italic, e.offset, e.length),
        E::Code(e) => plain(EntityKind::Code, e.offset, e.length),
        E::Pre(e) => Some((EntityKind::Pre, e.offset, e.length, words(&e.language))),
        E::TextUrl(e) => Some((EntityKind::TextLink, e.offset, e.length, words(&e.url))),
        E::MentionName(e) => Some((EntityKind::MentionName, e.offset, e.length, Some(e.user_id.to_string()))),
        E::Phone(e) => plain(EntityKind::Phone, e.offset, e.length),
        E::Cashtag(e) => plain(EntityKind::Cashtag, e.offset, e.length),
        E::Underline(e) => plain(EntityKind::Underline, e.offset, e.length),
        E::Strike(e) => plain(EntityKind::Strikethrough, e.offset, e.length),
        E::BankCard(e) => plain(EntityKind::BankCard, e.offset, e.length),
        E::Spoiler(e) => plain(EntityKind::Spoiler, e.offset, e.length),
        E::Blockquote(e) => plain(EntityKind::Blockquote, e.offset, e.length),
        E::CustomEmoji(e) => Some((EntityKind::CustomEmoji, e.offset, e.length, Some(e.document_id.to_string()))),
        E::Unknown(e) => plain(EntityKind::Unknown, e.offset, e.length),
        // Marks of later clients: the text is what counts.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bold(offset: i32, length: i32) -> tl::enums::MessageEntity {
        tl::types::MessageEntityBold { offset, length }.into()
    }

    fn link(offset: i32, length: i32) -> tl::enums::MessageEntity {
        tl::types::MessageEntityTextUrl { offset, length, url: "https://a.example".into() }.into()
    }

    #[track_caller]
    fn check(text: &str, entities: &[tl::enums::MessageEntity], expected: &str, nested: usize) {
        let found = marked(text, entities);
        let marks: Vec<String> = found.entities.iter().map(|e| format!("{e:?}")).collect();
        assert_eq!((marks.join(" ").as_str(), found.nested.len()), (expected, nested), "{text}");
    }

    #[test]
    fn units_become_chars() {
        check("Привет, Игорь!", &[bold(8, 5)], "Bold@8+5", 0);
        check("👍🏽x", &[bold(4, 1)], "Bold@2+1", 0);
        check("а👍б", &[bold(0, 1), bold(3, 1)], "Bold@0+1 Bold@2+1", 0);
        check("аб", &[bold(1, 500), bold(-4, 1), bold(7, 3), bold(i32::MAX, i32::MAX)], "Bold@1+1", 0);
        check("", &[bold(0, 5)], "", 0);
    }

    #[test]
    fn a_link_inside_another_mark_goes_beside_the_text() {
        check("тут и там", &[link(0, 3)], "TextLink@0+3", 0);
        check("тут и там", &[bold(0, 3), link(0, 3)], "Bold@0+3", 1);
        check("тут и там", &[link(0, 3), bold(0, 3)], "TextLink@0+3 Bold@0+3", 0);
        check("тут и там", &[bold(0, 3), link(6, 3)], "Bold@0+3 TextLink@6+3", 0);
    }
}
