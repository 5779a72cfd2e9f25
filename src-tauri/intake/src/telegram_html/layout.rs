//! What lies where: the pages of one chat, or of all chats of an account with the lists beside them. Reads the lists, not
//! the messages.

use super::media::Place;
use super::tokens::{Token, Tokens};
use crate::open::{self, Opened};
use crate::utf16::{self, Utf16};
use letopis_model::ChatType;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A list of a hundred thousand chats has less.
const LIST: u64 = 64 << 20;

/// An export as its files say.
pub(super) struct Layout {
    /// First and last name.
    pub owner: Option<String>,
    pub chats: Vec<Chat>,
}

pub(super) struct Chat {
    pub key: u32,
    pub place: Place,
    pub pages: Vec<PageFile>,
    /// Numbers of pages that are not there.
    pub missing: Vec<u64>,
    pub listed: Listed,
}

/// One page: a file, or bytes in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PageFile {
    Disk(PathBuf),
    Memory(Arc<[u8]>),
}

impl PageFile {
    pub fn name(&self) -> String {
        match self {
            PageFile::Disk(path) => path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default(),
            PageFile::Memory(_) => "page".to_owned(),
        }
    }

    pub fn len(&self) -> u64 {
        match self {
            PageFile::Disk(path) => fs::metadata(path).map(|m| m.len()).unwrap_or(0),
            PageFile::Memory(bytes) => bytes.len() as u64,
        }
    }

    /// Opens it, whichever way it is encoded.
    pub fn open(&self) -> io::Result<Box<dyn BufRead>> {
        match self {
            PageFile::Disk(path) => reader(path),
            PageFile::Memory(bytes) => decoded(io::Cursor::new(bytes.clone())),
        }
    }
}

/// What the list of chats says of one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Listed {
    pub name: Option<String>,
    pub kind: ChatType,
    /// Only the owner's messages were exported.
    pub own_only: bool,
}

/// One chat of one page.
pub(super) fn of_bytes(bytes: &[u8]) -> Layout {
    let page = PageFile::Memory(bytes.into());
    let chat = Chat { key: 0, place: Place::default(), pages: vec![page], missing: Vec::new(), listed: Listed::default() };
    Layout { owner: None, chats: vec![chat] }
}

pub(super) fn find(opened: &Opened) -> io::Result<Layout> {
    let root = open::root(&opened.asked);
    let firsts = if opened.path.parent() == Some(&root) && open::page_number(&opened.path).is_some() {
        Vec::new()
    } else {
        open::chats(&root)
    };
    if firsts.is_empty() {
        return Ok(Layout { owner: None, chats: vec![single(&opened.path)?] });
    }
    let mut listed = list(&root.join("lists/chats.html")).unwrap_or_default();
    let mut chats = Vec::new();
    for (key, first) in (0..).zip(firsts) {
        let name = first.parent().and_then(Path::file_name).map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let folder = format!("chats/{name}");
        let (pages, missing) = pages(&first)?;
        let listed = listed.remove(&folder).unwrap_or_default();
        chats.push(Chat { key, place: Place { folder, above: String::new() }, pages, missing, listed });
    }
    Ok(Layout { owner: owner(&root.join("export_results.html")), chats })
}

fn single(page: &Path) -> io::Result<Chat> {
    let (pages, missing) = pages(page)?;
    let place = above(page).map(|above| Place { folder: above.clone(), above }).unwrap_or_default();
    Ok(Chat { key: 0, place, pages, missing, listed: Listed::default() })
}

/// `chats/chat_01`, when the page lies in such a folder: its links start above it.
fn above(page: &Path) -> Option<String> {
    let page = fs::canonicalize(page).ok()?;
    let folder = page.parent()?;
    let chats = folder.parent().filter(|p| p.file_name().is_some_and(|n| n == "chats"))?;
    chats.parent()?;
    Some(format!("chats/{}", folder.file_name()?.to_str()?))
}

/// All pages of the chat that this page is of, and the numbers between them that are not there.
fn pages(page: &Path) -> io::Result<(Vec<PageFile>, Vec<u64>)> {
    if open::page_number(page).is_none() {
        return Ok((vec![PageFile::Disk(page.to_owned())], Vec::new()));
    }
    let folder = page.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let files = fs::read_dir(folder)?.flatten().map(|entry| entry.path()).filter(|path| path.is_file());
    let mut named: Vec<(u64, PathBuf)> = files.filter_map(|path| Some((open::page_number(&path)?, path))).collect();
    // Some write `messages1.html` for the first page; `messages.html` comes later in this order and counts.
    named.sort_by_key(|(number, path)| (*number, std::cmp::Reverse(path.as_os_str().len())));
    let found: BTreeMap<u64, PathBuf> = named.into_iter().collect();
    let last = found.last_key_value().map_or(0, |(number, _)| *number);
    let missing = (1..last).filter(|number| !found.contains_key(number)).take(1000).collect();
    Ok((found.into_values().map(PageFile::Disk).collect(), missing))
}

fn reader(path: &Path) -> io::Result<Box<dyn BufRead>> {
    decoded(File::open(path)?)
}

fn decoded(mut input: impl Read + Seek + 'static) -> io::Result<Box<dyn BufRead>> {
    let mut head = Vec::new();
    input.by_ref().take(4).read_to_end(&mut head)?;
    input.seek(SeekFrom::Start(0))?;
    Ok(match utf16::order(&head) {
        Some(order) => Box::new(BufReader::with_capacity(1 << 16, Utf16::new(input, order)?)),
        None => Box::new(BufReader::with_capacity(1 << 16, input)),
    })
}

