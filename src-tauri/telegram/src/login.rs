//! Signing in, step by step, by code, QR code and two-step password. Every step returns what the person must do next; what
//! has to survive a restart (phone, the code's hash) is in the step. Never signs up, never stores a password or a code.

use crate::account::door;
use crate::api::Api;
use crate::limiter::Pace;
use crate::{Application, Error, SessionData, Store, Tuning};
use grammers_crypto::two_factor_auth::{calculate_2fa, check_p_and_g};
use grammers_session::updates::UpdatesLike;
use grammers_tl_types as tl;
use letopis_model::AccountId;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tl::functions as f;
use tokio::sync::mpsc;
use zeroize::Zeroizing;

/// How a code travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeWay {
    /// In Telegram itself, on another device of the account.
    App,
    Sms,
    Call,
    /// The last digits of the calling number.
    MissedCall,
    FlashCall,
    Email,
    /// Through the site fragment.com.
    Fragment,
    /// A word or a phrase of an SMS.
    Word,
    /// Telegram wants an e-mail address first: to be given in an official app.
    NeedsEmail,
    Unknown,
}

/// A code is on its way.
#[derive(Clone, PartialEq, Eq)]
pub struct CodeSent {
    pub hash: String,
    pub way: CodeWay,
    /// Digits, if known.
    pub length: Option<u32>,
    /// Where it would go if sent again.
    pub next: Option<CodeWay>,
    /// Seconds after which it may be sent again.
    pub timeout: Option<u32>,
}

impl fmt::Debug for CodeSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CodeSent({:?})", self.way)
    }
}

/// A code to be scanned on a phone where the account is signed in.
#[derive(Clone, PartialEq, Eq)]
pub struct QrCode {
    /// `tg://login?token=…`
    pub url: String,
    /// Unix seconds, Telegram's clock.
    pub expires: i64,
}

impl fmt::Debug for QrCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("QrCode")
    }
}

/// Whose account it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Owner {
    pub id: AccountId,
    pub name: String,
}

impl fmt::Debug for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Owner({})", self.id.0)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginStep {
    Code(CodeSent),
    Qr(QrCode),
    /// The two-step password, with its hint.
    Password(Option<String>),
    Done(Owner),
}

pub struct Login {
    api: Api,
    updates: mpsc::Receiver<UpdatesLike>,
}

impl Login {
    /// Must be called inside a tokio runtime. Connects with the first request.
    pub fn start(app: Application, session: SessionData, store: Arc<dyn Store>, tuning: Tuning) -> Self {
        let api = door(app, session, store, tuning);
        let updates = api.connect();
        Login { api, updates }
    }

