DROP TABLE weekly_mails;
DROP TABLE cohorts;
DROP TABLE cohorts_moved;
DROP TABLE orders_dirty;
CREATE TABLE orders_dirty (
  shop_id BYTEA PRIMARY KEY REFERENCES shops (id)
);
INSERT INTO orders_dirty (shop_id) SELECT DISTINCT shop_id FROM orders;
DROP INDEX invitations_started;
ALTER TABLE invitations DROP COLUMN form_started_at;
ALTER TABLE shops DROP COLUMN weekly_mail;
ALTER TABLE shops DROP COLUMN exceptions;
