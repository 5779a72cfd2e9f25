//! The stretch of a text that is shown of a hit: the one with the most different matches, begun at a word.

use letopis_search::Span;

/// Characters shown.
const SNIPPET: usize = 180;
/// Characters before the first match.
const BEFORE: usize = 50;

type Marks = Vec<(u32, u32)>;

/// The best stretch, line breaks flattened, and the marks in it in characters.
pub fn cut(text: &str, spans: &[Span]) -> (String, Marks) {
    let marks = in_characters(text, spans);
    let start = start(text, &marks);
    let snippet: String = text.chars().skip(start as usize).take(SNIPPET).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let end = start + u32::try_from(snippet.chars().count()).unwrap_or(0);
    let inside = marks.into_iter().filter(|(at, _)| (start..end).contains(at));
    (snippet, inside.map(|(at, len)| (at - start, len.min(end - at))).collect())
}

/// Spans of bytes as (start, length) in characters.
pub fn in_characters(text: &str, spans: &[Span]) -> Marks {
    let mut marks = Marks::new();
    let mut spans = spans.iter().peekable();
    for (number, (at, _)) in (0u32..).zip(text.char_indices()) {
        while spans.peek().is_some_and(|s| s.end <= at) {
            spans.next();
        }
        let Some(span) = spans.peek().filter(|s| s.start <= at) else { continue };
        match marks.last_mut() {
            Some((from, len)) if *from + *len == number && at != span.start => *len += 1,
            _ => marks.push((number, 1)),
        }
    }
    marks
}

/// Where the stretch with the most matches begins.
fn start(text: &str, marks: &[(u32, u32)]) -> u32 {
    let room = (SNIPPET - BEFORE) as u32;
    // Marks come in order, so the end of the stretch only moves forward: a text may be all marks.
    let (mut end, mut best, mut first) = (0, 0, 0);
    for (begin, (from, _)) in marks.iter().enumerate() {
        while marks.get(end).is_some_and(|(at, len)| at + len <= from + room) {
            end += 1;
        }
        if end.saturating_sub(begin) > best {
            (best, first) = (end - begin, *from);
        }
    }
    let Some(from) = first.checked_sub(BEFORE as u32).filter(|from| *from > 0) else { return 0 };
    // Begin at a word, if one begins nearby.
    let before: Vec<char> = text.chars().skip(from as usize).take(BEFORE).collect();
    let skipped = before.iter().take(BEFORE / 2).position(|c| c.is_whitespace()).map_or(0, |at| at + 1);
    from + u32::try_from(skipped).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use letopis_search::{Highlighter, parse};

    fn of(text: &str, words: &str) -> (String, Marks) {
        cut(text, &Highlighter::new(&parse(words).unwrap().clauses).spans(text))
    }

    #[track_caller]
    fn check(text: &str, words: &str, expected: &str) {
        let (snippet, marks) = of(text, words);
        let marked: String = snippet
            .chars()
            .zip(0u32..)
            .map(|(c, i)| if marks.iter().any(|(s, l)| (*s..s + l).contains(&i)) { c.to_uppercase().next().unwrap() } else { c })
            .collect();
        assert_eq!(marked, expected);
    }

    #[test]
    fn snippets_mark_their_matches() {
        check("про договоры и счёт", "договор", "про ДОГОВОРЫ и счёт");
        check("счёт\nна счёт", "счет", "СЧЁТ на СЧЁТ");
        check("ничего", "договор", "ничего");
        check("", "договор", "");
        check("🙂 договор🙂", "договор ", "🙂 ДОГОВОР🙂");
    }

    #[test]
    fn a_match_deep_in_a_long_text_is_shown() {
        let text = format!("{} договор {}", "ж".repeat(100_000), "ы".repeat(100_000));
        let (snippet, marks) = of(&text, "договор");
        assert_eq!(snippet.chars().count(), SNIPPET);
        let (start, len) = marks[0];
        assert_eq!(snippet.chars().skip(start as usize).take(len as usize).collect::<String>(), "договор");
    }

    #[test]
    fn a_text_that_is_all_matches_does_no_harm() {
        let (snippet, marks) = of(&"да ".repeat(100_000), "\"да да\"");
        assert_eq!((snippet.chars().count(), marks.len()), (SNIPPET, SNIPPET / 3));
        let (_, marks) = of(&"да нет ".repeat(30_000), "да РЯДОМ/2 нет ");
        assert!(marks.len() > 40);
    }

    #[test]
    fn the_stretch_with_the_most_matches_is_chosen() {
        let far = "да нет ".repeat(60);
        let text = format!("договор в начале {far} здесь договор, счёт и оплата {far}");
        let (snippet, marks) = of(&text, "договор счёт оплата ");
        assert_eq!(marks.len(), 3, "{snippet}");
        assert!(snippet.contains("счёт и оплата"));
        assert!(snippet.starts_with("да") || snippet.starts_with("нет"), "begins at a word: {snippet}");
    }
}
