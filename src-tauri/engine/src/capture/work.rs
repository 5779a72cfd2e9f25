//! What is done beside listening: spans that were not heard, a second look at known messages, the
//! back-fill. One small step at a time, the most urgent first, each with its progress saved; stopped anywhere, it goes on
//! from there.

use super::coverage::GapReason;
use super::desk::{Desk, Inner, Order};
use super::list::list_chats;
use super::sift::Asked;
use super::{sweep, takeout, witness};
use letopis_archive::{CaptureChat, Captured, KnownMessage, Sweep};
use letopis_model::{Change, ChatId, DeletionCause, MessageId, PeerId, PeerKind, Source, Timestamp};
use letopis_telegram::{Error, PAGE, Page, Seen, Trouble};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Between two tries of what fails.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);
/// Before a refusal is believed.
const MOMENT: Duration = Duration::from_secs(1);
/// When there is nothing to do.
const IDLE: Duration = Duration::from_secs(30);
/// How many known messages of a chat are looked at again.
pub const LOOKED_AT: usize = 1000;
/// A look that left nothing out.
pub const FIRST: MessageId = MessageId(1);
/// Known messages are looked at again so often, seconds.
const CHECK_EVERY: i64 = 6 * 3600;

/// Runs until something ends the whole run.
pub async fn run(desk: Arc<Desk>) -> Error {
    let mut pause = SHORTEST;
    loop {
        let done = step(&desk).await;
        if done.is_ok() {
            pause = SHORTEST;
        }
        match done {
            Ok(true) => {}
            Ok(false) => {
                desk.hall.set_idle(desk.id, !desk.is_asked());
                let _ = tokio::time::timeout(IDLE, desk.work.notified()).await;
            }
            Err(error) => match error.trouble() {
                Trouble::Wait(wait) => tokio::time::sleep(wait).await,
                Trouble::Stop => return error,
                // The feed notices a dead link by itself and builds it anew; here one only waits.
                Trouble::Reconnect | Trouble::Skip => {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST);
                }
            },
        }
    }
}

/// Whether there was something to do.
async fn step(desk: &Arc<Desk>) -> Result<bool, Error> {
    let asked = desk.take_asked();
    if asked.dialogs || asked.folders {
        let again = || desk.ask(Asked { dialogs: true, ..Asked::default() });
        list_chats(desk).await.inspect_err(|_| again())?;
    }
    for peer in &asked.look_at {
        let again = || desk.ask(Asked { look_at: [*peer].into(), ..Asked::default() });
        look_at(desk, *peer).await.inspect_err(|_| again())?;
    }
    for (peer, ids) in &asked.touched {
        let ids: Vec<MessageId> = ids.iter().copied().collect();
        by_ids(desk, *peer, &ids, &BTreeMap::new()).await?;
    }
    let Some((chat, job)) = next(desk).await else {
        takeout::finish(desk).await?;
        return Ok(asked.dialogs || asked.folders || !asked.look_at.is_empty());
    };
    match job {
        Job::Lost => lost_page(desk, chat).await?,
        Job::Check => check(desk, chat).await?,
        Job::Fill => {
            takeout::prepare(desk).await?;
            fill_page(desk, chat).await?;
        }
        Job::Sweep(sweep) => sweep::page(desk, chat, sweep).await?,
    }
    Ok(true)
}

/// The most urgent first.
#[derive(Clone, Copy)]
enum Job {
    Lost,
    Check,
    Fill,
    Sweep(Sweep),
}

impl Job {
    fn rank(&self) -> u8 {
        match self {
            Job::Lost => 0,
            Job::Check => 1,
            Job::Fill => 2,
            Job::Sweep(_) => 3,
        }
    }
}

