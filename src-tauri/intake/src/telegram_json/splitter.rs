//! Finds where one JSON value ends in a stream of bytes, without keeping it. Knows strings, brackets and the few rules of
//! punctuation that show a lost quote or bracket at once instead of a thousand messages later. Never decodes anything.

/// What a piece of the stream did to the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The whole piece belongs to the value, which goes on.
    More,
    /// The value ends after this many bytes of the piece.
    Done(usize),
    /// After this many bytes it is certain that this is not JSON.
    Broken(usize),
    /// Nested deeper than asked for.
    TooDeep(usize),
}

/// Fed with the bytes of a value that starts with `{`, `[` or `"`.
pub(super) struct Splitter {
    open: Vec<u8>,
    max_depth: usize,
    string: bool,
    escaped: bool,
    /// Inside an unquoted path.
    word: bool,
    before: Before,
}

impl Splitter {
    pub fn new(max_depth: usize) -> Self {
        Splitter { open: Vec::new(), max_depth, string: false, escaped: false, word: false, before: Before::Opening }
    }

    pub fn feed(&mut self, piece: &[u8]) -> Step {
        let mut at = 0;
        while let Some(rest) = piece.get(at..).filter(|rest| !rest.is_empty()) {
            // Half of a file is the white space before its lines; only inside a word does a line's end say something.
            if !self.string && !self.word {
                let blank = rest.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(rest.len());
                if blank > 0 {
                    at += blank;
                    continue;
                }
            }
            let (used, end) = if self.string { self.in_string(rest) } else { self.outside(rest) };
            at += used;
            match end {
                None => {}
                Some(End::Done) => return Step::Done(at),
                Some(End::Broken) => return Step::Broken(at),
                Some(End::TooDeep) => return Step::TooDeep(at),
            }
        }
        Step::More
    }

    /// Up to the end of the string or of the piece.
    fn in_string(&mut self, rest: &[u8]) -> (usize, Option<End>) {
        if self.escaped {
            self.escaped = false;
            return (1, None);
        }
        let Some(at) = rest.iter().position(|b| matches!(b, b'"' | b'\\' | b'\n')) else { return (rest.len(), None) };
        let end = match rest.get(at) {
            Some(b'\\') => {
                self.escaped = true;
                None
            }
            Some(b'"') => {
                self.string = false;
                self.open.is_empty().then_some(End::Done)
            }
            // A line break cannot stand in a JSON string: its closing quote is lost.
            _ => Some(End::Broken),
        };
        (at + 1, end)
    }

    /// One byte outside strings.
    fn outside(&mut self, rest: &[u8]) -> (usize, Option<End>) {
        let Some(&byte) = rest.first() else { return (0, None) };
        self.word &= byte != b'\n';
        if byte.is_ascii_whitespace() {
            return (1, None);
        }
        let end = match byte {
            b'{' | b'[' => self.opening(byte),
            b'}' | b']' => self.closing(byte),
            b'"' => self.quote(),
            b',' => self.follows(matches!(self.before, Before::Value | Before::Scalar), Before::Comma),
            b':' => self.follows(self.word || self.before == Before::Key, if self.word { Before::Scalar } else { Before::Colon }),
            _ => self.scalar(byte),
        };
        (1, end)
    }

    /// Goes on with `next` if the byte may stand here.
    fn follows(&mut self, fits: bool, next: Before) -> Option<End> {
        self.before = next;
        (!fits).then_some(End::Broken)
    }

    /// Whether a value may start here.
    fn takes_value(&self) -> bool {
        match self.open.last() {
            Some(b'{') => self.before == Before::Colon,
            _ => matches!(self.before, Before::Opening | Before::Comma),
        }
    }

    fn quote(&mut self) -> Option<End> {
        self.string = true;
        self.word = false;
        if self.takes_value() {
            return self.follows(true, Before::Value);
        }
        let is_key = self.open.last() == Some(&b'{') && matches!(self.before, Before::Opening | Before::Comma);
        self.follows(is_key, Before::Key)
    }

