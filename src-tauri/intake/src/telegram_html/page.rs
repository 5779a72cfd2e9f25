//! Takes the messages out of a page as they stand there, one at a time; nothing is interpreted. Goes by class names, not by
//! the depth of tags: pages of 2024 miss closing tags after bot buttons, and other programs reformat them.

mod frame;

use super::text::Rich;
use super::tokens::{Position, Tag, Token, Tokens};
use frame::{Frame, Role};
use std::io::{self, BufRead};

/// No real message comes near.
const TOO_LARGE: usize = 64 << 20;

/// No page nests deeper; a hostile one must not fill the memory.
const TOO_DEEP: usize = 256;
/// What a tag may make a message grow by.
const TAG: usize = 64;

/// What stands on a page, in its order.
#[derive(Debug)]
pub(super) enum Found {
    /// The name of the chat.
    Title(String),
    Message(Box<Raw>),
}

/// A message as the page shows it.
#[derive(Debug, Default)]
pub(super) struct Raw {
    pub id: Option<i64>,
    pub at: Option<Position>,
    pub is_service: bool,
    /// Of the same sender as the message before it.
    pub is_joined: bool,
    /// Its closing tag was seen.
    pub is_closed: bool,
    pub is_too_large: bool,
    pub date: Option<String>,
    pub from: Option<String>,
    pub forward: Option<Forward>,
    pub reply: Option<Reply>,
    pub media: Option<RawMedia>,
    pub text: Rich,
    pub signature: Option<String>,
    pub reactions: Vec<RawReaction>,
    pub buttons: Vec<Vec<Button>>,
    /// The sentence of an action.
    pub action: String,
    /// The message that an action points to.
    pub action_target: Option<i64>,
    /// Text in places that no known version has.
    pub other: String,
    size: usize,
}

#[derive(Debug, Default)]
pub(super) struct Forward {
    /// Nothing: the same as of the message before it.
    pub from: Option<String>,
    pub date: Option<String>,
}

#[derive(Debug)]
pub(super) enum Reply {
    To(i64),
    AnotherChat,
}

#[derive(Debug, Default)]
pub(super) struct RawMedia {
    /// `media_photo`, `photo_wrap`, `media_poll`…
    pub class: String,
    pub href: Option<String>,
    pub title: String,
    pub description: String,
    pub status: String,
    pub answers: Vec<Answer>,
    pub total: String,
    /// Everything else that is written there.
    pub other: String,
}

#[derive(Debug, Default)]
pub(super) struct Answer {
    pub text: String,
    pub votes: String,
}

#[derive(Debug, Default)]
pub(super) struct RawReaction {
    pub is_paid: bool,
    pub is_custom: bool,
    pub emoji: String,
    pub count: String,
    pub people: u32,
}

#[derive(Debug, Default)]
pub(super) struct Button {
    pub text: String,
    pub href: Option<String>,
    pub script: Option<String>,
}

pub(super) struct Page<R> {
    tokens: Tokens<R>,
    frames: Vec<Frame>,
    message: Option<Box<Raw>>,
    /// The page says that it ends here.
    is_closed: bool,
}

impl<R: BufRead> Page<R> {
    pub fn new(input: R) -> Self {
        Page { tokens: Tokens::new(input), frames: Vec::new(), message: None, is_closed: false }
    }

    pub fn position(&self) -> Position {
        self.tokens.position()
    }

    /// Whether the page came to its end and not only the file.
    pub fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Whether bytes that are no UTF-8 were met since this was asked last.
    pub fn was_lossy(&mut self) -> bool {
        self.tokens.was_lossy()
    }

    /// Whether another message has begun after the one that was given last.
    pub fn has_more(&self) -> bool {
        self.message.is_some()
    }

