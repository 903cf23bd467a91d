-- Limits that the operator sets on one shop's mail, beside the shop's own.
ALTER TABLE shop_sending ADD COLUMN imposed TEXT NOT NULL DEFAULT '';
