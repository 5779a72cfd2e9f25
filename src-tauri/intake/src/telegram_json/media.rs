//! What a message carries beside text, and which kind of message that makes it. Paths are strangers' input: only a plain
//! relative one gets through, and none at all for a self-destructing file. Never opens a file.

use super::row::Row;
use crate::folder::plain_path;
use letopis_model::{Media, MessageKind};
use serde_json::Value;

/// The beginnings of what stands in place of a path when the file was not exported.
const PLACEHOLDERS: [&str; 6] = [
    "(File not included",
    "(File exceeds maximum size",
    "(File unavailable",
    "(Photo not included",
    "(Photo exceeds maximum size",
    "(Photo unavailable",
];

/// Takes the fields of a file out of the row. What has no place in [`Media`] stays there and becomes `extra`.
pub(super) fn take(row: &mut Row) -> (MessageKind, Option<Media>) {
    let secret = row.has("self_destruct_period_seconds");
    let (kind, mut media) = if row.has("photo") {
        let media = Media { size: row.take_u64("photo_file_size"), path: path(row, "photo"), ..Media::default() };
        (MessageKind::Photo, media)
    } else if row.has("file") {
        let path = path(row, "file");
        (file_kind(row), Media { size: row.take_u64("file_size"), path, ..Media::default() })
    } else {
        return (kind_without_file(row), None);
    };
    media.file_name = row.take_str("file_name");
    media.mime = row.take_str("mime_type");
    media.duration = row.take_u32("duration_seconds");
    media.width = row.take_u32("width");
    media.height = row.take_u32("height");
    media.emoji = row.take_str("sticker_emoji");
    if media.file_name.is_none() && kind == MessageKind::File {
        // Before 5.0 the name of a plain file stood only in its path.
        media.file_name = media.path.as_deref().and_then(|p| p.rsplit('/').next()).map(str::to_owned);
    }
    if secret {
        media.path = None;
    }
    (kind, Some(media))
}

/// The path, if it is one and safe; an unsafe one stays in the row, a placeholder is dropped.
fn path(row: &mut Row, key: &str) -> Option<String> {
    row.drop_null(key);
    let placeholder =
        |v: &Value| v.as_str().filter(|s| s.is_empty() || PLACEHOLDERS.iter().any(|p| s.starts_with(p))).map(|_| ());
    if row.take(key, placeholder).is_some() {
        return None;
    }
    row.take(key, |v| plain_path(v.as_str()?))
}

fn file_kind(row: &mut Row) -> MessageKind {
    let known = row.take("media_type", |v| match v.as_str()? {
        "sticker" => Some(MessageKind::Sticker),
        "video_message" => Some(MessageKind::VideoNote),
        "voice_message" => Some(MessageKind::Voice),
        "animation" => Some(MessageKind::Animation),
        "video_file" => Some(MessageKind::Video),
        "audio_file" => Some(MessageKind::Audio),
        _ => None,
    });
    known.unwrap_or(MessageKind::File)
}

