-- Live capture: whose accounts, with whose consent, which chats, and how far each is known.

CREATE TABLE capture_accounts (
  account    INTEGER PRIMARY KEY,         -- Telegram user id
  name       TEXT NOT NULL,
  session    TEXT NOT NULL,               -- JSON: application, data centres and their keys: whoever has it has the account
  is_on      INTEGER NOT NULL DEFAULT 0,
  added_at   INTEGER NOT NULL,
  heard_at   INTEGER,                     -- the last moment at which nothing was known to be missing
  trouble    TEXT,                        -- why it does not run; Telegram's own name of the error
  fill_days  INTEGER,                     -- how deep chats are read back: none: since the consent; 0: everything
  folders    TEXT NOT NULL DEFAULT '[]',  -- JSON: the account's folders as last seen, names and kinds only
  -- position: everything up to it is in this archive, or owed to a chat below
  pts        INTEGER,
  qts        INTEGER NOT NULL DEFAULT 0,
  seq        INTEGER NOT NULL DEFAULT 0,
  date       INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE capture_channels (
  account INTEGER NOT NULL REFERENCES capture_accounts (account),
  channel INTEGER NOT NULL,
  pts     INTEGER NOT NULL,
  at      INTEGER NOT NULL,               -- Telegram's time up to which it is known
  PRIMARY KEY (account, channel)
) STRICT, WITHOUT ROWID;

-- Stretches in which nothing was missed as it happened. Between two of them the account was blind: what could be told
-- afterwards was caught up, what was written and deleted meanwhile, and edits between, nobody can know.
CREATE TABLE capture_spans (
  account INTEGER NOT NULL REFERENCES capture_accounts (account),
  since   INTEGER NOT NULL,
  until   INTEGER NOT NULL,
  PRIMARY KEY (account, since)
) STRICT, WITHOUT ROWID;

-- A sign-in that was begun and not finished; one at a time.
CREATE TABLE capture_login (
  one   INTEGER PRIMARY KEY CHECK (one = 1),
  state TEXT NOT NULL                     -- JSON, holds keys
) STRICT;

-- Who agreed to what; rows are only added. Capture runs while the last one of an account says 'given'.
CREATE TABLE capture_consents (
  no            INTEGER PRIMARY KEY,
  account       INTEGER NOT NULL,
  what          TEXT NOT NULL CHECK (what IN ('given', 'withdrawn')),
  at            INTEGER NOT NULL,
  who           TEXT NOT NULL,            -- the name under the consent
  text_version  TEXT NOT NULL,
  text          TEXT NOT NULL,            -- what was agreed to, word for word
  scope         TEXT NOT NULL,            -- the scope as it was then, in words
  owner_present INTEGER NOT NULL          -- the phone's owner was there
) STRICT;

CREATE TRIGGER capture_consents_no_update BEFORE UPDATE ON capture_consents
BEGIN SELECT RAISE (ABORT, 'capture_consents is append-only'); END;

CREATE TRIGGER capture_consents_no_delete BEFORE DELETE ON capture_consents
BEGIN SELECT RAISE (ABORT, 'capture_consents is append-only'); END;

-- The allow-list: what no rule names is not captured.
CREATE TABLE capture_rules (
  account      INTEGER NOT NULL REFERENCES capture_accounts (account),
  what         TEXT NOT NULL CHECK (what IN ('folder', 'user', 'group', 'channel')),
  id           INTEGER NOT NULL,
  allow        INTEGER NOT NULL,          -- 0: never, whatever folder it stands in
  with_private INTEGER NOT NULL DEFAULT 0, -- for a folder: its private chats too
  PRIMARY KEY (account, what, id)
) STRICT, WITHOUT ROWID;

-- Chats in scope, and what is owed to each.
CREATE TABLE capture_chats (
  account      INTEGER NOT NULL REFERENCES capture_accounts (account),
  kind         TEXT NOT NULL,
  id           INTEGER NOT NULL,
  hash         INTEGER,                   -- how Telegram lets it be addressed
  type         TEXT NOT NULL,
  title        TEXT NOT NULL DEFAULT '',
  joined_at    INTEGER NOT NULL,          -- in scope since
  is_gone      INTEGER NOT NULL DEFAULT 0,
  -- back-fill, newest first
  fill_since   INTEGER,                   -- as deep as this moment; none: not wanted
  fill_before  INTEGER NOT NULL DEFAULT 0, -- message to go on from; 0: the newest
  fill_done    INTEGER NOT NULL DEFAULT 0,
  fill_reached INTEGER,                   -- time of the oldest message read so far
  total        INTEGER,                   -- messages in it, as Telegram says
  -- a span that was not heard and must be read again
  lost_since   INTEGER,
  lost_why     TEXT,
  lost_before  INTEGER NOT NULL DEFAULT 0,
  -- known messages looked at again for edits and deletions
  check_owed   INTEGER NOT NULL DEFAULT 0,
  checked_at   INTEGER,
  PRIMARY KEY (account, kind, id)
) STRICT, WITHOUT ROWID;

-- Files to be fetched, newest first.
CREATE TABLE capture_media (
  account    INTEGER NOT NULL,
  kind       TEXT NOT NULL,
  id         INTEGER NOT NULL,
  message    INTEGER NOT NULL,
  edited_at  INTEGER NOT NULL DEFAULT 0,
  size       INTEGER NOT NULL,
  place      TEXT NOT NULL,               -- JSON: where Telegram has it
  added_at   INTEGER NOT NULL,
  tries      INTEGER NOT NULL DEFAULT 0,
  lost       TEXT,                        -- why it cannot be had; none: still wanted
  PRIMARY KEY (account, kind, id, message, edited_at)
) STRICT, WITHOUT ROWID;
