-- One row per e-mail of any kind; (kind, subject) is what it is about, edition tells a second mail about it from the first.
-- Bodies are never stored.
CREATE TABLE messages (
  id BLOB PRIMARY KEY,
  shop_id BLOB NOT NULL,
  kind TEXT NOT NULL,
  subject BLOB NOT NULL,
  edition INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'captured', 'held', 'failed', 'parked', 'cancelled')),
  reason TEXT,
  attempts INTEGER NOT NULL,
  next_at INTEGER,
  sent_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX messages_subject ON messages (kind, subject, edition);
CREATE INDEX messages_shop ON messages (shop_id, created_at, id);
CREATE INDEX messages_held ON messages (kind) WHERE state = 'held';
CREATE TABLE message_attempts (
  message_id BLOB NOT NULL REFERENCES messages (id),
  n INTEGER NOT NULL,
  at INTEGER NOT NULL,
  stage TEXT NOT NULL,
  outcome TEXT NOT NULL,
  code INTEGER,
  reply TEXT NOT NULL,
  PRIMARY KEY (message_id, n)
) STRICT;
-- The mail server itself refuses: nothing is tried before `until`.
CREATE TABLE transport_holds (
  transport TEXT PRIMARY KEY,
  until INTEGER NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  refusals INTEGER NOT NULL
) STRICT;