async fn next(desk: &Desk) -> Option<(CaptureChat, Job)> {
    let (inner, now) = (desk.inner.lock().await, desk.hall.now());
    let owed = |chat: &CaptureChat| {
        let due = chat.checked_at.unwrap_or(chat.joined_at).0 + CHECK_EVERY <= now.0;
        match () {
            () if chat.is_gone => None,
            () if chat.lost_since.is_some() => Some(Job::Lost),
            () if chat.check_owed || due => Some(Job::Check),
            () if !chat.fill_done => Some(Job::Fill),
            () => inner.sweeps.get(&chat.peer).copied().map(Job::Sweep),
        }
    };
    let jobs = inner.sieve.chats.values().filter_map(|chat| owed(chat).map(|job| (chat, job)));
    jobs.min_by_key(|(_, job)| job.rank()).map(|(chat, job)| (chat.clone(), job))
}

pub(super) fn failed(failure: crate::Failure) -> Error {
    Error::Store(failure.to_string())
}

impl Desk {
    pub fn chat(&self, peer: PeerId) -> ChatId {
        ChatId::new(Some(self.id), peer)
    }

    pub async fn owe_checks(&self) {
        let mut inner = self.inner.lock().await;
        inner.sieve.chats.values_mut().for_each(|chat| chat.check_owed = !chat.is_gone);
        drop(inner);
        self.hall.set_idle(self.id, false);
        self.work.notify_one();
    }

    /// Keeps messages of one chat together with what its row says now.
    async fn keep_read(
        &self,
        peer: PeerId,
        seen: Vec<Seen>,
        gone: Vec<Change>,
        edit: impl FnOnce(&mut CaptureChat),
    ) -> Result<u64, Error> {
        let mut inner = self.inner.lock().await;
        let Inner { scope, sieve, .. } = &mut *inner;
        // The scope may have changed while Telegram answered.
        let Some(row) = sieve.chats.get_mut(&peer).filter(|_| scope.members.contains(&peer)) else { return Ok(0) };
        edit(row);
        let mut captured = Captured { account: Some(self.id), chats: vec![row.clone()], changes: gone, ..Captured::default() };
        self.account.peers(|peers| seen.into_iter().for_each(|seen| sieve.seen(seen, peers, &mut captured)));
        self.keep(captured).await.map_err(failed)
    }
}

pub(super) fn oldest(page: &Page) -> Option<Timestamp> {
    page.seen.iter().filter_map(|seen| seen.sighting.sent_at).min()
}

