//! Telegram's takeout: history read within a session that is made for exports, with softer limits. Telegram tells the
//! account's devices that an export was begun, so it is used only where a person asked for it.

use crate::limiter::Pace;
use crate::{Account, Error};
use grammers_tl_types::{self as tl, functions as f};
use std::sync::PoisonError;

impl Account {
    /// Begins a takeout of messages, files not included. Returns Telegram's number of it.
    ///
    /// # Errors
    /// `TakeoutDelay`: not before so long; all of the network.
    pub async fn begin_takeout(&self) -> Result<i64, Error> {
        let request = f::account::InitTakeoutSession {
            contacts: false,
            message_users: true,
            message_chats: true,
            message_megagroups: true,
            message_channels: true,
            files: false,
            file_max_size: None,
        };
        let tl::enums::account::Takeout::Takeout(begun) = self.api().call(&request, Pace::Bulk).await?;
        Ok(begun.id)
    }

    /// Tells Telegram that the export is done.
    ///
    /// # Errors
    /// `Refused("TAKEOUT_INVALID")` when it had ended by itself; all of the network.
    pub async fn end_takeout(&self, takeout_id: i64) -> Result<(), Error> {
        self.use_takeout(None);
        let query = f::account::FinishTakeoutSession { success: true };
        self.api().call(&f::InvokeWithTakeout { takeout_id, query }, Pace::Bulk).await.map(|_| ())
    }

    /// From now on history is read within this takeout, or outside any.
    pub fn use_takeout(&self, takeout: Option<i64>) {
        *self.takeout.lock().unwrap_or_else(PoisonError::into_inner) = takeout;
    }

    pub(crate) async fn history_page(&self, query: f::messages::GetHistory) -> Result<tl::enums::messages::Messages, Error> {
        let takeout = *self.takeout.lock().unwrap_or_else(PoisonError::into_inner);
        match takeout {
            Some(takeout_id) => self.api().call(&f::InvokeWithTakeout { takeout_id, query }, Pace::Takeout).await,
            None => self.api().call(&query, Pace::Bulk).await,
        }
    }
}
