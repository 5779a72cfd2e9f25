//! Killed in the middle of each kind of work.

use std::path::Path;

#[test]
fn whatever_was_acknowledged_survives_kills() {
    let hits = letopis_drills::kill::drill(Path::new(env!("CARGO_BIN_EXE_letopis-drill")), 28, 7).unwrap();
    assert!(hits >= 10, "only {hits} of 28 kills met work under way: the drill shows nothing");
}
