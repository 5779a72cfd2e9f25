//! What a message carries beside text: which kind it is, its file, and the rest under the names that the JSON export uses.
//! Sizes on a page are rounded and are no sizes; a path that leaves the export is no path.

use super::page::{Answer, RawMedia};
use crate::folder::plain_path;
use letopis_model::{Media, MessageKind};
use serde_json::{Map, Value, json};

/// A message's attachment, read.
pub(super) struct Attached {
    pub kind: MessageKind,
    pub media: Option<Media>,
    /// For `extra`; of a call, the fields of its action.
    pub fields: Map<String, Value>,
    /// The path was not safe.
    pub is_unsafe: bool,
}

/// Where a page lies: its links start there.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    /// In the whole export: `chats/chat_01`.
    pub folder: String,
    /// The part of the path above the folder that was imported, when that is one chat of an account: `chats/chat_01`.
    pub above: String,
}

pub(super) fn read(raw: RawMedia, page: &Place) -> Attached {
    let kind = kind(&raw);
    let mut fields = Map::new();
    let href = raw.href.as_deref().filter(|href| !href.is_empty());
    let is_address = href.is_some_and(|href| href.starts_with("http://") || href.starts_with("https://"));
    let path = href.filter(|_| !is_address).map(|href| inside(page, href));
    let is_unsafe = matches!(path, Some(None));
    let mut media = has_file(kind).then(|| Media { path: path.flatten(), ..Media::default() });
    if let Some(media) = &mut media {
        file_facts(kind, &raw, media, &mut fields);
    }
    match kind {
        MessageKind::Contact => {
            let name = raw.title.trim();
            fields.insert(
                "contact_information".into(),
                json!({"first_name": name, "phone_number": raw.status.trim_end_matches(" - vCard")}),
            );
        }
        MessageKind::Location => location(&raw, href, &mut fields),
        MessageKind::Poll => drop(fields.insert("poll".into(), poll(&raw))),
        MessageKind::Todo => {
            let answers: Vec<Value> = raw.answers.iter().map(|a| json!({"text": a.text})).collect();
            fields.insert("todo_list".into(), json!({"title": raw.title, "answers": answers}));
        }
        MessageKind::Game => {
            put(&mut fields, "game_title", &raw.title);
            put(&mut fields, "game_description", &raw.description);
            put(&mut fields, "game_link", href.unwrap_or_default());
        }
        MessageKind::Invoice | MessageKind::PaidMedia => {
            let information = json!({"title": raw.title, "description": raw.description, "amount": raw.status});
            fields.insert("invoice_information".into(), information);
        }
        MessageKind::Giveaway => put(&mut fields, "giveaway_information", &raw.other),
        MessageKind::Service => {
            put(&mut fields, "information_text", &raw.status);
        }
        _ => {}
    }
    if kind != MessageKind::Giveaway {
        put(&mut fields, "other", &raw.other);
    }
    if is_unsafe {
        put(&mut fields, "file", href.unwrap_or_default());
    }
    Attached { kind, media, fields, is_unsafe }
}

fn put(fields: &mut Map<String, Value>, key: &str, text: &str) {
    if !text.is_empty() {
        fields.insert(key.to_owned(), text.into());
    }
}

fn kind(raw: &RawMedia) -> MessageKind {
    match (raw.class.as_str(), raw.title.as_str()) {
        ("media_photo", "Sticker") | ("sticker_wrap", _) => MessageKind::Sticker,
        ("media_photo" | "photo_wrap", _) => MessageKind::Photo,
        ("media_video", "Video message") => MessageKind::VideoNote,
        ("media_video", "Animation") | ("animated_wrap", _) => MessageKind::Animation,
        ("media_video" | "video_file_wrap", _) => MessageKind::Video,
        ("media_voice_message", _) => MessageKind::Voice,
        ("media_audio_file", _) => MessageKind::Audio,
        ("media_contact", _) => MessageKind::Contact,
        ("media_location" | "media_live_location" | "media_venue", _) => MessageKind::Location,
        ("media_game", _) => MessageKind::Game,
        ("media_invoice", "") if raw.description.is_empty() => MessageKind::PaidMedia,
        ("media_invoice", _) => MessageKind::Invoice,
        ("media_call", _) => MessageKind::Service,
        ("media_poll", _) if raw.status == "To-do List" => MessageKind::Todo,
        ("media_poll", _) => MessageKind::Poll,
        ("media_giveaway", _) => MessageKind::Giveaway,
        _ => MessageKind::File,
    }
}

