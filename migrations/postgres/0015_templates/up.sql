-- A shop's own words in a mail of one language, version by version; the newest is in use. `body` is JSON, `{}` the house's own.
CREATE TABLE shop_templates (
  shop_id BYTEA NOT NULL REFERENCES shops (id),
  mail TEXT NOT NULL,
  language TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (shop_id, mail, language, version)
);
