-- How many mails left in each part of the last second, minute, hour or day, by what is limited: the whole instance, a shop, a domain.
-- `parts` is `number:count` with blanks between.
CREATE TABLE send_windows (
  key TEXT PRIMARY KEY,
  began_at BIGINT NOT NULL,
  parts TEXT NOT NULL
);
-- Domains that asked for patience: slower until then.
CREATE TABLE slow_domains (
  domain TEXT PRIMARY KEY,
  until BIGINT NOT NULL,
  refusals BIGINT NOT NULL
);
-- What of a shop's mail is limited by its own wish, and whether it was stopped for what came back.
CREATE TABLE shop_sending (
  shop_id BYTEA PRIMARY KEY,
  limits TEXT NOT NULL,
  brake TEXT CHECK (brake IN ('paused', 'stopped')),
  cause TEXT CHECK (cause IN ('complaints', 'bounces', 'operator')),
  sent BIGINT NOT NULL,
  counted BIGINT NOT NULL,
  braked_at BIGINT,
  until BIGINT,
  pauses_from BIGINT NOT NULL,
  stops_from BIGINT NOT NULL
);
-- One row while the operator holds all mail.
CREATE TABLE sending_pause (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  at BIGINT NOT NULL,
  note TEXT NOT NULL
);
CREATE INDEX messages_left ON messages (shop_id, sent_at) WHERE state = 'sent';
CREATE INDEX messages_left_at ON messages (sent_at) WHERE state = 'sent';
CREATE INDEX message_attempts_hard ON message_attempts (at) WHERE outcome = 'hard';
CREATE INDEX messages_waiting ON messages (shop_id, kind) WHERE state IN ('queued', 'held', 'parked');
