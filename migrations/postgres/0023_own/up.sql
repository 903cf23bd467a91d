-- A person's own word (`own` is 1) stands beside what others say. One that stood beside was told by a mark in the first bit of its shop.
ALTER TABLE suppressions DROP CONSTRAINT suppressions_pkey;
ALTER TABLE suppressions ADD COLUMN own BIGINT NOT NULL DEFAULT 0;
UPDATE suppressions SET own = 1 WHERE reason IN ('unsubscribed', 'erased');
-- Where two of a person's own words met in one place, the one without the mark stays.
DELETE FROM suppressions m WHERE get_byte(shop_id, 0) > 127 AND EXISTS (SELECT 1 FROM suppressions o WHERE o.person = m.person
AND o.shop_id = set_byte(m.shop_id, 0, get_byte(m.shop_id, 0) & 127) AND o.own = 1);
UPDATE suppressions SET shop_id = set_byte(shop_id, 0, get_byte(shop_id, 0) & 127) WHERE get_byte(shop_id, 0) > 127;
ALTER TABLE suppressions ALTER COLUMN own DROP DEFAULT;
ALTER TABLE suppressions ADD CONSTRAINT suppressions_own CHECK (own IN (0, 1) AND (own = 1) = (reason IN ('unsubscribed', 'erased')));
ALTER TABLE suppressions ADD PRIMARY KEY (person, shop_id, own);
