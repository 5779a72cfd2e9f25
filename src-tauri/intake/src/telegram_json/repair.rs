//! Makes legal JSON of what Telegram Desktop and careful hands really wrote. Used only on an object that would not parse,
//! so legal files pay nothing; never changes what a legal string says.
//!
//! - `\x0C`: control characters escaped the C way (SerializeString in export_output_json.cpp, still so in 2025)
//! - `"document_id": stickers/sticker (2).webm`: unquoted in 4.1.0 and 4.1.1 (tdesktop#24961, #24984)
//! - a comma before a closing bracket, a raw control character, half of a surrogate pair, a byte that is not UTF-8

/// The repaired bytes; still to be parsed, for not everything can be repaired.
pub(super) fn repair(raw: &[u8]) -> Vec<u8> {
    // Half a character at a cut is the one thing a Rust string cannot hold.
    let text = String::from_utf8_lossy(raw);
    let mut out = Vec::with_capacity(raw.len() + 64);
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = match byte {
            b'"' => string(after, &mut out),
            b',' if matches!(after.trim_ascii_start().first(), Some(b'}' | b']')) => after,
            b':' => colon(after, &mut out),
            _ => {
                out.push(byte);
                after
            }
        };
    }
    out
}

/// Copies a string whose opening quote is behind us; returns what follows it.
fn string<'a>(mut rest: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    out.push(b'"');
    while let Some((&byte, after)) = rest.split_first() {
        rest = match byte {
            b'"' => {
                out.push(b'"');
                return after;
            }
            b'\\' => escape(after, out),
            0..0x20 => {
                out.extend_from_slice(format!("\\u{byte:04x}").as_bytes());
                after
            }
            _ => {
                out.push(byte);
                after
            }
        };
    }
    rest
}

/// Copies one escape whose backslash is behind us. Escapes are read in pairs from the left, so `\\x0C` stays text.
fn escape<'a>(rest: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    let (code, after) = rest.split_at_checked(1).unwrap_or_default();
    match code {
        b"x" => match after.split_at_checked(2) {
            Some((hex, after)) if hex.iter().all(u8::is_ascii_hexdigit) => {
                out.extend_from_slice(b"\\u00");
                out.extend_from_slice(hex);
                after
            }
            _ => {
                out.extend_from_slice(b"\\\\x");
                after
            }
        },
        b"u" => unicode(after, out),
        [letter] if !b"\"\\/bfnrt".contains(letter) => {
            // No escape of JSON: other languages know `\'`, `\a`, `\0`. The backslash is kept as text.
            out.extend_from_slice(b"\\\\");
            rest
        }
        _ => {
            out.push(b'\\');
            out.extend_from_slice(code);
            after
        }
    }
}

/// Copies `\uXXXX`, or the pair of two; half a pair becomes the replacement character.
fn unicode<'a>(rest: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    let Some((first, after)) = unit(rest) else {
        out.extend_from_slice(b"\\u");
        return rest;
    };
    let second = after.strip_prefix(b"\\u").and_then(unit);
    match (first, second) {
        (0xD800..=0xDBFF, Some((low @ 0xDC00..=0xDFFF, after))) => {
            out.extend_from_slice(format!("\\u{first:04x}\\u{low:04x}").as_bytes());
            after
        }
        (0xD800..=0xDFFF, _) => {
            out.extend_from_slice(b"\\ufffd");
            after
        }
        _ => {
            out.extend_from_slice(format!("\\u{first:04x}").as_bytes());
            after
        }
    }
}

fn unit(rest: &[u8]) -> Option<(u16, &[u8])> {
    let (hex, after) = rest.split_at_checked(4)?;
    let hex = std::str::from_utf8(hex).ok().filter(|h| h.bytes().all(|b| b.is_ascii_hexdigit()))?;
    Some((u16::from_str_radix(hex, 16).ok()?, after))
}

