//! The one door to the network. Every request passes here: the list of methods, the account's limiter, the time-out that
//! grammers lacks, flood waits, and Telegram's errors sorted. A frozen link looks like silence to grammers for ever; here
//! it is an error after `rpc_timeout`.

use crate::limiter::{Limiter, Pace};
use crate::session::Keeper;
use crate::{Application, Error, exchange, methods};
use grammers_mtsender::{ConnectionParams, InvocationError, NoRetries, SenderPool, SenderPoolHandle};
use grammers_session::updates::UpdatesLike;
use grammers_tl_types::{self as tl, Deserializable, RemoteCall};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::timeout;

/// Updates that may wait for the loop. grammers drops what does not fit, so there is room for a storm.
pub const WAITING_UPDATES: usize = 100_000;
const MIGRATIONS: u32 = 3;
/// A key exchange is three questions, and work with long numbers between them.
const EXCHANGE: Duration = Duration::from_secs(30);

pub struct Api {
    app: Application,
    keeper: Arc<Keeper>,
    limiter: Arc<Limiter>,
    rpc_timeout: Duration,
    link: Mutex<Option<Link>>,
    /// One key exchange at a time: two would leave one key unused on the server.
    agreeing: tokio::sync::Mutex<()>,
}

/// One pool of connections and its task.
struct Link {
    handle: SenderPoolHandle,
    runner: AbortHandle,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.handle.quit();
        // A pool that hangs in a connect does not hear `quit`.
        self.runner.abort();
    }
}

impl Api {
    pub fn new(app: Application, keeper: Arc<Keeper>, limiter: Arc<Limiter>, rpc_timeout: Duration) -> Self {
        Api { app, keeper, limiter, rpc_timeout, link: Mutex::new(None), agreeing: tokio::sync::Mutex::new(()) }
    }

    pub fn app(&self) -> &Application {
        &self.app
    }

    pub fn keeper(&self) -> &Arc<Keeper> {
        &self.keeper
    }

    pub fn limiter(&self) -> &Limiter {
        &self.limiter
    }

    /// Builds the connections anew; what the old ones still owed is dropped. Returns what Telegram will push.
    pub fn connect(&self) -> mpsc::Receiver<UpdatesLike> {
        let pool = SenderPool::with_configuration(self.keeper.clone(), self.app.api_id, self.parameters());
        let handle = pool.handle.thin.clone();
        let runner = tokio::spawn(pool.runner.run()).abort_handle();
        self.put(Some(Link { handle, runner }));
        pool.updates
    }

    pub fn disconnect(&self) {
        self.put(None);
    }

    fn put(&self, link: Option<Link>) {
        *self.link.lock().unwrap_or_else(PoisonError::into_inner) = link;
    }

    fn parameters(&self) -> ConnectionParams {
        ConnectionParams {
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            lang_code: self.app.language.to_owned(),
            system_lang_code: self.app.language.to_owned(),
            proxy_url: self.app.proxy.clone(),
            retry_policy: Box::new(NoRetries), // retries are decided here, where the limiter is
            updates_channel_capacity: NonZeroUsize::new(WAITING_UPDATES).unwrap_or(NonZeroUsize::MIN),
            ..ConnectionParams::default()
        }
    }

    /// Asks the account's home; follows it when it has moved.
    ///
    /// # Errors
    /// Any but `Migrate`.
    pub async fn call<R: RemoteCall>(&self, request: &R, pace: Pace) -> Result<R::Return, Error> {
        for _ in 0..MIGRATIONS {
            match self.call_in(self.keeper.home(), request, pace).await {
                Err(Error::Migrate(dc)) => self.keeper.move_home(dc).await?,
                other => return other,
            }
        }
        Err(Error::Refused("MIGRATES_IN_A_CIRCLE".into()))
    }

