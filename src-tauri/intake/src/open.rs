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

/// Every export in what the user pointed at: itself and others beside it, or those up to two folders below it. Where there is
/// none but packed files are, these: each then says what it is.
///
/// # Errors
/// `NotAnExport` when there is none.
pub fn sources(path: &Path) -> Result<Vec<PathBuf>, Error> {
    if candidates(path).is_ok() {
        let beside = if path.is_dir() { beside(path) } else { Vec::new() };
        return Ok(std::iter::once(path.to_owned()).chain(beside).collect());
    }
    let mut found = below(path);
    let inner = folders(path).into_iter().filter(|folder| candidates(folder).is_err());
    let deeper: Vec<PathBuf> = inner.flat_map(|folder| below(&folder)).collect();
    found.extend(deeper);
    if found.is_empty() {
        found = files(path).filter(|file| matches!(open(file, file), Err(Error::Packed))).collect();
    }
    found.sort();
    if found.is_empty() { Err(Error::NotAnExport) } else { Ok(found) }
}

/// What lies beside the export of a folder and is not a part of it: `result (1).json`, whole folders of other exports.
fn beside(folder: &Path) -> Vec<PathBuf> {
    let is_own = |file: &PathBuf| file.file_name().is_some_and(|name| name == "result.json");
    let has_list = |head: &[u8]| ["\"messages\"", "\"chats\""].iter().any(|key| holds(head, key.as_bytes()));
    let is_one = |file: &PathBuf| is_json(file) && open(file, file).is_ok_and(|o| starts_so(&o.head) && has_list(&o.head));
    let is_folder = |inner: &PathBuf| {
        let name = inner.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        (name.starts_with("ChatExport") || name.starts_with("DataExport")) && candidates(inner).is_ok()
    };
    let mut found: Vec<PathBuf> = files(folder).filter(|f| !is_own(f)).filter(is_one).collect();
    found.extend(folders(folder).into_iter().filter(is_folder));
    found.sort();
    found
}

/// Exports in the folders of a folder, JSON files in it that start like one, and pages that a browser saved.
fn below(folder: &Path) -> Vec<PathBuf> {
    let opens = |file: &PathBuf| match open(file, file) {
        Ok(opened) if is_json(file) => starts_so(&opened.head),
        Ok(opened) => is_page(file) && holds(&opened.head, b"page_wrap"),
        Err(_) => false,
    };
    let exports = folders(folder).into_iter().filter(|inner| candidates(inner).is_ok());
    files(folder).filter(|file| is_json(file) || is_page(file)).filter(opens).chain(exports).collect()
}

fn files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).filter(|path| path.is_file())
}

fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("json"))
}

fn is_page(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("html") || e.eq_ignore_ascii_case("htm"))
}

fn starts_so(head: &[u8]) -> bool {
    matches!(start_of_content(head).first(), Some(b'{' | b'['))
}

fn holds(head: &[u8], wanted: &[u8]) -> bool {
    head.windows(wanted.len()).any(|part| part == wanted)
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
    if is_packed(&head) {
        return Err(Error::Packed);
    }
    if is_whole && start_of_content(&head).iter().all(|byte| *byte == 0) {
        return Err(Error::Empty);
    }
    Ok(Opened { asked: asked.to_owned(), path: path.to_owned(), file, head, utf16 })
}

/// By the first bytes of zip, gzip, rar, 7z, xz, bzip2 and zstd.
fn is_packed(head: &[u8]) -> bool {
    let marks: [&[u8]; 7] =
        [b"PK\x03\x04", b"\x1F\x8B", b"Rar!", b"7z\xBC\xAF\x27\x1C", b"\xFD7zXZ\0", b"BZh", b"\x28\xB5\x2F\xFD"];
    marks.iter().any(|mark| head.starts_with(mark))
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
        put("ChatExport_2024-01-01/result (1).json", "{\"name\": \"К\", \"messages\": []}");
        put("ChatExport_2024-01-01/settings.json", "{}");
        put("ChatExport_2024-01-01/ChatExport_2025/result.json", "{}");
        put("saved/Exported Data.html", "<html><div class=\"page_wrap\">");
        put("saved/notes.html", "<html>");
        put("packed/ChatExport.zip", "PK\u{3}\u{4}");
        let found = sources(folder.path()).unwrap();
        let names: Vec<_> =
            found.iter().map(|p| p.strip_prefix(folder.path()).unwrap().to_string_lossy().replace('\\', "/")).collect();
        let expected = [
            "ChatExport_2024-01-01",
            "ChatExport_2024-01-01 (1)",
            "saved/Exported Data.html",
            "архив/DataExport",
            "архив/chat.json",
        ];
        assert_eq!(names, expected);
        let own = &found[0];
        assert_eq!(sources(own).unwrap(), [own.clone(), own.join("ChatExport_2025"), own.join("result (1).json")]);
        assert_eq!(sources(&folder.path().join("packed")).unwrap(), [folder.path().join("packed/ChatExport.zip")]);
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
