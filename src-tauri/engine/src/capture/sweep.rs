//! A whole chat read again on demand: every page of its history, from the newest message to the first. Edits that were
//! missed become versions, messages that are gone an interval, messages never seen are kept. One page is one step, saved
//! with how far it came; stopped anywhere, it goes on from there.

use super::Capture;
use super::desk::Desk;
use super::work::{FIRST, by_ids, complete, failed, oldest, page_of, there_at};
use crate::Failure;
use letopis_archive::{CaptureChat, Captured, KnownMessage, Sweep};
use letopis_model::{AccountId, Change, MessageId, PeerId};
use letopis_telegram::{Error, PAGE, Page, Seen};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Known messages taken from the archive at once.
const AT_ONCE: usize = 1000;

impl Capture {
    /// Begins to read a chat again as a whole, or goes on with it. It runs beside the listening, behind everything that
    /// is more urgent, and survives a restart; how far it is stands in the account's view.
    ///
    /// # Errors
    /// `NotFound` when the chat is not in the account's scope, or gone.
    pub fn sweep(self: &Arc<Self>, account: AccountId, peer: PeerId) -> Result<(), Failure> {
        let archive = self.hall.archive()?;
        let chats = archive.read(|reader| reader.capture_chats(account))?;
        let known = chats.iter().any(|chat| chat.peer == peer && !chat.is_gone);
        let under_way = |sweep: &Sweep| sweep.peer == peer && sweep.ended_at.is_none();
        let runs = archive.read(|reader| reader.capture_sweeps(account))?.iter().any(under_way);
        match (known, runs) {
            (false, _) => return Err(Failure::NotFound),
            (true, true) => return Ok(()),
            (true, false) => {}
        }
        let began_at = self.hall.now();
        let sweep = Sweep { peer, began_at, before: None, looked_at: 0, found: 0, ended_at: None };
        archive.writer.run(move |writer| writer.put_sweep(account, &sweep))?;
        self.tell_desk(account, move |sweeps| _ = sweeps.insert(peer, sweep))
    }

    /// Gives a sweep up; what it found stays.
    ///
    /// # Errors
    /// The archive could not be written.
    pub fn cancel_sweep(self: &Arc<Self>, account: AccountId, peer: PeerId) -> Result<(), Failure> {
        self.tell_desk(account, move |sweeps| _ = sweeps.remove(&peer))?;
        self.hall.archive()?.writer.run(move |writer| writer.drop_sweep(account, peer))
    }

    fn tell_desk(
        self: &Arc<Self>,
        account: AccountId,
        change: impl FnOnce(&mut BTreeMap<PeerId, Sweep>) + Send,
    ) -> Result<(), Failure> {
        self.block(async |capture| {
            if let Some(desk) = capture.desk(account) {
                change(&mut desk.inner.lock().await.sweeps);
                desk.hall.set_idle(account, false);
                desk.work.notify_one();
            }
            Ok(())
        })?;
        (self.hall.tell)(super::Event::Account(account));
        Ok(())
    }
}

/// Reads one page and compares it with what the archive holds of that span.
pub async fn page(desk: &Arc<Desk>, chat: CaptureChat, sweep: Sweep) -> Result<(), Error> {
    let Some(page) = page_of(desk, &chat, sweep.before).await? else {
        let is_gone = desk.inner.lock().await.sieve.chats.get(&chat.peer).is_none_or(|row| row.is_gone);
        return if is_gone { give_up(desk, chat.peer).await } else { Ok(()) };
    };
    let (known, is_lowest) = known_in(desk, &chat, &page, sweep.before).await?;
    let missing: Vec<&KnownMessage> = known.iter().filter(|known| !page.ids.contains(&known.message)).collect();
    let mut found = 0;
    // A page is no proof that a message is gone; the answer to the question by its id is.
    for part in missing.chunks(PAGE) {
        let ids: Vec<MessageId> = part.iter().map(|known| known.message).collect();
        let seen_at = part.iter().map(|known| (known.message, there_at(known, &chat))).collect();
        found += by_ids(desk, chat.peer, &ids, &seen_at).await?;
    }
    let known: BTreeSet<MessageId> = known.iter().map(|known| known.message).collect();
    keep(desk, &chat, sweep, page, &known, Step { found, is_lowest }).await
}

