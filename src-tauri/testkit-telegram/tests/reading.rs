//! Lists, pages, ids, files, faults of calls, takeout: what a client asks for.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test may stop")]

mod common;

use std::time::Duration;

use common::{Device, device, name_of, signed_in};
use grammers_client::media::Media;
use grammers_session::types::PeerRef;
use grammers_tl_types::{enums, functions, types};
use letopis_testkit_telegram::{Draft, Options, RpcFault, Telegram, UserId};

async fn start(options: Options) -> (Telegram, UserId, UserId, Device) {
    let tg = Telegram::with(Options { login_notices: false, ..options });
    let (anna, kirill) = (tg.account("Анна Белова", "+79990000001"), tg.user("Кирилл"));
    let device = signed_in(&tg, anna).await;
    (tg, anna, kirill, device)
}

async fn dialogs(device: &Device) -> Vec<(String, PeerRef)> {
    let mut dialogs = device.client.iter_dialogs();
    let mut names = Vec::new();
    while let Some(dialog) = dialogs.next().await.unwrap() {
        names.push((dialog.peer().name().unwrap_or_default().to_owned(), dialog.peer_ref()));
    }
    names
}

#[tokio::test]
async fn dialogs_come_in_pages_pinned_first_newest_next() {
    let (tg, anna, kirill, device) = start(Options::default()).await;
    for n in 0..130 {
        let chat = tg.supergroup(&format!("Чат {n}"), &[anna, kirill]);
        tg.say(chat, kirill, "здравствуйте");
        tg.pass(1);
        if n == 5 {
            tg.pin_dialog(anna, chat, true);
        }
    }
    let names: Vec<String> = dialogs(&device).await.into_iter().map(|(name, _)| name).collect();
    let mut expected: Vec<String> = (0..130).rev().filter(|n| *n != 5).map(|n| format!("Чат {n}")).collect();
    expected.insert(0, "Чат 5".into());
    assert_eq!(names, expected);
}

#[tokio::test]
async fn folders_and_the_archive_are_told() {
    let (tg, anna, kirill, device) = start(Options::default()).await;
    let (work, home) = (tg.group("Работа", &[anna, kirill]), tg.private(anna, kirill));
    tg.say(home, kirill, "привет");
    tg.folder(anna, "Клиенты", &[work]);
    tg.folder_of_kinds(anna, "Группы", &["groups"], &[home]);
    tg.archive(anna, home, true);
    let answer = device.client.invoke(&functions::messages::GetDialogFilters {}).await.unwrap();
    let enums::messages::DialogFilters::Filters(filters) = answer;
    let titles: Vec<String> = filters.filters.iter().filter_map(title).collect();
    assert_eq!(titles, ["Клиенты", "Группы"]);
    let archived = ask_dialogs(&device, 1).await;
    assert_eq!(archived, 1);
    assert_eq!(ask_dialogs(&device, 0).await, 2, "the group, and one line for the archive");
}

fn title(filter: &enums::DialogFilter) -> Option<String> {
    let enums::DialogFilter::Filter(filter) = filter else { return None };
    let enums::TextWithEntities::Entities(title) = &filter.title;
    Some(title.text.clone())
}

async fn ask_dialogs(device: &Device, folder: i32) -> usize {
    let ask = functions::messages::GetDialogs {
        exclude_pinned: false,
        folder_id: Some(folder),
        offset_date: 0,
        offset_id: 0,
        offset_peer: enums::InputPeer::Empty,
        limit: 100,
        hash: 0,
    };
    let enums::messages::Dialogs::Dialogs(answer) = device.client.invoke(&ask).await.unwrap() else { panic!("all of them") };
    answer.dialogs.len()
}

#[tokio::test]
async fn history_is_read_to_the_end_and_deleted_ids_are_empty() {
    let (tg, anna, kirill, device) = start(Options::default()).await;
    let (client, wide) = (tg.private(anna, kirill), tg.supergroup("Проект", &[anna, kirill]));
    let said: Vec<_> = (0..250).map(|n| tg.say(client, kirill, &format!("строка {n}"))).collect();
    let post = tg.say(wide, kirill, "в группе");
    tg.delete(&[said[3], post]);
    let peers = dialogs(&device).await;
    let of = |name: &str| peers.iter().find(|(known, _)| known == name).unwrap().1;
    let mut messages = device.client.iter_messages(of("Кирилл"));
    let mut count = 0;
    while let Some(message) = messages.next().await.unwrap() {
        assert_ne!(message.id(), 4);
        count += 1;
    }
    assert_eq!(count, 249);
    let found = device.client.get_messages_by_id(of("Кирилл"), &[3, 4, 999]).await.unwrap();
    assert!(matches!(found[0].as_ref().unwrap().raw, enums::Message::Message(_)));
    assert!(found[1..].iter().all(|found| found.as_ref().is_none_or(|m| matches!(m.raw, enums::Message::Empty(_)))));
    let found = device.client.get_messages_by_id(of("Проект"), &[1]).await.unwrap();
    assert!(found[0].as_ref().is_none_or(|message| matches!(message.raw, enums::Message::Empty(_))));
}

