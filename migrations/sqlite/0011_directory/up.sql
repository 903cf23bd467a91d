-- What the directory is searched and sorted by: a row per shop, made anew when the public version of the shop moves.
-- sort_name, kind and words are folded; a shop that is not open is not listed.
CREATE TABLE directory (
  shop_id BLOB PRIMARY KEY REFERENCES shops (id),
  version INTEGER NOT NULL,
  listed INTEGER NOT NULL CHECK (listed IN (0, 1)),
  domain TEXT NOT NULL,
  name TEXT NOT NULL,
  sort_name TEXT NOT NULL,
  words TEXT NOT NULL,
  category TEXT,
  kind TEXT,
  country TEXT,
  reviews INTEGER NOT NULL,
  score_tenths INTEGER NOT NULL,
  half_stars INTEGER NOT NULL,
  newest_day INTEGER,
  opened_at INTEGER NOT NULL
) STRICT;
CREATE INDEX directory_name ON directory (sort_name, shop_id) WHERE listed = 1;
CREATE INDEX directory_reviews ON directory (reviews, shop_id) WHERE listed = 1;
CREATE INDEX directory_opened ON directory (opened_at, shop_id) WHERE listed = 1;
CREATE INDEX directory_kind ON directory (kind, category) WHERE listed = 1;
CREATE INDEX directory_country ON directory (country) WHERE listed = 1;
