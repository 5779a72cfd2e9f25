//! Every shape of a healthy file, and what becomes of it.

use super::{Kept, SEEN, good, one, options, run};
use crate::{Error, Options, Reason};
use jiff::tz::TimeZone;
use letopis_model::{Direction, MessageKind, Timestamp};
use letopis_testkit::{ANNA, Export, IGOR, KIRILL, hostile_chat};
use serde_json::json;

fn directions(kept: &Kept) -> String {
    kept.posted().map(|s| if s.direction == Direction::Out { 'o' } else { 'i' }).collect()
}

#[test]
fn one_chat() {
    let export = Export::single_chat(KIRILL.name, 555).owner(4001, "Анна Белова").outgoing("Добрый день!").incoming("Привет");
    for file in [export.to_json(), export.to_minified(), format!("\u{feff}\n{}\n", export.to_json())] {
        let (report, kept) = good(&file);
        assert_eq!((report.format, report.chats, report.messages), ("telegram-json", 1, 2));
        assert!(!report.salvaged && !report.cancelled);
        assert_eq!(report.bytes_read, file.len() as u64);
        assert_eq!(kept.problems, []);
        assert_eq!(
            kept.others(),
            [
                "account 4001 Анна Белова",
                "chat 4001.user:555 PersonalChat Кирилл · Промстрой",
                "peer user:4001 Анна Белова",
                "peer user:555 Кирилл · Промстрой"
            ]
        );
        assert_eq!(kept.texts(), ["Добрый день!", "Привет"]);
        assert_eq!(directions(&kept), "oi");
        assert!(kept.posted().all(|s| s.seen_at == SEEN && s.content.extra.is_none() && s.content.entities.is_empty()));
        assert_eq!(kept.posted().next().unwrap().sent_at, Some(Timestamp(1_747_345_196)));
    }
}

#[test]
fn the_name_of_the_manager_tells_whose_group_it_is() {
    let group = || Export::single_chat("Бригада", 77).kind("private_supergroup").message(IGOR.id, IGOR.name, "Я на месте");
    let named = Options { manager: Some(format!(" {} ", ANNA.name.to_uppercase())), ..options() };
    let (_, kept) = run(group().message(ANNA.id, ANNA.name, "Хорошо").to_json(), &named);
    assert_eq!((directions(&kept), kept.reasons()), ("io".to_owned(), vec![]));
    let (_, kept) = run(group().to_json(), &named);
    assert_eq!((directions(&kept), kept.reasons()), ("i".to_owned(), vec![Reason::ManagerUnknown]));
    let twice = group().message(ANNA.id, ANNA.name, "Хорошо").message(4777, ANNA.name, "Я тёзка");
    let (_, kept) = run(twice.to_json(), &named);
    assert_eq!((directions(&kept), kept.reasons()), ("iii".to_owned(), vec![Reason::ManagerUnknown]));
}

#[test]
fn a_whole_account() {
    let export = Export::account()
        .owner(4001, "Анна Белова")
        .chat("personal_chat", KIRILL.name, 555)
        .incoming("Где счёт?")
        .outgoing("Пришлю")
        .chat("private_group", "Бригада", 77)
        .message(IGOR.id, IGOR.name, "Я на месте")
        .outgoing("Хорошо")
        .chat("private_supergroup", "", 77)
        .message(IGOR.id, IGOR.name, "А тут?")
        .left_chat("public_channel", "Новости", 78);
    let (report, kept) = good(export.to_json());
    assert_eq!((report.chats, report.messages), (4, 5));
    assert_eq!(directions(&kept), "ioioi");
    let others = kept.others();
    assert_eq!(others.iter().filter(|o| o.starts_with("account")).count(), 1);
    for chat in [
        "chat 4001.user:555 PersonalChat Кирилл · Промстрой",
        "chat 4001.group:77 PrivateGroup Бригада",
        "chat channel:77 PrivateSupergroup -",
        "chat channel:78 PublicChannel Новости",
    ] {
        assert!(others.iter().any(|o| o == chat), "{chat}");
    }
    assert_eq!(others.iter().filter(|o| o.starts_with("peer")).count(), 3, "a name is told once");
}

