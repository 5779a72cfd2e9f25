CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE accounts (
  account INTEGER PRIMARY KEY,            -- Telegram user id of the manager
  manager TEXT NOT NULL,
  source  TEXT NOT NULL                   -- the strongest source that named them
) STRICT;

CREATE TABLE peers (
  kind   TEXT NOT NULL,                   -- user, group, channel: they share one number space
  id     INTEGER NOT NULL,
  name   TEXT NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE chats (
  no            INTEGER PRIMARY KEY,      -- local number; never leaves this file
  account       INTEGER NOT NULL,         -- 0: shared by all accounts, or not known
  kind          TEXT NOT NULL,
  id            INTEGER NOT NULL,
  type          TEXT NOT NULL,            -- as Telegram's clients call it
  title         TEXT NOT NULL DEFAULT '',
  source        TEXT NOT NULL,
  -- a projection of message_versions, kept in the same transaction
  messages      INTEGER NOT NULL DEFAULT 0,
  deleted       INTEGER NOT NULL DEFAULT 0,
  edited        INTEGER NOT NULL DEFAULT 0,
  first_at      INTEGER,
  last_at       INTEGER,
  UNIQUE (account, kind, id)
) STRICT;

-- The whole chat disappeared in this interval; every message sent before its end carries that deletion.
CREATE TABLE chat_vanishings (
  chat   INTEGER NOT NULL REFERENCES chats (no),
  since  INTEGER NOT NULL,                -- still there
  until  INTEGER NOT NULL,                -- gone
  source TEXT NOT NULL,
  PRIMARY KEY (chat, until, since, source)
) STRICT, WITHOUT ROWID;

-- Which managers wrote in a chat that several accounts share.
CREATE TABLE chat_accounts (
  chat    INTEGER NOT NULL REFERENCES chats (no),
  account INTEGER NOT NULL,
  PRIMARY KEY (chat, account)
) STRICT, WITHOUT ROWID;

CREATE TABLE message_versions (
  chat         INTEGER NOT NULL REFERENCES chats (no),
  message      INTEGER NOT NULL,          -- Telegram's id in that chat
  seq          INTEGER NOT NULL UNIQUE,   -- order of arrival, from 1, no holes
  what         TEXT NOT NULL CHECK (what IN ('content', 'deleted')),
  seen_at      INTEGER NOT NULL,
  source       TEXT NOT NULL,
  -- content
  sender_kind  TEXT,
  sender_id    INTEGER,
  sender_name  TEXT,
  outgoing     INTEGER,
  sent_at      INTEGER,
  edited_at    INTEGER,
  content_hash BLOB,                      -- SHA-256 of what a reader sees; two equal contents are one version
  kind         TEXT,
  text         TEXT,
  rest         TEXT,                      -- JSON of the other fields of the content
  -- deleted: seen at the first moment, missing at the second
  deleted_from INTEGER,
  deleted_to   INTEGER,
  cause        TEXT,
  PRIMARY KEY (chat, message, seq)        -- clustered by chat: a page of a chat is one run of pages on the disk
) STRICT, WITHOUT ROWID;

CREATE TRIGGER message_versions_no_update BEFORE UPDATE ON message_versions
BEGIN SELECT RAISE (ABORT, 'message_versions is append-only'); END;

CREATE TRIGGER message_versions_no_delete BEFORE DELETE ON message_versions
BEGIN SELECT RAISE (ABORT, 'message_versions is append-only'); END;

-- The current state of each message: a projection, may be rebuilt from message_versions at any time.
CREATE TABLE messages (
  chat         INTEGER NOT NULL REFERENCES chats (no),
  message      INTEGER NOT NULL,
  sender_kind  TEXT,
  sender_id    INTEGER,
  sender_name  TEXT NOT NULL DEFAULT '',
  outgoing     INTEGER NOT NULL,
  sent_at      INTEGER,
  edited_at    INTEGER,
  seq          INTEGER,                   -- the version that is current; none while only its deletion is known
  versions     INTEGER NOT NULL,          -- contents kept
  kind         TEXT NOT NULL,
  deleted_from INTEGER,
  deleted_to   INTEGER,
  deleted_source TEXT,
  cause        TEXT,
  reactions    TEXT,                      -- as last seen; reactions are not versions
  reactions_at INTEGER,
  PRIMARY KEY (chat, message)
) STRICT, WITHOUT ROWID;

CREATE INDEX messages_by_date ON messages (chat, sent_at, message);
