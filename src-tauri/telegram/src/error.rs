//! What can go wrong between us and Telegram, sorted by what a caller does about it. Never carries text of a chat, a phone
//! or a code: Telegram's own error names only.

use grammers_mtsender::{InvocationError, RpcError};
use std::time::Duration;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Telegram asks to be left alone for so long.
    #[error("Telegram asks to wait {} s", .0.as_secs())]
    Flood(Duration),
    /// The session was ended, on another device or by Telegram: only a new sign-in helps.
    #[error("the session has ended: {0}")]
    SignedOut(String),
    /// The network, or a link that is silently dead.
    #[error("no connection: {0}")]
    Offline(String),
    /// A takeout may not begin before so long; nothing else has to wait.
    #[error("a takeout may begin in {} s", .0.as_secs())]
    TakeoutDelay(Duration),
    /// The server does not know our key, and no other could be agreed on.
    #[error("no key could be agreed on")]
    NoKey,
    /// The account belongs to another data centre.
    #[error("the account lives in data centre {0}")]
    Migrate(i32),
    /// Telegram refused for a reason of its own.
    #[error("Telegram refused: {0}")]
    Refused(String),
    /// Telegram has troubles; asking again later may help.
    #[error("Telegram has troubles: {0}")]
    Server(String),
    /// The answer was not understood.
    #[error("an answer that cannot be read")]
    Unreadable,
    /// A method that is not on the list of reading ones: a defect of ours, stopped before it left the machine.
    #[error("method {0:#x} is not allowed")]
    Forbidden(u32),
    /// Nothing is known of this peer that Telegram would accept.
    #[error("no way to address this chat")]
    UnknownPeer,
    #[error("the session cannot be kept: {0}")]
    Store(String),
}

/// What the retry loop does about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Wait and build the connection anew.
    Reconnect,
    /// Wait for so long, then go on over the same connection.
    Wait(Duration),
    /// Stop: a person must act.
    Stop,
    /// This request failed; the connection is fine.
    Skip,
}

impl Error {
    pub fn trouble(&self) -> Trouble {
        match self {
            Error::Flood(wait) => Trouble::Wait(*wait),
            Error::SignedOut(_) | Error::Store(_) | Error::Forbidden(_) => Trouble::Stop,
            Error::Offline(_) | Error::NoKey | Error::Unreadable => Trouble::Reconnect,
            Error::Server(_) => Trouble::Wait(Duration::from_secs(3)),
            Error::Migrate(_) | Error::Refused(_) | Error::TakeoutDelay(_) | Error::UnknownPeer => Trouble::Skip,
        }
    }

    pub fn is(&self, name: &str) -> bool {
        match self {
            Error::Refused(found) | Error::SignedOut(found) | Error::Server(found) => found == name,
            _ => false,
        }
    }
}

impl From<InvocationError> for Error {
    fn from(error: InvocationError) -> Self {
        match error {
            InvocationError::Rpc(error) => rpc(&error),
            InvocationError::Session(error) => Error::Store(error.to_string()),
            InvocationError::Deserialize(_) => Error::Unreadable,
            InvocationError::Io(error) => Error::Offline(error.kind().to_string()),
            InvocationError::Transport(error) => Error::Offline(error.to_string()),
            InvocationError::Dropped(_) => Error::Offline("connection lost".into()),
            InvocationError::InvalidDc => Error::Refused("DC_UNKNOWN".into()),
            InvocationError::Authentication(_) => Error::NoKey,
        }
    }
}

fn rpc(error: &RpcError) -> Error {
    let seconds = u64::from(error.value.unwrap_or_default());
    match error.code {
        303 => Error::Migrate(i32::try_from(seconds).unwrap_or_default()),
        420 if error.name == "TAKEOUT_INIT_DELAY" => Error::TakeoutDelay(Duration::from_secs(seconds)),
        // FLOOD_WAIT, FLOOD_PREMIUM_WAIT, SLOWMODE_WAIT: they differ by name, not in what to do.
        420 if error.value.is_some() => Error::Flood(Duration::from_secs(seconds)),
        420 => Error::Flood(Duration::from_secs(60)),
        401 if error.name == "SESSION_PASSWORD_NEEDED" => Error::Refused(error.name.clone()),
        401 => Error::SignedOut(error.name.clone()),
        406 if error.name == "AUTH_KEY_DUPLICATED" => Error::SignedOut(error.name.clone()),
        code if !(0..500).contains(&code) => Error::Server(error.name.clone()),
        _ => Error::Refused(error.name.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telegram_s_errors_and_what_to_do() {
        let check = |code, name: &str, value, expected: Trouble| {
            let error = RpcError { code, name: name.into(), value, caused_by: None };
            assert_eq!(Error::from(InvocationError::Rpc(error)).trouble(), expected, "{name}");
        };
        check(420, "FLOOD_WAIT", Some(17), Trouble::Wait(Duration::from_secs(17)));
        check(420, "TAKEOUT_INIT_DELAY", Some(86_400), Trouble::Skip);
        check(401, "AUTH_KEY_UNREGISTERED", None, Trouble::Stop);
        check(401, "SESSION_REVOKED", None, Trouble::Stop);
        check(401, "SESSION_PASSWORD_NEEDED", None, Trouble::Skip);
        check(406, "AUTH_KEY_DUPLICATED", None, Trouble::Stop);
        check(400, "CHANNEL_PRIVATE", None, Trouble::Skip);
        check(303, "PHONE_MIGRATE", Some(4), Trouble::Skip);
        check(500, "RPC_CALL_FAIL", None, Trouble::Wait(Duration::from_secs(3)));
        check(-503, "Timeout", None, Trouble::Wait(Duration::from_secs(3)));
        assert_eq!(Error::from(InvocationError::Dropped("x")).trouble(), Trouble::Reconnect);
    }
}
