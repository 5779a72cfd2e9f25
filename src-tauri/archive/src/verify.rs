//! Self-check: every page's authentication code, the database's own structure, every content's hash, no hole in Seq.

use crate::hash::content_hash;
use crate::{Error, Reader, rows};

/// What a check looked at and what it found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Versions whose hash was computed anew.
    pub versions: u64,
    /// Sentences that name a place, without any text of a message.
    pub damaged: Vec<String>,
}

impl Reader {
    /// Looks at everything it can reach: a check that cannot go on is itself a finding, and the next one is still made.
    /// `deep` also recomputes the hash of every content.
    pub fn verify(&self, deep: bool) -> Verified {
        let mut report = Verified::default();
        for check in ["PRAGMA cipher_integrity_check", "PRAGMA quick_check"] {
            self.step(&mut report, |report| self.check_pages(check, report));
        }
        self.step(&mut report, |report| self.check_numbers(report));
        if deep {
            self.step(&mut report, |report| self.check_hashes(report));
        }
        report
    }

    fn step(&self, report: &mut Verified, check: impl FnOnce(&mut Verified) -> Result<(), Error>) {
        if let Err(error) = check(report) {
            report.damaged.push(error.to_string());
        }
    }

    fn check_pages(&self, check: &str, report: &mut Verified) -> Result<(), Error> {
        let mut statement = self.connection().prepare(check)?;
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            let line: String = row.get(0)?;
            if line != "ok" {
                report.damaged.push(line);
            }
        }
        Ok(())
    }

    fn check_numbers(&self, report: &mut Verified) -> Result<(), Error> {
        let (count, last): (i64, i64) =
            self.connection().query_row("SELECT count(*), coalesce(max(seq), 0) FROM message_versions", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        if count != last {
            report.damaged.push(format!("{count} versions, but the last has number {last}"));
        }
        report.versions = count as u64;
        Ok(())
    }

    fn check_hashes(&self, report: &mut Verified) -> Result<(), Error> {
        let mut statement = self
            .connection()
            .prepare("SELECT seq, content_hash, kind, text, rest FROM message_versions WHERE what = 'content'")?;
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            let stored: Vec<u8> = row.get(1)?;
            let fits = rows::content(row.get(2)?, row.get(3)?, row.get(4)?).is_ok_and(|c| stored == content_hash(&c));
            if !fits {
                report.damaged.push(format!("version {}: content does not fit its hash", row.get::<_, i64>(0)?));
            }
        }
        Ok(())
    }
}
