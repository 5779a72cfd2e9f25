//! Signing in by every way, and what survives a restart in the middle.

use crate::stage::{PHONE, Stage, application};
use letopis_engine::Failure;
use letopis_engine::capture::{CaptureState, LoginView};
use letopis_engine::model::AccountId;

#[test]
fn by_code_after_a_wrong_one() {
    let stage = Stage::new();
    let capture = stage.capture();
    assert!(capture.login_view().unwrap() == LoginView::None);
    let refused = capture.login_code("12345").err().unwrap();
    assert!(matches!(refused, Failure::NoLogin));
    let LoginView::Code { phone, .. } = capture.login_by_phone(application(), "+7 999 000-00-01").unwrap() else { panic!() };
    assert_eq!(phone, PHONE);
    let refused = capture.login_code("00000").err().unwrap();
    assert!(matches!(refused, Failure::TelegramRefused(name) if name == "PHONE_CODE_INVALID"));
    let LoginView::Done { account, name } = capture.login_code(&stage.tg.code(stage.anna)).unwrap() else { panic!() };
    assert_eq!((account, name.as_str()), (stage.anna.0, "Анна Белова"));
    let view = stage.archive().accounts().unwrap().remove(0);
    assert_eq!(view.state, CaptureState::NeedsConsent);
    assert!(capture.login_view().unwrap() == LoginView::None);
    stage.check_silence();
}

#[test]
fn half_a_login_survives_a_restart() {
    let stage = Stage::new();
    stage.tg.set_password(stage.anna, "тайна за семью печатями", "сказка");
    stage.capture().login_by_phone(application(), PHONE).unwrap();
    let capture = stage.restart();
    assert!(matches!(capture.login_view().unwrap(), LoginView::Code { .. }));
    let LoginView::Password { hint } = capture.login_code(&stage.tg.code(stage.anna)).unwrap() else { panic!() };
    assert_eq!(hint.as_deref(), Some("сказка"));
    let capture = stage.restart();
    assert!(matches!(capture.login_view().unwrap(), LoginView::Password { .. }));
    let refused = capture.login_password("не та тайна").err().unwrap();
    assert!(matches!(refused, Failure::TelegramRefused(name) if name == "PASSWORD_HASH_INVALID"));
    assert!(matches!(capture.login_password("тайна за семью печатями").unwrap(), LoginView::Done { .. }));
}

#[test]
fn by_qr_in_another_data_centre() {
    let stage = Stage::new();
    stage.tg.set_home_dc(stage.anna, 4);
    let capture = stage.capture();
    let LoginView::Qr { url, .. } = capture.login_by_qr(application()).unwrap() else { panic!() };
    let token = url.strip_prefix("tg://login?token=").unwrap();
    let token = data_encoding::BASE64URL_NOPAD.decode(token.as_bytes()).unwrap();
    assert!(stage.tg.accept_login_token(stage.anna, &token));
    let LoginView::Done { account, .. } = capture.login_scanned().unwrap() else { panic!() };
    assert_eq!(account, stage.anna.0);
}

#[test]
fn a_phone_of_another_data_centre_is_followed() {
    let stage = Stage::new();
    stage.tg.set_home_dc(stage.anna, 4);
    let account = stage.sign_in();
    assert_eq!(account, AccountId(stage.anna.0));
}

#[test]
fn signing_out_ends_the_session_on_the_server() {
    let stage = Stage::new();
    let account = stage.sign_in();
    assert_eq!(stage.tg.devices(stage.anna), 1);
    stage.capture().sign_out(account).unwrap();
    assert_eq!(stage.tg.devices(stage.anna), 0);
    assert!(matches!(stage.state(account), CaptureState::SignedOut(_)));
}

#[test]
fn a_login_that_was_given_up_leaves_nothing() {
    let stage = Stage::new();
    let capture = stage.capture();
    capture.login_by_phone(application(), PHONE).unwrap();
    capture.login_cancel().unwrap();
    assert!(stage.restart().login_view().unwrap() == LoginView::None);
    assert!(stage.archive().accounts().unwrap().is_empty());
}
