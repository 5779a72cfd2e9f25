//! Finds the export in what the user pointed at, and says plainly when it is not one of ours. Never follows a path that
//! stands inside an export.

use crate::{Error, utf16};
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

const HEAD: u64 = 4096;

/// An opened file, standing at its start, and its first bytes.
pub(crate) struct Opened {
    /// What the user pointed at: this file, or a folder around it.
    pub asked: PathBuf,
    pub path: PathBuf,
    pub file: File,
    /// As UTF-8.
    pub head: Vec<u8>,
    /// How the file writes UTF-16, if it does.
    pub utf16: Option<utf16::Order>,
}

/// The files that an export can be read from, best first; one is enough.
///
/// # Errors
/// `NotAnExport` when the folder holds none.
pub(crate) fn candidates(path: &Path) -> Result<Vec<PathBuf>, Error> {
    if !fs::metadata(path)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    // Beside HTML pages of the same chats only the JSON is read: both would be the same messages twice.
    let names = ["result.json", "export_results.html", "lists/chats.html", "messages.html"];
    let mut found: Vec<PathBuf> = names.iter().map(|name| path.join(name)).filter(|file| file.is_file()).collect();
    if found.is_empty() {
        found.extend(pages_of_chats(path).into_iter().next());
    }
    if found.is_empty() { Err(Error::NotAnExport) } else { Ok(found) }
}

/// The first page of every chat of an account's export, without its lists.
fn pages_of_chats(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder.join("chats")) else { return Vec::new() };
    let mut pages: Vec<PathBuf> = entries.flatten().map(|e| e.path().join("messages.html")).filter(|p| p.is_file()).collect();
    pages.sort();
    pages
}

/// The folder that the paths inside an export start from.
pub(crate) fn root(source: &Path) -> PathBuf {
    if source.is_dir() {
        return source.to_owned();
    }
    let parent = source.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned();
    // The lists of an account's export stand one folder deeper.
    let is_list = parent.file_name().is_some_and(|n| n == "lists") && source.extension().is_some_and(|e| e == "html");
    if is_list { parent.parent().map(Path::to_owned).unwrap_or(parent) } else { parent }
}

/// Opens one of the candidates of `asked`.
pub(crate) fn open(asked: &Path, path: &Path) -> Result<Opened, Error> {
    let mut file = File::open(path)?;
    let mut head = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    let is_whole = (head.len() as u64) < HEAD;
    let utf16 = utf16::order(&head);
    if let Some(order) = utf16 {
        head = order.decode(&head);
    }
    if is_whole && start_of_content(&head).iter().all(|byte| *byte == 0) {
        return Err(Error::Empty);
    }
    Ok(Opened { asked: asked.to_owned(), path: path.to_owned(), file, head, utf16 })
}

/// The bytes after a byte order mark and white space.
pub(crate) fn start_of_content(head: &[u8]) -> &[u8] {
    head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(files: &[&str], target: &str, expected: &[&str]) {
        let folder = tempfile::tempdir().unwrap();
        for name in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        let found = match candidates(&folder.path().join(target)) {
            Ok(paths) => {
                paths.iter().map(|p| p.strip_prefix(folder.path()).unwrap().to_string_lossy().replace('\\', "/")).collect()
            }
            Err(error) => vec![format!("{error:?}")],
        };
        assert_eq!(found, expected, "{files:?} {target}");
    }

    #[test]
    fn the_file_is_found_or_named() {
        check(&[], "", &["NotAnExport"]);
        check(&[], "нет.json", &["NotFound"]);
        check(&["a.json"], "a.json", &["a.json"]);
        check(&["a.json"], "", &["NotAnExport"]);
        check(&["result.json"], "", &["result.json"]);
        check(&["messages.html", "messages2.html"], "", &["messages.html"]);
        check(&["messages.html", "result.json"], "", &["result.json", "messages.html"]);
        check(&["export_results.html", "chats/chat_1/messages.html"], "", &["export_results.html"]);
        check(&["chats/chat_2/messages.html", "chats/chat_1/messages.html"], "", &["chats/chat_1/messages.html"]);
        check(&["export_results.html"], "export_results.html", &["export_results.html"]);
    }

    #[test]
    fn the_start_of_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        let check = |bytes: &[u8], expected: &str| {
            fs::write(&path, bytes).unwrap();
            let found = open(&path, &path).map(|opened| String::from_utf8(opened.head).unwrap());
            assert_eq!(found.unwrap_or_else(|e| format!("{e:?}")), expected);
        };
        check(b"", "Empty");
        check("\u{feff} \n\t".as_bytes(), "Empty");
        check(&[0; 300], "Empty");
        check(b"{}", "{}");
        check(b"\xFF\xFE{\0}\0", "{}");
    }

    #[test]
    fn paths_start_where_the_export_starts() {
        for (source, expected) in
            [("a/result.json", "a"), ("a/lists/chats.html", "a"), ("result.json", "."), ("lists/x.json", "lists")]
        {
            assert_eq!(root(Path::new(source)), Path::new(expected), "{source}");
        }
    }
}
