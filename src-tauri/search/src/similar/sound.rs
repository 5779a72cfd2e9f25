//! How a Russian word is heard. Who writes as they hear writes «дагавор», «щёт», «здраствуйте», and may be wrong in more
//! letters than a typing error has.

/// Groups of letters that sound like fewer, after single letters were replaced.
const GROUPS: &[(&str, &str)] =
    &[("сч", "щ"), ("шч", "щ"), ("тс", "ц"), ("тц", "ц"), ("стн", "сн"), ("лнц", "нц"), ("фстф", "стф")];

/// Words that sound alike have the same key; `None` for a word with other letters than Russian ones.
pub fn key(word: &str) -> Option<String> {
    let mut key = String::with_capacity(word.len());
    for c in word.chars() {
        let heard = match c {
            'ь' | 'ъ' => continue,
            // Without stress these are one vowel.
            'о' => 'а',
            'е' | 'э' | 'ы' | 'я' | 'й' => 'и',
            'ю' => 'у',
            // At the end and before others of their kind.
            'б' => 'п',
            'в' => 'ф',
            'г' => 'к',
            'д' => 'т',
            'ж' => 'ш',
            'з' => 'с',
            'а'..='я' => c,
            _ => return None,
        };
        key.push(heard);
    }
    for (written, heard) in GROUPS {
        key = key.replace(written, heard);
    }
    let mut last = None;
    key.retain(|c| last.replace(c) != Some(c));
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_as_they_are_heard() {
        for (heard, written) in [
            ("дагавор", "договор"),
            ("щет", "счет"),
            ("извените", "извините"),
            ("здраствуйте", "здравствуйте"),
            ("заплотят", "заплатят"),
            ("нужнна", "нужна"),
            ("позно", "поздно"),
            ("дагаворится", "договориться"),
            ("колличество", "количество"),
        ] {
            assert_eq!(key(heard), key(written), "{heard} {written}");
        }
        for (one, other) in [("счет", "счетчик"), ("цена", "сцена"), ("срок", "сорок"), ("заказ", "показ")]
        {
            assert_ne!(key(one), key(other), "{one} {other}");
        }
        assert_eq!(key("e-mail"), None);
    }
}
