//! The way to Telegram through a SOCKS5 proxy: read strictly, because a mistyped one looks like a dead network.

use super::{Capture, keep};
use crate::Failure;
use letopis_model::AccountId;
use std::sync::Arc;

/// A proxy's address as it was typed; nothing typed is no proxy.
///
/// # Errors
/// `TelegramRefused`: not `socks5://[user:password@]host:port`.
pub fn proxy(typed: &str) -> Result<Option<String>, Failure> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let rest = typed.strip_prefix("socks5://").map(|rest| rest.trim_end_matches('/'));
    let place = rest.map(|rest| rest.rsplit_once('@').map_or(rest, |(_, place)| place));
    let is_fine = place.and_then(|place| place.rsplit_once(':')).is_some_and(|(host, port)| {
        !host.is_empty() && !host.contains(['/', ' ']) && port.parse::<u16>().is_ok_and(|port| port > 0)
    });
    if is_fine { Ok(Some(typed.to_owned())) } else { Err(Failure::TelegramRefused("PROXY_INVALID".into())) }
}

/// Where the proxy of a kept session is, without its password.
pub(super) fn shown(session: &str) -> Option<String> {
    let (app, _) = keep::from_json(session).ok()?;
    let proxy = app.proxy?;
    let rest = proxy.trim_start_matches("socks5://");
    Some(rest.rsplit_once('@').map_or(rest, |(_, place)| place).to_owned())
}

impl Capture {
    /// Sends an account's links through this proxy from now on, or straight.
    ///
    /// # Errors
    /// `SignedOut`, `TelegramRefused` for what is no proxy.
    pub fn set_proxy(self: &Arc<Self>, account: AccountId, typed: &str) -> Result<(), Failure> {
        let way = proxy(typed)?;
        let archive = self.hall.archive()?;
        let row = archive.read(|reader| reader.capture_account(account))?;
        if row.session.is_empty() {
            return Err(Failure::SignedOut);
        }
        self.stop(account);
        let (mut app, session) = keep::from_json(&row.session)?;
        app.proxy = way;
        let json = keep::to_json(&app, &session)?;
        archive.writer.run(move |writer| writer.put_capture_session(account, &json))?;
        if row.is_on {
            self.start(account);
        }
        (self.hall.tell)(super::Event::Account(account));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_read_strictly() {
        let check = |typed, expected: Option<Option<&str>>| {
            let read = proxy(typed).ok();
            assert_eq!(read.as_ref().map(Option::as_deref), expected, "{typed}");
        };
        check("  ", Some(None));
        check("socks5://proxy.local:1080", Some(Some("socks5://proxy.local:1080")));
        check("socks5://анна:па@роль@[::1]:1080", Some(Some("socks5://анна:па@роль@[::1]:1080")));
        for bad in
            ["proxy.local:1080", "http://proxy:80", "socks5://proxy", "socks5://proxy:0", "socks5://:1080", "socks5://a b:1"]
        {
            check(bad, None);
        }
    }

    #[test]
    fn what_is_shown_has_no_password() {
        let session = |proxy: &str| {
            let app = super::super::Application { api_id: 7, api_hash: "h".into(), proxy: Some(proxy.into()), language: "ru" };
            keep::to_json(&app, &letopis_telegram::SessionData::default()).unwrap()
        };
        assert_eq!(shown(&session("socks5://u:secret@host:1080")).as_deref(), Some("host:1080"));
        assert_eq!(shown(&session("socks5://host:1080")).as_deref(), Some("host:1080"));
        assert_eq!(shown(""), None);
    }
}