fn has_file(kind: MessageKind) -> bool {
    matches!(
        kind,
        MessageKind::Photo
            | MessageKind::Video
            | MessageKind::VideoNote
            | MessageKind::Voice
            | MessageKind::Audio
            | MessageKind::Animation
            | MessageKind::Sticker
            | MessageKind::File
    )
}

fn file_facts(kind: MessageKind, raw: &RawMedia, media: &mut Media, fields: &mut Map<String, Value>) {
    let status = raw.status.as_str();
    // «🔥, 25.3 KB», «1280×720, 120.5 KB», «00:12, 1 MB»: what the file is, then its rounded size.
    let first = status.split(',').next().unwrap_or_default().trim();
    if raw.title.starts_with("Self-destructing") {
        // Only the fact is kept, never the file.
        media.path = None;
        put(fields, "self_destruct", status);
        return;
    }
    match kind {
        MessageKind::File => {
            let from_path = || media.path.as_deref().and_then(|p| p.rsplit('/').next()).map(str::to_owned);
            media.file_name = Some(raw.title.clone()).filter(|t| !t.is_empty() && t != "File").or_else(from_path);
        }
        MessageKind::Audio => {
            if let Some((performer, title)) = raw.title.split_once(" – ") {
                put(fields, "performer", performer);
                put(fields, "title", title);
            } else if raw.title != "Audio file" {
                media.file_name = Some(raw.title.clone()).filter(|t| !t.is_empty());
            }
        }
        // No emoji at all of a masked one.
        MessageKind::Sticker => {
            media.emoji = Some(first.to_owned()).filter(|e| !e.is_empty() && !e.contains(|c: char| c.is_ascii_digit()));
        }
        _ => {}
    }
    media.duration = duration(first);
    if let Some((width, height)) = size_in_pixels(first) {
        (media.width, media.height) = (Some(width), Some(height));
    }
    if raw.description.is_empty() && media.path.is_some() {
        return;
    }
    // Why the file is not there.
    put(fields, "file_status", &raw.description);
}

/// `00:12`, `1:02:03`.
fn duration(text: &str) -> Option<u32> {
    let parts: Option<Vec<u32>> = text.trim().split(':').map(|part| part.parse().ok()).collect();
    match parts?.as_slice() {
        [minutes, seconds] => minutes.checked_mul(60)?.checked_add(*seconds),
        [hours, minutes, seconds] => hours.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?.checked_add(*seconds),
        _ => None,
    }
}

/// `1280x720`, as the exporter writes it (U+00D7 between).
fn size_in_pixels(text: &str) -> Option<(u32, u32)> {
    let (width, height) = text.trim().split_once(['×', 'x'])?;
    Some((width.trim().parse().ok()?, height.trim().parse().ok()?))
}

fn location(raw: &RawMedia, href: Option<&str>, fields: &mut Map<String, Value>) {
    if raw.class == "media_venue" {
        put(fields, "place_name", &raw.title);
        put(fields, "address", &raw.description);
    }
    if raw.class == "media_live_location" {
        fields.insert("live_location".into(), true.into());
    }
    let from_link = href.and_then(|href| href.split_once("?q=")).and_then(|(_, rest)| rest.split('&').next());
    let place = from_link.unwrap_or(&raw.status).split_once(',');
    let place = place.and_then(|(lat, long)| Some((lat.trim().parse::<f64>().ok()?, long.trim().parse::<f64>().ok()?)));
    let place = place.map(|(latitude, longitude)| json!({"latitude": latitude, "longitude": longitude}));
    fields.insert("location_information".into(), place.unwrap_or_default());
}

