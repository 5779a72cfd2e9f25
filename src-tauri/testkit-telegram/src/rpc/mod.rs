//! One call in, one answer out: unwrapping, the log, planned faults, who may call what, and the list of methods.
//!
//! A new method is a function in the file of its topic and a line in `METHODS`.

mod account;
pub(crate) mod dialogs;
pub(crate) mod difference;
mod files;
mod history;
pub(crate) mod login;
mod peers;
mod unwrap;

use grammers_tl_types::{Cursor, Deserializable, Identifiable, Serializable, enums, functions, name_for_id, types};

use crate::faults::RpcFault;
use crate::keys::KeyId;
use crate::log::{Answer, Rpc};
use crate::packet::zip;
use crate::shape::Parts;
use crate::state::{Key, State};
use crate::truth::Exposure;
use crate::world::UserId;

/// Stands for callers that nobody is signed in with.
pub(crate) const NOBODY: UserId = UserId(0);

/// Who calls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller {
    pub(crate) link: u64,
    pub(crate) key: KeyId,
    pub(crate) dc: i32,
}

/// An RPC error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: i32,
    pub(crate) name: String,
}

impl Refusal {
    pub(crate) fn new(code: i32, name: impl Into<String>) -> Self {
        Self { code, name: name.into() }
    }
}

fn bad_request(name: &str) -> Refusal {
    Refusal::new(400, name)
}

/// What goes back, and which facts are in it.
pub(crate) struct Reply {
    bytes: Vec<u8>,
    shown: Vec<Exposure>,
    known: Vec<UserId>,
}

impl Reply {
    fn plain(answer: &impl Serializable) -> Self {
        Self { bytes: answer.to_bytes(), shown: Vec::new(), known: Vec::new() }
    }

    /// An answer made from a view's parts.
    fn of(parts: Parts, answer: impl FnOnce(Vec<enums::User>, Vec<enums::Chat>) -> Vec<u8>) -> Self {
        Self { bytes: answer(parts.users, parts.chats), shown: parts.shown, known: parts.known }
    }
}

pub(crate) struct Outcome {
    pub(crate) answer: Vec<u8>,
    pub(crate) shown: Vec<Exposure>,
    pub(crate) fault: Option<RpcFault>,
}

/// A call that is being answered: who, and the rest of its bytes.
struct Call<'a> {
    caller: Caller,
    account: Option<UserId>,
    takeout: Option<i64>,
    body: &'a [u8],
}

impl Call<'_> {
    fn read<T: Deserializable>(&self) -> Result<T, Refusal> {
        T::deserialize(&mut Cursor::from_slice(self.body)).map_err(|_| bad_request("INPUT_FETCH_ERROR"))
    }

    fn me(&self) -> Result<UserId, Refusal> {
        self.account.ok_or_else(|| Refusal::new(401, "AUTH_KEY_UNREGISTERED"))
    }

    fn key<'s>(&self, state: &'s mut State) -> &'s mut Key {
        state.keys.get_mut(&self.caller.key).expect("the key of a link")
    }
}

