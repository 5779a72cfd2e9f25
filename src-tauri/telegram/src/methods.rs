//! Every method that may leave this machine. All of them read, sign in or sign out; none tells anybody that something was
//! read, none shows the account as online, none writes. A method that is not here is refused by [`crate::api`] before it is
//! sent, and the test server's log is compared with this list.

use grammers_tl_types::{Identifiable, functions as f};

macro_rules! methods {
    ($($name:literal = $method:ty,)*) => {
        /// Constructor ids and names.
        pub const METHODS: &[(u32, &str)] = &[$((<$method>::CONSTRUCTOR_ID, $name),)*];
    };
}

methods! {
    "auth.sendCode" = f::auth::SendCode,
    "auth.resendCode" = f::auth::ResendCode,
    "auth.cancelCode" = f::auth::CancelCode,
    "auth.signIn" = f::auth::SignIn,
    "auth.exportLoginToken" = f::auth::ExportLoginToken,
    "auth.importLoginToken" = f::auth::ImportLoginToken,
    "auth.checkPassword" = f::auth::CheckPassword,
    "auth.logOut" = f::auth::LogOut,
    "auth.exportAuthorization" = f::auth::ExportAuthorization,
    "auth.importAuthorization" = f::auth::ImportAuthorization,
    "account.getPassword" = f::account::GetPassword,
    "account.initTakeoutSession" = f::account::InitTakeoutSession,
    "account.finishTakeoutSession" = f::account::FinishTakeoutSession,
    "users.getUsers" = f::users::GetUsers,
    "updates.getState" = f::updates::GetState,
    "updates.getDifference" = f::updates::GetDifference,
    "updates.getChannelDifference" = f::updates::GetChannelDifference,
    "messages.getDialogs" = f::messages::GetDialogs,
    "messages.getDialogFilters" = f::messages::GetDialogFilters,
    "messages.getHistory" = f::messages::GetHistory,
    "messages.getMessages" = f::messages::GetMessages,
    "channels.getMessages" = f::channels::GetMessages,
    "upload.getFile" = f::upload::GetFile,
}

/// What the connection itself sends: grammers' own first request and its keep-alive.
pub const BY_THE_CONNECTION: &[&str] =
    &["invokeWithLayer", "initConnection", "help.getConfig", "ping_delay_disconnect", "msgs_ack"];

pub fn is_allowed(constructor: u32) -> bool {
    METHODS.iter().any(|(id, _)| *id == constructor)
}

/// The method that a request is about: what a takeout wraps counts, not the wrapping.
pub fn of(body: &[u8]) -> u32 {
    let id_at = |at| body.get(at..).and_then(|rest| rest.first_chunk::<4>()).map_or(0, |bytes| u32::from_le_bytes(*bytes));
    match id_at(0) {
        f::InvokeWithTakeout::<f::Ping>::CONSTRUCTOR_ID => id_at(12), // its own id, and the takeout's number
        id => id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_on_the_list_writes() {
        let writes = [
            "send", "edit", "delete", "read", "set", "save", "forward", "pin", "react", "join", "leave", "update", "report",
            "invite",
        ];
        // auth.sendCode asks for a login code; nothing else may begin like this.
        for (_, name) in METHODS.iter().filter(|(_, name)| !name.starts_with("auth.")) {
            let method = name.rsplit('.').next().unwrap();
            assert!(writes.iter().all(|word| !method.starts_with(word)), "{name}");
        }
    }

    #[test]
    fn names_agree_with_the_schema() {
        for (id, name) in METHODS {
            assert_eq!(grammers_tl_types::name_for_id(*id), *name);
        }
    }

    #[test]
    fn a_takeout_wraps_nothing_that_is_forbidden() {
        use grammers_tl_types::{Serializable, enums::InputPeer};
        let read = f::messages::ReadHistory { peer: InputPeer::PeerSelf, max_id: 5 };
        let wrapped = f::InvokeWithTakeout { takeout_id: 7, query: read }.to_bytes();
        assert_eq!(of(&wrapped), f::messages::ReadHistory::CONSTRUCTOR_ID);
        assert!(!is_allowed(of(&wrapped)) && !is_allowed(of(&[])) && !is_allowed(of(&wrapped[..12])));
        let twice =
            f::InvokeWithTakeout { takeout_id: 7, query: f::InvokeWithTakeout { takeout_id: 7, query: f::Ping { ping_id: 1 } } };
        assert!(!is_allowed(of(&twice.to_bytes())));
    }

    #[test]
    fn what_would_show_in_the_account_is_refused() {
        let refused = [
            f::messages::ReadHistory::CONSTRUCTOR_ID,
            f::channels::ReadHistory::CONSTRUCTOR_ID,
            f::account::UpdateStatus::CONSTRUCTOR_ID,
            f::messages::SendMessage::CONSTRUCTOR_ID,
            f::messages::GetMessagesViews::CONSTRUCTOR_ID,
            f::messages::ReadMessageContents::CONSTRUCTOR_ID,
            f::messages::ReceivedMessages::CONSTRUCTOR_ID,
            f::messages::DeleteMessages::CONSTRUCTOR_ID,
        ];
        assert!(refused.into_iter().all(|id| !is_allowed(id)));
    }
}