    /// Asks one data centre.
    ///
    /// # Errors
    /// `Migrate` included.
    pub async fn call_in<R: RemoteCall>(&self, dc: i32, request: &R, pace: Pace) -> Result<R::Return, Error> {
        let body = request.to_bytes();
        let constructor = methods::of(&body);
        if !methods::is_allowed(constructor) {
            return Err(Error::Forbidden(constructor));
        }
        self.limiter.wait(pace).await;
        let mut answer = self.ask(dc, &body).await;
        if matches!(answer, Err(Error::NoKey)) && self.keeper.drop_key(dc) {
            // grammers tried for a new key itself, and cannot with a server of one's own.
            answer = self.ask(dc, &body).await;
        }
        if let Err(Error::Flood(wait)) = &answer {
            tracing::info!(seconds = wait.as_secs(), method = grammers_tl_types::name_for_id(constructor), "flood wait");
            self.limiter.flooded(*wait);
        }
        let answer = answer?;
        R::Return::from_bytes(&answer).map_err(|_| packed_error(&answer))
    }

    async fn ask(&self, dc: i32, body: &[u8]) -> Result<Vec<u8>, Error> {
        self.agree(dc).await?;
        let handle = self.handle()?;
        match timeout(self.rpc_timeout, handle.raw_invoke_in_dc(dc, body.to_vec())).await {
            Ok(answer) => answer.map_err(Error::from),
            Err(_) => Err(Error::Offline("no answer in time".into())),
        }
    }

    /// Sees to it that there is a key, where grammers cannot.
    async fn agree(&self, dc: i32) -> Result<(), Error> {
        if self.keeper.owes_key(dc).is_none() {
            return Ok(());
        }
        let _one = self.agreeing.lock().await;
        let Some((address, keys)) = self.keeper.owes_key(dc) else { return Ok(()) };
        let exchange = exchange::agree(dc, address, self.app.proxy.as_deref(), keys);
        let key =
            timeout(self.rpc_timeout.max(EXCHANGE), exchange).await.map_err(|_| Error::Offline("no key in time".into()))??;
        self.keeper.put_key(dc, key).await
    }

    /// Unix seconds of the home data centre, asked without any key; not through a proxy.
    pub async fn server_time(&self) -> Option<i64> {
        let address = self.keeper.address(self.keeper.home()).filter(|_| self.app.proxy.is_none())?;
        crate::time::of_server(address).await
    }

    fn handle(&self) -> Result<SenderPoolHandle, Error> {
        let link = self.link.lock().unwrap_or_else(PoisonError::into_inner);
        match link.as_ref() {
            // A panic inside grammers ends its task; the caller builds a new link.
            Some(link) if !link.runner.is_finished() => Ok(link.handle.clone()),
            _ => Err(Error::Offline("not connected".into())),
        }
    }
}

/// grammers takes an error that came gzipped for an answer.
fn packed_error(answer: &[u8]) -> Error {
    match tl::enums::RpcError::from_bytes(answer) {
        Ok(tl::enums::RpcError::Error(error)) => Error::from(InvocationError::Rpc(error.into())),
        Err(_) => Error::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SessionData, Store};

    struct Nowhere;
    impl Store for Nowhere {
        fn keep(&self, _: &SessionData) -> Result<(), String> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn what_is_not_on_the_list_does_not_leave() {
        let app = Application { api_id: 1, api_hash: String::new(), proxy: None, language: "ru" };
        let keeper = Arc::new(Keeper::new(SessionData::default(), Arc::new(Nowhere)));
        let limiter = Arc::new(Limiter::new(Duration::ZERO, Duration::ZERO));
        let api = Api::new(app, keeper, limiter, Duration::from_secs(1));
        let read = tl::functions::messages::ReadHistory { peer: tl::enums::InputPeer::PeerSelf, max_id: 5 };
        assert!(matches!(api.call(&read, Pace::Urgent).await, Err(Error::Forbidden(_))));
        assert!(matches!(api.call(&tl::functions::updates::GetState {}, Pace::Urgent).await, Err(Error::Offline(_))));
    }
}
