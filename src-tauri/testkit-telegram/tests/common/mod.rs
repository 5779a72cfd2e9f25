//! An unmodified grammers client on a device of the test server.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test may stop")]

use std::sync::Arc;
use std::time::Duration;

use grammers_client::client::UpdateStream;
use grammers_client::update::Update;
use grammers_client::{Client, InvocationError, SignInError};
use grammers_mtsender::{AutoSleep, ConnectionParams, NoRetries, RetryPolicy, SenderPool, UpdatesConfiguration};
use grammers_session::storages::MemorySession;
use grammers_session::types::{PeerAuth, PeerId, PeerInfo, UpdateState, UpdatesState};
use grammers_session::{Session, updates::UpdatesLike};
use letopis_testkit_telegram::{Provision, Telegram, UserId};
use tokio::sync::mpsc;

pub const API_HASH: &str = "0123456789abcdef";

pub struct Device {
    pub client: Client,
    pub session: Arc<MemorySession>,
    pub updates: Option<mpsc::Receiver<UpdatesLike>>,
}

pub fn device(provision: &Provision) -> Device {
    on_session(Arc::new(MemorySession::from(provision.session_data())), false)
}

/// A device whose client waits out short floods, as grammers does by default.
pub fn patient(provision: &Provision) -> Device {
    on_session(Arc::new(MemorySession::from(provision.session_data())), true)
}

/// The app after a restart: the same session, everything else new.
pub fn on_session(session: Arc<MemorySession>, patient: bool) -> Device {
    let retry_policy: Box<dyn RetryPolicy> = if patient { Box::new(AutoSleep::default()) } else { Box::new(NoRetries) };
    let params = ConnectionParams { device_model: "Ноутбук".into(), retry_policy, ..ConnectionParams::default() };
    let pool = SenderPool::with_configuration(Arc::clone(&session), 4242, params);
    tokio::spawn(pool.runner.run());
    Device { client: Client::new(pool.handle), session, updates: Some(pool.updates) }
}

/// A device that is signed in and knows where the account stands.
pub async fn signed_in(tg: &Telegram, account: UserId) -> Device {
    let device = patient(&tg.provision_signed_in(account));
    let auth = Some(PeerAuth::from_hash(0));
    let me = PeerInfo::User { id: account.0, auth, bot: Some(false), is_self: Some(true) };
    device.session.cache_peer(me).await.unwrap();
    let (pts, qts) = tg.position(account);
    let state = UpdatesState { pts, qts, date: i32::try_from(tg.now()).unwrap(), seq: 0, channels: Vec::new() };
    device.session.set_update_state(UpdateState::All(state)).await.unwrap();
    device
}

impl Device {
    pub async fn listen(&mut self) -> UpdateStream {
        let updates = self.updates.take().expect("listened to once");
        self.client.stream_updates(updates, UpdatesConfiguration { catch_up: true }).await.unwrap()
    }

    pub async fn session_peer(&self, id: i64) -> Option<PeerInfo> {
        self.session.peer(PeerId::user_unchecked(id)).await.unwrap()
    }
}

/// The next thing of interest, in one line; network errors are waited out as an app does.
pub async fn next(stream: &mut UpdateStream) -> String {
    let wait = async {
        loop {
            match stream.next().await {
                Ok(Update::NewMessage(message)) => return format!("new {} {}", message.id(), message.text()),
                Ok(Update::MessageEdited(message)) => return format!("edit {} {}", message.id(), message.text()),
                Ok(Update::MessageDeleted(gone)) => return format!("delete {:?} {:?}", gone.channel_id(), gone.messages()),
                Ok(_) => {}
                Err(InvocationError::Rpc(error)) => return format!("error {}", error.name),
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.expect("an update")
}

/// The next updates, in the order of their lines.
pub async fn some(stream: &mut UpdateStream, count: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for _ in 0..count {
        lines.push(next(stream).await);
    }
    lines.sort();
    lines
}

pub fn name_of(error: &InvocationError) -> String {
    match error {
        InvocationError::Rpc(error) => error.name.clone(),
        other => other.to_string(),
    }
}

pub fn kind_of(error: SignInError) -> String {
    match error {
        SignInError::SignUpRequired => "sign up".into(),
        SignInError::PasswordRequired(_) => "password".into(),
        SignInError::InvalidCode => "code".into(),
        SignInError::InvalidPassword(_) => "wrong password".into(),
        SignInError::Other(error) => name_of(&error),
    }
}
