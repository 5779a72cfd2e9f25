//! Contents other than typed words. The files themselves do not exist: only what Telegram says of them.

use super::render::Line;
use super::rng::Rng;
use letopis_model::{Content, Media, MessageKind, Service};

pub fn text(line: &Line) -> Content {
    Content { entities: line.entities(), ..Content::text(line.text.clone()) }
}

pub fn forward(line: &Line, rng: &mut Rng) -> Content {
    let from = rng.word(&["Склад Верста", "Логистика · Верста", "Бухгалтерия Верста", "Татьяна, перевозки", "Производство"]);
    Content { forwarded_from: Some(from.to_owned()), ..text(line) }
}

pub fn file(name: &str, rng: &mut Rng) -> Content {
    let name = name.replace(' ', "_").replace("..", ".");
    let mime = match name.rsplit_once('.').map(|(_, end)| end) {
        Some("pdf") => "application/pdf",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Some("dwg") => "image/vnd.dwg",
        Some("zip") => "application/zip",
        _ => "application/octet-stream",
    };
    media(
        MessageKind::File,
        Media {
            file_name: Some(name),
            mime: Some(mime.to_owned()),
            size: u64::try_from(rng.range(38_000, 4_900_000)).ok(),
            ..Media::default()
        },
    )
}

pub fn photo(line: &Line, rng: &mut Rng) -> Content {
    let upright = rng.chance(60);
    let (width, height) = if upright { (960, 1280) } else { (1280, 960) };
    let size = u64::try_from(rng.range(60_000, 420_000)).ok();
    let picture = Media { width: Some(width), height: Some(height), size, ..Media::default() };
    Content { text: line.text.clone(), entities: line.entities(), ..media(MessageKind::Photo, picture) }
}

pub fn voice(rng: &mut Rng) -> Content {
    let seconds = rng.range(3, 20) + if rng.chance(35) { rng.range(15, 80) } else { 0 };
    sound(MessageKind::Voice, "audio/ogg", seconds, 3_900)
}

pub fn note(rng: &mut Rng) -> Content {
    let seconds = rng.range(5, 58);
    let mut content = sound(MessageKind::VideoNote, "video/mp4", seconds, 130_000);
    if let Some(media) = &mut content.media {
        (media.width, media.height) = (Some(384), Some(384));
    }
    content
}

fn sound(kind: MessageKind, mime: &str, seconds: i64, bytes: i64) -> Content {
    media(
        kind,
        Media {
            mime: Some(mime.to_owned()),
            duration: u32::try_from(seconds).ok(),
            size: u64::try_from(seconds * bytes).ok(),
            ..Media::default()
        },
    )
}

pub fn sticker(rng: &mut Rng) -> Content {
    let emoji = rng.word(&["👍", "👌", "🤝", "😂", "🙏", "❤️", "😅", "🎉", "☕", "🫡", "😎"]);
    let mime = Some("image/webp".to_owned());
    media(
        MessageKind::Sticker,
        Media { emoji: Some(emoji.to_owned()), mime, width: Some(512), height: Some(512), ..Media::default() },
    )
}

fn media(kind: MessageKind, media: Media) -> Content {
    Content { kind, media: Some(media), ..Content::default() }
}

pub fn call(rng: &mut Rng) -> Content {
    let seconds = rng.range(25, 900);
    service("phone_call", &format!("{{\"duration_seconds\":{seconds},\"discard_reason\":\"hangup\"}}"))
}

pub fn missed() -> Content {
    service("phone_call", "{\"discard_reason\":\"missed\"}")
}

pub fn pin() -> Content {
    service("pin_message", "{}")
}

pub fn service(action: &str, fields: &str) -> Content {
    let service = Service { action: action.to_owned(), fields: fields.to_owned() };
    Content { kind: MessageKind::Service, service: Some(service), ..Content::default() }
}