fn poll(raw: &RawMedia) -> Value {
    let answer = |answer: &Answer| {
        let (votes, chosen) = (count(&answer.votes), answer.votes.contains("chosen"));
        json!({"text": answer.text, "voters": votes, "chosen": chosen})
    };
    json!({
        "question": raw.title,
        "closed": raw.status == "Final results",
        "total_voters": count(&raw.total),
        "answers": raw.answers.iter().map(answer).collect::<Vec<_>>(),
    })
}

/// `12 votes`, `No votes`.
fn count(text: &str) -> u64 {
    text.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// The path from the imported folder to what a link of a page goes to; `None` if it leads out.
fn inside(page: &Place, href: &str) -> Option<String> {
    let href = href.replace('\\', "/");
    let mut parts: Vec<&str> = page.folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in href.split('/') {
        match part {
            ".." => drop(parts.pop()?),
            "." => {}
            part => parts.push(part),
        }
    }
    let path = parts.join("/");
    if page.above.is_empty() {
        return plain_path(&path);
    }
    plain_path(path.strip_prefix(&page.above)?.strip_prefix('/')?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(class: &str, href: &str, texts: [&str; 3]) -> RawMedia {
        let [title, description, status] = texts.map(str::to_owned);
        RawMedia {
            class: class.into(),
            href: Some(href.to_owned()).filter(|h| !h.is_empty()),
            title,
            description,
            status,
            ..RawMedia::default()
        }
    }

    fn check(raw: RawMedia, kind: &str, media: &str, fields: &str) {
        let shown = format!("{raw:?}");
        let read = read(raw, &Place { folder: "chats/chat_1".into(), above: String::new() });
        let media_found = read.media.map(|m| serde_json::to_string(&m).unwrap()).unwrap_or_default();
        let fields_found = Value::Object(read.fields).to_string();
        assert_eq!((read.kind.name(), media_found.as_str(), fields_found.as_str()), (kind, media, fields), "{shown}");
    }

    #[test]
    fn files() {
        let photo = r#"{"path":"chats/chat_1/photos/photo_1@16-05-2025_00-39-56.jpg"}"#;
        check(raw("photo_wrap", "../../chats/chat_1/photos/photo_1@16-05-2025_00-39-56.jpg", ["", "", ""]), "photo", photo, "{}");
        check(raw("photo_wrap", "photos/photo_1@16-05-2025_00-39-56.jpg", ["", "", ""]), "photo", photo, "{}");
        check(
            raw("media_photo", "", ["Photo", "Not included, change data exporting settings to download.", "1280×720, 120.5 KB"]),
            "photo",
            r#"{"width":1280,"height":720}"#,
            r#"{"file_status":"Not included, change data exporting settings to download."}"#,
        );
        check(
            raw("video_file_wrap", "video_files/a.mp4", ["", "", "01:05"]),
            "video",
            r#"{"path":"chats/chat_1/video_files/a.mp4","duration":65}"#,
            "{}",
        );
        check(
            raw("animated_wrap", "video_files/a.mp4", ["", "", ""]),
            "animation",
            r#"{"path":"chats/chat_1/video_files/a.mp4"}"#,
            "{}",
        );
        check(
            raw("media_video", "r/a.mp4", ["Video message", "", "00:08"]),
            "video_note",
            r#"{"path":"chats/chat_1/r/a.mp4","duration":8}"#,
            "{}",
        );
        check(
            raw("media_voice_message", "v/a.ogg", ["Voice message", "", "1:02:03"]),
            "voice",
            r#"{"path":"chats/chat_1/v/a.ogg","duration":3723}"#,
            "{}",
        );
        check(
            raw("media_file", "files/Счёт (1).pdf", ["Счёт.pdf", "", "12.1 KB"]),
            "file",
            r#"{"file_name":"Счёт.pdf","path":"chats/chat_1/files/Счёт (1).pdf"}"#,
            "{}",
        );
        check(
            raw("media_file", "files/a.bin", ["File", "", "12.1 KB"]),
            "file",
            r#"{"file_name":"a.bin","path":"chats/chat_1/files/a.bin"}"#,
            "{}",
        );
        check(
            raw("media_audio_file", "f/a.mp3", ["Группа – Песня", "", "03:00"]),
            "audio",
            r#"{"path":"chats/chat_1/f/a.mp3","duration":180}"#,
            r#"{"performer":"Группа","title":"Песня"}"#,
        );
        check(
            raw("media_photo", "stickers/a.webp", ["Sticker", "", "🔥"]),
            "sticker",
            r#"{"path":"chats/chat_1/stickers/a.webp","emoji":"🔥"}"#,
            "{}",
        );
        check(
            raw("sticker_wrap", "stickers/a.webp", ["", "", ""]),
            "sticker",
            r#"{"path":"chats/chat_1/stickers/a.webp"}"#,
            "{}",
        );
        check(raw("media_photo", "", ["Self-destructing photo", "", "Expired"]), "photo", "{}", r#"{"self_destruct":"Expired"}"#);
    }

    #[test]
    fn an_unsafe_path_is_no_path() {
        for href in ["../../../secret", "/etc/passwd", "C:/a", "..\\..\\..\\a", "a//b", "javascript:alert(1)"] {
            let page = Place { folder: "chats/chat_1".into(), above: String::new() };
            let read = read(raw("photo_wrap", href, ["", "", ""]), &page);
            assert!(read.is_unsafe && read.media.unwrap().path.is_none(), "{href}");
            assert_eq!(read.fields.get("file").unwrap(), href);
        }
    }

    #[test]
    fn one_chat_of_an_account_has_its_own_folder() {
        let page = Place { folder: "chats/chat_1".into(), above: "chats/chat_1".into() };
        let path = |href: &str| inside(&page, href);
        assert_eq!(path("../../chats/chat_1/photos/a.jpg").as_deref(), Some("photos/a.jpg"));
        assert_eq!(path("../../chats/chat_2/photos/a.jpg"), None);
        assert_eq!(path("../../chats/chat_12/photos/a.jpg"), None);
    }

    #[test]
    fn what_is_no_file() {
        check(
            raw("media_contact", "contacts/contact_1.vcf", ["Анна Белова ", "", "+7 900 - vCard"]),
            "contact",
            "",
            r#"{"contact_information":{"first_name":"Анна Белова","phone_number":"+7 900"}}"#,
        );
        let map = "https://maps.google.com/maps?q=55.75,37.61&ll=55.75,37.61&z=16";
        check(
            raw("media_location", map, ["Location", "", "55.75, 37.61"]),
            "location",
            "",
            r#"{"location_information":{"latitude":55.75,"longitude":37.61}}"#,
        );
        check(
            raw("media_venue", map, ["Кафе", "Тверская, 1", ""]),
            "location",
            "",
            r#"{"place_name":"Кафе","address":"Тверская, 1","location_information":{"latitude":55.75,"longitude":37.61}}"#,
        );
        check(raw("media_location", "", ["Location", "", ""]), "location", "", r#"{"location_information":null}"#);
        check(
            raw("media_call", "", ["Анна", "", "Outgoing (12 seconds)"]),
            "service",
            "",
            r#"{"information_text":"Outgoing (12 seconds)"}"#,
        );
        check(
            raw("media_game", "https://t.me/bot?game=a", ["Игра", "О ней", ""]),
            "game",
            "",
            r#"{"game_title":"Игра","game_description":"О ней","game_link":"https://t.me/bot?game=a"}"#,
        );
        let mut poll = raw("media_poll", "", ["Когда?", "", "Anonymous poll"]);
        poll.answers = vec![
            Answer { text: "Завтра".into(), votes: "2 votes, chosen vote".into() },
            Answer { text: "Нет".into(), votes: String::new() },
        ];
        poll.total = "2 votes".into();
        check(
            poll,
            "poll",
            "",
            r#"{"poll":{"question":"Когда?","closed":false,"total_voters":2,"answers":[{"text":"Завтра","voters":2,"chosen":true},{"text":"Нет","voters":0,"chosen":false}]}}"#,
        );
    }
}
