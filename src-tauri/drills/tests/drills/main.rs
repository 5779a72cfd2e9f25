//! The drills in their short form. What stands here is repeated at length by `cargo xtask drill`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

mod environment;
mod flip;
mod forget;
mod kill;
#[cfg(target_os = "linux")]
mod power;
mod resume;