#[test]
fn the_owner_is_found_without_being_named() {
    let check = |export: &Export, options: &Options, expected: &str| {
        let (_, kept) = run(export.to_json(), options);
        let account = kept.others().into_iter().find(|o| o.starts_with("account")).unwrap_or_default();
        assert_eq!(account, expected);
    };
    let account = || Export::account().owner(4001, "Анна Белова").without_identity();
    let saved = account().chat("saved_messages", "", 4001).outgoing("не забыть");
    check(&saved, &options(), "account 4001 Анна Белова");
    let two = account()
        .chat("personal_chat", "Кирилл", 555)
        .incoming("а")
        .outgoing("б")
        .chat("bot_chat", "Бот", 9)
        .outgoing("/start")
        .chat("personal_chat", "Игорь", 4002)
        .incoming("тихо");
    check(&two, &options(), "account 4001 Анна Белова");
    check(&account().chat("personal_chat", "Кирилл", 555).incoming("а"), &options(), "");
    check(&account().chat("private_group", "Бригада", 7).message(4001, "Анна", "а"), &options(), "");
    let told = Options { owner: Some(4002), ..options() };
    let group = account().chat("private_group", "Бригада", 7).message(1, "Олег", "а").message(4002, "Игорь С.", "б");
    check(&group, &told, "account 4002 Игорь С.");
    let named = Options { owner: Some(4002), manager: Some("Игорь".to_owned()), ..options() };
    check(&group, &named, "account 4002 Игорь");
    let silent = Options { owner: Some(4003), ..options() };
    check(&group, &silent, "account 4003 4003");
    let (_, kept) = run(group.to_json(), &told);
    assert_eq!(directions(&kept), "io");
}

#[test]
fn a_file_of_before_2021() {
    let export = Export::single_chat("Кирилл", 555).owner(4001, "Анна").packed().outgoing("раз").incoming("два");
    let (_, kept) = good(export.to_json());
    assert_eq!(directions(&kept), "oi");
    assert_eq!(kept.others()[1], "chat 4001.user:555 PersonalChat Кирилл");
    assert_eq!(kept.reasons(), [Reason::TimezoneAssumed]);
    assert_eq!(kept.problems[0].place, "messages[0] (line 6, byte 89)");
    assert_eq!(kept.posted().next().unwrap().sent_at, Some(Timestamp(1_747_345_196)));
    let moscow = Options { timezone: Some(TimeZone::fixed(jiff::tz::offset(3))), ..options() };
    let (_, kept) = run(export.to_json(), &moscow);
    assert_eq!(kept.problems, []);
    assert_eq!(kept.posted().next().unwrap().sent_at, Some(Timestamp(1_747_345_196 - 3 * 3600)));
    let group = Export::account().owner(4001, "Анна").packed().chat("private_group", "Бригада", 7).outgoing("а");
    assert!(good(group.to_json()).1.others().contains(&"chat 4001.group:7 PrivateGroup Бригада".to_owned()));
}

#[test]
fn modern_ids_beyond_32_bits_are_not_unpacked() {
    let export = Export::single_chat("Кирилл", 5_294_967_296).owner(6_000_000_000, "Анна").incoming("а").outgoing("б");
    assert_eq!(good(export.to_json()).1.others()[1], "chat 6000000000.user:5294967296 PersonalChat Кирилл");
}

