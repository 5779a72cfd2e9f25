//! Saved searches and the history of searches: the user's own notes beside the record, encrypted like it, erasable.

use crate::{Error, Reader, Writer};
use letopis_model::Timestamp;
use rusqlite::params;

/// Queries that are remembered; older ones give way.
const REMEMBERED: i64 = 100;

#[derive(Clone, PartialEq, Eq)]
pub struct SavedSearch {
    pub id: i64,
    pub name: String,
    pub query: String,
    /// JSON of the chosen facets.
    pub filter: String,
    pub sort: String,
}

impl Writer {
    /// Keeps a search under its name, in place of an earlier one of that name.
    pub fn save_search(&mut self, search: &SavedSearch, at: Timestamp) -> Result<(), Error> {
        self.connection.execute(
            "INSERT INTO saved_searches (name, query, filter, sort, saved_at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (name) DO UPDATE SET query = excluded.query, filter = excluded.filter, sort = excluded.sort",
            params![search.name, search.query, search.filter, search.sort, at.0],
        )?;
        Ok(())
    }

    pub fn delete_search(&mut self, id: i64) -> Result<(), Error> {
        self.connection.execute("DELETE FROM saved_searches WHERE id = ?1", params![id])?;
        Ok(())
    }

    pub fn remember_search(&mut self, query: &str, at: Timestamp) -> Result<(), Error> {
        let sql = self.connection.transaction()?;
        sql.execute(
            "INSERT INTO search_history (query, at) VALUES (?1, ?2) ON CONFLICT (query) DO UPDATE SET at = excluded.at",
            params![query, at.0],
        )?;
        sql.execute(
            "DELETE FROM search_history WHERE query NOT IN (SELECT query FROM search_history ORDER BY at DESC, query LIMIT ?1)",
            params![REMEMBERED],
        )?;
        Ok(sql.commit()?)
    }

    /// Erases the history; the freed pages are overwritten.
    pub fn forget_searches(&mut self) -> Result<(), Error> {
        Ok(self.connection.execute_batch(
            "PRAGMA secure_delete = ON;
             DELETE FROM search_history;",
        )?)
    }
}

impl Reader {
    pub fn saved_searches(&self) -> Result<Vec<SavedSearch>, Error> {
        let mut statement =
            self.connection().prepare_cached("SELECT id, name, query, filter, sort FROM saved_searches ORDER BY id")?;
        let found = statement.query_map([], |row| {
            Ok(SavedSearch { id: row.get(0)?, name: row.get(1)?, query: row.get(2)?, filter: row.get(3)?, sort: row.get(4)? })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The newest first.
    pub fn search_history(&self, limit: usize) -> Result<Vec<String>, Error> {
        let mut statement =
            self.connection().prepare_cached("SELECT query FROM search_history ORDER BY at DESC, query LIMIT ?1")?;
        let found = statement.query_map(params![limit as i64], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}
