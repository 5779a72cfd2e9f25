//! One conformance suite for every directory the index may stand on: the sealed one must differ from memory and from plain
//! files in nothing but what lies on the disk. Then what only the sealed one must do: notice tampering.

use super::*;
use tantivy::HasLen;
use tantivy::directory::{INDEX_WRITER_LOCK, RamDirectory};

fn key() -> Subkey {
    Subkey::from_bytes([3; 32])
}

fn sealed(folder: &Path) -> SealedDirectory {
    SealedDirectory::open(folder, &key()).unwrap()
}

/// Runs a check on all three, each in a fresh folder.
fn on_each(check: fn(&dyn Directory, &str)) {
    let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    check(&RamDirectory::create(), "memory");
    check(&MmapDirectory::open(a.path()).unwrap(), "plain files");
    check(&sealed(b.path()), "sealed");
}

fn write(directory: &dyn Directory, name: &str, bytes: &[u8]) {
    let mut file = directory.open_write(Path::new(name)).unwrap();
    file.write_all(bytes).unwrap();
    file.terminate().unwrap();
}

fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i * 31 % 251) as u8).collect()
}

#[test]
fn what_is_written_reads_back_at_any_place() {
    on_each(|directory, name| {
        for len in [0usize, 1, 4_095, 4_096, 4_097, 16_383, 16_384, 16_385, 50_000] {
            for ending in ["term", "idx"] {
                let path = format!("s{len}.{ending}");
                write(directory, &path, &pattern(len));
                let file = directory.open_read(Path::new(&path)).unwrap();
                assert_eq!(file.len(), len, "{name} {path}");
                assert!(file.read_bytes().unwrap().as_slice() == pattern(len), "{name} {path}");
                let handle = directory.get_file_handle(Path::new(&path)).unwrap();
                for from in [0, len / 3, len.saturating_sub(1)] {
                    let piece = handle.read_bytes(from..len).unwrap();
                    assert!(Some(piece.as_slice()) == pattern(len).get(from..), "{name} {path} from {from}");
                }
            }
        }
    });
}

#[test]
fn a_name_is_taken_once() {
    on_each(|directory, name| {
        write(directory, "a.idx", b"one");
        let again = directory.open_write(Path::new("a.idx"));
        assert!(matches!(again, Err(OpenWriteError::FileAlreadyExists(_))), "{name}");
    });
}

#[test]
fn what_is_not_there_is_said_exactly() {
    on_each(|directory, name| {
        let path = Path::new("nothing.idx");
        assert!(matches!(directory.open_read(path), Err(OpenReadError::FileDoesNotExist(_))), "{name}");
        assert!(matches!(directory.atomic_read(path), Err(OpenReadError::FileDoesNotExist(_))), "{name}");
        assert!(matches!(directory.delete(path), Err(DeleteError::FileDoesNotExist(_))), "{name}");
        assert!(!directory.exists(path).unwrap(), "{name}");
    });
}

#[test]
fn an_atomic_write_replaces_as_a_whole() {
    on_each(|directory, name| {
        let path = Path::new("meta.json");
        for text in ["first", "a longer second text", "3"] {
            directory.atomic_write(path, text.as_bytes()).unwrap();
            assert_eq!(directory.atomic_read(path).unwrap(), text.as_bytes(), "{name}");
        }
        directory.sync_directory().unwrap();
        assert!(directory.exists(path).unwrap(), "{name}");
    });
}

#[test]
fn an_open_file_outlives_its_name() {
    on_each(|directory, name| {
        write(directory, "a.idx", &pattern(40_000));
        let held = directory.open_read(Path::new("a.idx")).unwrap();
        directory.delete(Path::new("a.idx")).unwrap();
        assert!(!directory.exists(Path::new("a.idx")).unwrap(), "{name}");
        assert!(held.read_bytes().unwrap().as_slice() == pattern(40_000), "{name}");
    });
}

/// tantivy never uses a name twice, and its own directory would answer with the old bytes; ours need not rely on that.
#[test]
fn a_name_used_again_is_another_file() {
    let dir = tempfile::tempdir().unwrap();
    let directory = sealed(dir.path());
    write(&directory, "a.idx", &pattern(40_000));
    let held = directory.open_read(Path::new("a.idx")).unwrap();
    directory.delete(Path::new("a.idx")).unwrap();
    write(&directory, "a.idx", b"new");
    assert_eq!(directory.open_read(Path::new("a.idx")).unwrap().read_bytes().unwrap().as_slice(), b"new");
    assert_eq!(held.slice(1..3).read_bytes().unwrap().as_slice(), pattern(3).get(1..).unwrap());
}

#[test]
fn a_lock_keeps_others_out_until_it_is_dropped() {
    on_each(|directory, name| {
        let lock = || directory.acquire_lock(&Lock { filepath: INDEX_WRITER_LOCK.filepath.clone(), is_blocking: false });
        let held = lock().unwrap();
        assert!(matches!(lock(), Err(LockError::LockBusy)), "{name}");
        drop(held);
        assert!(lock().is_ok(), "{name}");
    });
}

