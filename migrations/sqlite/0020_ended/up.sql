-- Why and when a shop's weekly mail ended by itself or from its link; empty while it goes out, or where the shop ended it.
ALTER TABLE shops ADD COLUMN weekly_stop TEXT CHECK (weekly_stop IN ('hard_bounce', 'complaint', 'unsubscribed'));
ALTER TABLE shops ADD COLUMN weekly_stop_at INTEGER;
-- To whom the last one went, as a keyed hash, and since when they go there: what comes back of older ones says nothing of this address.
ALTER TABLE weekly_mails ADD COLUMN person BLOB;
ALTER TABLE weekly_mails ADD COLUMN person_since INTEGER;
-- Shops that are closed, since when, and when all was let go that stood there then. A shop that was closed before counts from now on.
CREATE TABLE closed_shops (
  shop_id BLOB PRIMARY KEY REFERENCES shops (id),
  at INTEGER NOT NULL,
  let_go_at INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO closed_shops (shop_id, at) SELECT id, CAST(strftime('%s', 'now') AS INTEGER) * 1000 FROM shops WHERE status = 'closed';
