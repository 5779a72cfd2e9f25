//! Signing in and out: code, QR, two-step password, and carrying an authorisation to another data centre.

use std::collections::BTreeMap;

use grammers_tl_types::{enums, functions, types};

use super::{Call, Refusal, Reply, bad_request};
use crate::shape::peers;
use crate::srp;
use crate::state::{LoginToken, State};
use crate::world::{TELEGRAM, UserId};

/// Codes on their way and authorisations exported from one data centre to another.
#[derive(Debug, Default)]
pub(crate) struct Logins {
    codes: BTreeMap<String, Code>,
    exported: BTreeMap<i64, (Vec<u8>, UserId, i32)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) code: String,
    hash: String,
    /// How it was sent: 0 in the app, 1 by SMS, 2 by a call.
    way: usize,
    sent_at: i64,
    wrong: u32,
}

/// Seconds until a client may ask for the code another way; the code itself lives five minutes.
const RESEND_AFTER: i32 = 60;
const CODE_LIVES: i64 = 300;
/// Wrong codes until the server has enough.
const TRIES: u32 = 5;
/// Seconds a QR code lives.
const TOKEN_LIVES: i64 = 30;

/// Phones are compared by their digits.
fn digits(phone: &str) -> String {
    phone.chars().filter(char::is_ascii_digit).collect()
}

fn account_of(state: &State, phone: &str) -> Result<UserId, Refusal> {
    let wanted = digits(phone);
    let mut accounts = state.world.accounts.keys();
    let found = accounts.find(|id| state.world.users[id].phone.as_deref().is_some_and(|phone| digits(phone) == wanted));
    found.copied().ok_or_else(|| bad_request(if wanted.len() < 5 { "PHONE_NUMBER_INVALID" } else { "PHONE_NUMBER_UNOCCUPIED" }))
}

fn at_home(state: &State, call: &Call<'_>, account: UserId) -> Result<(), Refusal> {
    let home = state.world.account(account).home_dc;
    if home == call.caller.dc { Ok(()) } else { Err(Refusal::new(303, format!("PHONE_MIGRATE_{home}"))) }
}

fn sent(code: &Code) -> Reply {
    let length = i32::try_from(code.code.len()).expect("a short code");
    let (r#type, next_type): (enums::auth::SentCodeType, _) = match code.way {
        0 => (types::auth::SentCodeTypeApp { length }.into(), Some(enums::auth::CodeType::Sms)),
        1 => (types::auth::SentCodeTypeSms { length }.into(), Some(enums::auth::CodeType::Call)),
        _ => (types::auth::SentCodeTypeCall { length }.into(), None),
    };
    let timeout = next_type.is_some().then_some(RESEND_AFTER);
    let answer = types::auth::SentCode { r#type, phone_code_hash: code.hash.clone(), next_type, timeout };
    Reply::plain(&enums::auth::SentCode::Code(answer))
}

pub(super) fn send_code(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let asked: functions::auth::SendCode = call.read()?;
    if asked.api_hash.is_empty() || asked.api_id == 0 {
        return Err(bad_request("API_ID_INVALID"));
    }
    let account = match account_of(state, &asked.phone_number) {
        Err(refusal) if refusal.name == "PHONE_NUMBER_UNOCCUPIED" => None,
        account => Some(account?),
    };
    if let Some(account) = account {
        at_home(state, call, account)?;
    }
    let code = Code { code: "12345".into(), hash: format!("{:016x}", state.dice.next()), way: 0, sent_at: state.now(), wrong: 0 };
    state.logins.codes.insert(digits(&asked.phone_number), code.clone());
    if let Some(account) = account.filter(|_| state.options.login_notices) {
        state.notice(account, TELEGRAM, &format!("Login code: {}", code.code));
    }
    Ok(sent(&code))
}

fn code<'s>(state: &'s mut State, phone: &str, hash: &str) -> Result<&'s mut Code, Refusal> {
    let code = state.logins.codes.get_mut(&digits(phone)).ok_or_else(|| bad_request("PHONE_CODE_EXPIRED"))?;
    if code.hash == hash { Ok(code) } else { Err(bad_request("PHONE_CODE_HASH_INVALID")) }
}

pub(super) fn resend_code(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let asked: functions::auth::ResendCode = call.read()?;
    let now = state.now();
    let code = code(state, &asked.phone_number, &asked.phone_code_hash)?;
    if code.way >= 2 {
        return Err(Refusal::new(406, "SEND_CODE_UNAVAILABLE"));
    }
    code.way += 1;
    code.code = format!("{}", 22_345 + code.way);
    code.sent_at = now;
    Ok(sent(code))
}

pub(super) fn cancel_code(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let asked: functions::auth::CancelCode = call.read()?;
    code(state, &asked.phone_number, &asked.phone_code_hash)?;
    state.logins.codes.remove(&digits(&asked.phone_number));
    Ok(Reply::plain(&true))
}

