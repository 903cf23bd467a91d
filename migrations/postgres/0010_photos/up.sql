-- A photo of a review. Its row comes before its files and goes after them, so that no file is without one: 'arriving' while
-- the files are written, 'here', 'dropped' until a job has deleted them.
CREATE TABLE photos (
  shop_id BYTEA NOT NULL,
  review_id BYTEA NOT NULL,
  id BYTEA NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('arriving', 'here', 'dropped')),
  moved_at BIGINT NOT NULL,
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  alt TEXT NOT NULL,
  PRIMARY KEY (shop_id, review_id, id),
  FOREIGN KEY (shop_id, review_id) REFERENCES reviews (shop_id, id)
);
CREATE UNIQUE INDEX photos_id ON photos (id);
CREATE INDEX photos_leaving ON photos (moved_at) WHERE state <> 'here';
-- The short code of a shop is the end of its id.
CREATE UNIQUE INDEX shops_short ON shops (substr(id, 12));
