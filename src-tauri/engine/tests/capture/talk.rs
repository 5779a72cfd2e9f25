//! What people write arrives, once, as it is: live, read back, and the same as in an export.

use crate::stage::Stage;
use letopis_engine::model::{Direction, MessageKind};
use letopis_engine::{ImportOptions, Job, Lang};
use letopis_testkit_telegram::Draft;

#[test]
fn messages_edits_and_deletions_arrive_live() {
    let stage = Stage::new();
    let kirill = stage.tg.user("Кирилл");
    let chat = stage.tg.private(stage.anna, kirill);
    let group = stage.tg.group("Проект", &[stage.anna, kirill]);
    let channel = stage.tg.supergroup("Бригада", &[stage.anna, kirill]);
    let account = stage.live(&[chat, group, channel]);
    let mut said = Vec::new();
    for place in [chat, group, channel] {
        said.push((place, stage.tg.say(place, kirill, "Где счёт?"), stage.tg.say(place, stage.anna, "Пришлю в среду")));
    }
    for (place, question, answer) in &said {
        stage.wait_text(*place, "Пришлю в среду");
        stage.tg.edit(*answer, "Пришлю в четверг");
        stage.tg.delete(&[*question]);
    }
    for (place, question, answer) in &said {
        let id = stage.tg.id_of(*answer, stage.anna).unwrap();
        stage.until("the edit", || stage.message(*place, id).unwrap().versions == 2);
        let answer = stage.message(*place, id).unwrap();
        assert_eq!(stage.versions(&answer), ["Пришлю в среду", "Пришлю в четверг"]);
        assert_eq!((answer.direction, answer.sender_name.as_str()), (Direction::Out, "Анна Белова"));
        let id = message_id(&stage, *place, "Где счёт?");
        stage.until("the deletion", || stage.message(*place, id).unwrap().deleted.is_some());
        let _ = question;
    }
    stage.compare(&[chat, group, channel], 0);
    stage.wait_live(account);
    stage.check_silence();
}

fn message_id(stage: &Stage, chat: letopis_testkit_telegram::Chat, text: &str) -> i32 {
    let page = stage.archive().page(stage.chat(chat), letopis_engine::Anchor::Last, 1000).unwrap();
    page.messages.iter().find(|m| m.content.text == text).unwrap().link.message.0 as i32
}

#[test]
fn what_was_there_before_is_read_back() {
    let stage = Stage::new();
    let kirill = stage.tg.user("Кирилл");
    let chat = stage.tg.private(stage.anna, kirill);
    for n in 0..250 {
        stage.tg.say(chat, kirill, &format!("сообщение {n}"));
    }
    let account = stage.live(&[chat]);
    assert_eq!(stage.texts(chat).len(), 250);
    let calls = stage.tg.count("messages.getHistory");
    assert!((3..=5).contains(&calls), "{calls} pages for 250 messages");
    let view = stage.archive().accounts().unwrap().remove(0);
    assert_eq!((view.chats[0].total, view.chats[0].fill_done), (Some(250), true));
    stage.compare(&[chat], 0);
    stage.wait_live(account);
}

#[test]
fn nothing_older_than_the_consent_unless_wanted() {
    let stage = Stage::new();
    let kirill = stage.tg.user("Кирилл");
    let chat = stage.tg.private(stage.anna, kirill);
    stage.tg.say(chat, kirill, "давнее");
    stage.until("the next second", || stage.engine.now().0 > stage.tg.now() - 1);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let account = stage.live_from(&[chat], None);
    stage.tg.say(chat, kirill, "новое");
    stage.wait_text(chat, "новое");
    assert_eq!(stage.texts(chat), ["новое"]);
    stage.wait_live(account);
}

#[test]
fn a_chat_captured_and_imported_is_one_chat() {
    let stage = Stage::new();
    let kirill = stage.tg.user("Кирилл");
    let chat = stage.tg.private(stage.anna, kirill);
    stage.live(&[chat]);
    let said = stage.tg.say(chat, kirill, "Где счёт? 🙂");
    stage.tg.send(chat, stage.anna, Draft::text("Пришлю").reply(said));
    stage.wait_text(chat, "Пришлю");
    let (anna, other) = (stage.anna.0, stage.peer(chat).id);
    let messages = stage.archive().page(stage.chat(chat), letopis_engine::Anchor::Last, 10).unwrap().messages;
    let rows = messages.iter().map(|m| {
        let from = if m.direction == Direction::Out { (anna, "Анна Белова") } else { (other, "Кирилл") };
        serde_json::json!({"id": m.link.message.0, "type": "message", "date_unixtime": m.sent_at.unwrap().0.to_string(),
            "from": from.1, "from_id": format!("user{}", from.0), "text": m.content.text,
            "text_entities": [{"type": "plain", "text": m.content.text}]})
    });
    let export =
        serde_json::json!({"name": "Кирилл", "type": "personal_chat", "id": other, "messages": rows.collect::<Vec<_>>()});
    let file = stage.path().join("result.json");
    std::fs::write(&file, export.to_string()).unwrap();
    let options = ImportOptions { owner: Some(anna), ..ImportOptions::default() };
    let report = stage.archive().import(&file, &options, Lang::Ru, &mut Job::quiet()).unwrap();
    assert_eq!((report.messages, report.new_versions), (2, 0), "the same messages are the same versions");
    assert_eq!(stage.archive().totals().unwrap().chats, 1);
}

