-- How many mails left in each part of the last second, minute, hour or day, by what is limited: the whole instance, a shop, a domain.
-- `parts` is `number:count` with blanks between.
CREATE TABLE send_windows (
  key TEXT PRIMARY KEY,
  began_at INTEGER NOT NULL,
  parts TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- Domains that asked for patience: slower until then.
CREATE TABLE slow_domains (
  domain TEXT PRIMARY KEY,
  until INTEGER NOT NULL,
  refusals INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- What of a shop's mail is limited by its own wish, and whether it was stopped for what came back.
CREATE TABLE shop_sending (
  shop_id BLOB PRIMARY KEY,
  limits TEXT NOT NULL,
  brake TEXT CHECK (brake IN ('paused', 'stopped')),
  cause TEXT CHECK (cause IN ('complaints', 'bounces', 'operator')),
  sent INTEGER NOT NULL,
  counted INTEGER NOT NULL,
  braked_at INTEGER,
  until INTEGER,
  pauses_from INTEGER NOT NULL,
  stops_from INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- One row while the operator holds all mail.
CREATE TABLE sending_pause (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  at INTEGER NOT NULL,
  note TEXT NOT NULL
) STRICT;
CREATE INDEX messages_left ON messages (shop_id, sent_at) WHERE state = 'sent';
CREATE INDEX messages_left_at ON messages (sent_at) WHERE state = 'sent';
CREATE INDEX message_attempts_hard ON message_attempts (at) WHERE outcome = 'hard';
CREATE INDEX messages_waiting ON messages (shop_id, kind) WHERE state IN ('queued', 'held', 'parked');
