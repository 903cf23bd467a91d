-- What came back of a mail that had left, or was refused at once: a row per outcome. A mail comes back once for each time it left
-- (sent_at) and kind, however often that is told. day is the UTC day of `at`, in days since 1970.
CREATE TABLE message_returns (
  message_id BYTEA NOT NULL REFERENCES messages (id),
  kind TEXT NOT NULL CHECK (kind IN ('hard_bounce', 'soft_bounce', 'complaint')),
  sent_at BIGINT NOT NULL,
  shop_id BYTEA NOT NULL,
  day BIGINT NOT NULL,
  at BIGINT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('smtp', 'mail', 'ses', 'mailgun', 'postmark', 'sendgrid')),
  status TEXT,
  detail TEXT NOT NULL,
  PRIMARY KEY (message_id, kind, sent_at)
);
CREATE INDEX message_returns_shop ON message_returns (shop_id, day, kind);
CREATE INDEX message_returns_at ON message_returns (shop_id, at);
-- Tokens of provider reports whose signature does not cover what they say: each is taken once.
CREATE TABLE return_tokens (
  source TEXT NOT NULL,
  token TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (source, token)
);
CREATE INDEX return_tokens_at ON return_tokens (at);
