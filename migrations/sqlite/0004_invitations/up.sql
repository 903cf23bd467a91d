CREATE TABLE invitations (
  shop_id BLOB NOT NULL REFERENCES shops (id),
  id BLOB NOT NULL,
  order_id BLOB NOT NULL,
  person BLOB,
  trigger_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  submit_until INTEGER NOT NULL,
  token_kid INTEGER,
  token_expires_at INTEGER,
  sent_at INTEGER,
  reminded_at INTEGER,
  fresh_link_at INTEGER,
  postponed_ms INTEGER NOT NULL,
  postponements INTEGER NOT NULL,
  hastened_at INTEGER,
  cancelled_at INTEGER,
  dropped_at INTEGER,
  reviewed_at INTEGER,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (shop_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX invitations_id ON invitations (id);
CREATE UNIQUE INDEX invitations_order ON invitations (shop_id, order_id);
CREATE INDEX invitations_person ON invitations (shop_id, person, sent_at) WHERE person IS NOT NULL;
-- What is still to be sent, so that an invitation whose job went missing is found without reading the rest.
CREATE INDEX invitations_pending ON invitations (due_at) WHERE sent_at IS NULL AND dropped_at IS NULL;
-- Where the shop's hand was in: few, and counted in public.
CREATE INDEX invitations_hands ON invitations (shop_id, cancelled_at, hastened_at, postponements)
  WHERE cancelled_at IS NOT NULL OR hastened_at IS NOT NULL OR postponements > 0;
-- The settings under which each shop's waiting orders were last planned.
CREATE TABLE replans (
  shop_id BLOB PRIMARY KEY REFERENCES shops (id),
  settings_version INTEGER NOT NULL
) STRICT;
-- shop_id is sixteen zero bytes where the reach is the whole instance.
CREATE TABLE suppressions (
  person BLOB NOT NULL,
  shop_id BLOB NOT NULL,
  reason TEXT NOT NULL CHECK (reason IN ('unsubscribed', 'hard_bounce', 'complaint', 'erased', 'operator')),
  at INTEGER NOT NULL,
  PRIMARY KEY (person, shop_id)
) STRICT;
