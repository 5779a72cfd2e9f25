//! A disk that is full, a folder that may not be written to, another program that has the archive: a clear sentence in
//! both languages, and nothing lost. Disk and rights are played by `shim.c`, so no right to mount anything is needed.

use letopis_drills::check::check;
use letopis_drills::kill::Range;
use letopis_drills::scenario::{Scenario, Told};
use std::path::Path;

fn range() -> Range {
    Range::new(Path::new(env!("CARGO_BIN_EXE_letopis-drill"))).unwrap()
}

/// Runs the work under the shim; what the child told, after the archive was checked without the shim.
#[cfg(target_os = "linux")]
fn under(range: &Range, library: &Path, scenario: Scenario, limit: (&str, &str)) -> Told {
    let desk = range.template(scenario).lay().unwrap();
    let root = std::fs::canonicalize(desk.path()).unwrap();
    let temporary = tempfile::tempdir().unwrap();
    let mut child = range.command(scenario, &root);
    letopis_drills::power::load(&mut child, library, &root, &temporary.path().join("record"));
    child.env(limit.0, limit.1).env("TMPDIR", temporary.path()).env("SQLITE_TMPDIR", temporary.path());
    let output = child.output().unwrap();
    let told = Told::read(String::from_utf8(output.stdout).unwrap().lines()).unwrap();
    assert!(
        output.status.success() || told.failed.is_some(),
        "{}: failed without words: {}",
        scenario.name(),
        String::from_utf8_lossy(&output.stderr)
    );
    check(scenario, &root, &range.template(scenario).recovery, &told)
        .unwrap_or_else(|error| panic!("{} with {limit:?}: {error:#}", scenario.name()));
    told
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_nothing_is_lost() {
    let range = range();
    let folder = tempfile::tempdir().unwrap();
    let library = letopis_drills::power::shim(folder.path()).unwrap();
    let mut full = 0;
    for scenario in Scenario::ALL {
        for room in ["0", "9000", "60000", "300000"] {
            let told = under(&range, &library, *scenario, ("LETOPIS_DRILL_FULL", room));
            let Some(words) = told.failed else { continue };
            assert!(words.starts_with("DiskFull | "), "{} with {room} bytes left: {words}", scenario.name());
            full += 1;
        }
    }
    assert!(full >= 14, "the disk was full {full} times only");
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_may_not_be_written_to_is_said() {
    let range = range();
    let folder = tempfile::tempdir().unwrap();
    let library = letopis_drills::power::shim(folder.path()).unwrap();
    for scenario in [Scenario::Append, Scenario::Backup, Scenario::Migrate] {
        let told = under(&range, &library, scenario, ("LETOPIS_DRILL_READ_ONLY", "1"));
        let words = told.failed.expect("refused");
        assert!(words.starts_with("NoRights | ") && words.contains("нет прав") && words.contains("no rights"), "{words}");
    }
}

#[test]
fn an_archive_that_another_program_has_is_said_to_be_open_elsewhere() {
    use letopis_engine::{Failure, Lang};
    use std::io::{BufRead, BufReader};
    let range = range();
    let desk = range.template(Scenario::Append).lay().unwrap();
    let mut child = range.command(Scenario::Append, desk.path());
    let mut child = child.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    let mut told = BufReader::new(child.stdout.take().unwrap());
    told.read_line(&mut line).unwrap();
    // It stands still with the archive in its hand, however long it is waited for.
    let halted = std::process::Command::new("kill").args(["-STOP", &child.id().to_string()]).status().unwrap();
    assert!(halted.success());
    let engine = letopis_drills::story::engine(&desk.path().join(letopis_drills::desk::ARCHIVE));
    let refused = letopis_drills::story::open(&engine, &range.template(Scenario::Append).recovery).map(|_| ());
    child.kill().unwrap();
    child.wait().unwrap();
    let refused = refused.unwrap_err();
    let failure = refused.downcast_ref::<Failure>();
    assert!(matches!(failure, Some(Failure::OpenElsewhere)), "{refused:?}");
    for lang in [Lang::Ru, Lang::En] {
        assert!(failure.is_some_and(|failure| failure.words(lang).len() > 20));
    }
}