    pub fn next(&mut self) -> io::Result<Option<Found>> {
        loop {
            let at = self.tokens.position();
            let found = match self.tokens.next()? {
                None => {
                    self.frames.clear();
                    return Ok(self.message.take().map(Found::Message));
                }
                Some(Token::Open(tag)) => self.open(&tag, at),
                Some(Token::Close(name)) => self.close(&name),
                Some(Token::Text(text)) => {
                    self.text(&text);
                    None
                }
            };
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    fn open(&mut self, tag: &Tag, at: Position) -> Option<Found> {
        if starts_message(tag) {
            let before = self.message.replace(Box::new(start(tag, at)));
            self.frames.clear();
            self.frames.push(Frame::new(tag, Role::Message));
            return before.map(Found::Message);
        }
        let Some(message) = &mut self.message else {
            if !tag.empty && self.frames.len() < TOO_DEEP {
                let parent = self.frames.last().map(|f| f.role);
                self.frames.push(Frame::new(tag, frame::outside(parent, tag)));
            }
            return None;
        };
        message.size = message.size.saturating_add(TAG);
        message.is_too_large |= message.size > TOO_LARGE;
        if message.is_too_large || self.frames.len() >= TOO_DEEP {
            return None;
        }
        let parent = self.frames.last().map_or(Role::Message, |f| f.role);
        if parent == Role::Text {
            if tag.name != "div" && tag.name != "table" {
                message.text.open(tag);
                return None;
            }
            // The text was not closed; what follows is not a part of it.
            self.frames.pop();
        }
        let parent = self.frames.last().map_or(Role::Message, |f| f.role);
        if tag.name == "br" {
            self.text_break();
            return None;
        }
        let role = frame::inside(parent, tag, message);
        if !tag.empty {
            self.frames.push(Frame::new(tag, role));
        }
        None
    }

    fn text_break(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.text.push('\n');
        }
    }

    fn close(&mut self, name: &str) -> Option<Found> {
        self.is_closed |= name == "html";
        if let Some(message) = &mut self.message
            && self.frames.last().is_some_and(|f| f.role == Role::Text)
            && message.text.close(name)
        {
            return None;
        }
        let at = self.frames.iter().rposition(|frame| frame.tag == name)?;
        let mut found = None;
        while self.frames.len() > at {
            let frame = self.frames.pop()?;
            // A link or a bold word inside a title or a sentence is a part of it.
            if let Some(outer) = self.frames.last_mut()
                && outer.role == frame.role
                && frame.role.is_words()
            {
                outer.text.push_str(&frame.text);
                continue;
            }
            match &mut self.message {
                Some(message) => {
                    let is_message = frame.role == Role::Message;
                    frame.leave(message);
                    if is_message {
                        message.is_closed = true;
                        found = self.message.take().map(Found::Message);
                    }
                }
                None if frame.role == Role::Title => found = Some(Found::Title(frame.text.trim().to_owned())),
                None => {}
            }
        }
        found
    }

    fn text(&mut self, text: &str) {
        let Some(frame) = self.frames.last_mut() else { return };
        let Some(message) = &mut self.message else {
            if frame.role == Role::Title {
                frame.text.push_str(text);
            }
            return;
        };
        message.size = message.size.saturating_add(text.len());
        if message.size > TOO_LARGE {
            message.is_too_large = true;
            return;
        }
        match frame.role {
            Role::Ignored => {}
            Role::Text => message.text.push(text),
            _ => frame.text.push_str(text),
        }
    }
}

/// A message or a separator of days; both are called so.
fn starts_message(tag: &Tag) -> bool {
    tag.name == "div" && tag.has_class("message") && (tag.has_class("default") || tag.has_class("service") || id(tag).is_some())
}

fn id(tag: &Tag) -> Option<i64> {
    tag.attribute("id")?.strip_prefix("message")?.parse().ok()
}

fn start(tag: &Tag, at: Position) -> Raw {
    Raw { id: id(tag), at: Some(at), is_service: tag.has_class("service"), is_joined: tag.has_class("joined"), ..Raw::default() }
}

/// The message that a link of the page goes to: `#go_to_message5`, `messages3.html#go_to_message5`.
fn target(tag: &Tag) -> Option<i64> {
    let (_, id) = tag.attribute("href")?.rsplit_once("#go_to_message")?;
    id.parse().ok()
}
