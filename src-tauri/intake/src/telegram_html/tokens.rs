//! Cuts a page into tags and text, one at a time, so that a page of any size needs the memory of its largest piece. Reads
//! what browsers read: unclosed tags, raw `<` in text, comments. Knows nothing of messages.

use super::entities::decode;
use std::borrow::Cow;
use std::io::{self, BufRead};

/// No tag and no unbroken run of text of a real page comes near; a page of zeros must not fill the memory.
const PIECE: usize = 1 << 20;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    Open(Tag),
    /// Its name.
    Close(String),
    /// Decoded.
    Text(String),
}

/// An opening tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag {
    pub name: String,
    /// Has no content and no closing tag.
    pub empty: bool,
    attributes: Vec<(String, String)>,
}

impl Tag {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn classes(&self) -> impl Iterator<Item = &str> {
        self.attribute("class").unwrap_or_default().split_ascii_whitespace()
    }

    pub fn has_class(&self, class: &str) -> bool {
        self.classes().any(|c| c == class)
    }
}

/// How far the reading has come; lines count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub byte: u64,
    pub line: u64,
}

pub(super) struct Tokens<R> {
    input: R,
    at: Position,
    piece: Vec<u8>,
    /// Some bytes were no UTF-8.
    is_lossy: bool,
}

impl<R: BufRead> Tokens<R> {
    pub fn new(input: R) -> Self {
        Tokens { input, at: Position { byte: 0, line: 1 }, piece: Vec::new(), is_lossy: false }
    }

    /// Whether bytes that are no UTF-8 were met since this was asked last.
    pub fn was_lossy(&mut self) -> bool {
        std::mem::take(&mut self.is_lossy)
    }

    pub fn position(&self) -> Position {
        self.at
    }

    /// The next tag or text; `None` at the end of the page.
    pub fn next(&mut self) -> io::Result<Option<Token>> {
        loop {
            let token = match self.peek()? {
                None => return Ok(None),
                Some(b'<') => self.markup()?,
                Some(_) => Some(self.text()?),
            };
            match token {
                Some(Token::Open(tag)) if matches!(tag.name.as_str(), "script" | "style") && !tag.empty => {
                    self.skip_raw(&tag.name)?;
                }
                Some(token) => return Ok(Some(token)),
                None => {}
            }
        }
    }

    /// What starts with `<`: a tag, text that only looks like one, or nothing (a comment).
    fn markup(&mut self) -> io::Result<Option<Token>> {
        self.piece.clear();
        self.take()?;
        match self.peek()? {
            Some(b'!' | b'?') => {
                self.comment()?;
                Ok(None)
            }
            Some(b'/') => {
                self.take()?;
                self.until_closed()?;
                let name = String::from_utf8_lossy(&self.piece);
                let name = name.trim_start_matches("</").trim_end_matches('>').trim().to_ascii_lowercase();
                Ok(Some(Token::Close(name)))
            }
            Some(letter) if letter.is_ascii_alphabetic() => {
                self.until_closed()?;
                Ok(Some(Token::Open(tag(&String::from_utf8_lossy(&self.piece)))))
            }
            _ => Ok(Some(Token::Text("<".to_owned()))),
        }
    }

    /// Up to `>` outside quotes. A line break inside quotes means that the closing quote is lost: no value of the exporter
    /// holds one.
    fn until_closed(&mut self) -> io::Result<()> {
        let mut quote = None;
        while let Some(byte) = self.peek()? {
            match (byte, quote) {
                (b'\n', Some(_)) => return Ok(()),
                (b'"' | b'\'', None) if self.piece.last().is_some_and(|b| *b == b'=' || b.is_ascii_whitespace()) => {
                    quote = Some(byte);
                }
                (byte, Some(open)) if byte == open => quote = None,
                _ => {}
            }
            self.take()?;
            if (byte == b'>' && quote.is_none()) || self.piece.len() > PIECE {
                return Ok(());
            }
        }
        Ok(())
    }

    fn comment(&mut self) -> io::Result<()> {
        let is_comment = {
            self.take()?;
            self.peek()? == Some(b'-')
        };
        let mut dashes = 0;
        while let Some(byte) = self.peek()? {
            self.step();
            match byte {
                b'-' => dashes += 1,
                b'>' if !is_comment || dashes >= 2 => return Ok(()),
                _ => dashes = 0,
            }
        }
        Ok(())
    }

    /// Steps over a script or a style.
    fn skip_raw(&mut self, name: &str) -> io::Result<()> {
        loop {
            match self.peek()? {
                None => return Ok(()),
                Some(b'<') => match self.markup()? {
                    Some(Token::Close(closed)) if closed == name => return Ok(()),
                    _ => {}
                },
                Some(_) => drop(self.text()?),
            }
        }
    }

