//! The keys of an object as they stand in bytes, without decoding its values. Used on the beginning of a file only.

/// The keys of the first object in `bytes`, up to its end or to the end of the bytes.
pub(super) fn of_first_object(bytes: &[u8]) -> Keys<'_> {
    let start = bytes.trim_ascii_start();
    Keys { rest: start.strip_prefix(b"{").unwrap_or_default(), depth: 1, expects_key: true }
}

pub(super) struct Keys<'a> {
    rest: &'a [u8],
    depth: usize,
    expects_key: bool,
}

impl<'a> Iterator for Keys<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        while self.depth > 0 {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            match byte {
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => self.depth -= 1,
                b',' if self.depth == 1 => self.expects_key = true,
                b'"' => {
                    let end = end_of_string(rest)?;
                    let (text, rest) = rest.split_at_checked(end)?;
                    self.rest = rest.get(1..)?;
                    if self.depth == 1 && std::mem::take(&mut self.expects_key) {
                        return Some(text);
                    }
                }
                _ => {}
            }
        }
        None
    }
}

/// Where the closing quote stands.
fn end_of_string(bytes: &[u8]) -> Option<usize> {
    let mut escaped = false;
    bytes.iter().position(|byte| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    })
}

#[cfg(test)]
mod tests {
    use super::of_first_object;

    #[test]
    fn keys_of_the_outermost_object_only() {
        let check = |text: &str, expected: &str| {
            let found: Vec<_> = of_first_object(text.as_bytes()).map(String::from_utf8_lossy).collect();
            assert_eq!(found.join(" "), expected, "{text}");
        };
        check(r#" {"id": 1, "a": {"b": [1, {"c": "}"}]}, "x\\": "\"," , "last": "id"} {"no": 1}"#, "id a x\\\\ last");
        check(r#"{"id": 1, "te"#, "id");
        check("[]", "");
        check("", "");
    }
}
