//! The other keyboard layout: «ghbdtn» is «привет», «руддщ» is "hello". Where keys of punctuation are letters in the other
//! layout, a sign at the end of a word is read both ways.

const LATIN: &str = "`qwertyuiop[]asdfghjkl;'zxcvbnm,.";
const RUSSIAN: &str = "ёйцукенгшщзхъфывапролджэячсмитьбю";
const SHIFTED: &str = "~{}:\"<>";
const SHIFTED_RUSSIAN: &str = "ёхъжэбю";

pub fn other_layout(word: &str) -> Vec<String> {
    let lower = word.to_lowercase();
    let cyrillic = lower.chars().any(|c| RUSSIAN.contains(c));
    let latin = lower.chars().any(|c| c.is_ascii_alphabetic());
    if cyrillic == latin {
        return Vec::new();
    }
    let key = |c: char| {
        if cyrillic { swap(c, RUSSIAN, LATIN) } else { swap(c, LATIN, RUSSIAN).or_else(|| swap(c, SHIFTED, SHIFTED_RUSSIAN)) }
    };
    let typed = |text: &str| text.chars().map(|c| key(c).unwrap_or(c)).collect::<String>();
    let bare = lower.trim_end_matches([',', '.', ';', ':', '!', '?']);
    let mut ways = vec![typed(&lower)];
    if bare != lower {
        ways.push(typed(bare));
    }
    ways
}

fn swap(c: char, from: &str, to: &str) -> Option<char> {
    from.chars().position(|key| key == c).and_then(|at| to.chars().nth(at))
}

#[cfg(test)]
mod tests {
    use super::other_layout;

    #[test]
    fn both_ways() {
        for (typed, meant) in [
            ("ghbdtn", "привет"),
            ("Ljujdjh", "договор"),
            ("ghtlkj;tybt", "предложение"),
            ("k.,jq", "любой"),
            ("руддщ", "hello"),
            ("штмщшсу", "invoice"),
        ] {
            assert_eq!(other_layout(typed).first().map(String::as_str), Some(meant), "{typed}");
        }
        assert_eq!(other_layout("ghbdtn,").last().map(String::as_str), Some("привет"));
        assert!(other_layout("123").is_empty());
        assert!(other_layout("даyes").is_empty());
    }
}
