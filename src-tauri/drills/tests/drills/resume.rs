//! Cut and taken up again.

use std::path::Path;

#[test]
fn an_import_that_was_cut_ends_in_the_same_archive() {
    let told = letopis_drills::resume::drill(Path::new(env!("CARGO_BIN_EXE_letopis-drill")), 1, 3, 11).unwrap();
    assert!(told.starts_with("3 imports"), "{told}");
}
