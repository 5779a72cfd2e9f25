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
                    if self.message(indent.or(own))? {
                        indent = own;
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

    /// Whether it was whole.
    fn message(&mut self, indent: Option<usize>) -> Result<bool, Stop> {
        let start = self.cursor.position();
        self.place.at(start);
        let mut value = std::mem::take(&mut self.value);
        let cut = self.cursor.cut(MESSAGE, &mut value)?;
        let flow = match cut {
            Cut::Whole => self.visitor.message(&self.place, &value),
            Cut::Truncated | Cut::Broken | Cut::TooDeep | Cut::TooLarge => ControlFlow::Continue(()),
        };
        self.value = value;
        go_on(flow)?;
        match cut {
            Cut::Whole => {}
            Cut::TooLarge => self.visitor.problem(&self.place, Reason::TooLarge),
            Cut::Truncated => {
                self.visitor.problem(&self.place, Reason::CutMessage);
                return Err(Stop::Truncated);
            }
            Cut::TooDeep => self.next_message(start, indent, Reason::TooDeep)?,
            Cut::Broken => self.next_message(start, indent, Reason::BrokenSyntax)?,
        }
        Ok(cut == Cut::Whole)
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

    /// Goes to the next message that certainly is one of this list.
    fn next_message(&mut self, from: Position, indent: Option<usize>, why: Reason) -> Result<(), Stop> {
        self.visitor.problem(&self.place, why);
        self.cursor.go_back(from)?;
        self.cursor.step()?;
        match indent {
            Some(indent) => match self.cursor.find_line(indent, b'{')? {
                Line::Found | Line::Closed => Ok(()),
                Line::End => Err(Stop::Truncated),
            },
            None if self.cursor.find_object_with_id()? => Ok(()),
            None => Err(Stop::Lost),
        }
    }
}
