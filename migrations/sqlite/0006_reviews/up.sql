CREATE TABLE restrictions (
  id BLOB PRIMARY KEY,
  shop_id BLOB NOT NULL REFERENCES shops (id),
  review_id BLOB NOT NULL,
  reason TEXT NOT NULL CHECK (reason IN ('illegal_content', 'personal_data', 'hate_or_threat', 'not_about_the_purchase', 'conflict_of_interest', 'court_order')),
  statement TEXT NOT NULL,
  at INTEGER NOT NULL,
  lifted_at INTEGER
) STRICT;
CREATE INDEX restrictions_shop ON restrictions (shop_id);
CREATE UNIQUE INDEX restrictions_open ON restrictions (review_id) WHERE lifted_at IS NULL;
-- sku is '' for the review of the shop, else the product's.
CREATE TABLE reviews (
  shop_id BLOB NOT NULL REFERENCES shops (id),
  id BLOB NOT NULL,
  invitation_id BLOB NOT NULL,
  order_id BLOB NOT NULL,
  sku TEXT NOT NULL,
  item TEXT,
  stars INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  author TEXT NOT NULL,
  language TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('published', 'restricted', 'erased')),
  version INTEGER NOT NULL,
  published_at INTEGER NOT NULL,
  published_day INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  erased_at INTEGER,
  replied_at INTEGER,
  restriction_id BLOB REFERENCES restrictions (id),
  checked TEXT NOT NULL CHECK (checked IN ('v1', 'v1a')),
  ordered_at INTEGER,
  delivered_at INTEGER,
  salt BLOB,
  PRIMARY KEY (shop_id, id),
  CHECK ((status = 'restricted') = (restriction_id IS NOT NULL)),
  CHECK ((status = 'erased') = (erased_at IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX reviews_id ON reviews (id);
CREATE UNIQUE INDEX reviews_once ON reviews (shop_id, invitation_id, sku);
CREATE INDEX reviews_newest ON reviews (shop_id, sku, published_at, id);
CREATE INDEX reviews_stars ON reviews (shop_id, sku, stars, published_at, id);
CREATE INDEX reviews_unanswered ON reviews (shop_id, sku, published_at, id) WHERE replied_at IS NULL AND status = 'published';
CREATE INDEX reviews_answered ON reviews (shop_id, sku, published_at, id) WHERE replied_at IS NOT NULL AND status = 'published';
-- What a shop has to answer, of every product, in the order it came.
CREATE INDEX reviews_inbox ON reviews (shop_id, id) WHERE replied_at IS NULL AND status = 'published';
CREATE INDEX reviews_language ON reviews (shop_id, sku, language, published_at, id);
CREATE INDEX reviews_erased ON reviews (shop_id, status) WHERE status = 'erased';
CREATE INDEX reviews_order ON reviews (shop_id, order_id);
CREATE INDEX reviews_restriction ON reviews (restriction_id) WHERE restriction_id IS NOT NULL;
-- What a review said before its last edit. A dropped version keeps date and stars only.
CREATE TABLE review_versions (
  shop_id BLOB NOT NULL,
  review_id BLOB NOT NULL,
  version INTEGER NOT NULL,
  at INTEGER NOT NULL,
  stars INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
  title TEXT,
  body TEXT,
  dropped_at INTEGER,
  PRIMARY KEY (shop_id, review_id, version),
  FOREIGN KEY (shop_id, review_id) REFERENCES reviews (shop_id, id)
) STRICT;
CREATE TABLE replies (
  shop_id BLOB NOT NULL,
  review_id BLOB NOT NULL,
  id BLOB NOT NULL,
  version INTEGER NOT NULL,
  body TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  withdrawn_at INTEGER,
  notified_at INTEGER,
  PRIMARY KEY (shop_id, review_id),
  FOREIGN KEY (shop_id, review_id) REFERENCES reviews (shop_id, id)
) STRICT;
CREATE UNIQUE INDEX replies_id ON replies (id);
-- What the shop said in each earlier version of its reply.
CREATE TABLE reply_versions (
  shop_id BLOB NOT NULL,
  review_id BLOB NOT NULL,
  version INTEGER NOT NULL,
  at INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (shop_id, review_id, version),
  FOREIGN KEY (shop_id, review_id) REFERENCES replies (shop_id, review_id)
) STRICT;
-- The customer's answer, once per version of the reply.
CREATE TABLE answers (
  shop_id BLOB NOT NULL,
  review_id BLOB NOT NULL,
  reply_version INTEGER NOT NULL,
  body TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (shop_id, review_id, reply_version),
  FOREIGN KEY (shop_id, review_id) REFERENCES replies (shop_id, review_id)
) STRICT;
-- Published reviews by shop, sku ('' = the shop), UTC day and stars: the truth behind every score.
CREATE TABLE tally (
  shop_id BLOB NOT NULL REFERENCES shops (id),
  sku TEXT NOT NULL,
  day INTEGER NOT NULL,
  s1 INTEGER NOT NULL CHECK (s1 >= 0),
  s2 INTEGER NOT NULL CHECK (s2 >= 0),
  s3 INTEGER NOT NULL CHECK (s3 >= 0),
  s4 INTEGER NOT NULL CHECK (s4 >= 0),
  s5 INTEGER NOT NULL CHECK (s5 >= 0),
  PRIMARY KEY (shop_id, sku, day)
) STRICT, WITHOUT ROWID;
-- How fast and how often a shop answers: one row per shop, moved with each reply.
CREATE TABLE reply_stats (
  shop_id BLOB NOT NULL REFERENCES shops (id),
  hours INTEGER NOT NULL,
  n INTEGER NOT NULL CHECK (n >= 0),
  PRIMARY KEY (shop_id, hours)
) STRICT;