pub(super) fn sign_in(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let asked: functions::auth::SignIn = call.read()?;
    let now = state.now();
    let waiting = code(state, &asked.phone_number, &asked.phone_code_hash)?;
    if now - waiting.sent_at > CODE_LIVES {
        return Err(bad_request("PHONE_CODE_EXPIRED"));
    }
    match asked.phone_code.as_deref() {
        None | Some("") => return Err(bad_request("PHONE_CODE_EMPTY")),
        Some(given) if given != waiting.code => {
            waiting.wrong += 1;
            let had_enough = waiting.wrong > TRIES;
            return Err(if had_enough { Refusal::new(420, "FLOOD_WAIT_600") } else { bad_request("PHONE_CODE_INVALID") });
        }
        Some(_) => {}
    }
    let account = match account_of(state, &asked.phone_number) {
        Err(refusal) if refusal.name == "PHONE_NUMBER_UNOCCUPIED" => return Ok(sign_up_required()),
        account => account?,
    };
    at_home(state, call, account)?;
    state.logins.codes.remove(&digits(&asked.phone_number));
    admit(state, call, account)
}

fn sign_up_required() -> Reply {
    let answer = types::auth::AuthorizationSignUpRequired { terms_of_service: None };
    Reply::plain(&enums::auth::Authorization::SignUpRequired(answer))
}

/// The first factor was right: in, or on to the password.
fn admit(state: &mut State, call: &Call<'_>, account: UserId) -> Result<Reply, Refusal> {
    if state.world.account(account).password.is_some() {
        call.key(state).awaits_password = Some(account);
        return Err(Refusal::new(401, "SESSION_PASSWORD_NEEDED"));
    }
    Ok(Reply::plain(&authorize(state, call, account)))
}

/// Binds the account to the key that calls, and tells the account's devices.
fn authorize(state: &mut State, call: &Call<'_>, account: UserId) -> enums::auth::Authorization {
    let now = state.now();
    let key = call.key(state);
    key.account = Some(account);
    (key.awaits_password, key.challenge, key.refusal, key.login_token) = (None, None, None, None);
    key.since = now;
    let model = key.device_model.clone();
    if let Some(link) = state.links.get_mut(&call.caller.link) {
        link.wants_updates = true;
    }
    if state.options.login_notices {
        state.notice(account, TELEGRAM, &format!("New login: {model}"));
    }
    authorization(state, account)
}

fn authorization(state: &State, account: UserId) -> enums::auth::Authorization {
    let user = peers::user(&state.world, account, account);
    let answer = types::auth::Authorization {
        setup_password_required: false,
        otherwise_relogin_days: None,
        tmp_sessions: None,
        future_auth_token: None,
        user,
    };
    answer.into()
}

pub(super) fn get_password(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let awaited = call.key(state).awaits_password;
    let account = call.account.or(awaited).ok_or_else(|| Refusal::new(401, "AUTH_KEY_UNREGISTERED"))?;
    let mut dice = state.dice.clone();
    let mut secure_random = vec![0; 256];
    dice.fill(&mut secure_random);
    let new_algo = enums::PasswordKdfAlgo::Unknown;
    let mut answer = types::account::Password {
        has_recovery: false,
        has_secure_values: false,
        has_password: false,
        current_algo: None,
        srp_b: None,
        srp_id: None,
        hint: None,
        email_unconfirmed_pattern: None,
        new_algo,
        new_secure_algo: enums::SecurePasswordKdfAlgo::Unknown,
        secure_random,
        pending_reset_date: None,
        login_email_pattern: None,
    };
    if let Some(password) = &state.world.account(account).password {
        let challenge = password.verifier.challenge(&mut dice);
        let algo = types::PasswordKdfAlgoSha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow {
            salt1: password.verifier.salt1.clone(),
            salt2: password.verifier.salt2.clone(),
            g: srp::GENERATOR,
            p: srp::prime_bytes(),
        };
        answer.has_password = true;
        answer.current_algo = Some(algo.into());
        answer.srp_b = Some(challenge.public.clone());
        answer.srp_id = Some(challenge.id);
        answer.hint = Some(password.hint.clone());
        call.key(state).challenge = Some(challenge);
    }
    state.dice = dice;
    Ok(Reply::plain(&enums::account::Password::Password(answer)))
}

pub(super) fn check_password(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let asked: functions::auth::CheckPassword = call.read()?;
    let enums::InputCheckPasswordSrp::Srp(answer) = asked.password else { return Err(bad_request("PASSWORD_HASH_INVALID")) };
    let key = call.key(state);
    let account = key.awaits_password.ok_or_else(|| Refusal::new(401, "AUTH_KEY_UNREGISTERED"))?;
    // A challenge serves once; the next try must ask for a new one.
    let challenge = key.challenge.take().filter(|challenge| challenge.id == answer.srp_id);
    let challenge = challenge.ok_or_else(|| bad_request("SRP_ID_INVALID"))?;
    let password = state.world.account(account).password.as_ref().expect("it was asked for");
    if !password.verifier.accepts(&challenge, &answer.a, &answer.m1) {
        return Err(bad_request("PASSWORD_HASH_INVALID"));
    }
    Ok(Reply::plain(&authorize(state, call, account)))
}

