//! One file a group of commands; each takes the session and its arguments and prints.

pub mod accounts;
pub mod handover;
pub mod import;
pub mod keep;
pub mod keys;
pub mod login;
pub mod read;
pub mod reports;
pub mod salvage;
pub mod search;
pub mod show;
pub mod trust;
pub mod watch;
