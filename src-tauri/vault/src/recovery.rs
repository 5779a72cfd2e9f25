//! The recovery key: 256 random bits a person can write down. Base32 in groups of four, with a check against typing errors.

use crate::{Error, Secret32};
use data_encoding::BASE32_NOPAD;
use ring::digest;
use std::fmt;
use zeroize::{Zeroize, Zeroizing};

const CHECK_LEN: usize = 3;

pub struct RecoveryKey(pub(crate) Secret32);

impl fmt::Debug for RecoveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryKey")
    }
}

impl RecoveryKey {
    pub fn generate() -> Result<Self, Error> {
        Ok(RecoveryKey(Secret32::random()?))
    }

    /// The words to show once: 14 groups of four letters and digits.
    pub fn words(&self) -> Zeroizing<String> {
        // Long enough that it never moves: a moved buffer leaves its old bytes.
        let mut bytes = Zeroizing::new(Vec::with_capacity(32 + CHECK_LEN));
        bytes.extend_from_slice(&*self.0);
        bytes.extend_from_slice(&check(&*self.0));
        let letters = Zeroizing::new(BASE32_NOPAD.encode(&bytes));
        let mut words = Zeroizing::new(String::with_capacity(72));
        for (i, letter) in letters.chars().enumerate() {
            if i > 0 && i % 4 == 0 {
                words.push('-');
            }
            words.push(letter);
        }
        words
    }

    /// Reads what a person typed: any case, spaces and dashes anywhere, 0 for O, 1 for I, 8 for B.
    ///
    /// # Errors
    /// `MistypedRecoveryKey` when the length or the check does not fit.
    pub fn parse(typed: &str) -> Result<Self, Error> {
        let letters: Zeroizing<String> = Zeroizing::new(
            typed
                .chars()
                .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '—'))
                .map(|c| match c.to_ascii_uppercase() {
                    '0' => 'O',
                    '1' => 'I',
                    '8' => 'B',
                    other => other,
                })
                .collect(),
        );
        let mut bytes = BASE32_NOPAD.decode(letters.as_bytes()).map_err(|_| Error::MistypedRecoveryKey)?;
        let key = bytes.get(..32).and_then(Secret32::copied);
        let fits = key.as_ref().is_some_and(|k| bytes.get(32..) == Some(&check(&**k)[..]));
        bytes.zeroize();
        match key {
            Some(key) if fits => Ok(RecoveryKey(key)),
            _ => Err(Error::MistypedRecoveryKey),
        }
    }
}

fn check(key: &[u8]) -> [u8; CHECK_LEN] {
    let mut out = [0u8; CHECK_LEN];
    for (to, from) in out.iter_mut().zip(digest::digest(&digest::SHA256, key).as_ref()) {
        *to = *from;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back_as_people_type_them() {
        let key = RecoveryKey::generate().unwrap();
        let words = key.words();
        assert_eq!(words.split('-').count(), 14);
        let sloppy = words.to_lowercase().replace('-', " ").replace('o', "0").replace('i', "1").replace('b', "8");
        assert_eq!(*RecoveryKey::parse(&sloppy).unwrap().0, *key.0);
    }

    #[test]
    fn typing_errors_are_noticed() {
        let words = RecoveryKey::generate().unwrap().words();
        let swapped = if words.starts_with('A') { words.replacen('A', "C", 1) } else { format!("A{}", words.get(1..).unwrap()) };
        for bad in ["", "абв", "AAAA-AAAA", &swapped, words.get(..60).unwrap()] {
            assert!(matches!(RecoveryKey::parse(bad), Err(Error::MistypedRecoveryKey)), "{}", bad.len());
        }
    }
}