#[tokio::test]
async fn another_accounts_hash_does_not_open_a_chat() {
    let (tg, anna, kirill, device) = start(Options::default()).await;
    let wide = tg.supergroup("Проект", &[anna, kirill]);
    tg.say(wide, kirill, "текст");
    let ask = |access_hash| functions::messages::GetHistory {
        peer: types::InputPeerChannel { channel_id: 1001, access_hash }.into(),
        offset_id: 0,
        offset_date: 0,
        add_offset: 0,
        limit: 10,
        max_id: 0,
        min_id: 0,
        hash: 0,
    };
    assert_eq!(name_of(&device.client.invoke(&ask(5)).await.unwrap_err()), "CHANNEL_INVALID");
    let peers = dialogs(&device).await;
    let right = peers[0].1.auth.hash();
    device.client.invoke(&ask(right)).await.unwrap();
    tg.kick(wide, anna, kirill);
    assert_eq!(name_of(&device.client.invoke(&ask(right)).await.unwrap_err()), "CHANNEL_PRIVATE");
}

#[tokio::test]
async fn a_file_of_another_data_centre_comes_whole_and_an_old_reference_does_not() {
    let (tg, anna, kirill, device) = start(Options::default()).await;
    let bytes: Vec<u8> = (0..700_000u32).flat_map(u32::to_le_bytes).collect();
    let file = tg.file("договор.pdf", "application/pdf", &bytes, 4);
    let client = tg.private(anna, kirill);
    tg.send(client, kirill, Draft::text("файл").media(file));
    let peer = dialogs(&device).await[0].1;
    let fetch = async || device.client.get_messages_by_id(peer, &[1]).await.unwrap().remove(0).unwrap().media().unwrap();
    let Media::Document(document) = fetch().await else { panic!("a document") };
    assert_eq!(download(&device, &document).await.unwrap(), bytes);
    assert!(tg.count("auth.exportAuthorization") == 1 && tg.count("auth.importAuthorization") == 1);
    tg.expire_references();
    assert_eq!(download(&device, &document).await.unwrap_err(), "FILE_REFERENCE_EXPIRED");
    let Media::Document(fresh) = fetch().await else { panic!("a document") };
    assert_eq!(download(&device, &fresh).await.unwrap(), bytes);
}

async fn download(device: &Device, media: &grammers_client::media::Document) -> Result<Vec<u8>, String> {
    let mut parts = device.client.iter_download(media);
    let mut bytes = Vec::new();
    while let Some(part) = parts.next().await.map_err(|error| name_of(&error))? {
        bytes.extend(part);
    }
    Ok(bytes)
}

#[tokio::test]
async fn calls_meet_the_faults_that_were_planned() {
    let (tg, anna, _, mut device) = start(Options::default()).await;
    let faults = tg.faults(anna);
    faults.on("updates.getState", RpcFault::Flood(1), 1);
    device.client.invoke(&functions::updates::GetState {}).await.unwrap();
    assert_eq!(tg.count("updates.getState"), 2, "the client waited and asked again");
    faults.on("updates.getState", RpcFault::Error(500, "INTERNAL"), 1);
    let refused = device.client.invoke(&functions::updates::GetState {}).await.unwrap_err();
    assert_eq!(name_of(&refused), "INTERNAL");
    for fault in [RpcFault::Malformed, RpcFault::Unknown] {
        faults.on("updates.getState", fault, 1);
        assert!(device.client.invoke(&functions::updates::GetState {}).await.is_err());
    }
    faults.on("*", RpcFault::Slow(Duration::from_millis(30)), 1);
    device.client.invoke(&functions::updates::GetState {}).await.unwrap();
    faults.on("updates.getState", RpcFault::Silent, 1);
    let silence = device.client.invoke(&functions::updates::GetState {});
    assert!(tokio::time::timeout(Duration::from_millis(100), silence).await.is_err());
    faults.on("updates.getState", RpcFault::CutAfter, 1);
    device.client.invoke(&functions::updates::GetState {}).await.unwrap();
    _ = device.updates.take();
}

#[tokio::test]
async fn ends_of_a_session_are_told_apart() {
    for (end, name) in [(0, "AUTH_KEY_UNREGISTERED"), (1, "SESSION_REVOKED"), (2, "USER_DEACTIVATED")] {
        let (tg, anna, _, device) = start(Options::default()).await;
        let faults = tg.faults(anna);
        match end {
            0 => faults.unregister(),
            1 => faults.revoke(),
            _ => faults.deactivate(),
        }
        let refused = device.client.invoke(&functions::updates::GetState {}).await.unwrap_err();
        assert_eq!(name_of(&refused), name);
    }
}

