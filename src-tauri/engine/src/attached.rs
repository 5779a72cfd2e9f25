//! One readable line for what a message carries beside text and files: a poll, a contact, a place, a list, an invoice.
//! The archive keeps these as they came; here they become words that can be read and searched.

use letopis_model::{Content, MessageKind};
use serde_json::{Map, Value};

/// Empty when there is nothing to say.
pub fn attached_line(content: &Content) -> String {
    let Some(Ok(Value::Object(extra))) = content.extra.as_deref().map(serde_json::from_str) else { return String::new() };
    let parts = match content.kind {
        MessageKind::Poll => question_and_answers(&extra, "poll", "question"),
        MessageKind::Todo => question_and_answers(&extra, "todo_list", "title"),
        MessageKind::Contact => fields(extra.get("contact_information"), &["first_name", "last_name", "phone_number"]),
        MessageKind::Location => place(&extra),
        MessageKind::Invoice => fields(extra.get("invoice_information").map(unwrapped).as_ref(), &["title", "description"]),
        MessageKind::Game => fields(Some(&Value::Object(extra)), &["game_title", "game_description", "game_link"]),
        MessageKind::Audio => fields(Some(&Value::Object(extra)), &["performer", "title"]),
        MessageKind::Text
        | MessageKind::Photo
        | MessageKind::Video
        | MessageKind::VideoNote
        | MessageKind::Voice
        | MessageKind::Animation
        | MessageKind::Sticker
        | MessageKind::File
        | MessageKind::Giveaway
        | MessageKind::PaidMedia
        | MessageKind::Service
        | MessageKind::Unsupported => rich_message(&extra),
    };
    parts.into_iter().filter(|part| !part.trim().is_empty()).collect::<Vec<_>>().join(" · ")
}

/// A string, or Telegram's list of strings and `{text}` parts.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(parts) => parts.iter().map(plain).collect(),
        Value::Object(part) => part.get("text").map_or(String::new(), plain),
        Value::Null | Value::Bool(_) => String::new(),
    }
}

fn fields(of: Option<&Value>, names: &[&str]) -> Vec<String> {
    names.iter().filter_map(|name| of?.get(name)).map(plain).collect()
}

fn question_and_answers(extra: &Map<String, Value>, key: &str, title: &str) -> Vec<String> {
    let Some(of) = extra.get(key) else { return Vec::new() };
    let answers = of.get("answers").and_then(Value::as_array).into_iter().flatten();
    of.get(title).into_iter().map(plain).chain(answers.map(plain)).collect()
}

fn place(extra: &Map<String, Value>) -> Vec<String> {
    let named = ["place_name", "address"].iter().filter_map(|name| extra.get(*name)).map(plain);
    let point = extra.get("location_information").map(|at| fields(Some(at), &["latitude", "longitude"]).join(", "));
    named.chain(point).collect()
}

/// The exporting program writes this object as a string of JSON.
fn unwrapped(value: &Value) -> Value {
    value.as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_else(|| value.clone())
}

/// Clients of 2026 may put the text here and nowhere else; its shape is not settled, so every text in it is taken.
fn rich_message(extra: &Map<String, Value>) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Vec<&Value> = extra.get("rich_message").into_iter().collect();
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items.iter().rev()),
            Value::Object(object) => {
                found.extend(object.get("text").and_then(Value::as_str).map(str::to_owned));
                open.extend(object.values().filter(|v| v.is_array() || v.is_object()));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    vec![found.join(" ")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: MessageKind, extra: &str, expected: &str) {
        let content = Content { kind, extra: Some(extra.into()), ..Content::default() };
        assert_eq!(attached_line(&content), expected);
    }

    #[test]
    fn what_has_no_text_is_said_in_words() {
        check(
            MessageKind::Poll,
            r#"{"poll":{"question":"Когда созвон?","answers":[{"text":"в среду"},{"text":[{"text":"в "},"пятницу"]}]}}"#,
            "Когда созвон? · в среду · в пятницу",
        );
        check(
            MessageKind::Contact,
            r#"{"contact_information":{"first_name":"Игорь","last_name":"","phone_number":"+7 999"}}"#,
            "Игорь · +7 999",
        );
        check(
            MessageKind::Location,
            r#"{"location_information":{"latitude":59.9,"longitude":30.3},"place_name":"Склад"}"#,
            "Склад · 59.9, 30.3",
        );
        check(MessageKind::Location, r#"{"location_information":null}"#, "");
        check(MessageKind::Invoice, r#"{"invoice_information":"{\"title\":\"Счёт 47\"}"}"#, "Счёт 47");
        check(MessageKind::Todo, r#"{"todo_list":{"title":["План"],"answers":[{"text":"замер","id":1}]}}"#, "План · замер");
        check(MessageKind::Text, r#"{"rich_message":{"blocks":[{"text":"один"},{"text":"два"}]}}"#, "один два");
        check(MessageKind::Photo, r#"{"width":1}"#, "");
        check(MessageKind::Poll, "не JSON", "");
    }
}