/// Folder → what the list of chats says of it.
fn list(path: &Path) -> io::Result<BTreeMap<String, Listed>> {
    let mut tokens = Tokens::new(BufReader::new(reader(path)?.take(LIST)));
    let mut found = BTreeMap::new();
    let mut entry: Option<(String, Listed)> = None;
    let mut field = "";
    while let Some(token) = tokens.next()? {
        match token {
            Token::Open(tag) if tag.has_class("entry") => {
                found.extend(entry.take());
                entry = tag.attribute("href").and_then(folder_of).map(|folder| (folder, Listed::default()));
                field = "";
            }
            Token::Open(tag) if tag.has_class("name") => field = "name",
            Token::Open(tag) if tag.has_class("info") => field = "info",
            Token::Open(tag) if tag.has_class("details_entry") => field = "details",
            Token::Open(_) | Token::Close(_) => field = "",
            Token::Text(text) => {
                if let Some((_, listed)) = &mut entry {
                    note(listed, field, text.trim());
                }
            }
        }
    }
    found.extend(entry);
    Ok(found)
}

/// `../chats/chat_01/messages.html#allow_back` → `chats/chat_01`.
fn folder_of(href: &str) -> Option<String> {
    let (path, _) = href.rsplit_once("/messages.html")?;
    Some(path.trim_start_matches("../").to_owned())
}

fn note(listed: &mut Listed, field: &str, text: &str) {
    match field {
        "name" if listed.name.is_none() => listed.name = Some(text.to_owned()).filter(|t| !t.is_empty()),
        "details" => listed.own_only |= text.ends_with("outgoing message") || text.ends_with("outgoing messages"),
        "info" => {
            listed.kind = match (text, listed.name.as_deref()) {
                // Which kind of group or channel is not said.
                ("private", _) => ChatType::PersonalChat,
                ("bot", _) => ChatType::BotChat,
                _ => listed.kind,
            }
        }
        _ => {}
    }
}

/// First and last name out of the page about the account.
fn owner(path: &Path) -> Option<String> {
    let mut tokens = Tokens::new(BufReader::new(reader(path).ok()?.take(LIST)));
    let (mut first, mut last) = (None, None);
    let (mut label, mut field) = (String::new(), "");
    while let Ok(Some(token)) = tokens.next() {
        match token {
            Token::Open(tag) if tag.has_class("label") => field = "label",
            Token::Open(tag) if tag.has_class("value") => field = "value",
            Token::Open(_) | Token::Close(_) => field = "",
            Token::Text(text) if field == "label" => label = text.trim().to_owned(),
            Token::Text(text) if field == "value" => match label.as_str() {
                "First name" => first = Some(text.trim().to_owned()),
                "Last name" => last = Some(text.trim().to_owned()),
                _ => {}
            },
            Token::Text(_) => {}
        }
    }
    let name = [first, last].into_iter().flatten().filter(|n| !n.is_empty()).collect::<Vec<_>>().join(" ");
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_come_in_the_order_of_their_numbers() {
        let folder = tempfile::tempdir().unwrap();
        for name in
            ["messages.html", "messages10.html", "messages2.html", "messages9.html", "messages3 (1).html", "messages02.html"]
        {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        let (found, missing) = pages(&folder.path().join("messages2.html")).unwrap();
        let names: Vec<_> = found.iter().map(PageFile::name).collect();
        assert_eq!(names, ["messages.html", "messages2.html", "messages9.html", "messages10.html"]);
        assert_eq!(missing, [3, 4, 5, 6, 7, 8]);
        let other = folder.path().join("messages3 (1).html");
        assert_eq!(pages(&other).unwrap().0, [PageFile::Disk(other)]);
    }

    #[test]
    fn the_list_of_chats_and_the_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("chats.html");
        let entry = |n: u32, name: &str, details: &str, info: &str| {
            format!(
                "<a class=\"entry block_link clearfix\" href=\"../chats/chat_{n}/messages.html#allow_back\">
                 <div class=\"pull_left userpic_wrap\"><div class=\"initials\">К</div></div>
                 <div class=\"body\"><div class=\"pull_right info details\">\n{info}\n</div><div class=\"name bold\">\n{name}\n</div>
                 <div class=\"details_entry details\">\n{details}\n</div></div></a>"
            )
        };
        let page = entry(1, "Кирилл &amp; Ко", "12 messages", "private") + &entry(2, "Канал", "3 outgoing messages", "channel");
        fs::write(&path, page).unwrap();
        let found = list(&path).unwrap();
        let expected = Listed { name: Some("Кирилл & Ко".into()), kind: ChatType::PersonalChat, own_only: false };
        assert_eq!(found["chats/chat_1"], expected);
        let expected = Listed { name: Some("Канал".into()), kind: ChatType::Unknown, own_only: true };
        assert_eq!(found["chats/chat_2"], expected);
        let row = |label: &str, value: &str| {
            format!(
                "<div class=\"row\"><div class=\"label details\">\n{label}\n</div><div class=\"value bold\">\n{value}\n</div></div>"
            )
        };
        fs::write(&path, row("First name", "Анна") + &row("Last name", "Белова") + &row("Phone number", "+7")).unwrap();
        assert_eq!(owner(&path).as_deref(), Some("Анна Белова"));
    }
}
