//! Russian typed in Latin letters: «privet», «dogovor», «schet». One spelling may stand for several; all likely ones are
//! given, and the archive's own words decide.

/// Longest first: what the letters may stand for, the likelier first.
const LETTERS: &[(&str, &[&str])] = &[
    ("shch", &["щ"]),
    ("sch", &["щ", "сч", "ш"]),
    ("zh", &["ж"]),
    ("kh", &["х"]),
    ("ts", &["ц", "тс"]),
    ("tz", &["ц"]),
    ("ch", &["ч"]),
    ("sh", &["ш"]),
    ("yu", &["ю", "ью"]),
    ("ju", &["ю", "жу"]),
    ("iu", &["ю", "иу"]),
    ("ya", &["я", "ья"]),
    ("ja", &["я", "жа"]),
    ("ia", &["ия", "я", "иа"]),
    ("yo", &["е", "йо"]),
    ("jo", &["е", "йо", "жо"]),
    ("ye", &["е", "ье", "ъе", "ые"]),
    ("je", &["е", "же"]),
    ("iy", &["ий"]),
    ("ij", &["ий"]),
    ("yj", &["ый"]),
    ("yy", &["ый"]),
    ("ks", &["кс"]),
    ("ck", &["к"]),
    ("a", &["а", "я"]),
    ("b", &["б"]),
    ("c", &["ц", "к", "с"]),
    ("d", &["д"]),
    ("e", &["е", "э"]),
    ("f", &["ф"]),
    ("g", &["г", "ж"]),
    ("h", &["х"]),
    ("i", &["и", "й"]),
    ("j", &["й", "ж"]),
    ("k", &["к"]),
    ("l", &["л", "ль"]),
    ("m", &["м"]),
    ("n", &["н", "нь"]),
    ("o", &["о"]),
    ("p", &["п"]),
    ("q", &["к", "я"]),
    ("r", &["р"]),
    ("s", &["с", "сь"]),
    ("t", &["т", "ть"]),
    ("u", &["у", "ю"]),
    ("v", &["в"]),
    ("w", &["в", "ш"]),
    ("x", &["кс", "х"]),
    ("y", &["ы", "й", "у"]),
    ("z", &["з"]),
    ("'", &["ь", ""]),
    ("4", &["ч"]),
    ("6", &["ш"]),
];
/// Spellings that are tried for one word.
const WAYS: usize = 256;
const LONGEST: usize = 24;

pub fn russian(word: &str) -> Vec<String> {
    let lower = word.to_lowercase();
    let fits = lower.chars().all(|c| c.is_ascii_alphanumeric() || c == '\'') && lower.chars().any(|c| c.is_ascii_alphabetic());
    if !fits || lower.len() > LONGEST || lower.len() < 2 {
        return Vec::new();
    }
    // Each way carries how unlikely its letters are; the likeliest go on.
    let mut ways: Vec<(usize, String)> = vec![(0, String::new())];
    let mut rest = lower.as_str();
    while !rest.is_empty() {
        let Some((letters, meanings)) = LETTERS.iter().find(|(letters, _)| rest.starts_with(letters)) else { return Vec::new() };
        let longer = |(cost, way): &(usize, String)| {
            let of = |(more, meaning): (usize, &&str)| (cost + more, format!("{way}{meaning}"));
            meanings.iter().enumerate().map(of).collect::<Vec<_>>()
        };
        ways = ways.iter().flat_map(longer).collect();
        ways.sort();
        ways.truncate(WAYS);
        rest = rest.get(letters.len()..).unwrap_or_default();
    }
    ways.into_iter().map(|(_, way)| way).collect()
}

#[cfg(test)]
mod tests {
    use super::russian;

    #[test]
    fn the_meant_word_is_among_the_ways() {
        for (typed, meant) in [
            ("privet", "привет"),
            ("dogovor", "договор"),
            ("schet", "счет"),
            ("oplata", "оплата"),
            ("dengi", "деньги"),
            ("zayavka", "заявка"),
            ("otgruzka", "отгрузка"),
            ("soglasovan", "согласован"),
            ("podpisat", "подписать"),
            ("predlojenie", "предложение"),
            ("skidka", "скидка"),
            ("chertezh", "чертеж"),
            ("nomer", "номер"),
            ("klyuch", "ключ"),
        ] {
            assert!(russian(typed).iter().any(|way| way == meant), "{typed}");
        }
        assert!(russian("договор").is_empty());
    }
}
