//! What is not work never enters, not even for a moment; what is, enters by itself.

use crate::stage::{Stage, allow};
use letopis_engine::capture::{CaptureRule, CaptureState, RuleOf};
use letopis_engine::model::MessageLink;

#[test]
fn nothing_without_consent_or_scope() {
    let stage = Stage::new();
    let kirill = stage.tg.user("Кирилл");
    let chat = stage.tg.private(stage.anna, kirill);
    let account = stage.sign_in();
    stage.capture().set_scope(account, vec![allow(stage.peer(chat))], Some(0)).unwrap();
    stage.capture().switch(account, true).unwrap();
    stage.until("consent is asked for", || stage.state(account) == CaptureState::NeedsConsent);
    assert_eq!(stage.tg.count("updates.getState") + stage.tg.count("messages.getHistory"), 0);
    stage.consent(account);
    stage.capture().set_scope(account, Vec::new(), Some(0)).unwrap();
    assert_eq!(stage.state(account), CaptureState::NeedsScope);
}

#[test]
fn a_private_chat_beside_the_work_stays_outside() {
    let stage = Stage::new();
    let (kirill, friend) = (stage.tg.user("Кирилл"), stage.tg.user("Подруга"));
    let (work, private) = (stage.tg.private(stage.anna, kirill), stage.tg.private(stage.anna, friend));
    let club = stage.tg.supergroup("Клуб", &[stage.anna, friend]);
    let account = stage.live(&[work]);
    let secret = stage.tg.say(private, friend, "личное");
    stage.tg.edit(secret, "совсем личное");
    stage.tg.say(club, friend, "клубное");
    stage.tg.delete(&[secret]);
    stage.tg.say(work, kirill, "рабочее");
    stage.wait_text(work, "рабочее");
    assert!(stage.texts(private).is_empty() && stage.texts(club).is_empty());
    let chats: Vec<_> = stage.archive().chats().unwrap().into_iter().map(|c| c.record.title).collect();
    assert_eq!(chats, ["Кирилл"]);
    stage.wait_live(account);
    // The file on the disk is encrypted; the tables behind it hold nothing of the private chat either.
    let view = stage.archive().accounts().unwrap().remove(0);
    assert!(view.chats.iter().all(|chat| chat.title == "Кирилл"));
    let id = stage.tg.id_of(secret, stage.anna);
    assert!(id.is_none_or(|id| stage.message(private, id).is_none()));
    let _ = MessageLink::new(stage.chat(private), letopis_engine::model::MessageId(1));
}

#[test]
fn a_new_chat_in_an_allowed_folder_joins_by_rule() {
    let stage = Stage::new();
    let kirill = stage.tg.user("Кирилл");
    let first = stage.tg.group("Первая", &[stage.anna, kirill]);
    let folder = stage.tg.folder(stage.anna, "Работа", &[first]);
    let account = stage.sign_in();
    stage.consent(account);
    let rule = CaptureRule { of: RuleOf::Folder(folder), allow: true, with_private: false };
    stage.capture().set_scope(account, vec![rule], Some(0)).unwrap();
    stage.capture().switch(account, true).unwrap();
    stage.tg.say(first, kirill, "раз");
    stage.wait_text(first, "раз");
    let second = stage.tg.supergroup("Вторая", &[stage.anna, kirill]);
    stage.tg.say(second, kirill, "до папки");
    stage.tg.add_to_folder(stage.anna, folder, second);
    stage.wait_text(second, "до папки");
    stage.tg.say(second, kirill, "после");
    stage.wait_text(second, "после");
    let private = stage.tg.private(stage.anna, kirill);
    stage.tg.add_to_folder(stage.anna, folder, private);
    stage.tg.say(private, kirill, "лично");
    stage.tg.say(first, kirill, "два");
    stage.wait_text(first, "два");
    assert!(stage.texts(private).is_empty(), "private chats are off by default");
}

#[test]
fn a_chat_taken_out_has_a_name_while_the_program_runs_and_is_never_kept() {
    let stage = Stage::new();
    let kirill = stage.tg.user("Кирилл");
    let (work, canteen) = (stage.tg.group("Работа", &[stage.anna, kirill]), stage.tg.group("Курилка", &[stage.anna, kirill]));
    let folder = stage.tg.folder(stage.anna, "Работа", &[work, canteen]);
    let account = stage.sign_in();
    stage.consent(account);
    let folder = CaptureRule { of: RuleOf::Folder(folder), allow: true, with_private: false };
    let out = CaptureRule { of: RuleOf::Chat(stage.peer(canteen)), allow: false, with_private: false };
    stage.capture().set_scope(account, vec![folder, out], Some(0)).unwrap();
    stage.capture().switch(account, true).unwrap();
    let title = || {
        let rules = stage.archive().accounts().unwrap().remove(0).rules;
        rules.into_iter().find(|row| row.rule == out).unwrap().title
    };
    stage.until("its name", || title() == "Курилка");
    stage.tg.say(work, kirill, "рабочее");
    stage.wait_text(work, "рабочее");
    stage.capture().switch(account, false).unwrap();
    assert_eq!(title(), "Курилка", "a pause is no reason to forget it");
    stage.stop();
    assert_eq!(title(), "", "the archive does not know it");
}

#[test]
fn withdrawal_stops_at_once_and_stays_on_record() {
    let stage = Stage::new();
    let kirill = stage.tg.user("Кирилл");
    let chat = stage.tg.private(stage.anna, kirill);
    let account = stage.live(&[chat]);
    stage.tg.say(chat, kirill, "до");
    stage.wait_text(chat, "до");
    stage.capture().withdraw_consent(account, "Анна Белова").unwrap();
    assert_eq!(stage.state(account), CaptureState::NeedsConsent);
    stage.tg.say(chat, kirill, "после");
    let capture = stage.restart();
    capture.switch(account, true).unwrap();
    stage.until("consent is asked for", || stage.state(account) == CaptureState::NeedsConsent);
    assert_eq!(stage.texts(chat), ["до"]);
    let consent = stage.archive().accounts().unwrap().remove(0).consent.unwrap();
    assert!(!consent.given && consent.who == "Анна Белова");
}

#[test]
fn a_scan_keeps_names_out_of_the_archive() {
    let stage = Stage::new();
    let kirill = stage.tg.user("Кирилл");
    let chat = stage.tg.private(stage.anna, kirill);
    let folder = stage.tg.folder(stage.anna, "Работа", &[chat]);
    stage.tg.say(chat, kirill, "привет");
    let account = stage.sign_in();
    let (folders, rows) = stage.capture().scan(account).unwrap();
    assert!(folders.iter().any(|found| found.id == folder && found.title == "Работа"));
    let row = rows.iter().find(|row| row.title == "Кирилл").unwrap();
    assert_eq!(row.folders, [folder]);
    assert_eq!(stage.archive().totals().unwrap().chats, 0);
}

#[test]
fn a_group_that_becomes_a_supergroup_stays_in_scope() {
    let stage = Stage::new();
    let kirill = stage.tg.user("Кирилл");
    let group = stage.tg.group("Проект", &[kirill, stage.anna]);
    let account = stage.live(&[group]);
    let heir = stage.tg.migrate(group);
    stage.tg.say(heir, kirill, "мы здесь");
    stage.wait_text(heir, "мы здесь");
    stage.restart();
    stage.tg.say(heir, kirill, "и всё ещё здесь");
    stage.wait_text(heir, "и всё ещё здесь");
    stage.wait_live(account);
}