    fn text(&mut self) -> io::Result<Token> {
        self.piece.clear();
        loop {
            let block = self.input.fill_buf()?;
            let end = block.iter().position(|b| *b == b'<');
            let taken = block.get(..end.unwrap_or(block.len())).unwrap_or_default();
            let (bytes, lines) = (taken.len(), taken.iter().filter(|b| **b == b'\n').count());
            let at_end = block.is_empty() || end.is_some();
            self.piece.extend_from_slice(taken);
            self.input.consume(bytes);
            self.at.byte += bytes as u64;
            self.at.line += lines as u64;
            if at_end || (self.piece.len() > PIECE && self.ends_on_character()) {
                let text = String::from_utf8_lossy(&self.piece);
                self.is_lossy |= matches!(text, Cow::Owned(_));
                return Ok(Token::Text(decode(&text)));
            }
        }
    }

    /// Whether the piece may be cut here without halving a character or an entity.
    fn ends_on_character(&self) -> bool {
        self.piece.last().is_some_and(|b| b.is_ascii_whitespace()) || self.piece.len() > 4 * PIECE
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(block) => return Ok(block.first().copied()),
            }
        }
    }

    /// Keeps the next byte.
    fn take(&mut self) -> io::Result<()> {
        if let Some(byte) = self.peek()? {
            self.piece.push(byte);
            self.at.line += u64::from(byte == b'\n');
            self.step();
        }
        Ok(())
    }

    fn step(&mut self) {
        self.input.consume(1);
        self.at.byte += 1;
    }
}

/// Reads `<name key="value" …>`; spaces around `=` occur (`<a href = "…">` of custom emoji).
fn tag(piece: &str) -> Tag {
    let inner = piece.strip_prefix('<').unwrap_or(piece);
    let inner = inner.strip_suffix('>').unwrap_or(inner);
    let name_end = inner.find(|c: char| c.is_ascii_whitespace() || c == '/').unwrap_or(inner.len());
    let (name, mut rest) = inner.split_at(name_end);
    let name = name.to_ascii_lowercase();
    let mut attributes = Vec::new();
    let closes_itself = rest.trim_end().ends_with('/');
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            break;
        }
        let key_end = rest.find(|c: char| c.is_ascii_whitespace() || c == '=').unwrap_or(rest.len()).max(1);
        let Some((key, after)) = rest.split_at_checked(key_end) else { break };
        let (value, after) = match after.trim_start().strip_prefix('=') {
            Some(after) => value(after.trim_start()),
            None => ("", after),
        };
        attributes.push((key.to_ascii_lowercase(), decode(value)));
        rest = after;
    }
    let void = matches!(name.as_str(), "img" | "br" | "meta" | "link" | "hr" | "input" | "source" | "wbr" | "col");
    Tag { empty: void || closes_itself, name, attributes }
}

fn value(rest: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(rest) = rest.strip_prefix(quote) {
            return rest.split_once(quote).unwrap_or((rest, ""));
        }
    }
    rest.split_at(rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(page: &str, expected: &str) {
        let mut tokens = Tokens::new(page.as_bytes());
        let mut found = Vec::new();
        while let Some(token) = tokens.next().unwrap() {
            found.push(match token {
                Token::Open(tag) => {
                    let attributes: Vec<_> = tag.attributes.iter().map(|(k, v)| format!(" {k}={v}")).collect();
                    format!("<{}{}{}>", tag.name, attributes.concat(), if tag.empty { "/" } else { "" })
                }
                Token::Close(name) => format!("</{name}>"),
                Token::Text(text) => text,
            });
        }
        assert_eq!(found.join("|"), expected, "{page}");
        assert_eq!(tokens.position().byte, page.len() as u64);
        assert_eq!(tokens.position().line, 1 + page.matches('\n').count() as u64);
    }

    #[test]
    fn pages_are_cut_as_browsers_cut_them() {
        check("", "");
        check("просто", "просто");
        check("<div class=\"a b\" id='m'>x</div>", "<div class=a b id=m>|x|</div>");
        check("<a href = \"stickers/a (2).webm\">🔥</a>", "<a href=stickers/a (2).webm>|🔥|</a>");
        check("<br><br/><img src=x.jpg />", "<br/>|<br/>|<img src=x.jpg/>");
        check("a < b <3 &lt;c&gt;", "a |<| b |<|3 <c>");
        check("<!DOCTYPE html>\n<!-- a > b --><p>", "\n|<p>");
        check("<script>if (a < b) { \"</div>\" }</script>x", "x");
        check("<a title=\"1 > 0\" onclick=\"f('x')\">", "<a title=1 > 0 onclick=f('x')>");
        check("<a title=\"lost>\n<div>", "<a title=lost>|\n|<div>");
        check("<div", "<div>");
        check("</DIV >", "</div>");
        check("<a b>", "<a b=>");
    }
}
