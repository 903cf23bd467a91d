-- What a policy says otherwise for some countries and categories, as JSON.
ALTER TABLE shops ADD COLUMN exceptions TEXT NOT NULL DEFAULT '[]';
ALTER TABLE shops ADD COLUMN weekly_mail INTEGER NOT NULL DEFAULT 1 CHECK (weekly_mail IN (0, 1));
-- When a form was first posted that could not be taken. Few, and counted by order.
ALTER TABLE invitations ADD COLUMN form_started_at INTEGER;
CREATE INDEX invitations_started ON invitations (shop_id, order_id) WHERE form_started_at IS NOT NULL;
-- Whose orders changed, and of which cohort: the UTC day of their first arrival, as their ids say; 0 where only what is
-- counted of the whole shop did.
DROP TABLE orders_dirty;
CREATE TABLE orders_dirty (
  shop_id BLOB NOT NULL REFERENCES shops (id),
  day INTEGER NOT NULL,
  PRIMARY KEY (shop_id, day)
) STRICT, WITHOUT ROWID;
-- Cohorts to be counted anew. turn grows each time: who counted deletes only what has not moved again.
CREATE TABLE cohorts_moved (
  shop_id BLOB NOT NULL REFERENCES shops (id),
  day INTEGER NOT NULL,
  turn INTEGER NOT NULL,
  PRIMARY KEY (shop_id, day)
) STRICT, WITHOUT ROWID;
-- Where the orders of each day stand, as last counted.
CREATE TABLE cohorts (
  shop_id BLOB NOT NULL REFERENCES shops (id),
  day INTEGER NOT NULL,
  as_of INTEGER NOT NULL,
  numbers TEXT NOT NULL,
  PRIMARY KEY (shop_id, day)
) STRICT, WITHOUT ROWID;
-- The last week, by the day it began, about which a shop was written to.
CREATE TABLE weekly_mails (
  shop_id BLOB PRIMARY KEY REFERENCES shops (id),
  week INTEGER NOT NULL
) STRICT;
-- What is there already is counted once.
INSERT INTO orders_dirty (shop_id, day) SELECT DISTINCT shop_id, (
  (instr('0123456789ABCDEF', substr(hex(id), 1, 1)) - 1) * 17592186044416
  + (instr('0123456789ABCDEF', substr(hex(id), 2, 1)) - 1) * 1099511627776
  + (instr('0123456789ABCDEF', substr(hex(id), 3, 1)) - 1) * 68719476736
  + (instr('0123456789ABCDEF', substr(hex(id), 4, 1)) - 1) * 4294967296
  + (instr('0123456789ABCDEF', substr(hex(id), 5, 1)) - 1) * 268435456
  + (instr('0123456789ABCDEF', substr(hex(id), 6, 1)) - 1) * 16777216
  + (instr('0123456789ABCDEF', substr(hex(id), 7, 1)) - 1) * 1048576
  + (instr('0123456789ABCDEF', substr(hex(id), 8, 1)) - 1) * 65536
  + (instr('0123456789ABCDEF', substr(hex(id), 9, 1)) - 1) * 4096
  + (instr('0123456789ABCDEF', substr(hex(id), 10, 1)) - 1) * 256
  + (instr('0123456789ABCDEF', substr(hex(id), 11, 1)) - 1) * 16
  + (instr('0123456789ABCDEF', substr(hex(id), 12, 1)) - 1) * 1) / 86400000 FROM orders WHERE test = 0;
