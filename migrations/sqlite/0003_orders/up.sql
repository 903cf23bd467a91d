-- One row per signed event: what makes a repeat a repeat, and half of an order's timeline.
CREATE TABLE order_events (
  shop_id BLOB NOT NULL REFERENCES shops (id),
  webhook_id TEXT NOT NULL,
  id BLOB NOT NULL,
  order_id BLOB,
  kind TEXT NOT NULL,
  body_hash BLOB NOT NULL,
  occurred_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  checked TEXT NOT NULL CHECK (checked IN ('v1', 'v1a')),
  answer TEXT NOT NULL,
  PRIMARY KEY (shop_id, webhook_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX order_events_order ON order_events (order_id, received_at);
CREATE INDEX order_events_age ON order_events (received_at);
CREATE TABLE orders (
  shop_id BLOB NOT NULL REFERENCES shops (id),
  id BLOB NOT NULL,
  number TEXT NOT NULL,
  test INTEGER NOT NULL CHECK (test IN (0, 1)),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'scheduled', 'held', 'sent', 'reviewed', 'skipped', 'failed')),
  reason TEXT,
  at INTEGER,
  fold TEXT NOT NULL,
  eligible INTEGER NOT NULL CHECK (eligible IN (0, 1)),
  invited INTEGER NOT NULL CHECK (invited IN (0, 1)),
  first_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (shop_id, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX orders_id ON orders (shop_id, id);
-- Also all that counting a shop's orders needs, so that no order is read for it.
CREATE INDEX orders_state ON orders (shop_id, state, reason, test, eligible, invited);
-- The only place where an address stands: sealed, with a keyed hash beside it.
CREATE TABLE contacts (
  shop_id BLOB NOT NULL REFERENCES shops (id),
  order_id BLOB NOT NULL,
  person BLOB,
  kid INTEGER,
  sealed BLOB,
  purge_at INTEGER,
  PRIMARY KEY (shop_id, order_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX contacts_person ON contacts (shop_id, person);
CREATE INDEX contacts_purge ON contacts (purge_at) WHERE sealed IS NOT NULL;
CREATE INDEX contacts_kid ON contacts (kid) WHERE sealed IS NOT NULL;
-- customer.erased: drops personal data of any event not later than it.
CREATE TABLE erased_people (
  shop_id BLOB NOT NULL REFERENCES shops (id),
  person BLOB NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (shop_id, person)
) STRICT;
-- Moves of an order that no event made: the other half of its timeline.
CREATE TABLE order_moves (
  shop_id BLOB NOT NULL REFERENCES shops (id),
  order_id BLOB NOT NULL,
  id BLOB NOT NULL,
  moved_at INTEGER NOT NULL,
  actor TEXT NOT NULL CHECK (actor IN ('attesta', 'shop', 'customer', 'operator')),
  state TEXT NOT NULL,
  reason TEXT,
  at INTEGER,
  note TEXT,
  PRIMARY KEY (shop_id, order_id, id)
) STRICT;
-- Shops whose orders changed since their collection numbers were last counted.
CREATE TABLE orders_dirty (
  shop_id BLOB PRIMARY KEY REFERENCES shops (id)
) STRICT;