type Method = fn(&mut State, &Call<'_>) -> Result<Reply, Refusal>;

/// Every method that is answered; any other is refused and stands in the log.
const METHODS: &[(u32, Method)] = &[
    (functions::help::GetConfig::CONSTRUCTOR_ID, account::config),
    (functions::help::GetNearestDc::CONSTRUCTOR_ID, account::nearest_dc),
    (functions::auth::SendCode::CONSTRUCTOR_ID, login::send_code),
    (functions::auth::ResendCode::CONSTRUCTOR_ID, login::resend_code),
    (functions::auth::CancelCode::CONSTRUCTOR_ID, login::cancel_code),
    (functions::auth::SignIn::CONSTRUCTOR_ID, login::sign_in),
    (functions::auth::CheckPassword::CONSTRUCTOR_ID, login::check_password),
    (functions::auth::ExportLoginToken::CONSTRUCTOR_ID, login::export_login_token),
    (functions::auth::ImportLoginToken::CONSTRUCTOR_ID, login::import_login_token),
    (functions::auth::ExportAuthorization::CONSTRUCTOR_ID, login::export_authorization),
    (functions::auth::ImportAuthorization::CONSTRUCTOR_ID, login::import_authorization),
    (functions::auth::LogOut::CONSTRUCTOR_ID, login::log_out),
    (functions::account::GetPassword::CONSTRUCTOR_ID, login::get_password),
    (functions::account::GetAuthorizations::CONSTRUCTOR_ID, account::authorizations),
    (functions::account::InitTakeoutSession::CONSTRUCTOR_ID, account::init_takeout),
    (functions::account::FinishTakeoutSession::CONSTRUCTOR_ID, account::finish_takeout),
    (functions::updates::GetState::CONSTRUCTOR_ID, difference::get_state),
    (functions::updates::GetDifference::CONSTRUCTOR_ID, difference::get_difference),
    (functions::updates::GetChannelDifference::CONSTRUCTOR_ID, difference::get_channel_difference),
    (functions::messages::GetDialogs::CONSTRUCTOR_ID, dialogs::get_dialogs),
    (functions::messages::GetPinnedDialogs::CONSTRUCTOR_ID, dialogs::get_pinned_dialogs),
    (functions::messages::GetPeerDialogs::CONSTRUCTOR_ID, dialogs::get_peer_dialogs),
    (functions::messages::GetDialogFilters::CONSTRUCTOR_ID, dialogs::get_dialog_filters),
    (functions::messages::GetHistory::CONSTRUCTOR_ID, history::get_history),
    (functions::messages::GetReplies::CONSTRUCTOR_ID, history::get_replies),
    (functions::messages::GetMessages::CONSTRUCTOR_ID, history::get_messages),
    (functions::channels::GetMessages::CONSTRUCTOR_ID, history::get_channel_messages),
    (functions::messages::GetSplitRanges::CONSTRUCTOR_ID, history::get_split_ranges),
    (functions::messages::GetForumTopics::CONSTRUCTOR_ID, peers::get_forum_topics),
    (functions::messages::GetChats::CONSTRUCTOR_ID, peers::get_chats),
    (functions::messages::GetFullChat::CONSTRUCTOR_ID, peers::get_full_chat),
    (functions::channels::GetChannels::CONSTRUCTOR_ID, peers::get_channels),
    (functions::channels::GetFullChannel::CONSTRUCTOR_ID, peers::get_full_channel),
    (functions::channels::GetParticipants::CONSTRUCTOR_ID, peers::get_participants),
    (functions::users::GetUsers::CONSTRUCTOR_ID, peers::get_users),
    (functions::users::GetFullUser::CONSTRUCTOR_ID, peers::get_full_user),
    (functions::upload::GetFile::CONSTRUCTOR_ID, files::get_file),
];

/// What anybody with a key may call.
const OPEN: &[u32] = &[
    functions::help::GetConfig::CONSTRUCTOR_ID,
    functions::help::GetNearestDc::CONSTRUCTOR_ID,
    functions::auth::SendCode::CONSTRUCTOR_ID,
    functions::auth::ResendCode::CONSTRUCTOR_ID,
    functions::auth::CancelCode::CONSTRUCTOR_ID,
    functions::auth::SignIn::CONSTRUCTOR_ID,
    functions::auth::CheckPassword::CONSTRUCTOR_ID,
    functions::auth::ExportLoginToken::CONSTRUCTOR_ID,
    functions::auth::ImportLoginToken::CONSTRUCTOR_ID,
    functions::auth::ImportAuthorization::CONSTRUCTOR_ID,
    functions::account::GetPassword::CONSTRUCTOR_ID,
];

/// Answers longer than this are gzipped, where that is on.
const LONG: usize = 1024;

/// Answers one call and writes it down.
pub(crate) fn answer(state: &mut State, caller: Caller, body: &[u8]) -> Outcome {
    let wrapped = unwrap::unwrap(body);
    let account = state.keys.get(&caller.key).and_then(|key| key.account);
    let fault = state.faults.plan(account.unwrap_or(NOBODY)).call_fate(&method_name(wrapped.id));
    if let Some(model) = wrapped.device_model {
        state.keys.get_mut(&caller.key).expect("the key of a link").device_model = model;
    }
    let call = Call { caller, account, takeout: wrapped.takeout, body: wrapped.rest };
    let result = meet(fault.as_ref()).and_then(|()| act(state, wrapped.id, &call));
    let said = match (&fault, &result) {
        (Some(RpcFault::Silent | RpcFault::CutBefore | RpcFault::CutAfter), _) => Answer::Silent,
        (_, Ok(_)) => Answer::Ok,
        (_, Err(refusal)) => Answer::Error(refusal.code, refusal.name.clone()),
    };
    let (method, at) = (method_name(wrapped.id), state.now());
    let takeout = wrapped.takeout.is_some();
    state.rpcs.push(Rpc { method, id: wrapped.id, account, dc: caller.dc, at, takeout, answer: said });
    finish(state, caller, result, fault)
}

fn method_name(id: u32) -> String {
    match name_for_id(id) {
        "(unknown)" => "unknown".to_owned(),
        name => name.to_owned(),
    }
}

/// Faults that keep a method from being run at all.
fn meet(fault: Option<&RpcFault>) -> Result<(), Refusal> {
    match fault {
        Some(RpcFault::Flood(seconds)) => Err(Refusal::new(420, format!("FLOOD_WAIT_{seconds}"))),
        Some(RpcFault::Error(code, name)) => Err(Refusal::new(*code, *name)),
        Some(RpcFault::Silent | RpcFault::CutBefore) => Err(Refusal::new(500, "NO_ANSWER")),
        Some(RpcFault::Slow(_) | RpcFault::Malformed | RpcFault::Unknown | RpcFault::CutAfter) | None => Ok(()),
    }
}

fn act(state: &mut State, id: u32, call: &Call<'_>) -> Result<Reply, Refusal> {
    if let Some(refusal) = call.key(state).refusal.clone()
        && !OPEN.contains(&id)
    {
        return Err(refusal);
    }
    if !OPEN.contains(&id) {
        call.me()?;
    }
    if let Some(takeout) = call.takeout
        && !state.world.account(call.me()?).takeouts.contains(&takeout)
    {
        return Err(bad_request("TAKEOUT_INVALID"));
    }
    let method = METHODS.iter().find(|(known, _)| *known == id).map(|(_, method)| method);
    let method = method.ok_or_else(|| Refusal::new(400, format!("INPUT_METHOD_INVALID_{id}")))?;
    method(state, call)
}

fn finish(state: &mut State, caller: Caller, result: Result<Reply, Refusal>, fault: Option<RpcFault>) -> Outcome {
    let reply = match result {
        Ok(reply) => reply,
        Err(refusal) => {
            let error = types::RpcError { error_code: refusal.code, error_message: refusal.name };
            return Outcome { answer: enums::RpcError::Error(error).to_bytes(), shown: Vec::new(), fault };
        }
    };
    match fault {
        Some(RpcFault::Malformed) => {
            let half = reply.bytes.len() / 8 * 4;
            Outcome { answer: reply.bytes[..half.max(4)].to_vec(), shown: Vec::new(), fault }
        }
        Some(RpcFault::Unknown) => Outcome { answer: vec![0xde, 0xc0, 0xad, 0x0b, 0, 0, 0, 0], shown: Vec::new(), fault },
        _ => {
            let key = state.keys.get_mut(&caller.key).expect("the key of a link");
            key.knows.extend(reply.known);
            let is_long = state.options.gzip && reply.bytes.len() > LONG;
            let answer = if is_long { zip(&reply.bytes) } else { reply.bytes };
            Outcome { answer, shown: reply.shown, fault }
        }
    }
}

/// The salt of now, and the next one in a far future: this server does not turn salts over.
pub(crate) fn future_salts(state: &State, key: KeyId, request: i64) -> Vec<u8> {
    let (now, salt) = (state.date(), state.keys.get(&key).map_or(0, |key| key.salt));
    let current = types::FutureSalt { valid_since: now - 3600, valid_until: i32::MAX, salt };
    let next = types::FutureSalt { valid_since: i32::MAX - 3600, valid_until: i32::MAX, salt };
    let salts = types::FutureSalts { req_msg_id: request, now, salts: grammers_tl_types::RawVec(vec![current, next]) };
    enums::FutureSalts::Salts(salts).to_bytes()
}
