//! A place in the file: looks one byte ahead, cuts one JSON value, finds the next line that can be trusted.
//! Holds one value at most; knows nothing of chats.

use super::splitter::{Splitter, Step};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

const BLOCK: usize = 256 * 1024;

/// How far the reading has come; lines count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub byte: u64,
    pub line: u64,
}

/// How the cutting of a value ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    Whole,
    /// The file ended inside the value.
    Truncated,
    /// Not JSON; the cursor stands somewhere inside.
    Broken,
    TooDeep,
    /// Larger than asked for; the cursor stands after it.
    TooLarge,
}

/// What the search for a line found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// The cursor stands at the wanted byte.
    Found,
    /// The cursor stands at a closing bracket of something further out.
    Closed,
    End,
}

/// How much of a value is wanted.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// Bytes to keep; 0 keeps nothing and never says `TooLarge`.
    pub keep: usize,
    pub depth: usize,
}

pub(super) struct Cursor<R> {
    input: BufReader<R>,
    at: Position,
    /// White space before the current byte, if nothing else stands before it on its line.
    indent: Option<usize>,
}

impl<R: Read + Seek> Cursor<R> {
    pub fn new(input: R) -> Self {
        let input = BufReader::with_capacity(BLOCK, input);
        Cursor { input, at: Position { byte: 0, line: 1 }, indent: Some(0) }
    }

    pub fn position(&self) -> Position {
        self.at
    }

    pub fn indent(&self) -> Option<usize> {
        self.indent
    }

    pub fn go_back(&mut self, to: Position) -> io::Result<()> {
        // Within what is read ahead nothing is read anew: a broken file may ask for this at every line.
        match (i64::try_from(to.byte), i64::try_from(self.at.byte)) {
            (Ok(to), Ok(at)) => self.input.seek_relative(to - at)?,
            _ => drop(self.input.seek(SeekFrom::Start(to.byte))?),
        }
        self.at = to;
        self.indent = None;
        Ok(())
    }

