ALTER TABLE shop_sending DROP COLUMN imposed;
