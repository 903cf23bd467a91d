-- Collection numbers, at most a minute old.
CREATE TABLE collections (
  shop_id BYTEA PRIMARY KEY REFERENCES shops (id),
  as_of BIGINT NOT NULL,
  numbers TEXT NOT NULL
);
