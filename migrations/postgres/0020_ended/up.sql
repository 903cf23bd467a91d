-- Why and when a shop's weekly mail ended by itself or from its link; empty while it goes out, or where the shop ended it.
ALTER TABLE shops ADD COLUMN weekly_stop TEXT CHECK (weekly_stop IN ('hard_bounce', 'complaint', 'unsubscribed'));
ALTER TABLE shops ADD COLUMN weekly_stop_at BIGINT;
-- To whom the last one went, as a keyed hash, and since when they go there: what comes back of older ones says nothing of this address.
ALTER TABLE weekly_mails ADD COLUMN person BYTEA;
ALTER TABLE weekly_mails ADD COLUMN person_since BIGINT;
-- Shops that are closed, since when, and when all was let go that stood there then. A shop that was closed before counts from now on.
CREATE TABLE closed_shops (
  shop_id BYTEA PRIMARY KEY REFERENCES shops (id),
  at BIGINT NOT NULL,
  let_go_at BIGINT
);
INSERT INTO closed_shops (shop_id, at) SELECT id, CAST(EXTRACT(EPOCH FROM now()) * 1000 AS BIGINT) FROM shops WHERE status = 'closed';
