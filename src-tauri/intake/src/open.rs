//! Finds the file to read in what the user pointed at, and says plainly when it is not one of ours.
//! Never follows a path that stands inside an export.

use crate::Error;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

const HEAD: u64 = 4096;

/// An opened file, standing at its start, and its first bytes.
pub(crate) struct Opened {
    pub file: File,
    pub head: Vec<u8>,
}

pub(crate) fn open(path: &Path) -> Result<Opened, Error> {
    let path = if fs::metadata(path)?.is_dir() { inside(path)? } else { path.to_owned() };
    let mut file = File::open(path)?;
    let mut head = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    match start_of_content(&head) {
        [] if (head.len() as u64) < HEAD => Err(Error::Empty),
        start if is_html(start) => Err(Error::HtmlExport),
        _ => Ok(Opened { file, head }),
    }
}

/// The export inside a folder. Beside HTML pages of the same chat only the JSON is read: both would be the same
/// messages twice.
fn inside(folder: &Path) -> Result<PathBuf, Error> {
    let json = folder.join("result.json");
    if json.is_file() {
        return Ok(json);
    }
    let html = ["messages.html", "export_results.html"].iter().any(|name| folder.join(name).is_file());
    if html { Err(Error::HtmlExport) } else { Err(Error::NotAnExport) }
}

/// The bytes after a byte order mark and white space.
pub(crate) fn start_of_content(head: &[u8]) -> &[u8] {
    head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start()
}

fn is_html(start: &[u8]) -> bool {
    ["<!doctype html", "<html"]
        .iter()
        .any(|mark| start.get(..mark.len()).is_some_and(|s| s.eq_ignore_ascii_case(mark.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(files: &[(&str, &str)], target: &str, expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let found = match open(&folder.path().join(target)) {
            Ok(opened) => String::from_utf8(opened.head).unwrap(),
            Err(error) => format!("{error:?}"),
        };
        assert_eq!(found, expected, "{files:?} {target}");
    }

    #[test]
    fn the_file_is_found_or_named() {
        check(&[], "", "NotAnExport");
        check(&[], "нет.json", "NotFound");
        check(&[("a.json", "")], "a.json", "Empty");
        check(&[("a.json", "\u{feff} \n\t")], "a.json", "Empty");
        check(&[("a.json", "{}")], "a.json", "{}");
        check(&[("a.json", "{}")], "", "NotAnExport");
        check(&[("result.json", "{}")], "", "{}");
        check(&[("messages.html", "x")], "", "HtmlExport");
        check(&[("export_results.html", "x")], "", "HtmlExport");
        check(&[("messages.html", "x"), ("result.json", "{}")], "", "{}");
        check(&[("messages.html", "<!DOCTYPE html>\n<html>")], "messages.html", "HtmlExport");
        check(&[("m.json", "\u{feff}\n<!doctype HTML>")], "m.json", "HtmlExport");
        check(&[("m.json", "<HTML lang=ru>")], "m.json", "HtmlExport");
    }
}
