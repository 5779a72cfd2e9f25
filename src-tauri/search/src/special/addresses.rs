//! Addresses as one thing: hosts, e-mails, file names, @names and #tags. The scheme, `www.` and the case do not matter;
//! the path stays words.

use super::{Special, SpecialKind};
use crate::words::is_alphanumeric;

const CYRILLIC_ZONES: &[&str] = &["рф", "рус", "бел", "укр", "москва", "онлайн", "сайт"];
const LONGEST: usize = 120;

pub fn find(text: &str) -> Vec<Special> {
    let mut found = Vec::new();
    let mut at = 0;
    for chunk in text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '<' | '>' | '"' | '«' | '»')) {
        if chunk.bytes().any(|b| matches!(b, b'.' | b'@' | b'#')) && chunk.len() <= 4 * LONGEST {
            in_chunk(chunk, at, &mut found);
        }
        let behind = at + chunk.len();
        at = behind + text.get(behind..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    }
    found
}

fn in_chunk(chunk: &str, at: usize, found: &mut Vec<Special>) {
    let scheme = chunk.split_once("://").map_or(0, |(scheme, _)| scheme.len() + 3);
    let rest = chunk.get(scheme..).unwrap_or_default();
    let special = |kind, term: &str, start: usize, end: usize| Special { kind, term: normal(term), start, end };
    for (place, mark) in rest.match_indices(['@', '#']) {
        let local = rest.get(..place).map_or("", |before| tail(before, is_local));
        let name = rest.get(place + 1..).map_or("", |after| head(after, |c| is_alphanumeric(c) || c == '_'));
        let domain = rest.get(place + 1..).map_or("", |after| head(after, is_host_letter).trim_end_matches(['.', '-']));
        if mark == "@" && !local.is_empty() && is_host(domain) {
            let start = at + scheme + place;
            let address = format!("{local}@{domain}");
            found.push(special(SpecialKind::Email, &address, start - local.len(), start + 1 + domain.len()));
        } else if local.is_empty() && name.chars().count() > 1 {
            let start = at + scheme + place;
            found.push(special(SpecialKind::Name, &format!("{mark}{name}"), start, start + 1 + name.len()));
        }
    }
    let host_at = rest.find('@').map_or(0, |place| place + 1);
    let from = rest.get(host_at..).unwrap_or_default();
    let lead = from.len() - from.trim_start_matches(|c: char| !is_alphanumeric(c)).len();
    let host = from.get(lead..).map_or("", |host| head(host, is_host_letter).trim_end_matches(['.', '-']));
    if is_host(host) {
        let bare = host.get(..4).filter(|www| www.eq_ignore_ascii_case("www.")).map_or(host, |_| host.get(4..).unwrap_or(host));
        // The scheme belongs to the address; what stands before it in a chunk, such as a bracket, is short.
        let start = if lead == 0 && host_at == 0 { at } else { at + scheme + host_at + lead };
        let end = at + scheme + host_at + lead + host.len();
        found.push(special(SpecialKind::Link, bare, start, end));
    }
}

fn normal(text: &str) -> String {
    text.to_lowercase().replace('ё', "е")
}

fn head(text: &str, holds: impl Fn(char) -> bool) -> &str {
    text.find(|c| !holds(c)).map_or(text, |end| text.get(..end).unwrap_or_default())
}

fn tail(text: &str, holds: impl Fn(char) -> bool) -> &str {
    let start = text.char_indices().rev().take_while(|(_, c)| holds(*c)).last().map_or(text.len(), |(at, _)| at);
    text.get(start..).unwrap_or_default()
}

fn is_local(c: char) -> bool {
    is_alphanumeric(c) || matches!(c, '.' | '_' | '%' | '+' | '-')
}

fn is_host_letter(c: char) -> bool {
    is_alphanumeric(c) || matches!(c, '.' | '-' | '_')
}

/// Labels with dots between them, the last one like a zone or a file's ending.
fn is_host(host: &str) -> bool {
    let Some((labels, zone)) = host.rsplit_once('.') else { return false };
    let is_zone = (2..=10).contains(&zone.len()) && zone.chars().all(|c| c.is_ascii_alphabetic());
    let is_zone = is_zone || CYRILLIC_ZONES.contains(&zone.to_lowercase().as_str());
    is_zone && host.len() <= LONGEST && labels.split('.').all(|label| !label.is_empty())
}
