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
  cancelled_at INTEGER,
  reviewed_at INTEGER,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (shop_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX invitations_id ON invitations (id);
CREATE UNIQUE INDEX invitations_order ON invitations (shop_id, order_id);
CREATE INDEX invitations_person ON invitations (shop_id, person, sent_at) WHERE person IS NOT NULL;
-- shop_id is sixteen zero bytes where the reach is the whole instance.
CREATE TABLE suppressions (
  person BLOB NOT NULL,
  shop_id BLOB NOT NULL,
  reason TEXT NOT NULL CHECK (reason IN ('unsubscribed', 'hard_bounce', 'complaint', 'erased', 'operator')),
  at INTEGER NOT NULL,
  PRIMARY KEY (person, shop_id)
) STRICT;
