//! One action of each name, with its own fields.

use crate::seed::Seed;
use serde_json::{Map, Value, json};

pub(super) fn random(seed: &mut Seed, kind: &str) -> Map<String, Value> {
    let in_two = matches!(kind, "personal_chat" | "bot_chat" | "saved_messages");
    let all = if in_two { personal() } else { every() };
    let at = seed.below(all.len());
    match all.get(at) {
        Some(Value::Object(fields)) => fields.clone(),
        _ => Map::new(),
    }
}

fn personal() -> Vec<Value> {
    vec![
        json!({"action": "phone_call", "duration_seconds": 12, "discard_reason": "hangup"}),
        json!({"action": "clear_history"}),
        json!({"action": "pin_message", "message_id": 5}),
        json!({"action": "take_screenshot"}),
        json!({"action": "send_payment", "amount": 100, "currency": "RUB", "invoice_message_id": 5}),
        json!({"action": "send_star_gift", "gift_id": 5_170_233_102_089_322_756_i64, "stars": 15, "is_limited": true}),
        json!({"action": "set_messages_ttl", "period": 86400}),
        json!({"action": "edit_chat_theme", "emoticon": "🎄"}),
        json!({"information_text": "Своё действие"}),
        json!({"action": "из_будущего", "поле": {"a": [1, 2]}}),
    ]
}

fn every() -> Vec<Value> {
    let mut all = personal();
    all.extend([
        json!({"action": "create_group", "title": "Бригада «Юг»", "members": ["Анна", null]}),
        json!({"action": "edit_group_title", "title": "Новое & старое"}),
        json!({"action": "edit_group_photo", "photo": "photos/photo_1.jpg", "width": 640, "height": 640}),
        json!({"action": "invite_members", "members": ["Игорь Смирнов", null]}),
        json!({"action": "remove_members", "members": ["Кирилл"]}),
        json!({"action": "join_group_by_link", "inviter": "Анна"}),
        json!({"action": "create_channel", "title": "Новости"}),
        json!({"action": "migrate_from_group", "title": "Бригада"}),
        json!({"action": "topic_created", "title": "Отгрузки"}),
        json!({"action": "topic_edit", "new_title": "Отгрузки 2", "new_icon_emoji_id": 5_368_324_170_671_202_286_i64}),
        json!({"action": "group_call", "duration": 60}),
        json!({"action": "requested_peer", "button_id": 1, "peers": "[4294967297]"}),
        json!({"action": "score_in_game", "game_message_id": 4, "score": 100}),
        json!({"action": "boost_apply", "boosts": 3}),
        json!({"action": "todo_completions", "completed": [1], "incompleted": []}),
    ]);
    all
}