/// Shows a code to scan, or lets in whom a phone has let in.
pub(super) fn export_login_token(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let now = state.now();
    let key = call.key(state);
    if let Some(account) = key.account {
        return Ok(token_success(authorization(state, account)));
    }
    let token = key.login_token.clone().filter(|token| token.expires > now || token.accepted_by.is_some());
    if let Some(account) = token.as_ref().and_then(|token| token.accepted_by) {
        let home = state.world.account(account).home_dc;
        if home != call.caller.dc {
            let bytes = token.map(|token| token.bytes).unwrap_or_default();
            let answer = types::auth::LoginTokenMigrateTo { dc_id: home, token: bytes };
            return Ok(Reply::plain(&enums::auth::LoginToken::MigrateTo(answer)));
        }
        call.key(state).login_token = None;
        return admit_by_token(state, call, account);
    }
    let mut bytes = vec![0; 32];
    state.dice.fill(&mut bytes);
    let token = LoginToken { bytes: bytes.clone(), expires: now + TOKEN_LIVES, accepted_by: None };
    let expires = peers::date(token.expires);
    call.key(state).login_token = Some(token);
    Ok(Reply::plain(&enums::auth::LoginToken::Token(types::auth::LoginToken { expires, token: bytes })))
}

fn token_success(authorization: enums::auth::Authorization) -> Reply {
    Reply::plain(&enums::auth::LoginToken::Success(types::auth::LoginTokenSuccess { authorization }))
}

fn admit_by_token(state: &mut State, call: &Call<'_>, account: UserId) -> Result<Reply, Refusal> {
    if state.world.account(account).password.is_some() {
        call.key(state).awaits_password = Some(account);
        return Err(Refusal::new(401, "SESSION_PASSWORD_NEEDED"));
    }
    Ok(token_success(authorize(state, call, account)))
}

/// The second half of a scanned code, in the account's home data centre.
pub(super) fn import_login_token(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let asked: functions::auth::ImportLoginToken = call.read()?;
    let owner = state.keys.values_mut().find(|key| key.login_token.as_ref().is_some_and(|token| token.bytes == asked.token));
    let token = owner.and_then(|key| key.login_token.take()).ok_or_else(|| bad_request("AUTH_TOKEN_INVALID"))?;
    let account = token.accepted_by.ok_or_else(|| bad_request("AUTH_TOKEN_INVALID"))?;
    admit_by_token(state, call, account)
}

pub(super) fn export_authorization(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let asked: functions::auth::ExportAuthorization = call.read()?;
    let me = call.me()?;
    if !state.options.dcs.contains(&asked.dc_id) || asked.dc_id == call.caller.dc {
        return Err(bad_request("DC_ID_INVALID"));
    }
    let mut bytes = vec![0; 32];
    state.dice.fill(&mut bytes);
    state.logins.exported.insert(me.0, (bytes.clone(), me, asked.dc_id));
    let answer = types::auth::ExportedAuthorization { id: me.0, bytes };
    Ok(Reply::plain(&enums::auth::ExportedAuthorization::Authorization(answer)))
}

pub(super) fn import_authorization(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let asked: functions::auth::ImportAuthorization = call.read()?;
    let exported = state.logins.exported.remove(&asked.id);
    let fits = exported.filter(|(bytes, _, dc)| *bytes == asked.bytes && *dc == call.caller.dc);
    let (_, account, _) = fits.ok_or_else(|| bad_request("AUTH_BYTES_INVALID"))?;
    let now = state.now();
    let key = call.key(state);
    (key.account, key.since) = (Some(account), now);
    Ok(Reply::plain(&authorization(state, account)))
}

/// Ends the whole device: its keys in all data centres.
pub(super) fn log_out(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let device = call.key(state).device;
    for key in state.keys.values_mut().filter(|key| key.device == device) {
        key.account = None;
    }
    Ok(Reply::plain(&enums::auth::LoggedOut::Out(types::auth::LoggedOut { future_auth_token: None })))
}

impl State {
    /// The code that was sent last to this account.
    pub(crate) fn code_of(&self, account: UserId) -> Option<String> {
        let phone = digits(self.world.users.get(&account)?.phone.as_deref()?);
        self.logins.codes.get(&phone).map(|code| code.code.clone())
    }

    /// The phone of this account scans a QR code.
    pub(crate) fn accept_token(&mut self, account: UserId, bytes: &[u8]) -> bool {
        let now = self.now();
        let mut keys = self.keys.iter_mut();
        let waiting = keys.find_map(|(id, key)| {
            let token = key.login_token.as_mut().filter(|token| token.bytes == bytes && token.expires > now)?;
            Some((*id, token))
        });
        let Some((key, token)) = waiting else { return false };
        token.accepted_by = Some(account);
        self.push_to_key(key, enums::Update::LoginToken);
        true
    }
}
