//! A server that is none of ours: keys are agreed on under its own public key, and it says everything that the protocol
//! allows, in whatever order. And what may be refused on the way in.

use crate::stage::{PHONE, Stage, application};
use letopis_engine::capture::{Capture, CaptureState, LoginView};
use letopis_engine::{Failure, Lang};
use letopis_testkit_telegram::{Chat, ExchangeFault, Options, RpcFault, Telegram, UserId};
use std::sync::Arc;

fn strange(options: Options) -> Stage {
    let stage = Stage::on(Telegram::with(options));
    stage.strange();
    stage
}

fn chatty() -> Stage {
    strange(Options { chatty: true, ..Options::default() })
}

fn office(stage: &Stage) -> (UserId, Vec<Chat>) {
    let kirill = stage.tg.user("Кирилл");
    let chats = vec![
        stage.tg.private(stage.anna, kirill),
        stage.tg.group("Проект", &[stage.anna, kirill]),
        stage.tg.supergroup("Бригада", &[stage.anna, kirill]),
    ];
    (kirill, chats)
}

/// Received, edited, deleted, cut, restarted, caught up.
fn a_day(stage: &Stage) {
    let (kirill, chats) = office(stage);
    let old: Vec<_> = chats.iter().map(|chat| stage.tg.say(*chat, kirill, "до нас")).collect();
    let account = stage.live(&chats);
    let live: Vec<_> = chats.iter().map(|chat| stage.tg.say(*chat, kirill, "при нас")).collect();
    for chat in &chats {
        stage.wait_text(*chat, "при нас");
    }
    stage.tg.edit(live[0], "исправлено");
    stage.tg.delete(&live[1..]);
    stage.wait_text(chats[0], "исправлено");
    stage.tg.faults(stage.anna).cut();
    for chat in &chats {
        stage.tg.say(*chat, kirill, "после обрыва");
        stage.wait_text(*chat, "после обрыва");
    }
    stage.stop();
    stage.tg.edit(old[0], "переписано без нас");
    stage.tg.delete(&old[1..2]);
    for chat in &chats {
        stage.tg.say(*chat, kirill, "без нас");
    }
    stage.restart();
    for chat in &chats {
        stage.wait_text(*chat, "без нас");
    }
    stage.wait_live(account);
    stage.wait_idle(account);
    stage.compare(&chats, 0);
    stage.check_silence();
}

#[test]
fn a_key_is_agreed_on_once_and_kept() {
    let stage = strange(Options::default());
    a_day(&stage);
    assert_eq!(stage.tg.exchanges(), 1, "the archive keeps the key over cuts and restarts");
}

#[test]
fn a_server_that_says_all_it_may() {
    a_day(&chatty());
}

#[test]
fn by_qr_and_password_in_another_data_centre() {
    let stage = chatty();
    stage.tg.set_home_dc(stage.anna, 4);
    stage.tg.set_password(stage.anna, "тайна", "сказка");
    let capture = stage.capture();
    let LoginView::Qr { url, .. } = capture.login_by_qr(application()).unwrap() else { panic!("a code to be scanned") };
    let token = url.strip_prefix("tg://login?token=").unwrap();
    let token = data_encoding::BASE64URL_NOPAD.decode(token.as_bytes()).unwrap();
    assert!(stage.tg.accept_login_token(stage.anna, &token));
    let LoginView::Password { .. } = capture.login_scanned().unwrap() else { panic!("a password is asked for") };
    let LoginView::Done { account, .. } = capture.login_password("тайна").unwrap() else { panic!("signed in") };
    assert_eq!((account, stage.tg.exchanges()), (stage.anna.0, 2));
}

#[test]
fn a_phone_of_another_data_centre() {
    let stage = strange(Options::default());
    stage.tg.set_home_dc(stage.anna, 4);
    stage.sign_in();
    assert_eq!(stage.tg.exchanges(), 2);
}

fn begin(capture: &Arc<Capture>) -> Result<LoginView, Failure> {
    capture.login_by_phone(application(), PHONE)
}

#[test]
fn an_exchange_may_take_turns() {
    for fault in [ExchangeFault::Retry, ExchangeFault::OnlyWithDc] {
        let stage = strange(Options::default());
        stage.tg.exchange_fault(Some(fault));
        assert!(matches!(begin(&stage.capture()), Ok(LoginView::Code { .. })), "{fault:?}");
        assert_eq!(stage.tg.exchanges(), 1);
    }
}

#[test]
fn an_exchange_that_is_not_to_be_trusted_ends_in_words() {
    for fault in [ExchangeFault::Fail, ExchangeFault::Changed, ExchangeFault::Weak] {
        let stage = strange(Options::default());
        stage.tg.exchange_fault(Some(fault));
        let refused = begin(&stage.capture()).err();
        assert!(matches!(refused, Some(Failure::TelegramOffline(_))), "{fault:?}");
        stage.tg.exchange_fault(None);
        assert!(matches!(begin(&stage.capture()), Ok(LoginView::Code { .. })), "the next try is a new one");
    }
    let stage = strange(Options::default());
    stage.tg.exchange_fault(Some(ExchangeFault::OtherKey));
    let refused = begin(&stage.capture()).err();
    assert!(matches!(refused, Some(Failure::TelegramRefused(name)) if name == "SERVER_KEY_UNKNOWN"));
}

