//! Text and its formatting: a string, or a list of strings and parts. Offsets are counted in `char`s. A part of unknown
//! kind keeps its text in place and its attributes beside it. Never drops a character.

use letopis_model::{Entity, EntityKind};
use serde_json::{Map, Value};

/// A text and what is marked in it.
#[derive(Default, PartialEq, Eq)]
pub(super) struct Text {
    pub text: String,
    pub entities: Vec<Entity>,
    chars: u32,
}

/// `None`: neither a string nor a list of parts.
pub(super) fn read(value: &Value) -> Option<Text> {
    let mut text = Text::default();
    match value {
        Value::String(plain) => text.push(plain),
        Value::Array(parts) => {
            for part in parts {
                text.part(part)?;
            }
        }
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => return None,
    }
    Some(text)
}

impl Text {
    fn push(&mut self, plain: &str) {
        self.text.push_str(plain);
        self.chars = self.chars.saturating_add(u32::try_from(plain.chars().count()).unwrap_or(u32::MAX));
    }

    fn part(&mut self, part: &Value) -> Option<()> {
        match part {
            Value::String(plain) => self.push(plain),
            Value::Object(fields) => {
                let start = self.chars;
                self.push(fields.get("text").and_then(Value::as_str).unwrap_or_default());
                let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default();
                if kind != "plain" {
                    let (kind, value) = marking(kind, fields);
                    self.entities.push(Entity { kind, start, len: self.chars - start, value });
                }
            }
            Value::Null => {}
            Value::Bool(_) | Value::Number(_) | Value::Array(_) => return None,
        }
        Some(())
    }
}

fn marking(name: &str, fields: &Map<String, Value>) -> (EntityKind, Option<String>) {
    let own = |key: &str| fields.get(key).and_then(Value::as_str).filter(|s| !s.is_empty()).map(str::to_owned);
    match name {
        "mention" => (EntityKind::Mention, None),
        "mention_name" => (EntityKind::MentionName, fields.get("user_id").filter(|v| v.is_i64()).map(Value::to_string)),
        "hashtag" => (EntityKind::Hashtag, None),
        "cashtag" => (EntityKind::Cashtag, None),
        "bot_command" => (EntityKind::BotCommand, None),
        "link" => (EntityKind::Link, None),
        "text_link" => (EntityKind::TextLink, own("href")),
        "email" => (EntityKind::Email, None),
        "phone" => (EntityKind::Phone, None),
        "bank_card" => (EntityKind::BankCard, None),
        "bold" => (EntityKind::Bold, None),
        "italic" => (EntityKind::Italic, None),
        "underline" => (EntityKind::Underline, None),
        "strikethrough" => (EntityKind::Strikethrough, None),
        "spoiler" => (EntityKind::Spoiler, None),
        // Whether it was folded is how it was shown, not what was said.
        "blockquote" => (EntityKind::Blockquote, None),
        "code" => (EntityKind::Code, None),
        "pre" => (EntityKind::Pre, own("language")),
        "custom_emoji" => (EntityKind::CustomEmoji, own("document_id").filter(|id| is_number(id))),
        _ => (EntityKind::Unknown, attributes(fields)),
    }
}

/// A custom emoji names a file of this one export (`stickers/sticker (2).webm`), or says that it was not included:
/// the same message exported twice would seem edited. Only a true id says something about the message.
fn is_number(id: &str) -> bool {
    id.bytes().all(|b| b.is_ascii_digit())
}

/// Everything of an unknown part but its text, as JSON.
fn attributes(fields: &Map<String, Value>) -> Option<String> {
    let kept: Map<String, Value> =
        fields.iter().filter(|(key, _)| *key != "text").map(|(key, value)| (key.clone(), value.clone())).collect();
    let only_says_unknown = kept.len() == 1 && kept.get("type").is_some_and(|v| v == "unknown");
    (!kept.is_empty() && !only_says_unknown).then(|| Value::Object(kept).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(value: Value, text: &str, entities: &str) {
        let found = read(&value).unwrap();
        let marks: Vec<String> = found
            .entities
            .iter()
            .map(|e| format!("{e:?}{}", e.value.as_deref().map(|v| format!("={v}")).unwrap_or_default()))
            .collect();
        assert_eq!((found.text.as_str(), marks.join(" ").as_str()), (text, entities), "{value}");
    }

    #[test]
    fn text_in_all_its_forms() {
        check(json!(""), "", "");
        check(json!([]), "", "");
        check(json!(null), "", "");
        check(json!("Привет"), "Привет", "");
        check(json!(["Привет, ", {"type": "bold", "text": "Игорь"}, "!"]), "Привет, Игорь!", "Bold@8+5");
        check(json!([{"type": "plain", "text": "а"}, {"type": "italic", "text": "б"}]), "аб", "Italic@1+1");
        check(json!(["👍🏽", {"type": "code", "text": "x"}]), "👍🏽x", "Code@2+1");
        check(json!(["אב", {"type": "mention", "text": "@igor"}]), "אב@igor", "Mention@2+5");
        check(
            json!([{"type": "text_link", "text": "тут", "href": "https://a.example"}]),
            "тут",
            "TextLink@0+3=https://a.example",
        );
        check(
            json!([{"type": "text_link", "text": "тут", "href": "javascript:alert(1)"}]),
            "тут",
            "TextLink@0+3=javascript:alert(1)",
        );
        check(json!([{"type": "pre", "text": "x", "language": "rust"}]), "x", "Pre@0+1=rust");
        check(json!([{"type": "pre", "text": "x", "language": ""}]), "x", "Pre@0+1");
        check(
            json!([{"type": "mention_name", "text": "Анна", "user_id": 9007199254740993_i64}]),
            "Анна",
            "MentionName@0+4=9007199254740993",
        );
        check(
            json!([{"type": "custom_emoji", "text": "🔥", "document_id": "5368324170671202286"}]),
            "🔥",
            "CustomEmoji@0+1=5368324170671202286",
        );
        check(
            json!([{"type": "custom_emoji", "text": "🔥", "document_id": "(File not included. Change data exporting settings to download.)"}]),
            "🔥",
            "CustomEmoji@0+1",
        );
        check(json!([{"type": "custom_emoji", "text": "🔥", "document_id": "stickers/sticker.webp"}]), "🔥", "CustomEmoji@0+1");
        check(json!([{"type": "blockquote", "text": "а", "collapsed": true}]), "а", "Blockquote@0+1");
        check(json!([{"type": "unknown", "text": "а"}]), "а", "Unknown@0+1");
        check(
            json!([{"type": "date_time", "text": "завтра", "unix": 5}]),
            "завтра",
            r#"Unknown@0+6={"type":"date_time","unix":5}"#,
        );
        check(json!([{"text": "без типа"}]), "без типа", "Unknown@0+8");
        check(json!([null, "а"]), "а", "");
    }

    #[test]
    fn every_kind_has_its_name() {
        let names = "mention hashtag bot_command link email bold italic code pre text_link mention_name phone cashtag underline \
                     strikethrough blockquote bank_card spoiler custom_emoji";
        for name in names.split_whitespace() {
            let found = read(&json!([{"type": name, "text": "x"}])).unwrap();
            assert_eq!(serde_json::to_value(found.entities[0].kind).unwrap(), name);
        }
    }

    #[test]
    fn what_is_no_text_is_refused() {
        for bad in [json!(5), json!(true), json!({"text": "а"}), json!([5]), json!([["а"]])] {
            assert!(read(&bad).is_none(), "{bad}");
        }
    }
}
