//! A Telegram server in the process, for tests: real MTProto over TCP on loopback, for an unmodified grammers 0.11 client.
//! People talk by script, faults happen on demand, and two logs say what was: every RPC received, and everything ever made
//! visible to an account. Never linked outside tests; it keeps no secret, checks no stranger, and stops the test when misused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test server may stop the test; its scripts name what exists"
)]

mod clock;
mod dice;
mod events;
mod exchange;
mod faults;
mod keys;
mod link;
mod log;
mod packet;
mod provision;
mod rpc;
mod script;
mod shape;
mod srp;
mod state;
mod telegram;
mod truth;
mod world;

pub use clock::Clock;
pub use exchange::ExchangeFault;
pub use faults::{AccountFaults, RpcFault, Storm};
pub use log::{Answer, Rpc};
pub use provision::{Provision, ProvisionedDc};
pub use script::demo::{Office, demo};
pub use script::draft::Draft;
pub use script::play::Play;
pub use state::Options;
pub use telegram::Telegram;
pub use truth::{Shown, TruthDeletion, TruthMessage, TruthVersion};
pub use world::media::MediaId;
pub use world::message::Said;
pub use world::{Chat, Peer, Service, Topic, UserId};
