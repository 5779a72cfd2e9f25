-- Versions get what their leaf needs (the account as it was known when they came, a salt) and two more kinds: media, a
-- file that the blob store holds, and erased, the stub of a version that was forgotten by explicit wish.
CREATE TABLE message_versions_2 (
  chat         INTEGER NOT NULL REFERENCES chats (no),
  message      INTEGER NOT NULL,          -- Telegram's id in that chat
  seq          INTEGER NOT NULL UNIQUE,   -- order of arrival, from 1, no holes; leaf seq - 1 of the tree
  what         TEXT NOT NULL CHECK (what IN ('content', 'deleted', 'media', 'erased')),
  account      INTEGER NOT NULL,          -- the chat's account when the version came; 0: shared, or not known then
  salt         BLOB NOT NULL,             -- random, so that the leaf hash of an erased version tells nothing of it
  seen_at      INTEGER NOT NULL,
  source       TEXT NOT NULL,
  again        INTEGER NOT NULL,          -- 1: a content of a message that had one already; the feed of changes reads by it
  -- content
  sender_kind  TEXT,
  sender_id    INTEGER,
  sender_name  TEXT,
  outgoing     INTEGER,
  sent_at      INTEGER,
  edited_at    INTEGER,                   -- of a media version: the edit time of the content it came with
  content_hash BLOB,                      -- SHA-256 of what a reader sees; two equal contents are one version
  kind         TEXT,
  text         TEXT,
  rest         TEXT,                      -- JSON of the other fields of the content
  -- deleted: seen at the first moment, missing at the second
  deleted_from INTEGER,
  deleted_to   INTEGER,
  cause        TEXT,
  -- media
  media_sha256 BLOB,                      -- of the bytes; the blob store finds them by it
  media_size   INTEGER,
  PRIMARY KEY (chat, message, seq)        -- clustered by chat: a page of a chat is one run of pages on the disk
) STRICT, WITHOUT ROWID;

INSERT INTO message_versions_2 (chat, message, seq, what, account, salt, seen_at, source, again, sender_kind, sender_id, sender_name,
  outgoing, sent_at, edited_at, content_hash, kind, text, rest, deleted_from, deleted_to, cause)
SELECT v.chat, v.message, v.seq, v.what, c.account, x'', v.seen_at, v.source,
  v.what = 'content' AND EXISTS (SELECT 1 FROM message_versions o
    WHERE o.chat = v.chat AND o.message = v.message AND o.what = 'content' AND o.seq < v.seq), v.sender_kind, v.sender_id, v.sender_name,
  v.outgoing, v.sent_at, v.edited_at, v.content_hash, v.kind, v.text, v.rest, v.deleted_from, v.deleted_to, v.cause
FROM message_versions v JOIN chats c ON c.no = v.chat;

DROP TABLE message_versions;
ALTER TABLE message_versions_2 RENAME TO message_versions;

CREATE INDEX message_versions_changes ON message_versions (seen_at, seq)
WHERE again = 1 OR (what = 'deleted' AND cause <> 'chat-vanished');

CREATE INDEX message_versions_media ON message_versions (media_sha256) WHERE what = 'media';

-- The chats whose versions are being erased: holds rows only inside the transaction of an erasure.
CREATE TABLE erasing (
  chat INTEGER PRIMARY KEY REFERENCES chats (no)
) STRICT;

CREATE TRIGGER message_versions_no_update BEFORE UPDATE ON message_versions
WHEN NEW.what <> 'erased' OR NEW.chat <> OLD.chat OR NEW.message <> OLD.message OR NEW.seq <> OLD.seq
  OR NOT EXISTS (SELECT 1 FROM erasing WHERE chat = OLD.chat)
BEGIN SELECT RAISE (ABORT, 'message_versions is append-only'); END;

CREATE TRIGGER message_versions_no_delete BEFORE DELETE ON message_versions
BEGIN SELECT RAISE (ABORT, 'message_versions is append-only'); END;

-- What was erased, when, why and by whom: the stub that stays. No text and no name.
CREATE TABLE erasures (
  no       INTEGER PRIMARY KEY,
  at       INTEGER NOT NULL,
  chat     INTEGER NOT NULL REFERENCES chats (no),
  scope    TEXT NOT NULL CHECK (scope IN ('chat', 'older')),
  before   INTEGER,                       -- of scope older: messages sent before this moment
  versions INTEGER NOT NULL,
  messages INTEGER NOT NULL,
  files    INTEGER NOT NULL,
  tree_size INTEGER NOT NULL,             -- the head under which the erased versions were still there
  tree_root BLOB NOT NULL,
  who      TEXT NOT NULL,
  why      TEXT NOT NULL
) STRICT;

