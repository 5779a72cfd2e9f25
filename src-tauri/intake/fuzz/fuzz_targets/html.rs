//! Strangers' bytes into the HTML reader: no panic, no hang, counts that add up.
#![no_main]

#[path = "counts.rs"]
mod counts;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| counts::check(bytes));