    /// # Errors
    /// `Refused`: `PHONE_NUMBER_INVALID`, `API_ID_INVALID`, `PHONE_NUMBER_BANNED`…; `Flood`; all of the network.
    pub async fn send_code(&self, phone: &str) -> Result<LoginStep, Error> {
        let app = self.api.app();
        let settings = tl::types::CodeSettings {
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
        let request = f::auth::SendCode {
            phone_number: phone.to_owned(),
            api_id: app.api_id,
            api_hash: app.api_hash.clone(),
            settings: settings.into(),
        };
        let answer = match self.api.call(&request, Pace::Urgent).await {
            // Telegram lost the thread of an earlier try and asks to begin again.
            Err(error) if error.is("AUTH_RESTART") => self.api.call(&request, Pace::Urgent).await,
            other => other,
        };
        sent(answer?)
    }

    /// Asks for the code again, by the next way.
    ///
    /// # Errors
    /// As [`Login::send_code`]; `Refused("SEND_CODE_UNAVAILABLE")` when there is no other way.
    pub async fn resend(&self, phone: &str, hash: &str) -> Result<LoginStep, Error> {
        let request = f::auth::ResendCode { phone_number: phone.to_owned(), phone_code_hash: hash.to_owned(), reason: None };
        sent(self.api.call(&request, Pace::Urgent).await?)
    }

    /// # Errors
    /// `Refused`: `PHONE_CODE_INVALID`, `PHONE_CODE_EXPIRED`, `PHONE_NUMBER_UNOCCUPIED`.
    pub async fn sign_in(&self, phone: &str, hash: &str, code: &str) -> Result<LoginStep, Error> {
        let request = f::auth::SignIn {
            phone_number: phone.to_owned(),
            phone_code_hash: hash.to_owned(),
            phone_code: Some(code.to_owned()),
            email_verification: None,
        };
        let answer = self.api.call(&request, Pace::Urgent).await;
        self.authorized(answer).await
    }

    /// A new code to be scanned, or the next step when one was scanned already.
    ///
    /// # Errors
    /// All of the network.
    pub async fn qr(&self) -> Result<LoginStep, Error> {
        let app = self.api.app();
        let request = f::auth::ExportLoginToken { api_id: app.api_id, api_hash: app.api_hash.clone(), except_ids: Vec::new() };
        let answer = self.api.call(&request, Pace::Urgent).await;
        self.token(answer).await
    }

    /// Waits until the shown code was scanned or `patience` is over, then asks for what is next. The wait may be dropped
    /// and taken up again at any time.
    ///
    /// # Errors
    /// All of the network.
    pub async fn scanned(&mut self, patience: Duration) -> Result<LoginStep, Error> {
        let scanned = async {
            while let Some(update) = self.updates.recv().await {
                if tells_of_token(&update) {
                    return;
                }
            }
        };
        // Too late is as good as scanned: both mean that a new code must be asked for.
        let _ = tokio::time::timeout(patience, scanned).await;
        self.qr().await
    }

    async fn token(&self, answer: Result<tl::enums::auth::LoginToken, Error>) -> Result<LoginStep, Error> {
        use tl::enums::auth::LoginToken as T;
        match answer {
            Ok(T::Token(token)) => Ok(LoginStep::Qr(code(&token))),
            Ok(T::Success(done)) => self.authorized(Ok(done.authorization)).await,
            Ok(T::MigrateTo(to)) => {
                self.api.keeper().move_home(to.dc_id).await?;
                let import = f::auth::ImportLoginToken { token: to.token };
                match self.api.call(&import, Pace::Urgent).await {
                    Ok(T::Success(done)) => self.authorized(Ok(done.authorization)).await,
                    Ok(T::Token(token)) => Ok(LoginStep::Qr(code(&token))),
                    Ok(T::MigrateTo(_)) => Err(Error::Refused("MIGRATES_IN_A_CIRCLE".into())),
                    Err(error) => self.authorized(Err(error)).await,
                }
            }
            Err(error) => self.authorized(Err(error)).await,
        }
    }

    async fn authorized(&self, answer: Result<tl::enums::auth::Authorization, Error>) -> Result<LoginStep, Error> {
        match answer {
            Ok(tl::enums::auth::Authorization::Authorization(done)) => owner(&done.user).map(LoginStep::Done),
            Ok(tl::enums::auth::Authorization::SignUpRequired(_)) => Err(Error::Refused("PHONE_NUMBER_UNOCCUPIED".into())),
            Err(error) if error.is("SESSION_PASSWORD_NEEDED") => Ok(LoginStep::Password(self.password_rules().await?.hint)),
            Err(error) => Err(error),
        }
    }

    async fn password_rules(&self) -> Result<tl::types::account::Password, Error> {
        let tl::enums::account::Password::Password(rules) = self.api.call(&f::account::GetPassword {}, Pace::Urgent).await?;
        Ok(rules)
    }

    /// Proves that the password is known without sending it. Rules are asked for anew each time: an old proof is refused.
    ///
    /// # Errors
    /// `Refused("PASSWORD_HASH_INVALID")` for a wrong password.
    pub async fn password(&self, password: &str) -> Result<LoginStep, Error> {
        let rules = self.password_rules().await?;
        let password = Zeroizing::new(password.as_bytes().to_vec());
        // A hundred thousand rounds: not on the thread that drives the sockets.
        let proof = tokio::task::spawn_blocking(move || prove(rules, &password)).await;
        let proof = proof.map_err(|_| Error::Unreadable)??;
        let answer = self.api.call(&f::auth::CheckPassword { password: proof }, Pace::Urgent).await;
        match answer {
            Ok(tl::enums::auth::Authorization::Authorization(done)) => owner(&done.user).map(LoginStep::Done),
            Ok(tl::enums::auth::Authorization::SignUpRequired(_)) => Err(Error::Refused("PHONE_NUMBER_UNOCCUPIED".into())),
            Err(error) => Err(error),
        }
    }

    /// As [`crate::Account::server_time`].
    pub async fn server_time(&self) -> Option<i64> {
        self.api.server_time().await
    }

    /// What must be kept of the session: it is the account's key.
    pub fn session(&self) -> SessionData {
        self.api.keeper().data()
    }
}

fn tells_of_token(update: &UpdatesLike) -> bool {
    let is_token = |update: &tl::enums::Update| matches!(update, tl::enums::Update::LoginToken);
    match update {
        UpdatesLike::Updates(tl::enums::Updates::UpdateShort(short)) => is_token(&short.update),
        UpdatesLike::Updates(tl::enums::Updates::Updates(all)) => all.updates.iter().any(is_token),
        UpdatesLike::Updates(tl::enums::Updates::Combined(all)) => all.updates.iter().any(is_token),
        UpdatesLike::ConnectionClosed => true,
        _ => false,
    }
}

fn code(token: &tl::types::auth::LoginToken) -> QrCode {
    let text = data_encoding::BASE64URL_NOPAD.encode(&token.token);
    QrCode { url: format!("tg://login?token={text}"), expires: i64::from(token.expires) }
}

fn owner(user: &tl::enums::User) -> Result<Owner, Error> {
    let tl::enums::User::User(user) = user else { return Err(Error::Unreadable) };
    let names = [user.first_name.as_deref(), user.last_name.as_deref()];
    let name = names.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    Ok(Owner { id: AccountId(user.id), name })
}

fn sent(answer: tl::enums::auth::SentCode) -> Result<LoginStep, Error> {
    use tl::enums::auth::SentCode as S;
    match answer {
        S::Code(code) => {
            let (way, length) = way(&code.r#type);
            let next = code.next_type.as_ref().map(next_way);
            let timeout = code.timeout.and_then(|seconds| u32::try_from(seconds).ok());
            Ok(LoginStep::Code(CodeSent { hash: code.phone_code_hash, way, length, next, timeout }))
        }
        S::Success(done) => match done.authorization {
            tl::enums::auth::Authorization::Authorization(done) => owner(&done.user).map(LoginStep::Done),
            tl::enums::auth::Authorization::SignUpRequired(_) => Err(Error::Refused("PHONE_NUMBER_UNOCCUPIED".into())),
        },
        S::PaymentRequired(_) => Err(Error::Refused("SMS_PAYMENT_REQUIRED".into())),
    }
}

fn way(kind: &tl::enums::auth::SentCodeType) -> (CodeWay, Option<u32>) {
    use tl::enums::auth::SentCodeType as T;
    let digits = |length: i32| u32::try_from(length).ok();
    match kind {
        T::App(t) => (CodeWay::App, digits(t.length)),
        T::Sms(t) => (CodeWay::Sms, digits(t.length)),
        T::Call(t) => (CodeWay::Call, digits(t.length)),
        T::FlashCall(_) => (CodeWay::FlashCall, None),
        T::MissedCall(t) => (CodeWay::MissedCall, digits(t.length)),
        T::EmailCode(t) => (CodeWay::Email, digits(t.length)),
        T::SetUpEmailRequired(_) => (CodeWay::NeedsEmail, None),
        T::FragmentSms(t) => (CodeWay::Fragment, digits(t.length)),
        T::FirebaseSms(t) => (CodeWay::Sms, digits(t.length)),
        T::SmsWord(_) | T::SmsPhrase(_) => (CodeWay::Word, None),
    }
}

fn next_way(kind: &tl::enums::auth::CodeType) -> CodeWay {
    use tl::enums::auth::CodeType as T;
    match kind {
        T::Sms => CodeWay::Sms,
        T::Call => CodeWay::Call,
        T::FlashCall => CodeWay::FlashCall,
        T::MissedCall => CodeWay::MissedCall,
        T::FragmentSms => CodeWay::Fragment,
    }
}

/// SRP as <https://core.telegram.org/api/srp> has it, with our own secret: grammers would take the server's.
fn prove(rules: tl::types::account::Password, password: &[u8]) -> Result<tl::enums::InputCheckPasswordSrp, Error> {
    use tl::enums::PasswordKdfAlgo as K;
    let (Some(K::Sha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow(algo)), Some(g_b), Some(srp_id)) =
        (rules.current_algo, rules.srp_b, rules.srp_id)
    else {
        return Err(Error::Refused("PASSWORD_RULES_UNKNOWN".into()));
    };
    // A server that names weak numbers could learn the password from the proof.
    if !(2..=7).contains(&algo.g) || algo.p.len() != 256 || g_b.len() > 256 || !check_p_and_g(&algo.p, &algo.g) {
        return Err(Error::Refused("PASSWORD_RULES_WEAK".into()));
    }
    let mut secret = Zeroizing::new(vec![0_u8; 256]);
    getrandom::fill(&mut secret).map_err(|_| Error::Unreadable)?;
    let (m1, g_a) = calculate_2fa(&algo.salt1, &algo.salt2, &algo.p, &algo.g, g_b, secret.to_vec(), password);
    Ok(tl::types::InputCheckPasswordSrp { srp_id, a: g_a.to_vec(), m1: m1.to_vec() }.into())
}
