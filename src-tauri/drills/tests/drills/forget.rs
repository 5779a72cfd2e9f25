//! Nothing of what was forgotten is left, and what is rewritten meanwhile never lies anywhere unencrypted.

use letopis_drills::desk::{ARCHIVE, BATCHES, Template, files};
use letopis_drills::remains::{contains, find};
use letopis_drills::story::{self, CANARY, kirill};
use letopis_engine::Job;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn segments(archive: &Path) -> BTreeSet<PathBuf> {
    let of_index = files(&archive.join("index")).unwrap().into_iter();
    of_index.filter(|path| path.file_name().is_some_and(|name| !name.to_string_lossy().starts_with(['.', 'm']))).collect()
}

#[test]
fn no_byte_of_a_forgotten_chat_is_left_in_any_file() {
    let template = Template::story().unwrap();
    let desk = template.lay().unwrap();
    let folder = desk.path().join(ARCHIVE);
    let engine = story::engine(&folder);
    let archive = story::open(&engine, &template.recovery).unwrap();
    let left = |needle: &str| find(&folder, &template.recovery, needle).unwrap();
    let before = left(CANARY);
    assert!(before.contains(&"archive.db".to_owned()), "the search finds nothing where something is: {before:?}");
    assert!(before.iter().any(|place| place.starts_with("blobs/")) && !left("Промстрой").is_empty());
    let (head, old) = (archive.tree_head().unwrap(), segments(&folder));

    let plan = archive.plan_forgetting(kirill()).unwrap();
    archive.forget(kirill(), &plan.code, "просьба клиента", &mut Job::quiet()).unwrap();
    assert_eq!((left(CANARY), left("xyzzy"), left("Промстрой")), (vec![], vec![], vec![]), "while the archive is open");
    let stayed: Vec<PathBuf> = segments(&folder).intersection(&old).cloned().collect();
    assert_eq!(stayed, Vec::<PathBuf>::new(), "a segment of the old index");
    assert_eq!(archive.tree_head().unwrap(), head);
    assert_eq!(archive.verify(true, &mut Job::quiet()).unwrap().damaged, []);
    letopis_drills::check::holds(&archive, &story::without_kirill(story::story(BATCHES))).unwrap();
    drop(archive);
    engine.lock();
    assert_eq!((left(CANARY), left("xyzzy"), left("Промстрой")), (vec![], vec![], vec![]), "when it is closed");
}

/// Larger than the memory that SQLite keeps pages in, so that the second copy goes to a temporary file.
#[cfg(target_os = "linux")]
#[test]
fn the_second_copy_of_a_rewriting_is_encrypted() {
    use letopis_drills::power::{load, nameless, shim};
    let template = Template::story().unwrap();
    let desk = template.lay().unwrap();
    let root = std::fs::canonicalize(desk.path()).unwrap();
    let engine = story::engine(&root.join(ARCHIVE));
    let archive = story::open(&engine, &template.recovery).unwrap();
    for part in 0..12 {
        archive.append(&story::large(part, 40, 64 << 10)).unwrap();
    }
    drop(archive);
    engine.lock();
    let temporary = root.join("temporary");
    std::fs::create_dir(&temporary).unwrap();
    let record = root.with_extension("record");
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_letopis-drill"));
    child.args(["child", "compact"]).arg(&root).arg(&template.recovery).stdout(std::process::Stdio::null());
    let library = tempfile::tempdir().unwrap();
    load(&mut child, &shim(library.path()).unwrap(), &root, &record);
    child.env("SQLITE_TMPDIR", &temporary).env("TMPDIR", &temporary);
    assert!(child.status().unwrap().success());
    let written = nameless(&record).unwrap();
    std::fs::remove_file(&record).unwrap();
    assert!(written.len() > 1 << 20, "only {} bytes went to temporary files: the test shows nothing", written.len());
    for plain in [CANARY, "запись", "CREATE TABLE", "SQLite format 3"] {
        assert!(!contains(&written, plain.as_bytes()), "«{plain}» stands in a temporary file");
    }
}