#[test]
fn files_and_places_keep_their_kinds() {
    let stage = Stage::new();
    let kirill = stage.tg.user("Кирилл");
    let chat = stage.tg.private(stage.anna, kirill);
    stage.live(&[chat]);
    let contract = stage.tg.file("договор.pdf", "application/pdf", &[7; 3000], 2);
    let voice = stage.tg.voice(&[1; 500], 8, 2);
    let photo = stage.tg.photo(&[2; 900], 2);
    for media in [contract, voice, photo] {
        stage.tg.send(chat, kirill, Draft::text("").media(media));
    }
    stage.tg.say(chat, kirill, "всё");
    stage.wait_text(chat, "всё");
    let page = stage.archive().page(stage.chat(chat), letopis_engine::Anchor::Last, 10).unwrap();
    let kinds: Vec<MessageKind> = page.messages.iter().map(|m| m.content.kind).collect();
    assert_eq!(kinds, [MessageKind::File, MessageKind::Voice, MessageKind::Photo, MessageKind::Text]);
    let file = page.messages[0].content.media.clone().unwrap();
    assert_eq!((file.file_name.as_deref(), file.size), (Some("договор.pdf"), Some(3000)));
}

#[test]
fn every_kind_is_the_same_version_live_and_in_an_export() {
    let stage = Stage::new();
    let kirill = stage.tg.user("Кирилл");
    let group = stage.tg.supergroup("Проект", &[kirill, stage.anna]);
    let account = stage.live(&[group]);
    let voice = stage.tg.voice(&[1; 500], 8, 2);
    let sticker = stage.tg.sticker("🔥", &[3; 700], 2);
    let photo = stage.tg.photo(&[2; 900], 2);
    stage.tg.send(group, kirill, Draft::text("").media(voice));
    stage.tg.send(group, kirill, Draft::text("").media(sticker));
    stage.tg.send(group, kirill, Draft::text("смета на фото").media(photo));
    stage.tg.rename(group, kirill, "Проект «Север»");
    let said = stage.tg.say(group, stage.anna, "пришлю");
    stage.wait_text(group, "пришлю");
    stage.tg.edit(said, "пришлю завтра");
    stage.wait_text(group, "пришлю завтра");
    stage.wait_idle(account);
    let messages = stage.archive().page(stage.chat(group), letopis_engine::Anchor::Last, 100).unwrap().messages;
    let rows: Vec<serde_json::Value> = messages.iter().map(|m| {
        let (anna, mine) = (stage.anna.0, m.direction == Direction::Out);
        let from = if mine { (anna, "Анна Белова") } else { (kirill.0, "Кирилл") };
        let mut row = serde_json::json!({"id": m.link.message.0, "type": "message", "date_unixtime": m.sent_at.unwrap().0.to_string(),
            "from": from.1, "from_id": format!("user{}", from.0), "text": m.content.text});
        let set = |row: &mut serde_json::Value, pairs: &[(&str, &str)]| pairs.iter().for_each(|(key, value)| row[*key] = (*value).into());
        match m.content.kind {
            MessageKind::Voice => set(&mut row, &[("file", "voice_messages/1.ogg"), ("media_type", "voice_message")]),
            MessageKind::Sticker => set(&mut row, &[("file", "stickers/1.webp"), ("media_type", "sticker"), ("sticker_emoji", "🔥")]),
            MessageKind::Photo => set(&mut row, &[("photo", "photos/1.jpg")]),
            MessageKind::Service => {
                let action = m.content.service.clone().unwrap().action;
                set(&mut row, &[("type", "service"), ("action", &action), ("actor", from.1), ("actor_id", &format!("user{}", from.0))]);
            }
            _ => {}
        }
        if let Some(at) = m.edited_at {
            row["edited_unixtime"] = at.0.to_string().into();
        }
        row
    }).collect();
    let actions: Vec<_> = messages.iter().filter_map(|m| m.content.service.clone()).map(|s| s.action).collect();
    assert!(actions.contains(&"edit_group_title".to_owned()), "{actions:?}");
    let export =
        serde_json::json!({"name": "Проект «Север»", "type": "private_supergroup", "id": stage.peer(group).id, "messages": rows});
    let file = stage.path().join("result.json");
    std::fs::write(&file, export.to_string()).unwrap();
    let options = ImportOptions { owner: Some(stage.anna.0), ..ImportOptions::default() };
    let report = stage.archive().import(&file, &options, Lang::Ru, &mut Job::quiet()).unwrap();
    assert_eq!((report.messages as usize, report.new_versions), (messages.len(), 0));
}
