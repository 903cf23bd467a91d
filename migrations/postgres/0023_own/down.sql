ALTER TABLE suppressions DROP CONSTRAINT suppressions_pkey;
UPDATE suppressions s SET shop_id = set_byte(shop_id, 0, get_byte(shop_id, 0) | 128) WHERE own = 1
AND EXISTS (SELECT 1 FROM suppressions o WHERE o.person = s.person AND o.shop_id = s.shop_id AND o.own = 0);
ALTER TABLE suppressions DROP COLUMN own;
ALTER TABLE suppressions ADD PRIMARY KEY (person, shop_id);
