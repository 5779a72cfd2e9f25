//! Signing in to the test server with an unmodified client: code, QR, password, wrong ones, other data centres, signing out.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test may stop")]

mod common;

use common::{API_HASH, device, kind_of, name_of, signed_in};
use grammers_client::SignInError;
use grammers_client::client::PasswordToken;
use grammers_session::Session;
use grammers_session::updates::UpdatesLike;
use grammers_tl_types::{enums, functions, types};
use letopis_testkit_telegram::{Options, Telegram};

const PHONE: &str = "+79990000001";

#[tokio::test]
async fn a_right_code_signs_in_and_a_wrong_one_does_not() {
    let tg = Telegram::start();
    let anna = tg.account("Анна Белова", PHONE);
    let device = device(&tg.provision());
    assert!(!device.client.is_authorized().await.unwrap());
    let token = device.client.request_login_code(PHONE, API_HASH).await.unwrap();
    assert_eq!(kind_of(device.client.sign_in(&token, "00000").await.unwrap_err()), "code");
    let user = device.client.sign_in(&token, &tg.code(anna)).await.unwrap();
    assert_eq!((user.first_name(), user.last_name()), (Some("Анна"), Some("Белова")));
    assert!(device.client.is_authorized().await.unwrap());
    assert_eq!(tg.devices(anna), 1);
}

