//! Character references of HTML: those that the exporter writes, the numeric ones, and a few that other programs write.
//! What is none stays as it is.

/// The longest that is understood, `&#x10FFFF;`, with room to spare.
const LONGEST: usize = 12;

pub(super) fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let end = after.char_indices().take(LONGEST).find(|(_, c)| *c == ';').map(|(at, _)| at);
        let found = end.and_then(|end| Some((character(after.get(..end)?)?, after.get(end + 1..)?)));
        match found {
            Some((character, after)) => {
                out.push(character);
                rest = after;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return char::from_u32(code.ok()?);
    }
    Some(match name {
        "quot" => '"',
        "amp" => '&',
        "apos" => '\'',
        "lt" => '<',
        "gt" => '>',
        "laquo" => '«',
        "raquo" => '»',
        "nbsp" => '\u{a0}',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn references() {
        let check = |text: &str, expected: &str| assert_eq!(decode(text), expected, "{text}");
        check("", "");
        check("a &amp; б", "a & б");
        check("&quot;&apos;&lt;&gt;&laquo;&raquo;", "\"'<>«»");
        check("&#x0B;&#11;&#x1F525;", "\u{b}\u{b}🔥");
        check("&amp;lt;", "&lt;");
        check("&нет; & &; &#xD800; &#99999999999;", "&нет; & &; &#xD800; &#99999999999;");
        check("AT&T", "AT&T");
    }
}
