//! The part of the walk inside one list of messages: cuts them one by one, and after a broken stretch finds the next
//! that is certainly of the same list.

use super::{NOTHING, Stop, Walk, go_on};
use crate::Reason;
use crate::telegram_json::cursor::{Cut, Limits, Line, Position};
use crate::telegram_json::visitor::Visitor;
use std::io::{Read, Seek};
use std::ops::ControlFlow;

/// No real message comes near; a broken file may look like one endless message.
const MESSAGE: Limits = Limits { keep: 64 << 20, depth: 120 };

impl<R: Read + Seek, V: Visitor> Walk<'_, R, V> {
    pub(super) fn messages(&mut self) -> Result<(), Stop> {
        self.cursor.step()?;
        // How whole messages of this list are indented, which a broken one cannot say.
        let (mut index, mut indent) = (0, None);
        loop {
            self.progress()?;
            self.place.message = Some(index);
            match self.cursor.skip_space()? {
                None => return Err(Stop::Truncated),
                Some(b']') if self.ends_list(indent)? => break self.cursor.step()?,
                Some(b',') => {
                    self.cursor.step()?;
                    continue;
                }
                Some(b'{') => {
                    let own = self.cursor.indent();
                    if let Some(found) = self.message(indent.or(own))? {
                        indent = found;
                    }
                }
                // The bracket of the list is lost, but the chat is closed on a line of its own.
                Some(b'}') if self.cursor.indent().zip(indent).is_some_and(|(here, inner)| here < inner) => {
                    break self.problem(Reason::BrokenSection);
                }
                Some(_) => self.not_a_message(indent)?,
            }
            index += 1;
        }
        self.place.message = None;
        Ok(())
    }

    /// In a file of indented lines the list's bracket stands further out than its messages. One further in belongs to a
    /// broken message; one in the middle of a line is believed if what follows fits.
    fn ends_list(&mut self, indent: Option<usize>) -> Result<bool, Stop> {
        match (self.cursor.indent(), indent) {
            (_, None) => Ok(true),
            (Some(here), Some(inner)) if here != inner => Ok(here < inner),
            _ => Ok(self.cursor.closes(b']')?),
        }
    }

    /// `None`: it was not whole. Otherwise how it is indented, if that can be gone by.
    fn message(&mut self, indent: Option<usize>) -> Result<Option<Option<usize>>, Stop> {
        let own = self.cursor.indent();
        let start = self.cursor.position();
        self.place.at(start);
        let mut value = std::mem::take(&mut self.value);
        let mut cut = self.cursor.cut(MESSAGE, &mut value)?;
        // Programs that strip white space leave lines without meaning.
        let trusted = |indent: &usize| is_deeper(&value, *indent);
        let (own, indent) = (own.filter(trusted), indent.filter(trusted));
        if cut == Cut::Whole && indent.is_some_and(|indent| holds_line(&value, indent)) {
            cut = Cut::Broken;
        }
        let flow = match cut {
            Cut::Whole => self.visitor.message(&self.place, &value),
            Cut::Truncated | Cut::Broken | Cut::TooDeep | Cut::TooLarge => ControlFlow::Continue(()),
        };
        self.value = value;
        go_on(flow)?;
        match cut {
            Cut::Whole => {}
            Cut::Truncated => self.next_message(start, indent, Reason::CutMessage)?,
            // A lost bracket makes one message of all that follow.
            Cut::TooLarge if indent.is_some() => self.next_message(start, indent, Reason::TooLarge)?,
            Cut::TooLarge => self.visitor.problem(&self.place, Reason::TooLarge),
            Cut::TooDeep => self.next_message(start, indent, Reason::TooDeep)?,
            Cut::Broken => self.next_message(start, indent, Reason::BrokenSyntax)?,
        }
        Ok((cut == Cut::Whole).then_some(own))
    }

    /// `null`, a number, a string or a list among the messages, or a broken stretch.
    fn not_a_message(&mut self, indent: Option<usize>) -> Result<(), Stop> {
        let start = self.cursor.position();
        self.place.at(start);
        let first = self.cursor.peek()?;
        if first == Some(b'[') && indent.is_some() {
            // One wrong byte could make a list of all that follows.
            return self.next_message(start, indent, Reason::NotAnObject);
        }
        let is_value = !matches!(first, Some(b'}' | b']' | b':'));
        match if is_value { self.cursor.cut(NOTHING, &mut Vec::new())? } else { Cut::Broken } {
            Cut::Whole | Cut::TooLarge => {
                self.visitor.problem(&self.place, Reason::NotAnObject);
                Ok(())
            }
            Cut::Truncated => Err(Stop::Truncated),
            Cut::Broken | Cut::TooDeep => self.next_message(start, indent, Reason::BrokenSyntax),
        }
    }

    /// Goes to the next message that certainly is one of this list. A message that the file ends inside of was only broken
    /// if another follows.
    fn next_message(&mut self, from: Position, indent: Option<usize>, why: Reason) -> Result<(), Stop> {
        let place = self.place.clone();
        self.cursor.go_back(from)?;
        self.cursor.step()?;
        let found = match indent {
            Some(indent) => self.cursor.find_line(indent, b'{')? != Line::End,
            None if why == Reason::CutMessage => false,
            None => self.cursor.find_object_with_id()?,
        };
        let was_only_broken = found && why == Reason::CutMessage;
        self.visitor.problem(&place, if was_only_broken { Reason::BrokenSyntax } else { why });
        match (found, indent) {
            (true, _) => Ok(()),
            (false, None) if why != Reason::CutMessage => Err(Stop::Lost),
            (false, _) => Err(Stop::Truncated),
        }
    }
}

/// Whether the fields of a message stand further in than the message, or on its own line.
fn is_deeper(value: &[u8], indent: usize) -> bool {
    let mut lines = value.split(|b| *b == b'\n').skip(1).filter(|line| !line.trim_ascii().is_empty());
    lines.next().is_none_or(|line| line.iter().take_while(|b| matches!(b, b' ' | b'\t')).count() > indent)
}

/// Whether a line of the value starts as a message of its list does: then a lost bracket has drawn others into it.
fn holds_line(value: &[u8], indent: usize) -> bool {
    let starts = |line: &[u8]| {
        let spaces = line.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        spaces == indent && line.get(spaces) == Some(&b'{')
    };
    value.split(|b| *b == b'\n').skip(1).any(starts)
}