    /// A byte of a number or word, or of the unquoted path that 4.1.0 wrote, which may hold commas and colons.
    fn scalar(&mut self, byte: u8) -> Option<End> {
        let starts = self.takes_value();
        if starts && self.before == Before::Colon {
            self.word = !matches!(byte, b'-' | b'0'..=b'9' | b't' | b'f' | b'n');
        }
        let goes_on = self.before == Before::Scalar || (self.word && self.before == Before::Comma);
        self.follows(starts || goes_on, Before::Scalar)
    }

    fn opening(&mut self, byte: u8) -> Option<End> {
        let fits = self.takes_value();
        self.open.push(byte);
        match self.follows(fits, Before::Opening) {
            None if self.open.len() > self.max_depth => Some(End::TooDeep),
            end => end,
        }
    }

    fn closing(&mut self, byte: u8) -> Option<End> {
        let fits = match self.open.pop() {
            Some(b'{') => byte == b'}',
            Some(_) => byte == b']',
            None => false,
        };
        self.word = false;
        let whole = !matches!(self.before, Before::Key | Before::Colon);
        match self.follows(fits && whole, Before::Value) {
            None if self.open.is_empty() => Some(End::Done),
            end => end,
        }
    }
}

/// What stands before the current byte, white space aside.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Opening,
    Comma,
    Colon,
    Key,
    /// A string, or a closing bracket.
    Value,
    Scalar,
}

enum End {
    Done,
    Broken,
    TooDeep,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whole and byte by byte must agree.
    fn check(input: &str, expected: Step) {
        assert_eq!(Splitter::new(8).feed(input.as_bytes()), expected, "{input}");
        let mut splitter = Splitter::new(8);
        let mut found = Step::More;
        for (at, byte) in input.bytes().enumerate() {
            found = match splitter.feed(&[byte]) {
                Step::More => continue,
                Step::Done(_) => Step::Done(at + 1),
                Step::Broken(_) => Step::Broken(at + 1),
                Step::TooDeep(_) => Step::TooDeep(at + 1),
            };
            break;
        }
        assert_eq!(found, expected, "byte by byte: {input}");
    }

    #[test]
    fn values_end_where_json_says() {
        check(r#"{}, {"#, Step::Done(2));
        check(r#""a}" ,"#, Step::Done(4));
        check(r#""a\"b","#, Step::Done(6));
        check(r#""a\\","#, Step::Done(5));
        check(r#"{"a": [1, {"b": "}]"}]} tail"#, Step::Done(23));
        check(r#"{"a": "\x0C\\"}"#, Step::Done(15));
        check(r#"{"a": files/b (2).webm}"#, Step::Done(23));
        check(r#"{"a": (no, later), "b": 1}"#, Step::Done(26));
        check("{\"a\": (no, later),\n\"b\": 1}", Step::Done(26));
        check(r#"{"a": 1,}"#, Step::Done(9));
        check(r#"[ 1 , -2e5, true, null, "a" , {} , [] ] "#, Step::Done(39));
        check(r#"{"имя": "Кирилл"#, Step::More);
        check("", Step::More);
    }

    #[test]
    fn a_lost_quote_or_bracket_shows_at_once() {
        check("{\"a\": \"b\n", Step::Broken(9));
        check(r#"{"a": "b, "c": "d"}"#, Step::Broken(12));
        check(r#"{"a": 1, {"a": 2}}"#, Step::Broken(10));
        check(r#"{"a": [1}"#, Step::Broken(9));
        check(r#"{"a": "b" "c": 1}"#, Step::Broken(11));
        check(r#"{"a": 1, 0"#, Step::Broken(10));
        check(r#"{"a": [1, "b": 2"#, Step::Broken(14));
        check(r#"{"a": [1,,"#, Step::Broken(10));
        check(r#"{"a":}"#, Step::Broken(6));
        check(r#"{"a", "b""#, Step::Broken(5));
        check(r#"{"a": "b": "#, Step::Broken(10));
        check(r#"{"a"}"#, Step::Broken(5));
        check(r#"{"a": 1:"#, Step::Broken(8));
        check("[[[[[[[[[", Step::TooDeep(9));
    }
}
