-- A person's own word (`own` is 1) stands beside what others say. One that stood beside was told by a mark in the first bit of its shop.
CREATE TABLE suppressions_own (
  person BLOB NOT NULL,
  shop_id BLOB NOT NULL,
  own INTEGER NOT NULL CHECK (own IN (0, 1) AND (own = 1) = (reason IN ('unsubscribed', 'erased'))),
  reason TEXT NOT NULL CHECK (reason IN ('unsubscribed', 'hard_bounce', 'complaint', 'erased', 'operator')),
  at INTEGER NOT NULL,
  PRIMARY KEY (person, shop_id, own)
) STRICT;
-- Where two of a person's own words met in one place, the one without the mark stays.
INSERT OR IGNORE INTO suppressions_own (person, shop_id, own, reason, at)
SELECT person,
  CASE WHEN substr(hex(shop_id), 1, 1) IN ('8', '9', 'A', 'B', 'C', 'D', 'E', 'F')
    THEN unhex(substr('01234567', instr('89ABCDEF', substr(hex(shop_id), 1, 1)), 1) || substr(hex(shop_id), 2))
    ELSE shop_id END,
  reason IN ('unsubscribed', 'erased'), reason, at
FROM suppressions ORDER BY shop_id;
DROP TABLE suppressions;
ALTER TABLE suppressions_own RENAME TO suppressions;