#[test]
fn many_read_one_file_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let directory = sealed(dir.path());
    write(&directory, "a.idx", &pattern(200_000));
    let file = directory.open_read(Path::new("a.idx")).unwrap();
    std::thread::scope(|scope| {
        for at in 0..8usize {
            let file = file.clone();
            scope.spawn(move || {
                for from in (at * 1000..190_000).step_by(7919) {
                    let bytes = file.slice(from..from + 9000).read_bytes().unwrap();
                    assert!(bytes.as_slice() == pattern(200_000).get(from..from + 9000).unwrap());
                }
            });
        }
    });
}

#[test]
fn the_cache_is_bounded_and_counts_what_it_holds() {
    let cache = BlockCache::new(100_000);
    for number in 0..50 {
        cache.put((1, number, number + 1), tantivy::directory::OwnedBytes::new(vec![0; 16_384]));
        assert!(cache.used() <= 100_000, "{}", cache.used());
    }
    assert!(cache.used() > 70_000);
}

fn handle(folder: &Path, name: &str, cache: &Arc<BlockCache>) -> Handle {
    write(&sealed(folder), name, &pattern(200_000));
    let file = sealed::Sealed::open(&folder.join(name), &sealed::Sealing::new(&key()), name).unwrap();
    Handle::new(file, Path::new(name), cache, Reading::Blocks).unwrap()
}

#[test]
fn a_closed_file_leaves_nothing_in_the_cache_and_another_stays() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Arc::new(BlockCache::new(1_000_000));
    let [one, other] = ["a.idx", "b.idx"].map(|name| handle(dir.path(), name, &cache));
    one.read_bytes(5..20_000).unwrap();
    let of_one = cache.used();
    for range in [10..15, 50_000..90_000] {
        other.read_bytes(range).unwrap();
    }
    assert!(of_one > 0 && cache.used() > of_one);
    drop(other);
    assert_eq!(cache.used(), of_one);
    drop(one);
    assert_eq!(cache.used(), 0);
}

#[test]
fn a_column_that_somebody_holds_is_not_decrypted_twice() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Arc::new(BlockCache::new(0));
    let second_read_is_the_first = |name: &str| {
        let handle = handle(dir.path(), name, &cache);
        let [one, other] = [0, 1].map(|_| handle.read_bytes(5..150_000).unwrap());
        assert!(other.as_slice() == pattern(150_000).get(5..).unwrap());
        one.as_ptr() == other.as_ptr()
    };
    assert!(second_read_is_the_first("a.fast"));
    assert!(second_read_is_the_first("a.term"));
    assert!(!second_read_is_the_first("a.idx"), "and the cache keeps nothing here");
}

#[test]
fn nothing_but_a_finished_file_opens() {
    let dir = tempfile::tempdir().unwrap();
    let directory = sealed(dir.path());
    let mut file = directory.open_write(Path::new("cut.idx")).unwrap();
    file.write_all(&pattern(50_000)).unwrap();
    file.flush().unwrap();
    drop(file); // a crash before terminate
    assert!(directory.open_read(Path::new("cut.idx")).is_err());
}

/// Changes the bytes of a file as a stranger would and says whether reading all of it notices.
fn notices(folder: &Path, name: &str, change: impl FnOnce(&mut Vec<u8>)) -> bool {
    let mut bytes = std::fs::read(folder.join(name)).unwrap();
    change(&mut bytes);
    std::fs::write(folder.join(name), bytes).unwrap();
    let directory = sealed(folder);
    let read = directory.open_read(Path::new(name)).map_err(|_| ()).and_then(|file| file.read_bytes().map_err(|_| ()));
    read.is_err()
}

type Change = fn(&mut Vec<u8>);

#[test]
fn tampering_is_noticed() {
    const BLOCK: usize = 1 << sealed::SMALL_BLOCK_LOG;
    let tries: [(&str, Change); 8] = [
        ("a bit of the header", |b| b[9] ^= 1),
        ("a bit of a block", |b| b[BLOCK + 100] ^= 4),
        ("a bit of a tag", |b| {
            let at = b.len() - 40;
            b[at] ^= 1;
        }),
        ("the length", |b| {
            let at = b.len() - 24;
            b[at] ^= 1;
        }),
        ("cut short", |b| b.truncate(BLOCK)),
        ("a block less", |b| {
            b.drain(32..32 + BLOCK);
        }),
        ("two blocks swapped", |b| {
            let (first, second) = b[32..].split_at_mut(BLOCK);
            first.swap_with_slice(&mut second[..BLOCK]);
        }),
        ("something behind it", |b| b.push(0)),
    ];
    for (what, change) in tries {
        let dir = tempfile::tempdir().unwrap();
        write(&sealed(dir.path()), "a.idx", &pattern(3 * BLOCK + 77));
        assert!(!notices(dir.path(), "a.idx", |_| {}), "untouched");
        assert!(notices(dir.path(), "a.idx", change), "{what}");
    }
    let dir = tempfile::tempdir().unwrap();
    let directory = sealed(dir.path());
    write(&directory, "a.idx", b"one");
    write(&directory, "b.idx", b"two");
    std::fs::copy(dir.path().join("a.idx"), dir.path().join("b.idx")).unwrap();
    assert!(sealed(dir.path()).open_read(Path::new("b.idx")).is_err(), "a file under another's name");
    assert!(SealedDirectory::open(dir.path(), &Subkey::from_bytes([4; 32])).unwrap().open_read(Path::new("a.idx")).is_err());
}
