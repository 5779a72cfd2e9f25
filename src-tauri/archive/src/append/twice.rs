//! One content told twice, by an HTML page and by a better source. Pages know no edit times and word actions differently, so
//! the content hash cannot tell: what counts is the words, without white space. A page's content that a better source has
//! too is no version of its own, whichever of the two came first.

use super::Batch;
use crate::Error;
use letopis_model::{MessageKind, Sighting, Source};
use rusqlite::params;

/// A text without its white space, which the two formats write differently.
macro_rules! bare {
    ($column:literal) => {
        concat!(
            "replace(replace(replace(replace(replace(replace(replace(coalesce(",
            $column,
            ", ''), ' ', ''), char(10), ''), char(13), ''),
             char(9), ''), char(160), ''), char(8232), ''), char(8233), '')"
        )
    };
}

/// True for a row `v` of a page whose words a better source tells too; for use in a `WHERE`.
pub(crate) const TOLD_BETTER: &str = concat!(
    "v.source = 'html' AND EXISTS (SELECT 1 FROM message_versions o WHERE o.chat = v.chat AND o.message = v.message
       AND o.what = 'content' AND o.source NOT IN ('html', 'demo')
       AND ((o.kind = 'service' AND v.kind = 'service') OR ",
    bare!("o.text"),
    " = ",
    bare!("v.text"),
    "))"
);

impl Batch<'_> {
    /// A page tells what a better source has told already.
    pub(super) fn says_nothing_new(&self, chat: i64, sighting: &Sighting) -> Result<bool, Error> {
        Ok(sighting.source == Source::Html && self.has_words(chat, sighting, "o.source NOT IN ('html', 'demo')")?)
    }

    /// The message had another content before: for the feed of changes.
    pub(super) fn is_again(&self, chat: i64, sighting: &Sighting) -> Result<bool, Error> {
        let others: bool = self
            .sql
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM message_versions WHERE chat = ?1 AND message = ?2 AND what = 'content')",
            )?
            .query_row(params![chat, sighting.message.0], |row| row.get(0))?;
        if !others || sighting.source == Source::Html {
            return Ok(others);
        }
        // A page told these very words before: this is the same content, seen better.
        Ok(!self.has_words(chat, sighting, "o.source = 'html'")?)
    }

    fn has_words(&self, chat: i64, sighting: &Sighting, from: &str) -> Result<bool, Error> {
        let query = format!(
            "SELECT EXISTS (SELECT 1 FROM message_versions o WHERE o.chat = ?1 AND o.message = ?2 AND o.what = 'content' AND {from}
               AND ((o.kind = 'service' AND ?4) OR {} = {}))",
            bare!("o.text"),
            bare!("?3")
        );
        let is_service = sighting.content.kind == MessageKind::Service;
        let key = params![chat, sighting.message.0, sighting.content.text, is_service];
        Ok(self.sql.prepare_cached(&query)?.query_row(key, |row| row.get(0))?)
    }
}
