//! Drills: what proves that the archive can be trusted. A child process works and tells what is acknowledged; it is killed,
//! its power is cut, a byte of its files is flipped; then the archive is opened again and compared with what it must hold.
//! `cargo xtask test` runs short versions, `cargo xtask drill` long ones. Never part of the program.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a drill may stop"
)]

pub mod check;
pub mod desk;
pub mod dice;
pub mod flip;
pub mod kill;
pub mod power;
pub mod remains;
pub mod resume;
pub mod scenario;
pub mod story;
