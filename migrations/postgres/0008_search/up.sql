-- Where a searchable review stands in the order of time: spot is its time of publication, made unique. lane is what a list
-- is of, a shop's own reviews or those of a product. The terms are already cut and folded.
CREATE TABLE search_spots (
  spot BIGINT PRIMARY KEY,
  lane BIGINT NOT NULL,
  shop_id BYTEA NOT NULL,
  review_id BYTEA NOT NULL,
  terms TSVECTOR NOT NULL
);
CREATE UNIQUE INDEX search_spots_review ON search_spots (shop_id, review_id);
CREATE INDEX search_spots_lane ON search_spots (lane, spot);
CREATE INDEX search_spots_terms ON search_spots USING gin (terms);
-- Reviews whose terms are still to be written: those of before.
CREATE TABLE search_todo (
  shop_id BYTEA NOT NULL,
  review_id BYTEA NOT NULL,
  PRIMARY KEY (shop_id, review_id)
);
INSERT INTO search_todo SELECT shop_id, id FROM reviews WHERE status = 'published';
CREATE INDEX reviews_worded ON reviews (shop_id, sku, published_at, id) WHERE body <> '' AND status = 'published';
-- How many of these replies were to reviews of one or two stars.
ALTER TABLE reply_stats ADD COLUMN low BIGINT NOT NULL DEFAULT 0 CHECK (low >= 0);
UPDATE reply_stats SET low = (
  SELECT count(*) FROM reviews r
  WHERE r.shop_id = reply_stats.shop_id AND r.sku = '' AND r.status = 'published' AND r.stars <= 2 AND r.replied_at IS NOT NULL
    AND greatest(r.replied_at - r.published_at, 0) / 3600000 = reply_stats.hours
);
