//! Saved searches and the history of searches.

use crate::{Failure, OpenArchive};
use letopis_archive::SavedSearch;

/// Longer queries are pasted texts: nobody looks for them in a history.
const LONGEST: usize = 200;

impl OpenArchive {
    pub fn saved_searches(&self) -> Result<Vec<SavedSearch>, Failure> {
        self.look(|reader| reader.saved_searches())
    }

    /// Keeps a search under its name, in place of an earlier one of that name.
    pub fn save_search(&self, search: SavedSearch) -> Result<(), Failure> {
        let now = self.clock.now();
        self.writer.run(move |writer| writer.save_search(&search, now))
    }

    pub fn delete_search(&self, id: i64) -> Result<(), Failure> {
        self.writer.run(move |writer| writer.delete_search(id))
    }

    /// What was searched for lately, the newest first.
    pub fn search_history(&self, limit: usize) -> Result<Vec<String>, Failure> {
        self.look(|reader| reader.search_history(limit))
    }

    pub fn remember_search(&self, query: &str) -> Result<(), Failure> {
        let (query, now) = (query.trim().to_owned(), self.clock.now());
        if query.is_empty() || query.chars().count() > LONGEST {
            return Ok(());
        }
        self.writer.run(move |writer| writer.remember_search(&query, now))
    }

    pub fn forget_searches(&self) -> Result<(), Failure> {
        self.writer.run(|writer| writer.forget_searches())
    }
}
