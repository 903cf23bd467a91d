CREATE TABLE suppressions_marked (
  person BLOB NOT NULL,
  shop_id BLOB NOT NULL,
  reason TEXT NOT NULL CHECK (reason IN ('unsubscribed', 'hard_bounce', 'complaint', 'erased', 'operator')),
  at INTEGER NOT NULL,
  PRIMARY KEY (person, shop_id)
) STRICT;
INSERT INTO suppressions_marked (person, shop_id, reason, at)
SELECT person,
  CASE WHEN own = 1 AND EXISTS (SELECT 1 FROM suppressions o WHERE o.person = s.person AND o.shop_id = s.shop_id AND o.own = 0)
    THEN unhex(substr('89ABCDEF', instr('01234567', substr(hex(shop_id), 1, 1)), 1) || substr(hex(shop_id), 2))
    ELSE shop_id END,
  reason, at
FROM suppressions s;
DROP TABLE suppressions;
ALTER TABLE suppressions_marked RENAME TO suppressions;
