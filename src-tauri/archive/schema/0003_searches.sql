-- Searches that the user keeps, in the order they were saved.
CREATE TABLE saved_searches (
  id       INTEGER PRIMARY KEY,
  name     TEXT NOT NULL UNIQUE,
  query    TEXT NOT NULL,
  filter   TEXT NOT NULL,                 -- JSON of the chosen facets; what it means, the window knows
  sort     TEXT NOT NULL,
  saved_at INTEGER NOT NULL
) STRICT;

-- What was searched for lately. The user may erase it: it is no record of the chats.
CREATE TABLE search_history (
  query TEXT PRIMARY KEY,
  at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
