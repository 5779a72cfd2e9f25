//! The account's list of chats and folders: who joins the scope, who leaves it, who has disappeared.

use super::desk::{Desk, Inner, Order};
use super::scope::{KeptFolder, Scope};
use super::sift::Asked;
use super::work::failed;
use letopis_archive::{CaptureRule, Captured, RuleOf};
use letopis_model::{Change, PeerId, PeerKind, Source, Timestamp};
use letopis_telegram::{Dialogs, Error, Seen};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Reads the list and brings the scope after it.
///
/// # Errors
/// All of the network; `Store`.
pub async fn list_chats(desk: &Arc<Desk>) -> Result<(), Error> {
    let mut found = desk.account.dialogs().await?;
    keep_folders(desk, &found).await?;
    let mut inner = desk.inner.lock().await;
    follow_moves(desk, &mut inner).await?;
    let Inner { scope, sieve, sweeps } = &mut *inner;
    if let Some(folders) = &found.folders {
        scope.folders.clone_from(folders);
    }
    scope.archived = found.chats.iter().filter(|dialog| dialog.archived).map(|dialog| dialog.facts.peer).collect();
    let (now, since) = (desk.hall.now(), sieve.since);
    let whose = Change::AccountSeen { account: desk.id, manager: desk.name.clone(), source: Source::Live };
    let mut captured = Captured { account: Some(desk.id), changes: vec![whose], ..Captured::default() };
    let (mut learn, mut listed, mut left) = (Vec::new(), BTreeSet::new(), Vec::new());
    for dialog in &found.chats {
        let facts = &dialog.facts;
        listed.insert(facts.peer);
        match (scope.allows(facts), scope.members.contains(&facts.peer)) {
            (true, false) => sieve.join(facts, scope, now, Some(since), &mut captured),
            (false, true) => left.push(facts.peer),
            (true, true) => {
                sieve.meet(facts, &mut captured);
                sieve.doubt(facts.peer, &mut captured);
            }
            (false, false) => {
                if scope.rules.iter().any(|rule| rule.of == RuleOf::Chat(facts.peer)) {
                    desk.hall.name_kept_out(desk.id, facts.peer, &facts.name);
                }
                continue;
            }
        }
        learn.extend(dialog.pts.filter(|_| facts.peer.kind == PeerKind::Channel).map(|pts| (facts.peer.id, pts)));
    }
    for peer in &left {
        scope.members.remove(peer);
        sieve.chats.remove(peer);
        sweeps.remove(peer);
    }
    let tops = std::mem::take(&mut found.tops).into_iter().filter(|seen| is_kept(seen, scope, since));
    desk.account.peers(|peers| tops.for_each(|seen| sieve.seen(seen, peers, &mut captured)));
    let missing: BTreeSet<PeerId> = scope.members.difference(&listed).copied().collect();
    desk.show_scope(scope);
    desk.keep(captured).await.map_err(failed)?;
    drop(inner);
    leave(desk, left).await?;
    let _ = desk.orders.send(Order::Learn(learn));
    desk.ask(Asked { look_at: missing, work: true, ..Asked::default() });
    Ok(())
}

/// In scope, and not older than what may be read back.
fn is_kept(seen: &Seen, scope: &Scope, since: Timestamp) -> bool {
    scope.members.contains(&seen.sighting.chat.peer()) && seen.sighting.sent_at.is_none_or(|at| at >= since)
}

/// A group in scope that became a supergroup stays in scope under its new number.
async fn follow_moves(desk: &Arc<Desk>, inner: &mut Inner) -> Result<(), Error> {
    let scope = &mut inner.scope;
    let heirs: Vec<PeerId> = desk.account.peers(|peers| {
        let moved = peers.iter().filter(|facts| scope.members.contains(&facts.peer)).filter_map(|facts| facts.moved_to);
        moved.map(PeerId::channel).collect()
    });
    let named = |peer: &PeerId| scope.rules.iter().any(|rule| rule.of == RuleOf::Chat(*peer));
    let new: Vec<PeerId> = heirs.into_iter().filter(|peer| !named(peer)).collect();
    if new.is_empty() {
        return Ok(());
    }
    scope.rules.extend(new.iter().map(|peer| CaptureRule { of: RuleOf::Chat(*peer), allow: true, with_private: false }));
    let (id, rules) = (desk.id, scope.rules.clone());
    desk.hall.write(move |writer| writer.put_capture_rules(id, &rules)).await.map_err(failed)
}

async fn keep_folders(desk: &Arc<Desk>, found: &Dialogs) -> Result<(), Error> {
    let Some(folders) = &found.folders else { return Ok(()) };
    let kept: Vec<KeptFolder> = folders.iter().map(KeptFolder::from).collect();
    let json = serde_json::to_string(&kept).map_err(|e| Error::Store(e.to_string()))?;
    let id = desk.id;
    desk.hall.write(move |writer| writer.put_capture_folders(id, &json)).await.map_err(failed)
}

async fn leave(desk: &Arc<Desk>, left: Vec<PeerId>) -> Result<(), Error> {
    if left.is_empty() {
        return Ok(());
    }
    let channels = left.iter().filter(|peer| peer.kind == PeerKind::Channel).map(|peer| peer.id).collect();
    let _ = desk.orders.send(Order::Forget(channels));
    let id = desk.id;
    desk.hall.write(move |writer| writer.drop_capture_chats(id, &left)).await.map_err(failed)
}
