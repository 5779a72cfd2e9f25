//! One spelling of a passphrase: what was typed on one keyboard and pasted on another must open the same pack.

use age::secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;

/// The shortest passphrase a pack is sealed with: the file travels by mail and can be guessed at offline.
pub const MIN_PASSPHRASE_CHARS: usize = 8;

/// NFC without the spaces around it: "й" has two spellings, and a passphrase copied from a chat brings a space along.
/// The viewer does the same.
pub(crate) fn canonical(passphrase: &SecretString) -> SecretString {
    SecretString::from(passphrase.expose_secret().trim().nfc().collect::<String>())
}

pub(crate) fn is_weak(canonical: &SecretString) -> bool {
    canonical.expose_secret().chars().count() < MIN_PASSPHRASE_CHARS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_passphrase_agree() {
        let spelled = |text: &str| canonical(&text.to_owned().into()).expose_secret().to_owned();
        assert_eq!(spelled(" чужои\u{306} сои\u{306}ка \n"), "чужой сойка");
        assert_eq!(spelled("two  words"), "two  words");
    }

    #[test]
    fn short_is_counted_in_characters_after_trimming() {
        let weak = |text: &str| is_weak(&canonical(&text.to_owned().into()));
        for short in ["", "       ", "семьсем", "   семь   ", "abcdefg"] {
            assert!(weak(short), "{short:?}");
        }
        assert!(!weak("восемь88"));
    }
}
