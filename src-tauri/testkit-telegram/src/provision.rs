//! A device for the client under test: addresses and registered keys of every DC. It stands for the key exchange where an
//! unmodified grammers is the client, which knows Telegram's own RSA keys only.

use std::net::{Ipv6Addr, SocketAddrV4, SocketAddrV6};

use data_encoding::HEXLOWER;
use grammers_session::SessionData;
use grammers_session::types::{DcOption, UpdatesState};
use serde::{Deserialize, Serialize};

use crate::keys::KeyBytes;

/// Addresses and keys of one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provision {
    pub home_dc: i32,
    pub dcs: Vec<ProvisionedDc>,
}

/// One data centre as a device knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvisionedDc {
    pub id: i32,
    pub address: SocketAddrV4,
    pub key: KeyBytes,
}

#[derive(Serialize, Deserialize)]
struct Written {
    home_dc: i32,
    dcs: Vec<WrittenDc>,
}

#[derive(Serialize, Deserialize)]
struct WrittenDc {
    id: i32,
    address: SocketAddrV4,
    key: String,
}

impl Provision {
    /// For grammers' `MemorySession::from` or `SessionData::import_to`.
    pub fn session_data(&self) -> SessionData {
        let dc_options = self.dcs.iter().map(|dc| (dc.id, dc.option())).collect();
        let updates_state = UpdatesState::default();
        SessionData { home_dc: self.home_dc, dc_options, peer_infos: std::iter::empty().collect(), updates_state }
    }

    /// `{"home_dc":2,"dcs":[{"id":2,"address":"127.0.0.1:4242","key":"<512 hex digits>"}]}`
    pub fn to_json(&self) -> String {
        let dcs = self.dcs.iter().map(|dc| WrittenDc { id: dc.id, address: dc.address, key: HEXLOWER.encode(&dc.key) });
        serde_json::to_string(&Written { home_dc: self.home_dc, dcs: dcs.collect() }).expect("plain data")
    }

    /// Reads what [`Provision::to_json`] wrote; `None` for anything else.
    pub fn from_json(text: &str) -> Option<Self> {
        let written: Written = serde_json::from_str(text).ok()?;
        let dcs = written.dcs.into_iter().map(WrittenDc::read).collect::<Option<Vec<_>>>()?;
        Some(Self { home_dc: written.home_dc, dcs })
    }
}

impl WrittenDc {
    fn read(self) -> Option<ProvisionedDc> {
        let key = HEXLOWER.decode(self.key.as_bytes()).ok()?.try_into().ok()?;
        Some(ProvisionedDc { id: self.id, address: self.address, key })
    }
}

impl ProvisionedDc {
    fn option(&self) -> DcOption {
        let ipv6 = SocketAddrV6::new(Ipv6Addr::LOCALHOST, self.address.port(), 0, 0);
        DcOption { id: self.id, ipv4: self.address, ipv6, auth_key: Some(self.key) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provision_survives_its_file() {
        let dc = ProvisionedDc { id: 2, address: "127.0.0.1:4242".parse().unwrap(), key: [0xab; 256] };
        let provision = Provision { home_dc: 2, dcs: vec![dc] };
        assert_eq!(Provision::from_json(&provision.to_json()), Some(provision));
        assert_eq!(Provision::from_json("{}"), None);
    }
}
