//! A channel or supergroup that several accounts follow is one record with several witnesses. What one of them cannot see
//! (it was put out, it came later and the past is hidden from it) is no proof that it is gone: the others are asked first.

use super::desk::Desk;
use super::work::failed;
use letopis_model::{AccountId, MessageId, PeerId};
use letopis_telegram::Error;
use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

/// Of the messages that this account does not see, those that are gone for every witness. A witness that is switched on
/// and cannot be asked now leaves the question open: nothing is gone then, and the next look asks again.
pub async fn gone_for_all(
    desk: &Arc<Desk>,
    peer: PeerId,
    absent: &[MessageId],
    lowest_seen: Option<MessageId>,
) -> Result<BTreeSet<MessageId>, Error> {
    if absent.is_empty() {
        return Ok(BTreeSet::new());
    }
    let others = others(desk, peer).await?;
    if others.is_empty() {
        return Ok(absent.iter().copied().collect());
    }
    // What lies before everything this account ever saw of the chat was perhaps never shown to it.
    let mut gone: BTreeSet<MessageId> = absent.iter().copied().filter(|id| lowest_seen.is_none_or(|low| *id >= low)).collect();
    for (other, is_on) in others {
        if gone.is_empty() {
            break;
        }
        let ids: Vec<MessageId> = gone.iter().copied().collect();
        match desk_of(desk, other) {
            Some(other) => match other.account.by_ids(peer, &ids).await {
                Ok(found) => gone = found.absent.into_iter().collect(),
                Err(error) => {
                    tracing::info!(account = desk.id.0, %error, "another witness could not be asked");
                    return Ok(BTreeSet::new());
                }
            },
            None if is_on => return Ok(BTreeSet::new()),
            None => {}
        }
    }
    Ok(gone)
}

/// The other accounts that follow the chat, and whether each is switched on.
pub async fn others(desk: &Arc<Desk>, peer: PeerId) -> Result<Vec<(AccountId, bool)>, Error> {
    let id = desk.id;
    desk.hall.read(move |reader| reader.other_witnesses(id, peer)).await.map_err(failed)
}

fn desk_of(desk: &Desk, account: AccountId) -> Option<Arc<Desk>> {
    desk.hall.desks.lock().unwrap_or_else(PoisonError::into_inner).get(&account)?.upgrade()
}