/// Copies a colon, and quotes an unquoted path after it.
fn colon<'a>(rest: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    out.push(b':');
    let value = rest.trim_ascii_start();
    let is_known = |word: &&[u8]| value.starts_with(word);
    let legal = matches!(value.first(), None | Some(b'"' | b'{' | b'[' | b'-' | b'0'..=b'9' | b'}' | b']' | b','));
    if legal || [&b"null"[..], b"true", b"false"].iter().any(is_known) {
        return rest;
    }
    let (word, after) = value.split_at_checked(end_of_word(value)).unwrap_or_default();
    out.push(b'"');
    for byte in word.trim_ascii_end() {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(*byte);
    }
    out.push(b'"');
    after
}

/// Where an unquoted value ends: at the line's end, less its comma; without lines, at `}` or before the next key.
fn end_of_word(value: &[u8]) -> usize {
    let line = value.iter().position(|b| matches!(b, b'\n' | b'\r'));
    let next = |at: usize| value.get(at + 1..).unwrap_or_default().trim_ascii_start().first().copied();
    let ends = |at: usize, byte: u8| match byte {
        b'\n' | b'\r' => true,
        b'}' => line.is_none(),
        b',' => match line {
            Some(line) => at + 1 == line,
            None => next(at) == Some(b'"'),
        },
        _ => false,
    };
    value.iter().enumerate().find(|(at, byte)| ends(*at, **byte)).map_or(value.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: &str) {
        assert_eq!(String::from_utf8(repair(input.as_bytes())).unwrap(), expected, "{input}");
    }

    #[test]
    fn only_illegal_json_changes() {
        check(r#"{"a": "\x0C"}"#, r#"{"a": "\u000C"}"#);
        check(r#"{"a": "\\x0C"}"#, r#"{"a": "\\x0C"}"#);
        check(r#"{"a": "\\\x0C"}"#, r#"{"a": "\\\u000C"}"#);
        check(r#"{"a": "\\\\x0C\x1f"}"#, r#"{"a": "\\\\x0C\u001f"}"#);
        check(r#"{"a": "\xZZ"}"#, r#"{"a": "\\xZZ"}"#);
        check(r#"{"a": "\x0"}"#, r#"{"a": "\\x0"}"#);
        check(r#"{"a": "\n\"\/"}"#, r#"{"a": "\n\"\/"}"#);
        check(r#"{"a": "d\'a\v\0"}"#, r#"{"a": "d\\'a\\v\\0"}"#);
        check(r#"{"a": NaN}"#, r#"{"a":"NaN"}"#);
        check("{\"a\": \"\u{b}\"}", r#"{"a": "\u000b"}"#);
        check(r#"{"a": [1,], }"#, r#"{"a": [1] }"#);
        check(r#"{"a": ",}"}"#, r#"{"a": ",}"}"#);
        check(r#"{"a": "\ud83d\ude00"}"#, r#"{"a": "\ud83d\ude00"}"#);
        check(r#"{"a": "\ud83d"}"#, r#"{"a": "\ufffd"}"#);
        check(r#"{"a": "\ude00\u0430"}"#, r#"{"a": "\ufffd\u0430"}"#);
        check(r#"{"a": "привет"}"#, r#"{"a": "привет"}"#);
        check(r#"{"a": null, "b":true,"c": -1}"#, r#"{"a": null, "b":true,"c": -1}"#);
    }

    #[test]
    fn an_unquoted_document_id_gets_its_quotes() {
        check("{\n \"document_id\": video_files/sticker (2).webm\n}", "{\n \"document_id\":\"video_files/sticker (2).webm\"\n}");
        check("{\"document_id\": a,b.webm,\n \"b\": 1}", "{\"document_id\":\"a,b.webm\",\n \"b\": 1}");
        check(r#"{"document_id": a.webm}"#, r#"{"document_id":"a.webm"}"#);
        check(r#"{"document_id": a.webm, "b": 1}"#, r#"{"document_id":"a.webm", "b": 1}"#);
        check(
            "{\"document_id\": (File unavailable, please try again later)\n}",
            "{\"document_id\":\"(File unavailable, please try again later)\"\n}",
        );
    }

    #[test]
    fn bytes_that_are_not_utf8_are_replaced() {
        assert_eq!(repair(b"{\"a\": \"\xD0\"}"), "{\"a\": \"\u{fffd}\"}".as_bytes());
    }
}
