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
    /// `deep` also recomputes the hash of every content.
    pub fn verify(&self, deep: bool) -> Result<Verified, Error> {
        let mut report = Verified::default();
        for check in ["PRAGMA cipher_integrity_check", "PRAGMA quick_check"] {
            let mut statement = self.connection().prepare(check)?;
            let mut found = statement.query([])?;
            while let Some(row) = found.next()? {
                let line: String = row.get(0)?;
                if line != "ok" {
                    report.damaged.push(line);
                }
            }
        }
        let (count, last): (i64, i64) =
            self.connection().query_row("SELECT count(*), coalesce(max(seq), 0) FROM message_versions", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        if count != last {
            report.damaged.push(format!("{count} versions, but the last has number {last}"));
        }
        report.versions = count as u64;
        if deep {
            self.check_hashes(&mut report)?;
        }
        Ok(report)
    }

    fn check_hashes(&self, report: &mut Verified) -> Result<(), Error> {
        let mut statement = self
            .connection()
            .prepare("SELECT seq, content_hash, kind, text, rest FROM message_versions WHERE what = 'content'")?;
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            let stored: Vec<u8> = row.get(1)?;
            let content = rows::content(row.get(2)?, row.get(3)?, row.get(4)?)?;
            if stored != content_hash(&content) {
                report.damaged.push(format!("version {}: content does not fit its hash", row.get::<_, i64>(0)?));
            }
        }
        Ok(())
    }
}
