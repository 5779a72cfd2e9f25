-- A chat that a source could not name has a provisional (negative) number. When it turns out to be a known chat, its
-- versions are told again there; the rows of the provisional one stay as leaves of the tree and are shown no more.
ALTER TABLE chats ADD COLUMN merged_into INTEGER REFERENCES chats (no);