/// By the fields that only one kind has; a location may be `null` and is one all the same.
fn kind_without_file(row: &Row) -> MessageKind {
    let kinds = [
        ("contact_information", MessageKind::Contact),
        ("location_information", MessageKind::Location),
        ("place_name", MessageKind::Location),
        ("live_location_period_seconds", MessageKind::Location),
        ("poll", MessageKind::Poll),
        ("todo_list", MessageKind::Todo),
        ("game_title", MessageKind::Game),
        ("invoice_information", MessageKind::Invoice),
        ("giveaway_information", MessageKind::Giveaway),
        ("giveaway_results", MessageKind::Giveaway),
        ("paid_stars_amount", MessageKind::PaidMedia),
    ];
    kinds.into_iter().find(|(key, _)| row.has(key)).map_or(MessageKind::Text, |(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, kind: &str, media: &str, left: &str) {
        let mut row = Row::read(input.as_bytes()).unwrap();
        let (found, file) = take(&mut row);
        let file = file.map(|m| serde_json::to_string(&m).unwrap()).unwrap_or_default();
        let rest = Value::Object(row.fields).to_string();
        assert_eq!((found.name(), file.as_str(), rest.as_str()), (kind, media, left), "{input}");
    }

    #[test]
    fn files_of_every_kind() {
        check(r#"{}"#, "text", "", "{}");
        check(
            r#"{"photo": "photos/photo_1@16-05-2025_00-39-56.jpg", "photo_file_size": 7, "width": 3, "height": 4}"#,
            "photo",
            r#"{"path":"photos/photo_1@16-05-2025_00-39-56.jpg","size":7,"width":3,"height":4}"#,
            "{}",
        );
        check(
            r#"{"file": "files/Счёт (1).pdf", "file_size": 9, "mime_type": "application/pdf"}"#,
            "file",
            r#"{"file_name":"Счёт (1).pdf","path":"files/Счёт (1).pdf","mime":"application/pdf","size":9}"#,
            "{}",
        );
        check(
            r#"{"file": "(File not included. Change data exporting settings to download.)", "file_name": "Счёт.pdf"}"#,
            "file",
            r#"{"file_name":"Счёт.pdf"}"#,
            "{}",
        );
        check(
            r#"{"file": "(File exceeds maximum size. Change data exporting settings to download.)", "media_type": "video_file"}"#,
            "video",
            "{}",
            "{}",
        );
        check(
            r#"{"file": "(File unavailable, please try again later)", "media_type": "voice_message", "duration_seconds": 8}"#,
            "voice",
            r#"{"duration":8}"#,
            "{}",
        );
        check(r#"{"photo": "(Photo not included. Change data exporting settings to download.)"}"#, "photo", "{}", "{}");
        check(r#"{"file": "", "media_type": "video_message"}"#, "video_note", "{}", "{}");
        check(r#"{"file": null, "media_type": "animation"}"#, "animation", "{}", "{}");
        check(
            r#"{"file": "stickers/s.webp", "media_type": "sticker", "sticker_emoji": "🔥"}"#,
            "sticker",
            r#"{"path":"stickers/s.webp","emoji":"🔥"}"#,
            "{}",
        );
        check(
            r#"{"file": "a/b.mp3", "media_type": "audio_file", "performer": "П", "title": "Т"}"#,
            "audio",
            r#"{"path":"a/b.mp3"}"#,
            r#"{"performer":"П","title":"Т"}"#,
        );
        check(
            r#"{"file": "a/b.glb", "media_type": "hologram"}"#,
            "file",
            r#"{"file_name":"b.glb","path":"a/b.glb"}"#,
            r#"{"media_type":"hologram"}"#,
        );
        check(
            r#"{"file": "a/b.mp4", "width": -5, "media_spoiler": true}"#,
            "file",
            r#"{"file_name":"b.mp4","path":"a/b.mp4"}"#,
            r#"{"width":-5,"media_spoiler":true}"#,
        );
    }

    #[test]
    fn a_self_destructing_file_is_only_a_fact() {
        check(
            r#"{"photo": "photos/p.jpg", "self_destruct_period_seconds": 5}"#,
            "photo",
            "{}",
            r#"{"self_destruct_period_seconds":5}"#,
        );
    }

    #[test]
    fn an_unsafe_path_is_kept_but_is_no_path() {
        for bad in ["../a", "/etc/passwd", "a/../../b", "C:/a", "C:\\\\a", "a//b", "./a", "a\\u0000b", "file:///a"] {
            let input = format!(r#"{{"file": "{bad}"}}"#);
            let mut row = Row::read(input.as_bytes()).unwrap();
            assert_eq!(take(&mut row).1.unwrap().path, None, "{bad}");
            assert!(row.has("file"), "{bad}");
        }
    }

    #[test]
    fn kinds_without_a_file() {
        check(r#"{"location_information": null}"#, "location", "", r#"{"location_information":null}"#);
        check(r#"{"contact_information": {"first_name": "А"}}"#, "contact", "", r#"{"contact_information":{"first_name":"А"}}"#);
        check(r#"{"poll": {}}"#, "poll", "", r#"{"poll":{}}"#);
        check(r#"{"todo_list": {}}"#, "todo", "", r#"{"todo_list":{}}"#);
        check(r#"{"game_title": ""}"#, "game", "", r#"{"game_title":""}"#);
        check(r#"{"invoice_information": "{\"amount\": 5}"}"#, "invoice", "", r#"{"invoice_information":"{\"amount\": 5}"}"#);
        check(
            r#"{"giveaway_results": {"winners": [9007199254740993]}}"#,
            "giveaway",
            "",
            r#"{"giveaway_results":{"winners":[9007199254740993]}}"#,
        );
        check(r#"{"paid_stars_amount": 5}"#, "paid_media", "", r#"{"paid_stars_amount":5}"#);
    }
}