#[tokio::test]
async fn a_lost_key_ends_in_words_not_in_waiting() {
    let (tg, anna, _, device) = start(Options::default()).await;
    device.client.invoke(&functions::updates::GetState {}).await.unwrap();
    tg.faults(anna).lose_key();
    let outcome = tokio::time::timeout(Duration::from_secs(20), device.client.invoke(&functions::updates::GetState {})).await;
    let refused = outcome.expect("an end").unwrap_err();
    assert!(!name_of(&refused).is_empty());
}

#[tokio::test]
async fn a_computer_that_is_slow_corrects_itself() {
    let (tg, _, _, device) = start(Options::default()).await;
    tg.skew(3600);
    device.client.invoke(&functions::updates::GetState {}).await.unwrap();
}

/// grammers never lets its message ids fall, so a computer whose clock is ahead repeats the call for ever; the server ends
/// that. An app must tell such a user to set the clock.
#[tokio::test]
async fn grammers_cannot_correct_a_clock_that_is_ahead() {
    let (tg, _, _, device) = start(Options::default()).await;
    tg.skew(-3600);
    assert!(device.client.invoke(&functions::updates::GetState {}).await.is_err());
    assert_eq!(tg.count("updates.getState"), 0);
}

#[tokio::test]
async fn a_frozen_link_says_nothing_and_thaws_whole() {
    let (tg, anna, _, device) = start(Options::default()).await;
    device.client.invoke(&functions::updates::GetState {}).await.unwrap();
    tg.faults(anna).freeze();
    let client = device.client.clone();
    let asked = tokio::spawn(async move { client.invoke(&functions::updates::GetState {}).await.is_ok() });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!asked.is_finished());
    tg.faults(anna).thaw();
    assert!(asked.await.unwrap());
}

#[tokio::test]
async fn takeout_answers_and_tells_the_phone() {
    let (tg, anna, kirill, device) = start(Options::default()).await;
    tg.say(tg.private(anna, kirill), kirill, "раз");
    let ask = functions::account::InitTakeoutSession {
        contacts: false,
        message_users: true,
        message_chats: true,
        message_megagroups: true,
        message_channels: true,
        files: false,
        file_max_size: None,
    };
    tg.takeout_delay(anna, Some(86_400));
    assert_eq!(name_of(&device.client.invoke(&ask).await.unwrap_err()), "TAKEOUT_INIT_DELAY");
    tg.takeout_delay(anna, None);
    let enums::account::Takeout::Takeout(takeout) = device.client.invoke(&ask).await.unwrap();
    let query = functions::messages::GetDialogFilters {};
    device.client.invoke(&functions::InvokeWithTakeout { takeout_id: takeout.id, query }).await.unwrap();
    let query = functions::account::FinishTakeoutSession { success: true };
    device.client.invoke(&functions::InvokeWithTakeout { takeout_id: takeout.id, query }).await.unwrap();
    let query = functions::messages::GetDialogFilters {};
    let over = device.client.invoke(&functions::InvokeWithTakeout { takeout_id: takeout.id, query }).await.unwrap_err();
    assert_eq!(name_of(&over), "TAKEOUT_INVALID");
    assert_eq!(tg.rpcs_of(anna).iter().filter(|rpc| rpc.takeout).count(), 3);
    assert!(tg.history(anna, tg.private(anna, UserId(777_000))).iter().any(|(_, text)| text.contains("export")));
}

#[tokio::test]
async fn a_method_that_is_not_served_is_refused_and_logged() {
    let (tg, anna, _, device) = start(Options::default()).await;
    let refused = device.client.invoke(&functions::account::UpdateStatus { offline: true }).await.unwrap_err();
    assert_eq!(name_of(&refused), "INPUT_METHOD_INVALID");
    assert_eq!(tg.rpcs_of(anna).iter().filter(|rpc| rpc.method == "account.updateStatus").count(), 1);
}

#[tokio::test]
async fn a_forum_tells_its_topics() {
    let (tg, anna, kirill, device) = start(Options::default()).await;
    let forum = tg.forum("Поддержка", &[anna, kirill]);
    let topic = tg.topic(forum, "Счета");
    tg.send(forum, kirill, Draft::text("где счёт?").topic(topic));
    let peer: enums::InputPeer = dialogs(&device).await[0].1.into();
    let ask = functions::messages::GetForumTopics { peer, q: None, offset_date: 0, offset_id: 0, offset_topic: 0, limit: 10 };
    let enums::messages::ForumTopics::Topics(answer) = device.client.invoke(&ask).await.unwrap();
    assert_eq!((answer.count, answer.topics.len()), (1, 1));
}

#[tokio::test]
async fn a_device_that_is_not_signed_in_gets_nothing() {
    let tg = Telegram::start();
    let device = device(&tg.provision());
    let refused = device.client.invoke(&functions::messages::GetDialogFilters {}).await.unwrap_err();
    assert_eq!(name_of(&refused), "AUTH_KEY_UNREGISTERED");
}