pub(super) async fn page_of(desk: &Arc<Desk>, chat: &CaptureChat, before: Option<MessageId>) -> Result<Option<Page>, Error> {
    match desk.account.history(chat.peer, before).await {
        Ok(page) => Ok(Some(page)),
        Err(Error::Refused(name)) if name == "TAKEOUT_INVALID" => {
            takeout::lost(desk).await?;
            Ok(None)
        }
        Err(Error::Refused(name)) => {
            gone(desk, chat.peer, &name).await?;
            Ok(None)
        }
        Err(Error::UnknownPeer) => {
            tracing::warn!(account = desk.id.0, "a chat in scope cannot be addressed");
            desk.keep_read(chat.peer, Vec::new(), Vec::new(), |row| row.is_gone = true).await?;
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

async fn fill_page(desk: &Arc<Desk>, chat: CaptureChat) -> Result<(), Error> {
    let Some(page) = page_of(desk, &chat, chat.fill_before).await? else { return Ok(()) };
    let (reached, lowest) = (oldest(&page), page.ids.first().copied());
    let deep = reached.is_some_and(|at| chat.fill_since.is_some_and(|since| at < since));
    let (last, total) = (page.last, page.total);
    let wanted = |seen: &Seen| chat.fill_since.is_none_or(|since| seen.sighting.sent_at.is_none_or(|at| at >= since));
    let from = chat.fill_since.unwrap_or(chat.joined_at).max(if last { reached.unwrap_or_default() } else { Timestamp(0) });
    let covered = complete(desk, &chat, from, deep || last);
    let seen = page.seen.into_iter().filter(wanted).collect();
    desk.keep_read(chat.peer, seen, covered, |row| {
        row.fill_before = lowest.or(row.fill_before);
        row.fill_reached = reached.or(row.fill_reached);
        row.fill_done = deep || last;
        row.total = total.or(row.total);
    })
    .await?;
    Ok(())
}

/// What a finished reading covers: everything still there between the two moments.
pub(super) fn complete(desk: &Desk, chat: &CaptureChat, from: Timestamp, done: bool) -> Vec<Change> {
    let to = desk.hall.now();
    if done && from < to { vec![desk.read_whole(desk.chat(chat.peer), from, to)] } else { Vec::new() }
}

/// Reads a span that was not heard, and compares it with what is known: what stands here and not there was deleted.
async fn lost_page(desk: &Arc<Desk>, chat: CaptureChat) -> Result<(), Error> {
    let Some(page) = page_of(desk, &chat, chat.lost_before).await? else { return Ok(()) };
    let since = chat.lost_since.unwrap_or_default();
    let lowest = page.ids.first().copied();
    let done = page.last || oldest(&page).is_some_and(|at| at < since);
    let mut covered = complete(desk, &chat, since, done);
    if let Some(why) = chat.lost_why.as_deref().filter(|_| done) {
        // What was written and deleted in it, and edits between, stay unknown.
        let reason = GapReason::from_name(why).unwrap_or(GapReason::Offline);
        covered.push(desk.blind(desk.chat(chat.peer), since, desk.hall.now(), reason));
    }
    desk.keep_read(chat.peer, page.seen, covered, |row| {
        row.lost_before = lowest.or(row.lost_before);
        if done {
            row.lost_since = None;
            row.lost_before = None;
            row.lost_why = None;
            // Older messages may have been edited or deleted in that span, too.
            row.check_owed = true;
        }
    })
    .await?;
    Ok(())
}

/// Looks at known messages again: edits that were missed become versions, what is gone is an interval.
async fn check(desk: &Arc<Desk>, chat: CaptureChat) -> Result<(), Error> {
    let (id, started) = (desk.chat(chat.peer), desk.hall.now());
    let mut before = None;
    let mut looked_at = 0;
    while looked_at < LOOKED_AT {
        let known = desk.hall.read(move |reader| reader.known_messages(id, before, PAGE)).await.map_err(failed)?;
        let Some(last) = known.last() else {
            before = Some(FIRST);
            break;
        };
        before = Some(last.message);
        looked_at += known.len();
        let ids: Vec<MessageId> = known.iter().map(|known| known.message).collect();
        let seen_at = known.iter().map(|known| (known.message, there_at(known, &chat))).collect();
        by_ids(desk, chat.peer, &ids, &seen_at).await?;
    }
    desk.keep_read(chat.peer, Vec::new(), Vec::new(), |row| {
        row.check_owed = false;
        row.checked_at = Some(started);
        row.checked_down_to = before;
    })
    .await?;
    Ok(())
}

/// When a message was certainly there. An answer may have been a moment on its way when it was noted as seen; the last
/// look at the chat counts only for what was known then and looked at: deletions bring older messages into the next look.
pub(super) fn there_at(known: &KnownMessage, chat: &CaptureChat) -> Timestamp {
    const ON_ITS_WAY: i64 = 60;
    let seen = known.seen_at.plus(-ON_ITS_WAY);
    let was_looked_at = chat.checked_down_to.is_some_and(|down_to| known.message >= down_to);
    chat.checked_at.filter(|_| known.is_captured && was_looked_at).map_or(seen, |checked| checked.max(seen))
}

/// `seen_at`: when each was there for certain. Ids without such a moment are only read, never declared gone. Returns how
/// much was new.
pub(super) async fn by_ids(
    desk: &Arc<Desk>,
    peer: PeerId,
    ids: &[MessageId],
    seen_at: &BTreeMap<MessageId, Timestamp>,
) -> Result<u64, Error> {
    let (chat, mut new) = (desk.chat(peer), 0);
    for part in ids.chunks(PAGE) {
        let found = match desk.account.by_ids(peer, part).await {
            Ok(found) => found,
            Err(Error::Refused(name)) => {
                gone(desk, peer, &name).await?;
                return Ok(new);
            }
            Err(Error::UnknownPeer) => return Ok(new),
            Err(other) => return Err(other),
        };
        let to = desk.account.latest();
        let lowest = desk.inner.lock().await.sieve.chats.get(&peer).and_then(|row| row.fill_before);
        let absent = witness::gone_for_all(desk, peer, &found.absent, lowest).await?;
        let gone = absent.iter().filter_map(|message| {
            let from = *seen_at.get(message)?;
            let (message, to) = (*message, to.max(from));
            Some(Change::Deleted { chat, message, from, to, cause: DeletionCause::Unknown, source: Source::Reconcile })
        });
        new += desk.keep_read(peer, found.seen, gone.collect(), |_| {}).await?;
    }
    Ok(new)
}

/// Whether a chat is still there for this account.
async fn look_at(desk: &Arc<Desk>, peer: PeerId) -> Result<(), Error> {
    let row = desk.inner.lock().await.sieve.chats.get(&peer).cloned();
    let Some(row) = row.filter(|row| !row.is_gone) else { return Ok(()) };
    let Some(page) = page_of(desk, &row, None).await? else { return Ok(()) };
    let chat = desk.chat(peer);
    let known = desk.hall.read(move |reader| reader.known_messages(chat, None, 1)).await.map_err(failed)?;
    if page.ids.is_empty() && !known.is_empty() {
        return vanished(desk, peer, false).await;
    }
    desk.keep_read(peer, page.seen, Vec::new(), |row| row.check_owed = true).await?;
    Ok(())
}

/// Telegram refused to show a chat.
async fn gone(desk: &Arc<Desk>, peer: PeerId, name: &str) -> Result<(), Error> {
    tracing::info!(account = desk.id.0, name, "a chat is no longer shown to the account");
    let is_gone =
        matches!(name, "CHANNEL_PRIVATE" | "CHANNEL_INVALID" | "CHAT_FORBIDDEN" | "USER_BANNED_IN_CHANNEL" | "CHAT_ID_INVALID")
            || (name == "PEER_ID_INVALID" && peer.kind != PeerKind::User);
    if is_gone {
        return if is_still_refused(desk, peer).await? { vanished(desk, peer, true).await } else { Ok(()) };
    }
    // A refusal for a reason of its own must not be asked for again and again.
    desk.keep_read(peer, Vec::new(), Vec::new(), |row| {
        row.fill_done = true;
        row.lost_since = None;
        row.check_owed = false;
    })
    .await?;
    Ok(())
}

/// Who is put out of a chat and let in again at once has lost nothing: asked a moment later, it is there.
async fn is_still_refused(desk: &Arc<Desk>, peer: PeerId) -> Result<bool, Error> {
    tokio::time::sleep(MOMENT).await;
    match desk.account.history(peer, None).await {
        Ok(_) => Ok(false),
        Err(Error::Refused(_) | Error::UnknownPeer) => Ok(true),
        Err(other) => Err(other),
    }
}

/// The whole chat disappeared: one event, every original stays.
async fn vanished(desk: &Arc<Desk>, peer: PeerId, is_gone: bool) -> Result<(), Error> {
    let to = desk.account.latest();
    let row = desk.inner.lock().await.sieve.chats.get(&peer).cloned();
    // The last moments at which it was certainly there.
    let from = row.map_or(to, |row| row.joined_at.max(row.checked_at.unwrap_or_default()).min(to));
    let others = witness::others(desk, peer).await?;
    // Others still see it: it did not vanish, only this account's view of it ends here.
    let change = match others.iter().any(|(_, is_on)| *is_on) {
        true => desk.blind(desk.chat(peer), from, to, GapReason::NoAccess),
        false => Change::ChatVanished { chat: desk.chat(peer), from, to, source: Source::Reconcile },
    };
    if is_gone && peer.kind == PeerKind::Channel {
        let _ = desk.orders.send(Order::Forget(vec![peer.id]));
    }
    desk.keep_read(peer, Vec::new(), vec![change], |row| row.is_gone |= is_gone).await?;
    Ok(())
}