#[test]
fn a_key_that_the_server_forgot_ends_the_session() {
    let stage = strange(Options::default());
    let (kirill, chats) = office(&stage);
    stage.tg.say(chats[0], kirill, "начало");
    let account = stage.live(&chats);
    stage.tg.faults(stage.anna).lose_key();
    stage.until("signed out", || matches!(stage.state(account), CaptureState::SignedOut(_)));
    assert_eq!(stage.texts(chats[0]), ["начало"]);
}

#[test]
fn refusals_on_the_way_in() {
    let stage = strange(Options::default());
    let capture = stage.capture();
    let door = stage.tg.door_faults();
    let check = |code, name: &'static str, is_right: fn(&Failure) -> bool| {
        door.on("auth.sendCode", RpcFault::Error(code, name), 1);
        let failure = begin(&capture).err().unwrap_or_else(|| panic!("{name} was not told"));
        assert!(is_right(&failure), "{name}: {failure:?}");
        assert!(!failure.words(Lang::Ru).is_empty() && !failure.words(Lang::En).is_empty());
    };
    check(400, "PHONE_NUMBER_BANNED", |f| matches!(f, Failure::TelegramRefused(_)));
    check(400, "API_ID_INVALID", |f| matches!(f, Failure::TelegramRefused(_)));
    check(406, "PHONE_NUMBER_INVALID", |f| matches!(f, Failure::TelegramRefused(_)));
    check(420, "FLOOD_WAIT_1", |f| matches!(f, Failure::TelegramWait(1)));
    check(500, "INTERNAL", |f| matches!(f, Failure::TelegramOffline(_)));
    check(303, "PHONE_MIGRATE_9", |f| matches!(f, Failure::TelegramRefused(_)));
    door.on("auth.sendCode", RpcFault::Malformed, 1);
    assert!(begin(&capture).is_err());
    door.on("auth.sendCode", RpcFault::Unknown, 1);
    assert!(begin(&capture).is_err());
    door.on("auth.sendCode", RpcFault::Error(500, "AUTH_RESTART"), 1);
    assert!(matches!(begin(&capture), Ok(LoginView::Code { .. })), "begun again by itself");
}

#[test]
fn a_number_without_an_account_opens_none() {
    let stage = strange(Options::default());
    let capture = stage.capture();
    let LoginView::Code { .. } = capture.login_by_phone(application(), "+79995554433").unwrap() else { panic!("a code") };
    let refused = capture.login_code("12345").err();
    assert!(matches!(refused, Some(Failure::TelegramRefused(name)) if name == "PHONE_NUMBER_UNOCCUPIED"));
    assert_eq!(stage.tg.count("auth.signUp"), 0);
}

#[test]
fn an_account_without_chats_is_live_all_the_same() {
    let stage = strange(Options { chatty: true, login_notices: false, ..Options::default() });
    let account = stage.live(&[Chat::Channel(77)]);
    let (folders, rows) = stage.capture().scan(account).unwrap();
    assert_eq!((folders.len(), rows.len()), (0, 0));
    assert_eq!(stage.state(account), CaptureState::Live);
}

#[test]
fn what_a_server_does_not_have_is_done_without() {
    let stage = chatty();
    let (kirill, chats) = office(&stage);
    stage.tg.say(chats[1], kirill, "начало");
    let faults = stage.tg.faults(stage.anna);
    faults.on("messages.getDialogFilters", RpcFault::Error(400, "METHOD_INVALID"), u32::MAX);
    let account = stage.live(&chats);
    stage.wait_text(chats[1], "начало");
    faults.on("updates.getDifference", RpcFault::Error(400, "PERSISTENT_TIMESTAMP_INVALID"), 1);
    stage.stop();
    stage.tg.say(chats[1], kirill, "без нас");
    stage.restart();
    stage.wait_text(chats[1], "без нас");
    stage.wait_live(account);
    stage.wait_idle(account);
    stage.compare(&chats, 0);
}

#[test]
fn a_clock_that_is_ahead_is_named() {
    let stage = strange(Options::default());
    stage.tg.skew(-600);
    let refused = begin(&stage.capture()).err();
    assert!(matches!(refused, Some(Failure::TelegramRefused(name)) if name == "CLOCK_AHEAD"));
    stage.tg.skew(0);
    let account = stage.live(&[Chat::Channel(77)]);
    stage.tg.skew(-600);
    stage.restart();
    let trouble = || stage.archive().accounts().unwrap().remove(0).trouble;
    stage.until("the clock is named", || trouble().as_deref() == Some("CLOCK_AHEAD"));
    stage.tg.skew(0);
    stage.wait_live(account);
    stage.until("nothing to be said", || trouble().is_none());
}
