//! Where in the file something stands, in words that hold nothing of its content.

use super::cursor::Position;
use std::fmt;

/// Written `chats.list[3].messages[17] (line 512, byte 40213)`.
#[derive(Clone, Default)]
pub(super) struct Place {
    list: Option<(&'static str, usize)>,
    pub message: Option<usize>,
    position: Option<Position>,
}

impl Place {
    pub fn in_list(list: &'static str, chat: usize) -> Self {
        Place { list: Some((list, chat)), message: None, position: None }
    }

    pub fn at(&mut self, position: Position) {
        self.position = Some(position);
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.list, self.message) {
            (Some((list, chat)), Some(message)) => write!(f, "{list}[{chat}].messages[{message}]")?,
            (Some((list, chat)), None) => write!(f, "{list}[{chat}]")?,
            (None, Some(message)) => write!(f, "messages[{message}]")?,
            (None, None) => f.write_str("the file")?,
        }
        match self.position {
            Some(Position { byte, line }) => write!(f, " (line {line}, byte {byte})"),
            None => Ok(()),
        }
    }
}
