//! What a message carries beside text: which kind of message that makes it, what is known of the file, and where the file
//! can be had. A self-destructing one is never asked for.

use super::extra::Extra;
use crate::FileRef;
use grammers_tl_types as tl;
use letopis_model::{Media, MessageKind};
use serde_json::json;
use tl::enums::{DocumentAttribute as A, MessageMedia as M};

#[derive(Default)]
pub struct Carried {
    pub kind: MessageKind,
    pub media: Option<Media>,
    pub file: Option<FileRef>,
}

impl Carried {
    fn fact(kind: MessageKind) -> Self {
        Carried { kind, ..Carried::default() }
    }
}

pub fn carried(media: &M, extra: &mut Extra) -> Carried {
    match media {
        M::Photo(m) => secret(m.ttl_seconds, extra, photo(m.photo.as_ref())),
        M::Document(m) => {
            extra.flag("media_spoiler", m.spoiler);
            let document = document(m, extra_names(m.document.as_ref(), extra));
            secret(m.ttl_seconds, extra, document)
        }
        other => Carried::fact(without_file(other, extra)),
    }
}

/// The fact stays, the way to the file does not.
fn secret(ttl: Option<i32>, extra: &mut Extra, mut carried: Carried) -> Carried {
    if let Some(seconds) = ttl {
        extra.put("self_destruct_period_seconds", json!(seconds));
        carried.file = None;
    }
    carried
}

fn photo(photo: Option<&tl::enums::Photo>) -> Carried {
    let mut carried = Carried { kind: MessageKind::Photo, media: Some(Media::default()), file: None };
    let Some(tl::enums::Photo::Photo(photo)) = photo else { return carried };
    let largest = photo.sizes.iter().filter_map(size).max_by_key(|size| (i64::from(size.w) * i64::from(size.h), size.bytes));
    let Some(size) = largest else { return carried };
    carried.media = Some(Media {
        size: u64::try_from(size.bytes).ok(),
        width: u32::try_from(size.w).ok(),
        height: u32::try_from(size.h).ok(),
        ..Media::default()
    });
    carried.file = Some(FileRef {
        dc: photo.dc_id,
        id: photo.id,
        access_hash: photo.access_hash,
        reference: photo.file_reference.clone(),
        thumb: Some(size.name),
        size: u64::try_from(size.bytes).unwrap_or_default(),
    });
    carried
}

struct Size {
    name: String,
    w: i32,
    h: i32,
    bytes: i32,
}

