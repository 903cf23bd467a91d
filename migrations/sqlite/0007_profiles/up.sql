-- Collection numbers, at most a minute old.
CREATE TABLE collections (
  shop_id BLOB PRIMARY KEY REFERENCES shops (id),
  as_of INTEGER NOT NULL,
  numbers TEXT NOT NULL
) STRICT;