#[tokio::test]
async fn a_code_can_be_sent_another_way() {
    let tg = Telegram::start();
    let anna = tg.account("Анна Белова", PHONE);
    let device = device(&tg.provision());
    let settings = types::CodeSettings {
        allow_flashcall: false,
        current_number: false,
        allow_app_hash: false,
        allow_missed_call: false,
        allow_firebase: false,
        unknown_number: false,
        logout_tokens: None,
        token: None,
        app_sandbox: None,
    };
    let (phone_number, api_hash) = (PHONE.to_owned(), API_HASH.to_owned());
    let ask = functions::auth::SendCode { phone_number, api_id: 4242, api_hash, settings: settings.into() };
    let enums::auth::SentCode::Code(sent) = device.client.invoke(&ask).await.unwrap() else { panic!("a code") };
    assert!(matches!(sent.r#type, enums::auth::SentCodeType::App(_)) && sent.timeout == Some(60));
    let again =
        functions::auth::ResendCode { phone_number: PHONE.into(), phone_code_hash: sent.phone_code_hash.clone(), reason: None };
    let enums::auth::SentCode::Code(sent) = device.client.invoke(&again).await.unwrap() else { panic!("a code") };
    assert!(matches!(sent.r#type, enums::auth::SentCodeType::Sms(_)));
    let sign_in = |code: &str| functions::auth::SignIn {
        phone_number: PHONE.into(),
        phone_code_hash: sent.phone_code_hash.clone(),
        phone_code: Some(code.into()),
        email_verification: None,
    };
    assert_eq!(name_of(&device.client.invoke(&sign_in("12345")).await.unwrap_err()), "PHONE_CODE_INVALID");
    tg.pass(301);
    assert_eq!(name_of(&device.client.invoke(&sign_in(&tg.code(anna))).await.unwrap_err()), "PHONE_CODE_EXPIRED");
}

#[tokio::test]
async fn the_two_step_password_is_really_checked() {
    let tg = Telegram::start();
    let anna = tg.account("Анна Белова", PHONE);
    tg.set_password(anna, "ромашка", "цветок");
    let device = device(&tg.provision());
    let token = device.client.request_login_code(PHONE, API_HASH).await.unwrap();
    let Err(SignInError::PasswordRequired(question)) = device.client.sign_in(&token, "12345").await else { panic!("password") };
    assert_eq!(question.hint(), Some("цветок"));
    assert_eq!(kind_of(device.client.check_password(question, "лютик").await.unwrap_err()), "wrong password");
    let fresh = device.client.invoke(&functions::account::GetPassword {}).await.unwrap();
    let user = device.client.check_password(PasswordToken::new(fresh.into()), "ромашка").await.unwrap();
    assert_eq!(user.first_name(), Some("Анна"));
}

#[tokio::test]
async fn a_login_goes_to_the_home_of_the_account() {
    let tg = Telegram::start();
    let anna = tg.account("Анна Белова", PHONE);
    tg.set_home_dc(anna, 4);
    let device = device(&tg.provision());
    let token = device.client.request_login_code(PHONE, API_HASH).await.unwrap();
    device.client.sign_in(&token, "12345").await.unwrap();
    assert_eq!(device.session.home_dc_id().unwrap(), 4);
    assert_eq!(tg.rpcs().iter().filter(|rpc| rpc.method == "auth.sendCode").map(|rpc| rpc.dc).collect::<Vec<_>>(), [2, 4]);
}

fn export() -> functions::auth::ExportLoginToken {
    functions::auth::ExportLoginToken { api_id: 4242, api_hash: API_HASH.into(), except_ids: Vec::new() }
}

#[tokio::test]
async fn a_scanned_qr_code_signs_in() {
    let tg = Telegram::start();
    let anna = tg.account("Анна Белова", PHONE);
    let mut device = device(&tg.provision());
    let enums::auth::LoginToken::Token(shown) = device.client.invoke(&export()).await.unwrap() else { panic!("a code") };
    assert!(i64::from(shown.expires) > tg.now());
    assert!(tg.accept_login_token(anna, &shown.token));
    let mut updates = device.updates.take().unwrap();
    loop {
        let UpdatesLike::Updates(enums::Updates::UpdateShort(short)) = updates.recv().await.unwrap() else { continue };
        if short.update == enums::Update::LoginToken {
            break;
        }
    }
    let answer = device.client.invoke(&export()).await.unwrap();
    assert!(matches!(answer, enums::auth::LoginToken::Success(_)));
    assert!(device.client.is_authorized().await.unwrap());
}

#[tokio::test]
async fn an_old_qr_code_is_worth_nothing() {
    let tg = Telegram::start();
    let anna = tg.account("Анна Белова", PHONE);
    let device = device(&tg.provision());
    let enums::auth::LoginToken::Token(old) = device.client.invoke(&export()).await.unwrap() else { panic!("a code") };
    tg.pass(31);
    assert!(!tg.accept_login_token(anna, &old.token));
    let enums::auth::LoginToken::Token(new) = device.client.invoke(&export()).await.unwrap() else { panic!("a code") };
    assert_ne!(old.token, new.token);
}

#[tokio::test]
async fn a_qr_code_leads_to_another_data_centre_and_to_the_password() {
    let tg = Telegram::start();
    let anna = tg.account("Анна Белова", PHONE);
    tg.set_home_dc(anna, 4);
    tg.set_password(anna, "ромашка", "цветок");
    let device = device(&tg.provision());
    let enums::auth::LoginToken::Token(shown) = device.client.invoke(&export()).await.unwrap() else { panic!("a code") };
    tg.accept_login_token(anna, &shown.token);
    let enums::auth::LoginToken::MigrateTo(there) = device.client.invoke(&export()).await.unwrap() else { panic!("migrate") };
    assert_eq!(there.dc_id, 4);
    device.session.set_home_dc_id(4).await.unwrap();
    let import = functions::auth::ImportLoginToken { token: there.token };
    assert_eq!(name_of(&device.client.invoke(&import).await.unwrap_err()), "SESSION_PASSWORD_NEEDED");
    let question = device.client.invoke(&functions::account::GetPassword {}).await.unwrap();
    device.client.check_password(PasswordToken::new(question.into()), "ромашка").await.unwrap();
    assert_eq!(tg.devices(anna), 1);
}

#[tokio::test]
async fn signing_out_ends_the_device() {
    let tg = Telegram::with(Options { login_notices: false, ..Options::default() });
    let anna = tg.account("Анна Белова", PHONE);
    let device = signed_in(&tg, anna).await;
    device.client.sign_out().await.unwrap();
    assert!(!device.client.is_authorized().await.unwrap());
    assert_eq!(tg.devices(anna), 0);
}

#[tokio::test]
async fn a_number_nobody_has_must_sign_up() {
    let tg = Telegram::start();
    let device = device(&tg.provision());
    let token = device.client.request_login_code("+79991112233", API_HASH).await.unwrap();
    assert_eq!(kind_of(device.client.sign_in(&token, "12345").await.unwrap_err()), "sign up");
    let refused = device.client.request_login_code("12", API_HASH).await.map(|_| ()).unwrap_err();
    assert_eq!(name_of(&refused), "PHONE_NUMBER_INVALID");
}
