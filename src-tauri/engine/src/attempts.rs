//! Wrong passphrases are slowed: after three in a row the next try waits 1, 2, 4 … 60 seconds, also after a restart. The
//! count lies beside the archive, holds no secret, and stops a person at the keyboard, not a program that has a copy of
//! the folder: against that stands the cost of the passphrase itself.

use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::path::Path;

/// Wrong passphrases that cost nothing: people mistype.
const FREE: u32 = 3;
const LONGEST: i64 = 60_000;

/// Wrong passphrases since the last right one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    wrong: u32,
    /// Unix milliseconds of the last one.
    last: i64,
}

impl Attempts {
    /// What the file says; a file that is not there or not ours counts nothing.
    pub fn read(path: &Path) -> io::Result<Self> {
        let mut text = String::new();
        match std::fs::File::open(path) {
            Ok(file) => file.take(64).read_to_string(&mut text).map(drop).or_else(not_text)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        Ok(Attempts::parse(&text).unwrap_or_default())
    }

    /// Always as many bytes: what was written once can be written again on a full disk.
    pub fn write(self, path: &Path) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
        file.write_all(format!("{:>10} {:>20}\n", self.wrong, self.last).as_bytes())
    }

    fn parse(text: &str) -> Option<Self> {
        let (wrong, last) = text.trim().split_once(' ')?;
        Some(Attempts { wrong: wrong.parse().ok()?, last: last.trim().parse().ok()? })
    }

    /// One more, at this moment. It is counted before it is tried: a program that is killed meanwhile gains nothing.
    pub fn one_more(self, now: i64) -> Self {
        Attempts { wrong: self.wrong.saturating_add(1), last: now }
    }

    /// The try could not be made after all.
    pub fn taken_back(self) -> Self {
        Attempts { wrong: self.wrong.saturating_sub(1), ..self }
    }

    /// Milliseconds until the next try.
    pub fn wait(self, now: i64) -> i64 {
        let delay = self.delay();
        // A clock that was set back must not make the wait longer than it is.
        self.last.saturating_add(delay).saturating_sub(now).clamp(0, delay)
    }

    /// The same with a last moment that is not in the future: after the clock was set back the wait runs from now.
    pub fn not_after(self, now: i64) -> Self {
        Attempts { last: self.last.min(now), ..self }
    }

    fn delay(self) -> i64 {
        match self.wrong.checked_sub(FREE) {
            None => 0,
            Some(doublings) => 1000i64.checked_shl(doublings.min(16)).unwrap_or(LONGEST).min(LONGEST),
        }
    }
}

fn not_text(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::InvalidData { Ok(()) } else { Err(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_763_550_000_000;

    #[test]
    fn three_are_free_then_the_wait_doubles_to_a_minute() {
        let mut attempts = Attempts::default();
        let mut waits = Vec::new();
        for _ in 0..12 {
            attempts = attempts.one_more(NOON);
            waits.push(attempts.wait(NOON) / 1000);
        }
        assert_eq!(waits, [0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
        assert_eq!(attempts.wait(NOON + 45_000), 15_000);
        assert_eq!(attempts.wait(NOON + 60_000), 0);
        assert_eq!(Attempts { wrong: u32::MAX, last: NOON }.wait(NOON), LONGEST);
    }

    #[test]
    fn a_clock_set_back_neither_frees_nor_locks_out() {
        let attempts = Attempts { wrong: 5, last: NOON };
        let year = 365 * 86_400_000;
        assert_eq!(attempts.wait(NOON - year), 4_000);
        let seen = attempts.not_after(NOON - year);
        assert_eq!(seen.wait(NOON - year + 4_000), 0);
    }

    #[test]
    fn the_count_outlives_the_program() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("attempts");
        assert_eq!(Attempts::read(&path).unwrap(), Attempts::default());
        let attempts = Attempts { wrong: 7, last: NOON };
        attempts.write(&path).unwrap();
        assert_eq!(Attempts::read(&path).unwrap(), attempts);
        Attempts::default().write(&path).unwrap();
        assert_eq!(Attempts::read(&path).unwrap(), Attempts::default());
        for bad in ["", "abc", "1", "-1 5", "\u{0}\u{0}"] {
            std::fs::write(&path, bad).unwrap();
            assert_eq!(Attempts::read(&path).unwrap(), Attempts::default(), "{bad:?}");
        }
        std::fs::write(&path, [0xff, 0xfe]).unwrap();
        assert_eq!(Attempts::read(&path).unwrap(), Attempts::default());
    }
}
