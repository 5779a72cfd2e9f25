//! The public way in: a file or a folder on disk.

use letopis_intake::{Error, IMPORTERS, Options, Problem, Report, Sink, import};
use letopis_model::{Change, Timestamp};
use letopis_testkit::{Export, KIRILL, big_chat};
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

#[derive(Default)]
struct Counted {
    posted: u64,
    problems: Vec<Problem>,
    last: u64,
    cancel_at: Option<u64>,
}

impl Sink for Counted {
    fn change(&mut self, change: Change) -> ControlFlow<()> {
        self.posted += u64::from(matches!(change, Change::Posted(_)));
        ControlFlow::Continue(())
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    fn progress(&mut self, read: u64, total: u64) -> ControlFlow<()> {
        assert!(self.last <= read && read <= total, "{} {read} {total}", self.last);
        self.last = read;
        if self.cancel_at.is_some_and(|at| read >= at) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

fn run(path: &Path, cancel_at: Option<u64>) -> (Result<Report, Error>, Counted) {
    let options = Options { seen_at: Timestamp(1_800_000_000), ..Options::default() };
    let mut sink = Counted { cancel_at, ..Counted::default() };
    (import(path, &options, &mut sink), sink)
}

#[test]
fn a_folder_with_both_formats_is_read_once() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("messages.html"), "<!DOCTYPE html>").unwrap();
    assert!(matches!(run(folder.path(), None).0, Err(Error::NotAnExport)));
    let export = Export::single_chat(KIRILL.name, KIRILL.id).incoming("Добрый день").outgoing("Здравствуйте");
    fs::write(folder.path().join("result.json"), export.to_json()).unwrap();
    for path in [folder.path().to_owned(), folder.path().join("result.json")] {
        let (report, sink) = run(&path, None);
        assert_eq!((report.unwrap().messages, sink.posted), (2, 2));
    }
}

#[test]
fn a_file_that_cannot_be_imported_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let check = |text: &str, expected: &str| {
        let path = folder.path().join("file.json");
        fs::write(&path, text).unwrap();
        assert_eq!(format!("{:?}", run(&path, None).0.unwrap_err()), expected, "{text}");
    };
    check("", "Empty");
    check(" \n", "Empty");
    check("{}", "NotAnExport");
    check("просто текст", "NotAnExport");
    check("<!DOCTYPE html><html></html>", "NotAnExport");
    check(r#"{"name": "Кирилл", "type": "personal_chat", "id": 555, "messages": [{"id": 1"#, "NothingSalvaged");
    assert!(matches!(run(&folder.path().join("нет"), None).0, Err(Error::NotFound)));
}

#[test]
fn a_long_chat_is_counted_exactly_and_can_be_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("result.json");
    big_chat(&path, 12_000, 4_300_000).unwrap();
    let size = fs::metadata(&path).unwrap().len();
    let (report, sink) = run(&path, None);
    let report = report.unwrap();
    assert_eq!((report.messages, sink.posted, report.bytes_read, sink.last), (12_000, 12_000, size, size));
    assert_eq!(sink.problems, []);
    for cancel_at in [1, size * 3 / 4] {
        let (report, sink) = run(&path, Some(cancel_at));
        let report = report.unwrap();
        assert!(report.cancelled && !report.salvaged);
        assert_eq!(report.messages, sink.posted);
        assert!(sink.posted < 12_000);
    }
}

#[test]
fn the_chat_of_a_client_of_many_years() {
    let folder = tempfile::tempdir().unwrap();
    big_chat(&folder.path().join("result.json"), 208_000, 75_000_000).unwrap();
    assert_eq!(run(folder.path(), None).0.unwrap().messages, 208_000);
}

#[test]
fn every_importer_has_a_name_of_its_own() {
    let mut names: Vec<_> = IMPORTERS.iter().map(|i| i.format).collect();
    names.dedup();
    assert_eq!(names.len(), IMPORTERS.len());
}
