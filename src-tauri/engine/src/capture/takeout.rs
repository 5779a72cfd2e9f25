//! The back-fill by Telegram's takeout, where a person wanted it: begun before the first page, ended when nothing is left
//! to fill. While Telegram makes one wait for it (a day, often), the back-fill goes on at its ordinary pace.

use super::desk::Desk;
use super::work::failed;
use super::{Capture, Event};
use crate::Failure;
use letopis_archive::Takeout;
use letopis_model::{AccountId, Timestamp};
use letopis_telegram::Error;
use std::sync::Arc;
use std::time::Duration;

/// After a refusal that names no time.
const LATER: Duration = Duration::from_secs(24 * 3600);

impl Capture {
    /// Lets the account's history be read by takeout, or not. **Telegram tells the phone of it**: to be said before.
    ///
    /// # Errors
    /// The archive could not be written.
    pub fn set_takeout(self: &Arc<Self>, account: AccountId, is_on: bool) -> Result<(), Failure> {
        let archive = self.hall.archive()?;
        self.block(async |capture| {
            let Some(desk) = capture.desk(account) else {
                let wanted = Takeout { is_on, ..archive.read(|reader| reader.takeout(account))? };
                return archive.writer.run(move |writer| writer.put_takeout(account, wanted));
            };
            // Written under the lock: a takeout that is just beginning must not write the old wish over this one.
            let mut takeout = desk.takeout.lock().await;
            takeout.is_on = is_on;
            let wanted = *takeout;
            desk.hall.write(move |writer| writer.put_takeout(account, wanted)).await?;
            desk.work.notify_one();
            Ok(())
        })?;
        (self.hall.tell)(Event::Account(account));
        Ok(())
    }
}

/// Before a page of the back-fill.
pub async fn prepare(desk: &Arc<Desk>) -> Result<(), Error> {
    let mut takeout = desk.takeout.lock().await;
    if !takeout.is_on {
        return end_it(desk, &mut takeout).await;
    }
    if takeout.session.is_some() {
        desk.account.use_takeout(takeout.session);
        return Ok(());
    }
    let now = desk.hall.now();
    if takeout.wait_for.is_some_and(|at| at > now) {
        return Ok(());
    }
    match desk.account.begin_takeout().await {
        Ok(session) => {
            desk.account.use_takeout(Some(session));
            *takeout = Takeout { session: Some(session), wait_for: None, ..*takeout };
        }
        Err(Error::TakeoutDelay(wait)) => takeout.wait_for = Some(after(now, wait)),
        Err(Error::Refused(name)) => {
            tracing::warn!(account = desk.id.0, name, "Telegram refused a takeout");
            takeout.wait_for = Some(after(now, LATER));
        }
        Err(other) => return Err(other),
    }
    keep(desk, *takeout).await
}

/// When nothing is left to fill.
pub async fn finish(desk: &Arc<Desk>) -> Result<(), Error> {
    let mut takeout = desk.takeout.lock().await;
    end_it(desk, &mut takeout).await
}

/// Telegram does not know the takeout any more: the next page begins another.
pub async fn lost(desk: &Arc<Desk>) -> Result<(), Error> {
    let mut takeout = desk.takeout.lock().await;
    desk.account.use_takeout(None);
    takeout.session = None;
    keep(desk, *takeout).await
}

async fn end_it(desk: &Arc<Desk>, takeout: &mut Takeout) -> Result<(), Error> {
    let Some(session) = takeout.session else { return Ok(()) };
    match desk.account.end_takeout(session).await {
        Ok(()) | Err(Error::Refused(_)) => {}
        Err(other) => return Err(other),
    }
    takeout.session = None;
    keep(desk, *takeout).await
}

async fn keep(desk: &Arc<Desk>, takeout: Takeout) -> Result<(), Error> {
    let id = desk.id;
    desk.hall.write(move |writer| writer.put_takeout(id, takeout)).await.map_err(failed)?;
    (desk.hall.tell)(Event::Account(id));
    Ok(())
}

fn after(now: Timestamp, wait: Duration) -> Timestamp {
    now.plus(i64::try_from(wait.as_secs()).unwrap_or(i64::MAX))
}
