-- What a policy says otherwise for some countries and categories, as JSON.
ALTER TABLE shops ADD COLUMN exceptions TEXT NOT NULL DEFAULT '[]';
ALTER TABLE shops ADD COLUMN weekly_mail BIGINT NOT NULL DEFAULT 1 CHECK (weekly_mail IN (0, 1));
-- When a form was first posted that could not be taken. Few, and counted by order.
ALTER TABLE invitations ADD COLUMN form_started_at BIGINT;
CREATE INDEX invitations_started ON invitations (shop_id, order_id) WHERE form_started_at IS NOT NULL;
-- Whose orders changed, and of which cohort: the UTC day of their first arrival, as their ids say; 0 where only what is
-- counted of the whole shop did. Without a key and a reference: notes are only
-- appended, so that no batch waits for another.
DROP TABLE orders_dirty;
CREATE TABLE orders_dirty (
  shop_id BYTEA NOT NULL,
  day BIGINT NOT NULL
);
-- Cohorts to be counted anew. turn grows each time: who counted deletes only what has not moved again.
CREATE TABLE cohorts_moved (
  shop_id BYTEA NOT NULL REFERENCES shops (id),
  day BIGINT NOT NULL,
  turn BIGINT NOT NULL,
  PRIMARY KEY (shop_id, day)
);
-- Where the orders of each day stand, as last counted.
CREATE TABLE cohorts (
  shop_id BYTEA NOT NULL REFERENCES shops (id),
  day BIGINT NOT NULL,
  as_of BIGINT NOT NULL,
  numbers TEXT NOT NULL,
  PRIMARY KEY (shop_id, day)
);
-- The last week, by the day it began, about which a shop was written to.
CREATE TABLE weekly_mails (
  shop_id BYTEA PRIMARY KEY REFERENCES shops (id),
  week BIGINT NOT NULL
);
-- What is there already is counted once.
INSERT INTO orders_dirty (shop_id, day) SELECT DISTINCT shop_id, ('x' || encode(substring(id FROM 1 FOR 6), 'hex'))::bit(48)::bigint / 86400000 FROM orders WHERE test = 0;
