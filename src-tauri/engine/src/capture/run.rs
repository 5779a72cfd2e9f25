//! Keeps one account running: connects, hears, keeps; on trouble waits and begins anew from the last saved position. A
//! panic anywhere inside ends one run, not the capture.

use super::desk::{Desk, Hall, NotNow, Opened, Order, named};
use super::status::CaptureState;
use super::{clock, files, work};
use letopis_model::{AccountId, Timestamp};
use letopis_telegram::{Batch, Error, Feed, Trouble};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

const SHORTEST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(60);
/// Offline for so long, known messages are looked at again.
pub const LONG_OFFLINE: i64 = 600;

enum End {
    /// Begin anew after a wait.
    Again,
    Stop(CaptureState),
}

/// Runs until a person must act.
pub async fn supervise(hall: Arc<Hall>, id: AccountId) {
    let mut wait = SHORTEST;
    loop {
        hall.set_state(id, CaptureState::Connecting);
        hall.set_idle(id, false);
        // A set: dropped with this future, it ends the run inside.
        let mut run = JoinSet::new();
        let (inside, (lived, mut alive)) = (hall.clone(), mpsc::channel(1));
        run.spawn(async move { once(&inside, id, lived).await });
        let end = run.join_next().await;
        if alive.try_recv().is_ok() {
            wait = SHORTEST;
        }
        match end {
            Some(Ok(End::Stop(state))) => return stop(&hall, id, state).await,
            Some(Ok(End::Again)) | None => {}
            Some(Err(error)) => tracing::error!(account = id.0, %error, "the capture of an account ended badly"),
        }
        hall.set_state(id, CaptureState::Offline);
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(LONGEST);
    }
}

async fn stop(hall: &Arc<Hall>, id: AccountId, state: CaptureState) {
    let trouble = match &state {
        CaptureState::SignedOut(why) | CaptureState::Failed(why) => Some(why.clone()),
        _ => None,
    };
    note(hall, id, trouble).await;
    hall.set_state(id, state);
}

async fn note(hall: &Arc<Hall>, id: AccountId, trouble: Option<String>) {
    let noted = hall.write(move |writer| writer.note_capture_trouble(id, trouble.as_deref())).await;
    if let Err(error) = noted {
        tracing::error!(account = id.0, %error, "the trouble of an account was not kept");
    }
}

async fn once(hall: &Arc<Hall>, id: AccountId, lived: mpsc::Sender<()>) -> End {
    let opened = match Desk::open(hall, id).await {
        Ok(opened) => opened,
        Err(NotNow::Consent) => return End::Stop(CaptureState::NeedsConsent),
        Err(NotNow::Scope) => return End::Stop(CaptureState::NeedsScope),
        Err(NotNow::SignedOut) => return End::Stop(CaptureState::SignedOut("signed out".into())),
        Err(NotNow::Failed(failure)) => return End::Stop(CaptureState::Failed(failure.to_string())),
    };
    let Opened { desk, position, orders } = opened;
    let feed = match Feed::open(desk.account.clone(), position.as_ref(), desk.wanted()).await {
        Ok(feed) => feed,
        Err(error) => return broke(&desk, error).await,
    };
    let mut helpers = JoinSet::new();
    helpers.spawn(work::run(desk.clone()));
    helpers.spawn(files::run(desk.clone()));
    hear(desk, feed, orders, helpers, lived).await
}

async fn hear(
    desk: Arc<Desk>,
    mut feed: Feed,
    mut orders: mpsc::UnboundedReceiver<Order>,
    mut helpers: JoinSet<Error>,
    lived: mpsc::Sender<()>,
) -> End {
    let (hall, id) = (desk.hall.clone(), desk.id);
    hall.set_state(id, CaptureState::CatchingUp);
    let mut is_well = false;
    loop {
        let heard = tokio::select! {
            order = orders.recv() => {
                if !obey(&mut feed, order) {
                    continue;
                }
                // A learnt position counts from when it is saved: it is, at once.
                Ok(feed.standing())
            }
            // Only what ends a run comes from the helpers: a signed-out session, a full disk, a panic.
            helper = helpers.join_next() => match helper {
                Some(Ok(error)) => Err(error),
                _ => return End::Again,
            },
            batch = feed.next() => batch,
        };
        match heard {
            Ok(batch) => match keep(&desk, batch).await {
                Ok(true) => {
                    if !std::mem::replace(&mut is_well, true) {
                        note(&hall, id, None).await;
                    }
                    let _ = lived.try_send(());
                }
                Ok(false) => {}
                Err(error) => {
                    tracing::error!(account = id.0, %error, "what was heard could not be kept; it will be asked for again");
                    return End::Again;
                }
            },
            Err(error) => match error.trouble() {
                Trouble::Wait(wait) => pause(&hall, id, wait).await,
                Trouble::Reconnect | Trouble::Skip | Trouble::Stop => {
                    keep_rest(&desk, &mut feed).await;
                    return broke(&desk, error).await;
                }
            },
        }
    }
}