struct Step {
    found: u64,
    /// The archive holds nothing older than this page.
    is_lowest: bool,
}

/// What the archive holds between the oldest message of the page and where the page begins, and whether that is its end.
async fn known_in(
    desk: &Arc<Desk>,
    chat: &CaptureChat,
    page: &Page,
    before: Option<MessageId>,
) -> Result<(Vec<KnownMessage>, bool), Error> {
    let id = desk.chat(chat.peer);
    let lowest = page.ids.first().copied().filter(|_| !page.last);
    let (mut found, mut cursor) = (Vec::new(), before);
    loop {
        let known = desk.hall.read(move |reader| reader.known_messages(id, cursor, AT_ONCE)).await.map_err(failed)?;
        let Some(last) = known.last() else { return Ok((found, true)) };
        cursor = Some(last.message);
        let below = lowest.is_some_and(|lowest| last.message < lowest);
        found.extend(known.into_iter().filter(|known| lowest.is_none_or(|lowest| known.message >= lowest)));
        if below {
            return Ok((found, false));
        }
    }
}

async fn keep(
    desk: &Arc<Desk>,
    chat: &CaptureChat,
    mut sweep: Sweep,
    page: Page,
    known: &BTreeSet<MessageId>,
    step: Step,
) -> Result<(), Error> {
    let reached = oldest(&page);
    let is_deep = reached.is_some_and(|at| chat.fill_since.unwrap_or(chat.joined_at) > at);
    let done = page.last || (is_deep && step.is_lowest);
    let since = chat.fill_since.unwrap_or(chat.joined_at);
    // Older than what may be read back, only what is known already counts.
    let wanted = |seen: &Seen| known.contains(&seen.sighting.message) || seen.sighting.sent_at.is_none_or(|at| at >= since);
    sweep.looked_at += page.ids.len() as u64;
    sweep.found += step.found;
    sweep.before = page.ids.first().copied().or(sweep.before);
    let covered = complete(desk, chat, since.max(reached.unwrap_or(since)), done);
    let (total, seen) = (page.total, page.seen.into_iter().filter(wanted).collect());
    keep_page(desk, chat.peer, seen, covered, (sweep, total, done)).await
}

async fn keep_page(
    desk: &Arc<Desk>,
    peer: PeerId,
    seen: Vec<Seen>,
    changes: Vec<Change>,
    (mut sweep, total, done): (Sweep, Option<u64>, bool),
) -> Result<(), Error> {
    let mut inner = desk.inner.lock().await;
    let super::desk::Inner { scope, sieve, sweeps } = &mut *inner;
    // Scope or wish may have changed while Telegram answered.
    let is_wanted = sweeps.get(&peer).is_some_and(|wanted| wanted.began_at == sweep.began_at);
    let Some(row) = sieve.chats.get_mut(&peer).filter(|_| is_wanted && scope.members.contains(&peer)) else { return Ok(()) };
    row.total = total.or(row.total);
    if done && row.checked_at <= Some(sweep.began_at) {
        row.checked_at = Some(sweep.began_at);
        row.checked_down_to = Some(FIRST);
    }
    let mut captured = Captured { account: Some(desk.id), chats: vec![row.clone()], changes, ..Captured::default() };
    desk.account.peers(|peers| seen.into_iter().for_each(|seen| sieve.seen(seen, peers, &mut captured)));
    sweep.found += desk.keep(captured).await.map_err(failed)?;
    sweep.ended_at = done.then(|| desk.hall.now());
    // Saved after its page: killed between the two, the page is read once more and found unchanged.
    let captured = Captured { account: Some(desk.id), sweep: Some(sweep), ..Captured::default() };
    desk.keep(captured).await.map_err(failed)?;
    match done {
        true => _ = sweeps.remove(&peer),
        false => _ = sweeps.insert(peer, sweep),
    }
    drop(inner);
    (desk.hall.tell)(super::Event::Account(desk.id));
    Ok(())
}

/// The chat is not to be read any more.
async fn give_up(desk: &Arc<Desk>, peer: PeerId) -> Result<(), Error> {
    desk.inner.lock().await.sweeps.remove(&peer);
    let id = desk.id;
    desk.hall.write(move |writer| writer.drop_sweep(id, peer)).await.map_err(failed)
}
