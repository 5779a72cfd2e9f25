//! The deletion drill: hours offline, hundreds deleted, whole chats wiped. Every original stays, every interval is true.

use crate::stage::Stage;
use letopis_engine::capture::Event;
use letopis_testkit_telegram::Telegram;

#[test]
fn deleted_while_nobody_listened() {
    let stage = Stage::on(Telegram::start());
    let kirill = stage.tg.user("Кирилл");
    let chats: Vec<_> = (0..3).map(|n| stage.tg.group(&format!("Группа {n}"), &[stage.anna, kirill])).collect();
    let wiped: Vec<_> = (0..2).map(|n| stage.tg.private(stage.anna, stage.tg.user(&format!("Клиент {n}")))).collect();
    let said: Vec<_> = (0..450).map(|n| stage.tg.say(chats[n % 3], kirill, &format!("сообщение {n}"))).collect();
    for chat in &wiped {
        for n in 0..20 {
            stage.tg.say(*chat, stage.anna, &format!("обещание {n}"));
        }
    }
    let all: Vec<_> = chats.iter().chain(&wiped).copied().collect();
    let account = stage.live(&all);
    stage.stop();
    stage.tg.pass(5 * 3600);
    stage.tg.delete(&said[0..300]);
    said[300..340].iter().for_each(|said| stage.tg.edit(*said, "исправлено"));
    wiped.iter().for_each(|chat| stage.tg.clear_history(*chat, stage.anna, true));
    stage.restart();
    stage.wait_live(account);
    stage.until("300 deletions and 40 originals", || stage.archive().totals().unwrap().deleted == 340);
    stage.wait_idle(account);
    stage.compare(&all, 0);
    let readable = all.iter().flat_map(|chat| stage.texts(*chat)).filter(|text| !text.is_empty()).count();
    assert_eq!(readable, 450 + 40);
}

#[test]
fn a_group_of_three_thousand_deleted_live() {
    let stage = Stage::new();
    let kirill = stage.tg.user("Кирилл");
    let group = stage.tg.supergroup("Большая", &[stage.anna, kirill]);
    let said: Vec<_> = (0..3000).map(|n| stage.tg.say(group, kirill, &format!("сообщение {n}"))).collect();
    let account = stage.live(&[group]);
    stage.tg.delete(&said);
    stage.until("all deletions", || stage.archive().totals().unwrap().deleted == 3000);
    stage.compare(&[group], 0);
    let alarms = stage.events.0.lock().unwrap().iter().filter(|e| matches!(e, Event::MassDeletion { .. })).count();
    assert_eq!(alarms, 1, "one alarm for one event");
    stage.wait_live(account);
}

#[test]
fn a_chat_that_disappears_is_one_event() {
    let stage = Stage::new();
    let kirill = stage.tg.user("Кирилл");
    let group = stage.tg.supergroup("Проект", &[kirill, stage.anna]);
    for n in 0..30 {
        stage.tg.say(group, kirill, &format!("сообщение {n}"));
    }
    let account = stage.live(&[group]);
    stage.tg.kick(group, stage.anna, kirill);
    stage.until("the chat is gone", || stage.archive().accounts().unwrap()[0].chats[0].is_gone);
    assert!(stage.archive().chat_record(stage.chat(group)).unwrap().vanished.is_some());
    assert!(stage.texts(group).len() >= 30);
    stage.wait_live(account);
}