/// The run is over; a silence that the clock explains is said to be the clock's.
async fn broke(desk: &Arc<Desk>, error: Error) -> End {
    let error = clock::explained(&desk.hall, error, desk.account.server_time()).await;
    if error.is(clock::CLOCK_AHEAD) {
        note(&desk.hall, desk.id, Some(clock::CLOCK_AHEAD.to_owned())).await;
    }
    ended(&desk.hall, desk.id, &error).await
}

async fn keep_rest(desk: &Arc<Desk>, feed: &mut Feed) {
    while let Some(batch) = feed.rest() {
        if let Err(error) = keep(desk, batch).await {
            tracing::error!(account = desk.id.0, %error, "what had arrived could not be kept; it will be asked for again");
            return;
        }
    }
}

/// Whether something new is to be saved.
fn obey(feed: &mut Feed, order: Option<Order>) -> bool {
    match order {
        Some(Order::Learn(channels)) => channels.into_iter().fold(false, |new, (channel, pts)| feed.learn(channel, pts) || new),
        Some(Order::Forget(channels)) => {
            channels.into_iter().for_each(|channel| feed.forget(channel));
            true
        }
        None => false,
    }
}

/// Whether the account is live now.
async fn keep(desk: &Arc<Desk>, batch: Batch) -> Result<bool, crate::Failure> {
    let (now, settled, blind) = (desk.hall.now(), batch.settled, !batch.blind.is_empty());
    desk.hall.note_waiting(desk.id, batch.waiting);
    let before = Timestamp(desk.settled_at.load(Ordering::Relaxed));
    let mut inner = desk.inner.lock().await;
    let super::desk::Inner { scope, sieve, .. } = &mut *inner;
    let members = scope.members.len();
    let (mut captured, asked) = desk.account.peers(|peers| sieve.sift(batch, scope, peers, now));
    if scope.members.len() != members {
        desk.show_scope(scope);
    }
    if blind {
        desk.span.store(0, Ordering::Relaxed);
    }
    if settled {
        captured.changes.extend(desk.ledger(&inner, before, now));
        captured.span = Some(desk.span_at(now));
    }
    desk.keep(captured).await?;
    drop(inner);
    desk.ask(asked);
    if settled {
        if before.0 > 0 && now.0 - before.0 > LONG_OFFLINE {
            let id = desk.id;
            desk.hall.write(move |writer| writer.owe_checks(id)).await?;
            desk.owe_checks().await;
        }
        desk.unsettled_since.store(0, Ordering::Relaxed);
        desk.hall.set_state(desk.id, CaptureState::Live);
    } else if desk.is_behind(now) {
        desk.hall.set_state(desk.id, CaptureState::CatchingUp);
    }
    desk.hall.set_settled(desk.id, settled);
    Ok(settled)
}

/// A hole that closes by itself within this time is not worth a word.
const HOLE_SECONDS: i64 = 2;

impl Desk {
    fn is_behind(&self, now: Timestamp) -> bool {
        let since = match self.unsettled_since.compare_exchange(0, now.0, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => now.0,
            Err(since) => since,
        };
        now.0 - since > HOLE_SECONDS
    }
}

async fn pause(hall: &Arc<Hall>, id: AccountId, wait: Duration) {
    let until = hall.now().plus(i64::try_from(wait.as_secs()).unwrap_or(i64::MAX));
    hall.set_state(id, CaptureState::Waiting(until));
    tokio::time::sleep(wait).await;
}

async fn ended(hall: &Arc<Hall>, id: AccountId, error: &Error) -> End {
    tracing::warn!(account = id.0, %error, "the connection of an account ended");
    match error.trouble() {
        Trouble::Wait(wait) => {
            pause(hall, id, wait).await;
            End::Again
        }
        Trouble::Reconnect | Trouble::Skip => End::Again,
        Trouble::Stop => match error {
            Error::SignedOut(_) => End::Stop(CaptureState::SignedOut(named(error))),
            _ => End::Stop(CaptureState::Failed(named(error))),
        },
    }
}
