//! The power cut in the middle of each kind of work. The record is taken with LD_PRELOAD, on Linux only.

use letopis_drills::power::{Recordings, Word};
use std::path::Path;

#[test]
fn whatever_was_acknowledged_survives_power_cuts() {
    let recordings = Recordings::make(Path::new(env!("CARGO_BIN_EXE_letopis-drill"))).unwrap();
    assert_eq!(recordings.cut(42, 7, Word::Kept), Vec::<String>::new(), "recorded: {}", recordings.sizes());
    assert!(!recordings.cut(14, 7, Word::Broken).is_empty(), "the drill does not notice that nothing is ever synced");
}
