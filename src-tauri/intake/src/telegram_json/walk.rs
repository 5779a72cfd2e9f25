//! Walks an export from its first byte to its last and calls a [`Visitor`] for each header field and message. One message
//! is in memory at a time. After a broken stretch it goes on at the next place that is certain, and never moves a
//! message into another chat. Decodes nothing.

mod messages;

use super::cursor::{Cursor, Cut, Limits, Line, Position};
use super::place::Place;
use super::visitor::{Header, Visitor};
use crate::Reason;
use std::io::{self, Read, Seek};
use std::ops::ControlFlow;

const HEADER: Limits = Limits { keep: 8 << 20, depth: 16 };
const KEY: Limits = Limits { keep: 64, depth: 1 };
const NOTHING: Limits = Limits { keep: 0, depth: 1 << 20 };
const PROGRESS_EVERY: u64 = 512 * 1024;

/// How a walk ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Complete,
    /// Truncated, or the rest could not be placed.
    Salvaged,
    Cancelled,
}

/// Walks all of `input`. Returns how it ended and how many bytes were read.
pub(super) fn walk<R: Read + Seek, V: Visitor>(input: R, visitor: &mut V) -> io::Result<(End, u64)> {
    let cursor = Cursor::new(input);
    let mut walk = Walk { cursor, visitor, value: Vec::new(), place: Place::default(), chats: 0, told: 0 };
    let end = match walk.root() {
        Ok(()) => End::Complete,
        Err(Stop::Cancelled) => End::Cancelled,
        Err(Stop::Io(error)) => return Err(error),
        Err(Stop::Truncated) => {
            walk.problem(Reason::Truncated);
            End::Salvaged
        }
        Err(Stop::Lost) => {
            walk.problem(Reason::RestUnreadable);
            End::Salvaged
        }
    };
    Ok((end, walk.cursor.position().byte))
}

enum Stop {
    Truncated,
    Lost,
    Cancelled,
    Io(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::Io(error)
    }
}

/// Which object is being walked.
#[derive(Clone, Copy)]
enum Level {
    Root,
    /// `chats` or `left_chats`.
    Section(&'static str),
    Chat(usize),
}

struct Walk<'v, R, V> {
    cursor: Cursor<R>,
    visitor: &'v mut V,
    value: Vec<u8>,
    place: Place,
    chats: usize,
    told: u64,
}

