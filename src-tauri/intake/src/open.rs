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
    let names = ["result.json", "export_results.html", "lists/chats.html"];
    let mut found: Vec<PathBuf> = names.iter().map(|name| path.join(name)).filter(|file| file.is_file()).collect();
    found.extend(first_page(path));
    if found.is_empty() {
        found.extend(chats(path).into_iter().next());
    }
    if found.is_empty() { Err(Error::NotAnExport) } else { Ok(found) }
}

/// Every export in what the user pointed at: itself, or those up to two folders below it.
///
/// # Errors
/// `NotAnExport` when there is none.
pub fn sources(path: &Path) -> Result<Vec<PathBuf>, Error> {
    if candidates(path).is_ok() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = below(path);
    let inner = folders(path).into_iter().filter(|folder| candidates(folder).is_err());
    let deeper: Vec<PathBuf> = inner.flat_map(|folder| below(&folder)).collect();
    found.extend(deeper);
    found.sort();
    if found.is_empty() { Err(Error::NotAnExport) } else { Ok(found) }
}

/// Exports in the folders of a folder, and JSON files in it that start like one.
fn below(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_json = |path: &PathBuf| path.extension().is_some_and(|e| e.eq_ignore_ascii_case("json")) && path.is_file();
    let starts_so =
        |path: &PathBuf| open(path, path).is_ok_and(|opened| matches!(start_of_content(&opened.head).first(), Some(b'{' | b'[')));
    let exports = folders(folder).into_iter().filter(|inner| candidates(inner).is_ok());
    files.filter(is_json).filter(starts_so).chain(exports).collect()
}

/// Links are not followed: they may lead in circles.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path()).collect()
}

/// The page with the lowest number.
pub(crate) fn first_page(folder: &Path) -> Option<PathBuf> {
    let files = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).filter(|path| path.is_file());
    files.filter_map(|path| Some((page_number(&path)?, path))).min().map(|(_, path)| path)
}

/// 1 of `messages.html`, 2 of `messages2.html`; `None` of any other.
pub(crate) fn page_number(page: &Path) -> Option<u64> {
    let number = page.file_name()?.to_str()?.strip_prefix("messages")?.strip_suffix(".html")?;
    if number.is_empty() {
        return Some(1);
    }
    let plain = number.bytes().all(|b| b.is_ascii_digit()) && !number.starts_with('0');
    number.parse().ok().filter(|_| plain)
}

/// The first page of every chat of an account's export, `chat_2` before `chat_10`.
pub(crate) fn chats(root: &Path) -> Vec<PathBuf> {
    let mut folders = folders(&root.join("chats"));
    folders.sort_by_cached_key(|path| {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let digits = name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        (name.get(digits..).and_then(|digits| digits.parse::<u64>().ok()), name)
    });
    folders.iter().filter_map(|folder| first_page(folder)).collect()
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
        check(&["messages10.html", "messages9.html"], "", &["messages9.html"]);
        check(&["messages.html", "result.json"], "", &["result.json", "messages.html"]);
        check(&["export_results.html", "chats/chat_1/messages.html"], "", &["export_results.html"]);
        check(&["chats/chat_2/messages.html", "chats/chat_1/messages.html"], "", &["chats/chat_1/messages.html"]);
        check(&["export_results.html"], "export_results.html", &["export_results.html"]);
    }

    #[test]
    fn several_exports_in_one_folder() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        put("ChatExport_2024-01-01/result.json", "{}");
        put("ChatExport_2024-01-01 (1)/messages.html", "<html>");
        put("архив/DataExport/export_results.html", "<html>");
        put("архив/chat.json", " [1]");
        put("архив/notes.json", "нет");
        put("other/photo.jpg", "x");
        let found = sources(folder.path()).unwrap();
        let names: Vec<_> =
            found.iter().map(|p| p.strip_prefix(folder.path()).unwrap().to_string_lossy().replace('\\', "/")).collect();
        let expected = ["ChatExport_2024-01-01", "ChatExport_2024-01-01 (1)", "архив/DataExport", "архив/chat.json"];
        assert_eq!(names, expected);
        assert_eq!(sources(&found[0]).unwrap(), [found[0].clone()]);
        assert!(matches!(sources(&folder.path().join("other")), Err(Error::NotAnExport)));
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