#[test]
fn header_after_messages_and_keys_in_any_order() {
    let message = r#"{"text": "а", "from_id": "user555", "from": "К", "date_unixtime": "5", "type": "message", "id": 1}"#;
    let file = format!(r#"{{"messages": [{message}], "x": {{"id": 9}}, "id": 555, "type": "personal_chat", "name": "К"}}"#);
    let (report, kept) = good(&file);
    assert_eq!((report.chats, report.messages), (1, 1));
    assert_eq!(kept.others(), ["chat user:555 PersonalChat К", "peer user:555 К"]);
    let account = format!(r#"{{"left_chats": [{file}], "chats": {{"list": [{file}], "about": ""}}}}"#);
    assert_eq!(good(account).0.messages, 2);
    assert_eq!(good(format!("[{file}, {file}]")).0.chats, 2);
}

#[test]
fn one_field_at_a_time() {
    let base = r#""id": 1, "type": "message", "date_unixtime": "1700000000", "from": "К", "from_id": "user555""#;
    let content = |own: &str| one(&format!("{{{base}, {own}}}")).only().content.clone();
    assert_eq!(content(r#""text": "а""#).text, "а");
    assert_eq!(content(r#""text": """#).kind, MessageKind::Text);
    assert_eq!(content(r#""author": "Игорь""#).signature.as_deref(), Some("Игорь"));
    assert_eq!(content(r#""author": 5"#).extra.as_deref(), Some(r#"{"author":5}"#));
    assert_eq!(content(r#""via_bot": "@gif""#).via_bot.as_deref(), Some("@gif"));
    assert_eq!(content(r#""forwarded_from": "Олег""#).forwarded_from.as_deref(), Some("Олег"));
    assert_eq!(content(r#""forwarded_from": null"#).extra.as_deref(), Some(r#"{"forwarded_from":null}"#));
    assert_eq!(content(r#""forwarded_from_id": "user5""#).extra.as_deref(), Some(r#"{"forwarded_from_id":"user5"}"#));
    assert_eq!(content(r#""saved_from": "Олег""#).extra.as_deref(), Some(r#"{"saved_from":"Олег"}"#));
    assert_eq!(
        content(r#""rich_message": {"blocks": [9007199254740993]}"#).extra.as_deref(),
        Some(r#"{"rich_message":{"blocks":[9007199254740993]}}"#)
    );
    assert_eq!(content(r#""poll": {"question": "?"}"#).kind, MessageKind::Poll);
    assert_eq!(content(r#""location_information": null"#).kind, MessageKind::Location);
    let reply = content(r#""reply_to_message_id": -999997039, "reply_to_peer_id": "channel5""#).reply_to.unwrap();
    assert_eq!((reply.message.0, reply.peer.unwrap().to_string().as_str()), (-999_997_039, "channel:5"));
    let edited = content(r#""text": "а", "text_entities": [{"type": "plain", "text": "б"}]"#);
    assert_eq!((edited.text.as_str(), edited.extra.is_some()), ("а", true), "hand-edited");
    let marked = content(r#""text": ["а"], "text_entities": [{"type": "bold", "text": "а"}]"#);
    assert_eq!((marked.entities.len(), marked.extra), (1, None));
    assert_eq!(content(r#""text_entities": [{"type": "plain", "text": "только тут"}]"#).text, "только тут");
    assert_eq!(content(r#""text": "a", "text": "b""#).extra.as_deref(), Some(r#"{"repeated":{"text":"a"}}"#));
}

#[test]
fn moments_senders_and_reactions() {
    let sighting = |fields: &str| one(&format!(r#"{{"id": 1, "text": "", {fields}}}"#)).only().clone();
    assert_eq!(sighting(r#""date_unixtime": "x", "date": "2023-11-14T22:13:20""#).sent_at, Some(Timestamp(1_700_000_000)));
    assert_eq!(sighting(r#""date_unixtime": 1700000000"#).sent_at, Some(Timestamp(1_700_000_000)));
    assert_eq!(sighting(r#""date_unixtime": "5", "edited": "1970-01-01T03:00:00""#).edited_at, None);
    assert_eq!(
        sighting(r#""date_unixtime": "5", "edited_unixtime": "1700000000", "edited": "x""#).edited_at,
        Some(Timestamp(1_700_000_000))
    );
    let deleted = sighting(r#""date_unixtime": "5", "from": null, "from_id": "user555""#);
    assert_eq!((deleted.sender_name, deleted.content.extra, deleted.direction), (None, None, Direction::In));
    let nobody = sighting(r#""date_unixtime": "5", "from": null, "from_id": null"#);
    assert_eq!((nobody.sender, nobody.content.extra), (None, None));
    let reacted = sighting(
        r#""date_unixtime": "5", "reactions": [{"type": "emoji", "count": 2, "emoji": "👍", "recent": []},
        {"type": "custom_emoji", "count": 1, "document_id": "5"}, {"type": "paid", "count": 3}]"#,
    );
    let marks: Vec<_> = reacted.reactions.iter().map(|r| (r.mark.as_str(), r.count)).collect();
    assert_eq!(marks, [("👍", 2), ("custom", 1), ("paid", 3)]);
    assert_eq!(reacted.content.extra, None, "a reaction is no edit");
    let unsupported = one(r#"{"id": 7, "type": "unsupported"}"#);
    assert_eq!((unsupported.only().content.kind, unsupported.only().sent_at), (MessageKind::Unsupported, None));
    assert_eq!(one(r#"{"id": -999814828, "date_unixtime": "5"}"#).ids(), [-999_814_828]);
}

#[test]
fn actions_keep_their_own_fields() {
    let service = |own: &str| {
        let kept =
            one(&format!(r#"{{"id": 1, "type": "service", "date_unixtime": "5", {own}, "text": "", "text_entities": []}}"#));
        let content = kept.only().content.clone();
        assert_eq!((content.kind, content.text.as_str(), content.extra), (MessageKind::Service, "", None));
        let service = content.service.unwrap();
        format!("{} {}", service.action, service.fields)
    };
    let actor = r#""actor": "А", "actor_id": "user4001""#;
    assert_eq!(
        service(&format!(r#"{actor}, "action": "invite_members", "members": [null, "К"]"#)),
        r#"invite_members {"members":[null,"К"]}"#
    );
    assert_eq!(service(&format!(r#"{actor}, "information_text": "Своё""#)), r#"custom {"information_text":"Своё"}"#);
    assert_eq!(service(&format!(r#"{actor}, "action": "из будущего", "x": 1"#)), r#"из будущего {"x":1}"#);
    assert_eq!(
        service(&format!(r#"{actor}, "action": "send_star_gift", "gift_id": 5170233102089322756, "text": "Поздравляю""#)),
        r#"send_star_gift {"gift_id":5170233102089322756,"text":"Поздравляю"}"#
    );
    assert_eq!(
        service(r#""action": "proximity_reached", "from": "А", "from_id": "user1", "to": "Б", "to_id": "user2", "distance": 5"#),
        r#"proximity_reached {"from":"А","from_id":"user1","to":"Б","to_id":"user2","distance":5}"#
    );
    assert_eq!(
        service(&format!(r#"{actor}, "action": "edit_group_photo", "photo": "photos/a.jpg", "width": 5"#)),
        r#"edit_group_photo {"photo":"photos/a.jpg","width":5}"#
    );
    let export = Export::single_chat("К", 555).action(ANNA, "phone_call", json!({"duration_seconds": 9}));
    assert_eq!(good(export.to_json()).1.only().sender, Some(letopis_model::PeerId::user(4001)));
}

#[test]
fn hostile_content_comes_through_as_data() {
    let export = hostile_chat(555);
    let (report, kept) = good(export.to_json());
    assert_eq!(report.messages as usize, export.count());
    assert_eq!(kept.reasons(), [Reason::UnsafePath]);
    assert_eq!(kept.posted().filter(|s| s.content.media.as_ref().is_some_and(|m| m.path.is_some())).count(), 0);
    assert!(kept.texts().iter().any(|text| text.chars().count() == letopis_testkit::LONG_LINE));
    assert!(!format!("{:?}", kept.changes).contains("script"));
}

#[test]
fn what_is_no_export_is_refused() {
    let check = |file: &str, expected: &str| {
        let (result, kept) = run(file, &options());
        assert_eq!(format!("{:?}", result.map(|_| ()).unwrap_err()), expected, "{file}");
        assert!(kept.changes.is_empty() && kept.problems.is_empty());
    };
    check("{}", "NotAnExport");
    check(r#"{"a": [1, 2]}"#, "NotAnExport");
    check("[]", "NotAnExport");
    check("[1, 2]", "NotAnExport");
    check(r#"[{"id": 1, "text": "а"}]"#, "NotAnExport");
    check(r#"{"messages": [{"role": "user", "content": "hi"}]}"#, "NotAnExport");
    check(r#"{"chats": 5}"#, "NotAnExport");
    check("плохо", "NotAnExport");
}

#[test]
fn empty_accounts_and_chats_are_healthy() {
    let (report, _) = good(Export::account().to_json());
    assert_eq!((report.chats, report.messages, report.salvaged), (0, 0, false));
    assert_eq!(good(Export::single_chat("К", 5).to_json()).0.chats, 1);
    assert_eq!(good(r#"{"about": "", "contacts": {"about": "", "list": [{"phone_number": "+7"}]}}"#).0.chats, 0);
}

#[test]
fn cancelling_is_no_error() {
    let export = Export::single_chat("К", 555).owner(4001, "Анна").outgoing("а").incoming("б").incoming("в").to_json();
    for stop_after in 1..=5 {
        let mut kept = Kept { stop_after: Some(stop_after), ..Kept::default() };
        let report = super::read(std::io::Cursor::new(&export), &options(), &mut kept).unwrap();
        assert!(report.cancelled && !report.salvaged);
        assert_eq!(kept.changes.len(), stop_after);
    }
    let (result, _) = run("", &options());
    assert!(matches!(result, Err(Error::NotAnExport)), "an empty file is named by whoever opens it");
}

#[test]
fn topics_are_rebuilt_from_reply_chains() {
    let export = Export::single_chat("Форум", 77)
        .kind("private_supergroup")
        .message(4002, "Игорь", "до тем")
        .action(ANNA, "topic_created", json!({"title": "Отгрузки"}))
        .message(4002, "Игорь", "в теме")
        .with("reply_to_message_id", json!(2))
        .message(4001, "Анна", "ответ на сообщение темы")
        .with("reply_to_message_id", json!(3))
        .with("saved_from", json!("Склад"))
        .message(4001, "Анна", "ответ до тем")
        .with("reply_to_message_id", json!(1))
        .message(4001, "Анна", "ответ в другой чат")
        .with("reply_to_message_id", json!(2))
        .with("reply_to_peer_id", json!("channel5"));
    let (_, kept) = good(export.to_json());
    let extras: Vec<_> = kept.posted().map(|s| s.content.extra.as_deref().unwrap_or("-")).collect();
    let topic = r#""topic":{"id":2,"title":"Отгрузки"}"#;
    assert_eq!(extras, ["-", "-", &format!("{{{topic}}}"), &format!("{{\"saved_from\":\"Склад\",{topic}}}"), "-", "-"]);
}

#[test]
fn contacts_name_only_those_who_are_in_the_chats() {
    let mut file = Export::account()
        .owner(4001, "Анна")
        .chat("personal_chat", "", 555)
        .incoming("а")
        .with("from", json!(null))
        .outgoing("б")
        .to_value();
    let list = json!([{"user_id": 555, "first_name": "Кирилл", "last_name": "Промстрой", "phone_number": "+7"},
        {"user_id": 901, "first_name": "Мама", "last_name": "", "phone_number": "+7"}, {"date": "2020-01-01T00:00:00"}]);
    file["contacts"] = json!({"about": "", "list": list});
    let (_, kept) = good(file.to_string());
    assert_eq!(
        kept.others(),
        [
            "account 4001 Анна",
            "chat 4001.user:555 PersonalChat Кирилл Промстрой",
            "peer user:555 Кирилл Промстрой",
            "peer user:4001 Анна"
        ]
    );
    assert_eq!(kept.posted().next().unwrap().sender_name, None, "what the message itself shows is not changed");
}

#[test]
fn an_export_of_2018_has_no_ids_of_chats() {
    let message = |id: i64, from: &str, text: &str| json!({"id": id, "type": "message", "date": "2018-08-01T10:00:00", "edited": "1970-01-01T03:00:00", "from": from, "text": text});
    let chat = |name: &str, messages: serde_json::Value| json!({"name": name, "type": "personal_chat", "messages": messages});
    let list = json!([
        chat("Кирилл", json!([message(1, "Кирилл", "Добрый день"), message(2, "Анна", "Здравствуйте")])),
        chat("Олег", json!([message(3, "Олег", "Привет")])),
        chat("Олег", json!([]))
    ]);
    let file = json!({"about": "x", "personal_information": {"first_name": "Анна"}, "chats": {"about": "", "list": list}});
    let (report, kept) = good(file.to_string());
    assert_eq!((report.chats, report.messages, report.lost), (3, 3, 0));
    let chats: std::collections::BTreeSet<_> = kept.posted().map(|s| s.chat.peer().id).collect();
    assert!(chats.len() == 2 && chats.iter().all(|id| *id < 0));
    assert_eq!(kept.reasons().iter().filter(|why| **why == Reason::UnknownChat).count(), 3);
    assert!(kept.posted().all(|s| s.edited_at.is_none()));
    assert_eq!(directions(&kept), "ioi", "by the names, for want of ids");
}

#[test]
fn a_bare_list_of_messages_is_a_chat_of_its_own() {
    let export = Export::single_chat("Кирилл", 555).incoming("раз").outgoing("два");
    let bare = export.to_value()["messages"].clone();
    for file in [bare.to_string(), format!("{bare:#}")] {
        let (report, kept) = good(&file);
        assert_eq!((report.chats, report.messages, kept.reasons()), (1, 2, vec![Reason::UnknownChat]));
        assert!(kept.posted().next().unwrap().chat.peer().id < 0);
        let (again, same) = good(&file);
        assert_eq!((again.messages, same.posted().next().unwrap().chat), (2, kept.posted().next().unwrap().chat));
    }
    let whole = bare.to_string();
    let (report, _) = good(whole.trim_end_matches("\"}]}]"));
    assert_eq!((report.messages, report.lost, report.salvaged), (1, 1, true));
}

#[test]
fn utf16_and_crlf_files() {
    let text = Export::single_chat("Кирилл", 555).incoming("раз 🔥").outgoing("два").to_json().replace('\n', "\r\n");
    assert_eq!(good(&text).1.texts(), ["раз 🔥", "два"]);
    let bytes: Vec<u8> = std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    let mut kept = Kept::default();
    let report = crate::import_bytes(&bytes, &options(), &mut kept).unwrap();
    assert_eq!((report.messages, kept.texts()), (2, vec!["раз 🔥", "два"]));
}

#[test]
fn packed_chats_without_a_sender_are_unpacked_only_in_old_files() {
    let message = r#"{"id": 1, "type": "message", "date": "2020-08-01T10:00:00", "text": "а"}"#;
    let modern = message.replace("\"text\"", "\"date_unixtime\": \"1596276000\", \"text\"");
    let chat = |message: &str| {
        let file = format!(r#"{{"name": "К", "type": "private_channel", "id": 8589934669, "messages": [{message}]}}"#);
        good(file).1.posted().next().unwrap().chat.to_string()
    };
    assert_eq!((chat(message), chat(&modern)), ("channel:77".to_owned(), "channel:8589934669".to_owned()));
}

#[test]
fn what_is_not_known_is_kept_and_found_as_words() {
    let base = r#""id": 1, "date_unixtime": "1700000000", "from": "К", "from_id": "user555""#;
    let content = |own: &str| one(&format!("{{{base}, {own}}}")).only().content.clone();
    let rich =
        content(r#""type": "message", "rich_message": {"blocks": [{"type": "p", "text": "Раз"}, {"items": [{"text": "два"}]}]}"#);
    assert_eq!((rich.text.as_str(), rich.kind, rich.extra.is_some()), ("Раз\nдва", MessageKind::Text, true));
    let kind = content(r#""type": "голограмма", "text": "подпись""#);
    assert_eq!((kind.text.as_str(), kind.extra.as_deref()), ("подпись", Some(r#"{"type":"голограмма"}"#)));
    let unknown = content(r#""type": "message", "text": "", "hologram": {"file": "x"}"#);
    assert_eq!((unknown.kind, unknown.extra.as_deref()), (MessageKind::Unsupported, Some(r#"{"hologram":{"file":"x"}}"#)));
    assert_eq!(content(r#""type": "message", "text": """#).kind, MessageKind::Text, "a dice, a story");
}

#[test]
fn a_chat_that_was_left_and_entered_again_comes_under_one_id() {
    let export = Export::account()
        .owner(4001, "Анна")
        .chat("private_supergroup", "Бригада", 77)
        .message(4002, "Игорь", "раз")
        .left_chat("private_supergroup", "Бригада", 77)
        .message(4002, "Игорь", "раз");
    let (report, kept) = good(export.to_json());
    assert_eq!((report.chats, report.messages), (2, 2));
    let chats: std::collections::BTreeSet<_> = kept.posted().map(|s| s.chat).collect();
    assert_eq!(chats.len(), 1);
}

#[test]
fn commas_too_many_and_numbers_as_strings() {
    let message = r#"{"id": 1, "type": "message", "date_unixtime": "5", "text": "а",}"#;
    let file = format!(r#"{{"name": "К", "type": "personal_chat", "id": "555", "messages": [{message}, {message},],}}"#);
    let (report, kept) = good(file);
    assert_eq!((report.messages, report.lost, kept.problems.len()), (2, 0, 0));
    assert_eq!(kept.posted().next().unwrap().chat.to_string(), "user:555");
}
