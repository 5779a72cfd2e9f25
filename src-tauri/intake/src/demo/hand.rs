//! How people type: capitals, full stops, smiles, slips of the finger. Never touches digits, links or names of files.

use super::people::Hand;
use super::render::Line;
use super::rng::Rng;

/// The line as this hand writes it.
pub fn typed(line: Line, hand: Hand, rng: &mut Rng) -> Line {
    let text = match hand {
        Hand::Neat => line.text,
        Hand::Plain if rng.chance(75) => without_stop(&line.text),
        Hand::Plain => line.text,
        Hand::Lower => lower_first(&without_stop(&line.text), &line),
        Hand::Smiling => smiling(&line.text, rng),
    };
    Line { text, ..line }
}

fn without_stop(text: &str) -> String {
    let bare = text.strip_suffix('.').unwrap_or(text);
    let shortened = ["руб", "шт", "т.р", "тыс", "упак", "рул", "секц", "компл", "лист"].iter().any(|end| bare.ends_with(end));
    if bare.ends_with('.') || shortened { text.to_owned() } else { bare.to_owned() }
}

fn lower_first(text: &str, line: &Line) -> String {
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return String::new() };
    let second_is_upper = chars.clone().next().is_some_and(char::is_uppercase);
    if second_is_upper || !line.marks.is_empty() || starts_with_name(text) {
        return text.to_owned();
    }
    first.to_lowercase().chain(chars).collect()
}

/// A vocative at the start keeps its capital even with careless people; a guess by «Имя, …» is enough.
fn starts_with_name(text: &str) -> bool {
    text.split_once(',').is_some_and(|(head, _)| !head.contains(' ') && head.chars().count() > 3)
}

fn smiling(text: &str, rng: &mut Rng) -> String {
    if rng.chance(55) || text.ends_with(':') || text.ends_with('?') {
        return text.to_owned();
    }
    format!("{}{}", without_stop(text), rng.word(&[")", "))", " 🙂", " 😊", " 🙏", "!", ")"]))
}

/// Swaps two neighbouring letters inside a longer word. `None` if there is no such word.
pub fn slip(text: &str, rng: &mut Rng) -> Option<String> {
    let words: Vec<&str> = text.split(' ').collect();
    let long = |w: &&str| w.chars().count() >= 6 && w.chars().all(|c| c.is_alphabetic() && c.is_lowercase());
    let targets: Vec<usize> = words.iter().enumerate().filter(|(_, w)| long(w)).map(|(i, _)| i).collect();
    let target = *rng.pick(&targets)?;
    let at = usize::try_from(rng.range(2, 3)).ok()?;
    let out: Vec<String> =
        words.iter().enumerate().map(|(i, w)| if i == target { swapped(w, at) } else { (*w).to_owned() }).collect();
    let out = out.join(" ");
    (out != text).then_some(out)
}

fn swapped(word: &str, at: usize) -> String {
    let mut chars: Vec<char> = word.chars().collect();
    if at + 1 < chars.len() {
        chars.swap(at, at + 1);
    }
    chars.into_iter().collect()
}
