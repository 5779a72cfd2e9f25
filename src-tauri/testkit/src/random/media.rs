//! One attachment of each kind, exported or left out.

use crate::seed::Seed;
use serde_json::{Map, Value, json};

const LEFT_OUT: &str = "(File not included. Change data exporting settings to download.)";

pub(super) fn random(seed: &mut Seed, id: i64) -> Map<String, Value> {
    let all = every(id, seed.one_in(3));
    let at = seed.below(all.len());
    match all.get(at) {
        Some(Value::Object(fields)) => fields.clone(),
        _ => Map::new(),
    }
}

fn every(id: i64, left_out: bool) -> Vec<Value> {
    let path = |folder: &str, ending: &str| {
        if left_out { LEFT_OUT.to_owned() } else { format!("{folder}/file_{}.{ending}", id.unsigned_abs()) }
    };
    let file = |folder: &str, ending: &str, word: &str| {
        json!({"file": path(folder, ending), "file_name": format!("Файл {id}.{ending}"), "file_size": 1234, "media_type": word,
               "thumbnail": "stickers/x_thumb.jpg", "thumbnail_file_size": 10, "mime_type": "a/b", "duration_seconds": 65})
    };
    vec![
        json!({"photo": path("photos", "jpg"), "photo_file_size": 99, "width": 640, "height": 480, "media_spoiler": true}),
        json!({"photo": LEFT_OUT, "width": 640, "height": 480, "self_destruct_period_seconds": 5}),
        file("stickers", "webp", "sticker"),
        file("round_video_messages", "mp4", "video_message"),
        file("voice_messages", "ogg", "voice_message"),
        file("video_files", "mp4", "animation"),
        file("video_files", "mp4", "video_file"),
        file("files", "mp3", "audio_file"),
        json!({"file": path("files", "pdf"), "file_name": "Счёт «№ 5».pdf", "file_size": 1234, "mime_type": "application/pdf"}),
        json!({"contact_information": {"first_name": "Олег", "last_name": "Ким", "phone_number": "+7 900"}, "contact_vcard": "contacts/contact_1.vcf"}),
        json!({"location_information": {"latitude": 55.5, "longitude": 37.25}, "live_location_period_seconds": 900}),
        json!({"location_information": null}),
        json!({"place_name": "Кафе", "address": "Тверская, 1", "location_information": {"latitude": 55.5, "longitude": 37.25}}),
        json!({"game_title": "Игра", "game_description": "О ней", "game_link": "https://t.me/bot?game=a"}),
        json!({"poll": {"question": "Когда?", "closed": false, "total_voters": 3,
               "answers": [{"text": "Завтра", "voters": 3, "chosen": true}, {"text": [{"type": "plain", "text": "Нет"}], "voters": 0, "chosen": false}]}}),
        json!({"todo_list": {"title": ["Дела"], "others_can_append": false, "others_can_complete": true, "answers": [{"text": "Раз", "id": 1}]}}),
        json!({"invoice_information": "{\"title\": \"Счёт\", \"amount\": 100}"}),
        json!({"giveaway_information": {"quantity": 5, "months": 3, "until_date": "2025-01-01T00:00:00", "channels": [9_007_199_254_740_993_i64]}}),
        json!({"paid_stars_amount": 5}),
    ]
}
