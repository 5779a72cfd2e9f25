//! The first connections of a process, made by many threads at once. Alone in its program: another test would come first.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use letopis_archive::Archive;
use letopis_vault::Subkey;
use std::sync::Barrier;

const THREADS: usize = 16;

#[test]
fn many_threads_may_open_the_first_archive_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let together = Barrier::new(THREADS);
    std::thread::scope(|scope| {
        for n in 0..THREADS {
            let (folder, together) = (dir.path().join(n.to_string()), &together);
            std::fs::create_dir(&folder).unwrap();
            scope.spawn(move || {
                let archive = Archive::at(&folder, Subkey::from_bytes([3; 32]));
                together.wait();
                assert_eq!(archive.writer().unwrap().seq().0, 0);
            });
        }
    });
}
