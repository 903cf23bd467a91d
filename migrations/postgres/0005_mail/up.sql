-- One row per e-mail of any kind; (kind, subject) is what it is about, edition tells a second mail about it from the first.
-- Bodies are never stored.
CREATE TABLE messages (
  id BYTEA PRIMARY KEY,
  shop_id BYTEA NOT NULL,
  kind TEXT NOT NULL,
  subject BYTEA NOT NULL,
  edition BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'captured', 'held', 'failed', 'parked', 'cancelled')),
  reason TEXT,
  attempts BIGINT NOT NULL,
  next_at BIGINT,
  sent_at BIGINT,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX messages_subject ON messages (kind, subject, edition);
CREATE INDEX messages_shop ON messages (shop_id, created_at, id);
CREATE INDEX messages_held ON messages (kind) WHERE state = 'held';
CREATE TABLE message_attempts (
  message_id BYTEA NOT NULL REFERENCES messages (id),
  n BIGINT NOT NULL,
  at BIGINT NOT NULL,
  stage TEXT NOT NULL,
  outcome TEXT NOT NULL,
  code BIGINT,
  reply TEXT NOT NULL,
  PRIMARY KEY (message_id, n)
);
-- The mail server itself refuses: nothing is tried before `until`.
CREATE TABLE transport_holds (
  transport TEXT PRIMARY KEY,
  until BIGINT NOT NULL,
  reason TEXT NOT NULL,
  at BIGINT NOT NULL,
  refusals BIGINT NOT NULL
);