impl<R: Read + Seek, V: Visitor> Walk<'_, R, V> {
    fn root(&mut self) -> Result<(), Stop> {
        // A byte order mark; editors add it.
        while matches!(self.cursor.peek()?, Some(0xEF | 0xBB | 0xBF)) {
            self.cursor.step()?;
        }
        match self.cursor.skip_space()? {
            Some(b'{') => self.object(Level::Root)?,
            Some(b'[') if self.cursor.is_list_of_messages()? => {
                self.start_chat(0)?;
                self.messages()?;
            }
            Some(b'[') => self.chats("")?,
            _ => return Err(Stop::Lost),
        }
        match self.cursor.skip_space()? {
            None => Ok(()),
            Some(_) => Err(Stop::Lost),
        }
    }

    fn object(&mut self, level: Level) -> Result<(), Stop> {
        self.cursor.step()?;
        let mut junk = false;
        loop {
            self.progress()?;
            match self.cursor.skip_space()? {
                None => return Err(Stop::Truncated),
                Some(b'}') => return Ok(self.cursor.step()?),
                Some(b',') => self.cursor.step()?,
                Some(b'"') => self.member(level)?,
                Some(_) => self.junk(&mut junk)?,
            }
        }
    }

    fn member(&mut self, level: Level) -> Result<(), Stop> {
        let indent = self.cursor.indent();
        let start = self.cursor.position();
        let mut key = Vec::new();
        match self.cursor.cut(KEY, &mut key)? {
            Cut::Whole | Cut::TooLarge => {}
            Cut::Truncated => return Err(Stop::Truncated),
            Cut::Broken | Cut::TooDeep => return self.recover(start, indent),
        }
        match self.cursor.skip_space()? {
            Some(b':') => {}
            None => return Err(Stop::Truncated),
            Some(_) => {
                self.problem(Reason::BrokenSection);
                return Ok(());
            }
        }
        self.cursor.step()?;
        let first = self.cursor.skip_space()?;
        let key = key.strip_prefix(b"\"").and_then(|key| key.strip_suffix(b"\"")).unwrap_or_default();
        match (level, key, first) {
            (Level::Root, b"messages", Some(b'[')) => {
                self.start_chat(0)?;
                self.messages()
            }
            (Level::Chat(_), b"messages", Some(b'[')) => self.messages(),
            (Level::Root, b"chats", Some(b'{')) => self.object(Level::Section("chats.list")),
            (Level::Root, b"left_chats", Some(b'{')) => self.object(Level::Section("left_chats.list")),
            (Level::Root, b"chats", Some(b'[')) => self.chats("chats"),
            (Level::Root, b"left_chats", Some(b'[')) => self.chats("left_chats"),
            (Level::Section(list), b"list", Some(b'[')) => self.chats(list),
            _ => self.field(level, key, indent),
        }
    }

    /// A header field, or something that is stepped over unread.
    fn field(&mut self, level: Level, key: &[u8], indent: Option<usize>) -> Result<(), Stop> {
        let start = self.cursor.position();
        let chat = match level {
            Level::Root => Some(0),
            Level::Chat(number) => Some(number),
            Level::Section(_) => None,
        };
        let header = match key {
            b"name" => Some(Header::Name),
            b"type" => Some(Header::Type),
            b"id" => Some(Header::Id),
            _ => None,
        };
        let personal = matches!(level, Level::Root) && key == b"personal_information";
        let contacts = matches!(level, Level::Root) && key == b"contacts";
        let limits = if personal || contacts || header.is_some() { HEADER } else { NOTHING };
        let mut value = std::mem::take(&mut self.value);
        let cut = self.cursor.cut(limits, &mut value)?;
        match (cut, chat, header) {
            (Cut::Whole, Some(chat), Some(header)) => self.visitor.header(chat, header, &value),
            (Cut::Whole, _, _) if personal => self.visitor.personal(&value),
            (Cut::Whole, _, _) if contacts => self.visitor.contacts(&value),
            (Cut::Whole | Cut::TooLarge, _, _) if matches!(level, Level::Root) && is_account_section(key) => {
                self.visitor.section()
            }
            _ => {}
        }
        self.value = value;
        match cut {
            Cut::Whole | Cut::TooLarge => Ok(()),
            Cut::Truncated => Err(Stop::Truncated),
            Cut::Broken | Cut::TooDeep => self.recover(start, indent),
        }
    }

    fn chats(&mut self, list: &'static str) -> Result<(), Stop> {
        if !list.is_empty() {
            self.visitor.section();
        }
        self.cursor.step()?;
        let (mut index, mut junk) = (0, false);
        loop {
            self.place = Place::in_list(list, index);
            match self.cursor.skip_space()? {
                None => return Err(Stop::Truncated),
                Some(b']') => break self.cursor.step()?,
                Some(b',') => self.cursor.step()?,
                Some(b'{') => {
                    self.chats += 1;
                    self.start_chat(self.chats)?;
                    self.object(Level::Chat(self.chats))?;
                    index += 1;
                }
                // The bracket of the list is lost; what follows belongs to the object around it.
                Some(b'}') => break self.problem(Reason::BrokenSection),
                Some(_) => self.junk(&mut junk)?,
            }
        }
        self.place = Place::default();
        Ok(())
    }

    fn start_chat(&mut self, number: usize) -> Result<(), Stop> {
        self.place.at(self.cursor.position());
        go_on(self.visitor.chat(number, &self.place))
    }

    /// Steps over a broken field: goes to the next key of the same object.
    fn recover(&mut self, from: Position, indent: Option<usize>) -> Result<(), Stop> {
        self.problem(Reason::BrokenSection);
        let Some(indent) = indent else { return Err(Stop::Lost) };
        self.cursor.go_back(from)?;
        match self.cursor.find_line(indent, b'"')? {
            Line::Found | Line::Closed => Ok(()),
            Line::End => Err(Stop::Truncated),
        }
    }

    /// Steps over something that has no business here; said once for each object.
    fn junk(&mut self, said: &mut bool) -> Result<(), Stop> {
        if !std::mem::replace(said, true) {
            self.problem(Reason::BrokenSection);
        }
        let before = self.cursor.position();
        let cut = self.cursor.cut(NOTHING, &mut Vec::new())?;
        match cut {
            Cut::Truncated => Err(Stop::Truncated),
            _ if self.cursor.position() == before => Ok(self.cursor.step()?),
            _ => Ok(()),
        }
    }

    fn problem(&mut self, why: Reason) {
        self.place.at(self.cursor.position());
        self.visitor.problem(&self.place, why);
    }

    fn progress(&mut self) -> Result<(), Stop> {
        let here = self.cursor.position().byte;
        if here < self.told.saturating_add(PROGRESS_EVERY) {
            return Ok(());
        }
        self.told = here;
        go_on(self.visitor.progress(here))
    }
}

fn go_on(flow: ControlFlow<()>) -> Result<(), Stop> {
    if flow.is_break() { Err(Stop::Cancelled) } else { Ok(()) }
}

fn is_account_section(key: &[u8]) -> bool {
    matches!(
        key,
        b"contacts" | b"frequent_contacts" | b"sessions" | b"web_sessions" | b"other_data" | b"profile_pictures" | b"stories"
    )
}