    pub fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.block()?.first().copied())
    }

    /// Steps over one byte.
    pub fn step(&mut self) -> io::Result<()> {
        if let Some(byte) = self.peek()? {
            self.indent = match (byte, self.indent) {
                (b'\n', _) => Some(0),
                (b' ' | b'\t' | b'\r', Some(n)) => Some(n + 1),
                _ => None,
            };
            self.consume(1, u64::from(byte == b'\n'));
        }
        Ok(())
    }

    /// The next byte that is not white space, not stepped over.
    pub fn skip_space(&mut self) -> io::Result<Option<u8>> {
        while let Some(byte) = self.peek()? {
            if !byte.is_ascii_whitespace() {
                return Ok(Some(byte));
            }
            self.step()?;
        }
        Ok(None)
    }

    /// Cuts the value that starts here into `value`.
    pub fn cut(&mut self, limits: Limits, value: &mut Vec<u8>) -> io::Result<Cut> {
        value.clear();
        self.indent = None;
        match self.peek()? {
            None => Ok(Cut::Truncated),
            Some(b'{' | b'[' | b'"') => self.cut_structure(limits, value),
            Some(_) => self.cut_scalar(limits, value),
        }
    }

    fn cut_structure(&mut self, limits: Limits, value: &mut Vec<u8>) -> io::Result<Cut> {
        let mut splitter = Splitter::new(limits.depth);
        let mut large = false;
        loop {
            let block = self.block()?;
            if block.is_empty() {
                return Ok(Cut::Truncated);
            }
            let step = splitter.feed(block);
            let used = match step {
                Step::More => block.len(),
                Step::Done(n) | Step::Broken(n) | Step::TooDeep(n) => n,
            };
            let taken = block.get(..used).unwrap_or_default();
            if value.len() + used <= limits.keep {
                value.extend_from_slice(taken);
            } else if limits.keep > 0 {
                large = true;
            }
            let lines = count_lines(taken);
            self.consume(used, lines);
            match step {
                Step::More => {}
                Step::Done(_) if large => return Ok(Cut::TooLarge),
                Step::Done(_) => return Ok(Cut::Whole),
                Step::Broken(_) => return Ok(Cut::Broken),
                Step::TooDeep(_) => return Ok(Cut::TooDeep),
            }
        }
    }

    /// A number or a word: up to a comma, a bracket or the end of the line.
    fn cut_scalar(&mut self, limits: Limits, value: &mut Vec<u8>) -> io::Result<Cut> {
        loop {
            let block = self.block()?;
            if block.is_empty() {
                // A number may go on after the cut: `12` of `123` is not a fact.
                return Ok(Cut::Truncated);
            }
            let end = block.iter().position(|b| matches!(b, b',' | b'}' | b']' | b'\n' | b'"' | b'{' | b'['));
            let used = end.unwrap_or(block.len());
            if value.len() + used <= limits.keep {
                value.extend_from_slice(block.get(..used).unwrap_or_default());
            }
            self.consume(used, 0);
            if end.is_some() {
                return Ok(Cut::Whole);
            }
        }
    }

    /// Goes to the next line that starts with `wanted` after exactly `indent` white bytes. A string holds no line
    /// break, so no text of a message can pass itself off as such a line.
    pub fn find_line(&mut self, indent: usize, wanted: u8) -> io::Result<Line> {
        loop {
            if !self.next_line()? {
                return Ok(Line::End);
            }
            while matches!(self.peek()?, Some(b' ' | b'\t' | b'\r')) {
                self.step()?;
            }
            match (self.peek()?, self.indent) {
                (None, _) => return Ok(Line::End),
                (Some(byte), Some(n)) if n == indent && byte == wanted => return Ok(Line::Found),
                (Some(byte @ (b'}' | b']')), Some(n)) if n < indent && self.closes(byte)? => {
                    self.indent = Some(n);
                    return Ok(Line::Closed);
                }
                _ => {}
            }
        }
    }

    /// Whether what follows the bracket under the cursor may follow a closing one.
    pub fn closes(&mut self, bracket: u8) -> io::Result<bool> {
        let here = self.at;
        self.step()?;
        let next = self.skip_space()?;
        self.go_back(here)?;
        Ok(match next {
            None | Some(b',' | b'}') => true,
            Some(byte) => byte == b']' && bracket == b'}',
        })
    }

    /// Whether the list that starts here holds messages and not chats: shown by the keys of its first object, as far as
    /// they are read ahead.
    pub fn is_list_of_messages(&mut self) -> io::Result<bool> {
        let block = self.block()?;
        let mut keys = super::keys::of_first_object(block.get(1..).unwrap_or_default());
        let (mut id, mut date) = (false, false);
        Ok(loop {
            match keys.next() {
                Some(b"messages") => break false,
                Some(b"id") => id = true,
                Some(b"date" | b"date_unixtime") => date = true,
                Some(_) => {}
                None => break id && date,
            }
        })
    }

    /// Goes to the next object whose first key is `id`, for files without line breaks; `false` when another list of
    /// messages starts first or the file ends. Quotes inside strings are escaped, so no text can look like this.
    pub fn find_object_with_id(&mut self) -> io::Result<bool> {
        let (mut object, mut start) = (0, self.at);
        let mut list = 0;
        while let Some(byte) = self.peek()? {
            if byte == b'{' {
                (object, start) = (1, self.at);
            } else if !(object == 1 && byte.is_ascii_whitespace()) {
                object = advance(b"{\"id\"", object, byte);
            }
            list = advance(b"\"messages\":", list, byte);
            if object == 5 {
                self.go_back(start)?;
                return Ok(true);
            }
            if list == 11 {
                return Ok(false);
            }
            self.step()?;
        }
        Ok(false)
    }

    /// Steps over everything up to the start of the next line; `false` at the end of the file.
    fn next_line(&mut self) -> io::Result<bool> {
        loop {
            let block = self.block()?;
            if block.is_empty() {
                return Ok(false);
            }
            if let Some(at) = block.iter().position(|b| *b == b'\n') {
                self.consume(at + 1, 1);
                self.indent = Some(0);
                return Ok(true);
            }
            let all = block.len();
            self.consume(all, 0);
        }
    }

    /// The bytes read ahead; empty only at the end of the file.
    fn block(&mut self) -> io::Result<&[u8]> {
        loop {
            match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(_) => break,
            }
        }
        self.input.fill_buf()
    }

    fn consume(&mut self, bytes: usize, lines: u64) {
        self.input.consume(bytes);
        self.at.byte += bytes as u64;
        self.at.line += lines;
    }
}

/// How many bytes of `wanted` are matched after one more byte.
fn advance(wanted: &[u8], matched: usize, byte: u8) -> usize {
    if matched > 0 && wanted.get(matched) == Some(&byte) {
        return matched + 1;
    }
    usize::from(wanted.first() == Some(&byte))
}

fn count_lines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|b| **b == b'\n').count() as u64
}
