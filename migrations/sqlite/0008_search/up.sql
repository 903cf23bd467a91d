-- Where a searchable review stands in the order of time: spot is its time of publication, made unique. lane is what a list
-- is of, a shop's own reviews or those of a product.
CREATE TABLE search_spots (
  spot INTEGER PRIMARY KEY,
  lane INTEGER NOT NULL,
  shop_id BLOB NOT NULL,
  review_id BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX search_spots_review ON search_spots (shop_id, review_id);
-- The terms of each spot, already cut and folded, after a mark of six letters; beginnings of three to seven letters have lists
-- of their own. An erased review's terms are overwritten at once, not some time later.
CREATE VIRTUAL TABLE search_words USING fts5 (terms, tokenize = 'ascii', detail = none, columnsize = 0, prefix = '9 10 11 12 13');
INSERT INTO search_words (search_words, rank) VALUES ('secure-delete', 1);
-- Reviews whose terms are still to be written: those of before.
CREATE TABLE search_todo (
  shop_id BLOB NOT NULL,
  review_id BLOB NOT NULL,
  PRIMARY KEY (shop_id, review_id)
) STRICT, WITHOUT ROWID;
INSERT INTO search_todo SELECT shop_id, id FROM reviews WHERE status = 'published';
CREATE INDEX reviews_worded ON reviews (shop_id, sku, published_at, id) WHERE body <> '' AND status = 'published';
-- How many of these replies were to reviews of one or two stars.
ALTER TABLE reply_stats ADD COLUMN low INTEGER NOT NULL DEFAULT 0 CHECK (low >= 0);
UPDATE reply_stats SET low = (
  SELECT count(*) FROM reviews r
  WHERE r.shop_id = reply_stats.shop_id AND r.sku = '' AND r.status = 'published' AND r.stars <= 2 AND r.replied_at IS NOT NULL
    AND max(r.replied_at - r.published_at, 0) / 3600000 = reply_stats.hours
);
