-- What the directory is searched and sorted by: a row per shop, made anew when the public version of the shop moves.
-- sort_name, kind and words are folded; a shop that is not open is not listed.
-- Compared byte by byte, as the other engine does.
CREATE TABLE directory (
  shop_id BYTEA PRIMARY KEY REFERENCES shops (id),
  version BIGINT NOT NULL,
  listed BIGINT NOT NULL CHECK (listed IN (0, 1)),
  domain TEXT NOT NULL,
  name TEXT NOT NULL,
  sort_name TEXT COLLATE "C" NOT NULL,
  words TEXT NOT NULL,
  category TEXT COLLATE "C",
  kind TEXT COLLATE "C",
  country TEXT COLLATE "C",
  reviews BIGINT NOT NULL,
  score_tenths BIGINT NOT NULL,
  half_stars BIGINT NOT NULL,
  newest_day BIGINT,
  opened_at BIGINT NOT NULL
);
CREATE INDEX directory_name ON directory (sort_name, shop_id) WHERE listed = 1;
CREATE INDEX directory_reviews ON directory (reviews, shop_id) WHERE listed = 1;
CREATE INDEX directory_opened ON directory (opened_at, shop_id) WHERE listed = 1;
CREATE INDEX directory_kind ON directory (kind, category) WHERE listed = 1;
CREATE INDEX directory_country ON directory (country) WHERE listed = 1;