-- A chat that was forgotten as a whole takes nothing any more.
ALTER TABLE chats ADD COLUMN forgotten_at INTEGER;

-- The Merkle tree (RFC 6962) over the versions by seq, in tiles of 256 hashes of 32 bytes; see tree.rs.
CREATE TABLE merkle_tiles (
  level  INTEGER NOT NULL,
  tile   INTEGER NOT NULL,
  hashes BLOB NOT NULL,
  PRIMARY KEY (level, tile)
) STRICT, WITHOUT ROWID;

-- Roots that were kept at some moment; a later tree must have the same root at the same size.
CREATE TABLE tree_heads (
  size INTEGER PRIMARY KEY,
  root BLOB NOT NULL,
  at   INTEGER NOT NULL
) STRICT;

CREATE TRIGGER tree_heads_no_update BEFORE UPDATE ON tree_heads
BEGIN SELECT RAISE (ABORT, 'tree_heads is append-only'); END;

CREATE TRIGGER tree_heads_no_delete BEFORE DELETE ON tree_heads
BEGIN SELECT RAISE (ABORT, 'tree_heads is append-only'); END;

-- What was seen of a chat and what was not.
CREATE TABLE coverage (
  chat    INTEGER NOT NULL REFERENCES chats (no),
  account INTEGER NOT NULL,               -- whose eyes; 0: the source does not tell
  since   INTEGER NOT NULL,
  until   INTEGER NOT NULL,
  state   TEXT NOT NULL CHECK (state IN ('complete', 'gap', 'live', 'imported')),
  why     TEXT NOT NULL DEFAULT '',
  source  TEXT NOT NULL,
  PRIMARY KEY (chat, account, state, since, why)
) STRICT, WITHOUT ROWID;

-- How far a side had read, each time that it got further.
CREATE TABLE read_marks (
  chat     INTEGER NOT NULL REFERENCES chats (no),
  account  INTEGER NOT NULL,
  outgoing INTEGER NOT NULL,              -- 1: how far the others have read what the account wrote
  message  INTEGER NOT NULL,
  at       INTEGER NOT NULL,              -- the earliest moment at which it was known
  source   TEXT NOT NULL,
  PRIMARY KEY (chat, account, outgoing, message)
) STRICT, WITHOUT ROWID;

-- Who looked at what. Append-only; it goes with the archive.
CREATE TABLE access_log (
  no     INTEGER PRIMARY KEY,
  at     INTEGER NOT NULL,
  who    TEXT NOT NULL,
  action TEXT NOT NULL,
  chat   INTEGER REFERENCES chats (no),
  what   TEXT NOT NULL DEFAULT '',        -- the query, the file's name, the number of messages
  why    TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TRIGGER access_log_no_update BEFORE UPDATE ON access_log
WHEN NEW.what <> '' OR NEW.no <> OLD.no OR NEW.at <> OLD.at OR NEW.who <> OLD.who OR NEW.action <> OLD.action
  OR NOT EXISTS (SELECT 1 FROM erasing WHERE chat = OLD.chat)
BEGIN SELECT RAISE (ABORT, 'access_log is append-only'); END;

CREATE TRIGGER access_log_no_delete BEFORE DELETE ON access_log
BEGIN SELECT RAISE (ABORT, 'access_log is append-only'); END;

-- How long an account's messages are kept; no row: for ever.
CREATE TABLE retention (
  account INTEGER PRIMARY KEY,
  days    INTEGER NOT NULL CHECK (days > 0),
  set_at  INTEGER NOT NULL,
  who     TEXT NOT NULL
) STRICT;

-- A chat on hold is not erased, neither by retention nor by wish, until the hold is lifted.
CREATE TABLE holds (
  no        INTEGER PRIMARY KEY,
  chat      INTEGER NOT NULL REFERENCES chats (no),
  placed_at INTEGER NOT NULL,
  placed_by TEXT NOT NULL,
  why       TEXT NOT NULL,
  lifted_at INTEGER,
  lifted_by TEXT
) STRICT;

CREATE UNIQUE INDEX holds_one_a_chat ON holds (chat) WHERE lifted_at IS NULL;