fn size(size: &tl::enums::PhotoSize) -> Option<Size> {
    match size {
        tl::enums::PhotoSize::Size(s) => Some(Size { name: s.r#type.clone(), w: s.w, h: s.h, bytes: s.size }),
        tl::enums::PhotoSize::Progressive(s) => {
            let bytes = s.sizes.iter().copied().max().unwrap_or_default();
            Some(Size { name: s.r#type.clone(), w: s.w, h: s.h, bytes })
        }
        _ => None,
    }
}

fn extra_names<'a>(document: Option<&'a tl::enums::Document>, extra: &mut Extra) -> Option<&'a tl::types::Document> {
    let tl::enums::Document::Document(document) = document? else { return None };
    for attribute in &document.attributes {
        if let A::Audio(audio) = attribute {
            extra.word("performer", audio.performer.as_deref());
            extra.word("title", audio.title.as_deref());
        }
    }
    Some(document)
}

fn document(media: &tl::types::MessageMediaDocument, document: Option<&tl::types::Document>) -> Carried {
    let Some(document) = document else {
        let kind = match (media.voice, media.round, media.video) {
            (true, _, _) => MessageKind::Voice,
            (_, true, _) => MessageKind::VideoNote,
            (_, _, true) => MessageKind::Video,
            _ => MessageKind::File,
        };
        return Carried { kind, media: Some(Media::default()), file: None };
    };
    let mut facts = Media {
        mime: (!document.mime_type.is_empty()).then(|| document.mime_type.clone()),
        size: u64::try_from(document.size).ok(),
        ..Media::default()
    };
    let kind = attributes(&document.attributes, &mut facts);
    let file = FileRef {
        dc: document.dc_id,
        id: document.id,
        access_hash: document.access_hash,
        reference: document.file_reference.clone(),
        thumb: None,
        size: u64::try_from(document.size).unwrap_or_default(),
    };
    Carried { kind, media: Some(facts), file: Some(file) }
}

/// Telegram Desktop asks in this order: sticker, round, voice, animation, video, audio.
fn attributes(attributes: &[A], facts: &mut Media) -> MessageKind {
    let (mut sticker, mut animated, mut video, mut audio) = (false, false, None, None);
    for attribute in attributes {
        match attribute {
            A::ImageSize(a) => (facts.width, facts.height) = (u32::try_from(a.w).ok(), u32::try_from(a.h).ok()),
            A::Animated => animated = true,
            A::Sticker(a) => {
                sticker = true;
                facts.emoji = (!a.alt.is_empty()).then(|| a.alt.clone());
            }
            A::Video(a) => {
                video = Some(a.round_message);
                facts.duration = Some(a.duration.clamp(0.0, f64::from(u32::MAX)) as u32);
                (facts.width, facts.height) = (u32::try_from(a.w).ok(), u32::try_from(a.h).ok());
            }
            A::Audio(a) => {
                audio = Some(a.voice);
                facts.duration = u32::try_from(a.duration).ok();
            }
            A::Filename(a) => facts.file_name = Some(a.file_name.clone()),
            _ => {}
        }
    }
    match (video, audio) {
        _ if sticker => MessageKind::Sticker,
        (Some(true), _) => MessageKind::VideoNote,
        (_, Some(true)) => MessageKind::Voice,
        _ if animated => MessageKind::Animation,
        (Some(false), _) => MessageKind::Video,
        (_, Some(false)) => MessageKind::Audio,
        (None, None) => MessageKind::File,
    }
}

/// Kinds that carry no file: their fields go beside the text, under the export's names.
fn without_file(media: &M, extra: &mut Extra) -> MessageKind {
    match media {
        M::Contact(m) => {
            let contact = json!({"first_name": m.first_name, "last_name": m.last_name, "phone_number": m.phone_number});
            extra.put("contact_information", contact);
            MessageKind::Contact
        }
        M::Geo(m) => extra.place(&m.geo),
        M::GeoLive(m) => {
            extra.put("live_location_period_seconds", json!(m.period));
            extra.place(&m.geo)
        }
        M::Venue(m) => {
            extra.word("place_name", Some(&m.title));
            extra.word("address", Some(&m.address));
            extra.place(&m.geo)
        }
        M::Poll(m) => {
            extra.poll(&m.poll, &m.results);
            MessageKind::Poll
        }
        M::ToDo(m) => {
            extra.todo(&m.todo);
            MessageKind::Todo
        }
        M::Game(m) => {
            let tl::enums::Game::Game(game) = &m.game;
            extra.put("game_title", json!(game.title));
            extra.word("game_description", Some(&game.description));
            MessageKind::Game
        }
        M::Invoice(m) => {
            let invoice =
                json!({"title": m.title, "description": m.description, "amount": m.total_amount, "currency": m.currency});
            extra.put("invoice_information", invoice);
            MessageKind::Invoice
        }
        M::Giveaway(m) => {
            extra.put("giveaway_information", json!({"quantity": m.quantity, "until_date": m.until_date}));
            MessageKind::Giveaway
        }
        M::GiveawayResults(m) => {
            extra.put("giveaway_results", json!({"winners_count": m.winners_count, "launch_message_id": m.launch_msg_id}));
            MessageKind::Giveaway
        }
        M::PaidMedia(m) => {
            extra.put("paid_stars_amount", json!(m.stars_amount));
            MessageKind::PaidMedia
        }
        M::Dice(m) => {
            extra.put("dice", json!({"emoji": m.emoticon, "value": m.value}));
            MessageKind::Text
        }
        M::Unsupported => MessageKind::Unsupported,
        // A preview of a page, a story: the text stands for itself.
        _ => MessageKind::Text,
    }
}
