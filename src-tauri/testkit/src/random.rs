//! Exports with every field and every kind of message, put together at random. The same seed gives the same bytes.

mod actions;
mod media;

use crate::seed::Seed;
use crate::{ANNA, Export, IGOR, KIRILL, Person, local};
use serde_json::{Map, Value, json};

const START: i64 = 1_700_000_000;
const KINDS: [&str; 9] = [
    "personal_chat",
    "personal_chat",
    "bot_chat",
    "saved_messages",
    "private_group",
    "private_supergroup",
    "public_supergroup",
    "private_channel",
    "public_channel",
];
const WORDS: [&str; 20] = [
    "договор",
    "счёт",
    "скидка 12 %",
    "завтра",
    "invoice",
    "«кавычки»",
    "a < b && c > d",
    "\"цитата\"",
    "it's",
    "\\x0C",
    "👍🏽",
    "🔥",
    "مرحبا بالعالم",
    "שלום עולם",
    "你好世界",
    "שלום world",
    "line\nbreak",
    "tab\there",
    "é и é",
    "№ 5/7",
];

/// A single chat or a whole account, of up to `messages` messages in each chat.
pub fn random_export(seed: u64, messages: usize) -> Export {
    let mut seed = Seed::new(seed);
    let single = seed.one_in(2);
    let count = if single { 1 } else { 1 + seed.below(5) };
    let mut export = if single { Export::single_chat("", 0).drop_chats() } else { Export::account() };
    export = export.owner(ANNA.id, ANNA.name);
    if seed.one_in(3) {
        export = export.without_identity();
    }
    for number in 0..count {
        let kind = seed.pick(&KINDS);
        // There is one chat with oneself.
        let kind = if kind == "saved_messages" && number > 0 { "personal_chat" } else { kind };
        let id = if kind == "saved_messages" { ANNA.id } else { 700 + i64::try_from(number).unwrap_or(0) };
        let title = format!("{} {number}", seed.pick(&["Кирилл · Промстрой", "Бригада «Юг»", "Новости & цены", "אנה", "فريق"]));
        export = if seed.one_in(6) && !single { export.left_chat(kind, &title, id) } else { export.chat(kind, &title, id) };
        let writers = writers(kind, id, &title);
        let mut moment = START + i64::try_from(seed.below(1_000_000)).unwrap_or(0);
        let mut message_id = if kind == "private_supergroup" && seed.one_in(2) { -999_999_000 } else { 1 };
        for _ in 0..seed.below(messages + 1) {
            moment += i64::try_from(seed.below(4000)).unwrap_or(0);
            export = export.raw(Value::Object(message(&mut seed, kind, message_id, moment, &writers)));
            message_id += 1 + i64::try_from(seed.below(3)).unwrap_or(0);
            if message_id < 0 && seed.one_in(20) {
                message_id = 1;
            }
        }
    }
    export
}

/// A name and what it is written under; the name of a deleted account is not known.
struct Writer {
    name: Value,
    id: String,
}

fn writers(kind: &str, id: i64, title: &str) -> Vec<Writer> {
    let person = |p: &Person| Writer { name: json!(p.name), id: format!("user{}", p.id) };
    let other = Writer { name: json!(title), id: format!("user{id}") };
    match kind {
        "personal_chat" | "bot_chat" => vec![person(&ANNA), other],
        "saved_messages" => vec![person(&ANNA)],
        "private_channel" | "public_channel" => vec![Writer { name: json!(title), id: format!("channel{id}") }],
        _ => vec![person(&ANNA), person(&IGOR), person(&KIRILL), Writer { name: Value::Null, id: "user909".to_owned() }],
    }
}

