-- One row per signed event: what makes a repeat a repeat, and half of an order's timeline.
CREATE TABLE order_events (
  shop_id BYTEA NOT NULL REFERENCES shops (id),
  webhook_id TEXT NOT NULL,
  id BYTEA NOT NULL,
  order_id BYTEA,
  kind TEXT NOT NULL,
  body_hash BYTEA NOT NULL,
  occurred_at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  checked TEXT NOT NULL CHECK (checked IN ('v1', 'v1a')),
  answer TEXT NOT NULL,
  PRIMARY KEY (shop_id, webhook_id)
);
CREATE INDEX order_events_order ON order_events (order_id, received_at);
CREATE INDEX order_events_age ON order_events (received_at);
CREATE TABLE orders (
  shop_id BYTEA NOT NULL REFERENCES shops (id),
  id BYTEA NOT NULL,
  number TEXT NOT NULL,
  test BIGINT NOT NULL CHECK (test IN (0, 1)),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'scheduled', 'held', 'sent', 'reviewed', 'skipped', 'failed')),
  reason TEXT,
  at BIGINT,
  fold TEXT NOT NULL,
  eligible BIGINT NOT NULL CHECK (eligible IN (0, 1)),
  invited BIGINT NOT NULL CHECK (invited IN (0, 1)),
  first_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (shop_id, number)
);
CREATE UNIQUE INDEX orders_id ON orders (shop_id, id);
-- Also all that counting a shop's orders needs, so that no order is read for it.
CREATE INDEX orders_state ON orders (shop_id, state, reason, test, eligible, invited);
-- The only place where an address stands: sealed, with a keyed hash beside it.
CREATE TABLE contacts (
  shop_id BYTEA NOT NULL REFERENCES shops (id),
  order_id BYTEA NOT NULL,
  person BYTEA,
  kid BIGINT,
  sealed BYTEA,
  purge_at BIGINT,
  PRIMARY KEY (shop_id, order_id)
);
CREATE INDEX contacts_person ON contacts (shop_id, person);
CREATE INDEX contacts_purge ON contacts (purge_at) WHERE sealed IS NOT NULL;
CREATE INDEX contacts_kid ON contacts (kid) WHERE sealed IS NOT NULL;
-- customer.erased: drops personal data of any event not later than it.
CREATE TABLE erased_people (
  shop_id BYTEA NOT NULL REFERENCES shops (id),
  person BYTEA NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (shop_id, person)
);
-- Moves of an order that no event made: the other half of its timeline.
CREATE TABLE order_moves (
  shop_id BYTEA NOT NULL REFERENCES shops (id),
  order_id BYTEA NOT NULL,
  id BYTEA NOT NULL,
  moved_at BIGINT NOT NULL,
  actor TEXT NOT NULL CHECK (actor IN ('attesta', 'shop', 'customer', 'operator')),
  state TEXT NOT NULL,
  reason TEXT,
  at BIGINT,
  note TEXT,
  PRIMARY KEY (shop_id, order_id, id)
);
-- Shops whose orders changed since their collection numbers were last counted.
CREATE TABLE orders_dirty (
  shop_id BYTEA PRIMARY KEY REFERENCES shops (id)
);
