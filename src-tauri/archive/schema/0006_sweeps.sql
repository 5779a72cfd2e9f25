-- A chat read again from its newest message to its first, on demand: how far it has come, and what it found.

CREATE TABLE capture_sweeps (
  account   INTEGER NOT NULL REFERENCES capture_accounts (account),
  kind      TEXT NOT NULL,
  id        INTEGER NOT NULL,
  began_at  INTEGER NOT NULL,
  before    INTEGER NOT NULL DEFAULT 0,   -- message to go on from; 0: the newest
  looked_at INTEGER NOT NULL DEFAULT 0,   -- messages read so far
  found     INTEGER NOT NULL DEFAULT 0,   -- edits, deletions and messages that were not known before
  ended_at  INTEGER,                      -- none: under way
  PRIMARY KEY (account, kind, id)
) STRICT, WITHOUT ROWID;

-- A larger allowance for reading history, which Telegram calls takeout; it tells the account's devices of it.
CREATE TABLE capture_takeouts (
  account  INTEGER PRIMARY KEY REFERENCES capture_accounts (account),
  is_on    INTEGER NOT NULL DEFAULT 0,    -- wanted by a person
  session  INTEGER,                       -- Telegram's number of it while it runs
  wait_for INTEGER                        -- Telegram lets it begin at this moment
) STRICT;

-- The oldest message of the last look: what is older was not looked at then, and may have gone long before.
ALTER TABLE capture_chats ADD COLUMN checked_down_to INTEGER NOT NULL DEFAULT 0; -- 0: not known