fn message(seed: &mut Seed, kind: &str, id: i64, moment: i64, writers: &[Writer]) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("id".into(), json!(id));
    if seed.one_in(60) {
        fields.insert("type".into(), json!("unsupported"));
        return fields;
    }
    let is_service = seed.one_in(12);
    fields.insert("type".into(), json!(if is_service { "service" } else { "message" }));
    fields.insert("date".into(), json!(local(moment)));
    fields.insert("date_unixtime".into(), json!(moment.to_string()));
    let at = seed.below(writers.len());
    let Some(writer) = writers.get(at) else { return fields };
    if is_service {
        fields.insert("actor".into(), writer.name.clone());
        fields.insert("actor_id".into(), json!(writer.id));
        fields.extend(actions::random(seed, kind));
        fields.insert("text".into(), json!(""));
        fields.insert("text_entities".into(), json!([]));
        return fields;
    }
    if seed.one_in(9) {
        let edited = moment + 60;
        fields.insert("edited".into(), json!(local(edited)));
        fields.insert("edited_unixtime".into(), json!(edited.to_string()));
    }
    fields.insert("from".into(), writer.name.clone());
    fields.insert("from_id".into(), json!(writer.id));
    decorate(seed, id, &mut fields);
    let has_media = seed.one_in(3);
    if has_media {
        fields.extend(media::random(seed, id));
    }
    let entities = if has_media && seed.one_in(2) { Vec::new() } else { entities(seed) };
    let plain: String = entities.iter().filter_map(|e| e.get("text")?.as_str()).collect();
    fields.insert("text".into(), json!(plain));
    fields.insert("text_entities".into(), Value::Array(entities));
    if seed.one_in(8) {
        fields.insert("reactions".into(), reactions(seed));
    }
    if seed.one_in(15) {
        let button = json!({"type": "url", "text": "Открыть", "data": "https://a.example"});
        fields.insert("inline_bot_buttons".into(), json!([[button, button], [button]]));
    }
    fields
}

fn decorate(seed: &mut Seed, id: i64, fields: &mut Map<String, Value>) {
    if seed.one_in(7) {
        fields.insert("reply_to_message_id".into(), json!(id - 1));
        if seed.one_in(5) {
            fields.insert("reply_to_peer_id".into(), json!("channel5"));
        }
    }
    if seed.one_in(9) {
        fields.insert("forwarded_from".into(), seed.pick(&["Олег", "Склад"]).into());
    }
    if seed.one_in(20) {
        fields.insert("saved_from".into(), json!("Склад"));
    }
    if seed.one_in(20) {
        fields.insert("via_bot".into(), json!("@gif"));
    }
    if seed.one_in(20) {
        fields.insert("author".into(), json!("Игорь"));
    }
}

fn entities(seed: &mut Seed) -> Vec<Value> {
    const TYPES: [&str; 21] = [
        "plain",
        "plain",
        "plain",
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "code",
        "pre",
        "spoiler",
        "blockquote",
        "link",
        "text_link",
        "mention",
        "hashtag",
        "email",
        "phone",
        "bot_command",
        "cashtag",
        "custom_emoji",
        "из_будущего",
    ];
    let mut parts = vec![json!({"type": "plain", "text": format!("{}: ", seed.pick(&["Анна", "Счёт", "Q"]))})];
    for _ in 0..seed.below(5) {
        let kind = seed.pick(&TYPES);
        let word = seed.pick(&WORDS);
        let mut part = Map::new();
        part.insert("type".into(), json!(kind));
        let text = match kind {
            "link" => "https://a.example/x?y=1&z=2".to_owned(),
            "mention" => "@igor".to_owned(),
            "hashtag" => "#счёт".to_owned(),
            "cashtag" => "$RUB".to_owned(),
            "bot_command" => "/start".to_owned(),
            "email" => "a@a.example".to_owned(),
            "phone" => "+79000000000".to_owned(),
            "custom_emoji" => "🔥".to_owned(),
            _ => word.to_owned(),
        };
        part.insert("text".into(), json!(text));
        match kind {
            "text_link" => drop(part.insert("href".into(), json!("https://b.example/?q=\"x\"&y='z'"))),
            "pre" => drop(part.insert("language".into(), json!("rust"))),
            "custom_emoji" => drop(part.insert("document_id".into(), json!("stickers/sticker (2).webp"))),
            "blockquote" => drop(part.insert("collapsed".into(), json!(true))),
            _ => {}
        }
        parts.push(Value::Object(part));
        parts.push(json!({"type": "plain", "text": " "}));
    }
    parts.push(json!({"type": "plain", "text": "."}));
    parts
}

fn reactions(seed: &mut Seed) -> Value {
    let recent = json!([{"from": "Игорь", "from_id": "user4002", "date": "2025-01-01T10:00:00"}]);
    let all = [
        json!({"type": "emoji", "count": 3, "emoji": "👍"}),
        json!({"type": "emoji", "count": 1, "emoji": "❤", "recent": recent}),
        json!({"type": "custom_emoji", "count": 2, "document_id": "stickers/a.webp"}),
        json!({"type": "paid", "count": 5}),
    ];
    Value::Array(all.into_iter().filter(|_| seed.one_in(2)).collect())
}
