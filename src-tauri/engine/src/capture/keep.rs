//! A session as it lies in the archive: JSON inside the encrypted database, nowhere else. Tests and trials name another
//! server than Telegram's: a file with its addresses and either its public key or keys that were agreed on before.

use super::desk::Hall;
use crate::Failure;
use anyhow::{Context, anyhow};
use letopis_model::AccountId;
use letopis_telegram::{Application, Dc, ServerKey, SessionData, Store};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::{Arc, Weak};

#[derive(Serialize, Deserialize)]
struct Kept {
    api_id: i32,
    api_hash: String,
    #[serde(default)]
    proxy: Option<String>,
    home: i32,
    dcs: Vec<KeptDc>,
    /// Public keys of a server that is not Telegram's; none: it is Telegram's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    own_server: Option<Vec<String>>,
}

#[derive(Serialize, Deserialize)]
struct KeptDc {
    id: i32,
    address: std::net::SocketAddrV4,
    #[serde(default)]
    key: Option<String>,
}

/// # Errors
/// `Other` only for values that JSON cannot hold: there are none.
pub fn to_json(app: &Application, session: &SessionData) -> Result<String, Failure> {
    let hex = |key: &[u8; 256]| data_encoding::HEXLOWER.encode(key);
    let dcs = session.dcs.iter().map(|dc| KeptDc { id: dc.id, address: dc.address, key: dc.key.as_ref().map(hex) }).collect();
    let (api_id, api_hash, proxy) = (app.api_id, app.api_hash.clone(), app.proxy.clone());
    let pem = |key: &ServerKey| key.pem().to_owned();
    let own_server = session.own_server.as_ref().map(|keys| keys.iter().map(pem).collect());
    let kept = Kept { api_id, api_hash, proxy, home: session.home, dcs, own_server };
    Ok(serde_json::to_string(&kept).context("Write a session")?)
}

/// # Errors
/// `Damaged`.
pub fn from_json(json: &str) -> Result<(Application, SessionData), Failure> {
    let damaged = || Failure::Damaged("session of an account".into());
    let kept: Kept = serde_json::from_str(json).map_err(|_| damaged())?;
    let key = |text: String| -> Result<[u8; 256], Failure> {
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).map_err(|_| damaged())?;
        bytes.try_into().map_err(|_| damaged())
    };
    let dc = |dc: KeptDc| Ok(Dc { id: dc.id, address: dc.address, key: dc.key.map(key).transpose()? });
    let dcs = kept.dcs.into_iter().map(dc).collect::<Result<_, Failure>>()?;
    let app = Application { api_id: kept.api_id, api_hash: kept.api_hash, proxy: kept.proxy, language: "ru" };
    let keys = |pems: Vec<String>| pems.iter().map(|pem| ServerKey::from_pem(pem).ok_or_else(damaged)).collect();
    let own_server = kept.own_server.map(keys).transpose()?;
    Ok((app, SessionData { home: kept.home, dcs, own_server }))
}

/// Writes an account's session through to the archive.
pub struct AccountStore {
    pub archive: Weak<crate::OpenArchive>,
    pub account: AccountId,
    pub app: Application,
}

impl Store for AccountStore {
    fn keep(&self, session: &SessionData) -> Result<(), String> {
        let archive = self.archive.upgrade().ok_or("the archive is locked")?;
        let json = to_json(&self.app, session).map_err(|e| e.to_string())?;
        let account = self.account;
        archive.writer.run(move |writer| writer.put_capture_session(account, &json)).map_err(|e| e.to_string())
    }
}

/// The session of a sign-in is kept with the sign-in itself, step by step.
pub struct NoStore;

impl Store for NoStore {
    fn keep(&self, _: &SessionData) -> Result<(), String> {
        Ok(())
    }
}

/// Another server, as its file describes it (README, "A server of one's own"): either data centres for whoever comes, or
/// one device for each account, with keys that the server knows already.
#[derive(Deserialize)]
struct Server {
    #[serde(flatten)]
    anybody: Option<Device>,
    #[serde(default)]
    devices: Vec<Device>,
    /// Public keys, PEM.
    #[serde(default)]
    rsa: Vec<String>,
}

#[derive(Deserialize)]
struct Device {
    home_dc: i32,
    dcs: Vec<KeptDc>,
}

/// A new session: Telegram's public data centres, or the named server.
///
/// # Errors
/// The file does not read.
pub fn new_session(server: Option<&Path>, taken: usize) -> Result<SessionData, Failure> {
    let Some(path) = server else { return Ok(SessionData::default()) };
    let text = std::fs::read_to_string(path).map_err(|e| Failure::from_io(e, path.to_owned()))?;
    let server: Server = serde_json::from_str(&text).context("Read the file of another server")?;
    let device = server.devices.into_iter().nth(taken).or(server.anybody);
    let device = device.ok_or_else(|| anyhow!("the other server has no device left"))?;
    if let Some(odd) = server.rsa.iter().position(|pem| ServerKey::from_pem(pem).is_none()) {
        return Err(anyhow!("key {} of the other server is no public RSA key of 2048 bits", odd + 1).into());
    }
    let (own_server, home, dcs) = (Some(server.rsa), device.home_dc, device.dcs);
    let kept = Kept { api_id: 0, api_hash: String::new(), proxy: None, home, dcs, own_server };
    Ok(from_json(&serde_json::to_string(&kept).context("Read a device")?)?.1)
}

pub fn store(hall: &Hall, account: AccountId, app: Application) -> Arc<AccountStore> {
    Arc::new(AccountStore { archive: hall.archive.clone(), account, app })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_survives_writing_and_reading() {
        let app =
            Application { api_id: 7, api_hash: "хэш".into(), proxy: Some("socks5://localhost:1".into()), language: "ru" };
        let mut session = SessionData::default();
        session.dcs[1].key = Some([9; 256]);
        let (read, again) = from_json(&to_json(&app, &session).unwrap()).unwrap();
        assert_eq!((read.api_id, read.api_hash, read.proxy), (app.api_id, app.api_hash, app.proxy));
        assert_eq!(again, session);
        assert!(from_json("{}").is_err() && from_json("не JSON").is_err());
    }

    #[test]
    fn a_server_of_one_s_own_is_named_by_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.json");
        let read = |text: &str, taken| {
            std::fs::write(&path, text).unwrap();
            new_session(Some(&path), taken)
        };
        let anybody = r#"{"home_dc": 2, "dcs": [{"id": 2, "address": "127.0.0.1:4430"}], "rsa": []}"#;
        let session = read(anybody, 7).unwrap();
        assert_eq!((session.home, session.dcs.len(), session.own_server), (2, 1, Some(Vec::new())));
        let devices = format!(r#"{{"devices": [{anybody}]}}"#);
        assert!(read(&devices, 0).is_ok() && read(&devices, 1).is_err());
        assert!(read(r#"{"home_dc": 2, "dcs": [], "rsa": ["не ключ"]}"#, 0).is_err());
        assert!(read("{}", 0).is_err());
    }
}
