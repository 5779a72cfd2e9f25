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
    /// The last byte outside strings that is not white space.
    before: u8,
}

impl Splitter {
    pub fn new(max_depth: usize) -> Self {
        Splitter { open: Vec::new(), max_depth, string: false, escaped: false, before: b'[' }
    }

    pub fn feed(&mut self, piece: &[u8]) -> Step {
        let mut at = 0;
        while let Some(rest) = piece.get(at..).filter(|rest| !rest.is_empty()) {
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
                self.before = b'"';
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
        if byte.is_ascii_whitespace() {
            return (1, None);
        }
        let before = std::mem::replace(&mut self.before, byte);
        if before == b'"' && !matches!(byte, b':' | b',' | b'}' | b']') {
            return (1, Some(End::Broken));
        }
        let end = match byte {
            b'{' | b'[' => self.opening(byte, before),
            b'}' | b']' => self.closing(byte),
            b'"' => {
                self.string = true;
                (!matches!(before, b'{' | b'[' | b',' | b':')).then_some(End::Broken)
            }
            _ => None,
        };
        (1, end)
    }

    fn opening(&mut self, byte: u8, before: u8) -> Option<End> {
        let fits = match self.open.last() {
            Some(b'{') => before == b':',
            _ => matches!(before, b'[' | b','),
        };
        self.open.push(byte);
        match fits {
            false => Some(End::Broken),
            true => (self.open.len() > self.max_depth).then_some(End::TooDeep),
        }
    }

    fn closing(&mut self, byte: u8) -> Option<End> {
        let fits = match self.open.pop() {
            Some(b'{') => byte == b'}',
            Some(_) => byte == b']',
            None => false,
        };
        match fits {
            false => Some(End::Broken),
            true => self.open.is_empty().then_some(End::Done),
        }
    }
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
        check(r#"{"a": 1,}"#, Step::Done(9));
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
        check("[[[[[[[[[", Step::TooDeep(9));
    }
}
