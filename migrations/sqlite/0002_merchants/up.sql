CREATE TABLE merchants (
  id BLOB PRIMARY KEY,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE shops (
  id BLOB PRIMARY KEY,
  merchant_id BLOB NOT NULL REFERENCES merchants (id),
  domain TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  locale TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  country TEXT,
  category TEXT,
  contact TEXT,
  sector TEXT NOT NULL CHECK (sector IN ('general', 'tourism_it')),
  legal_basis TEXT NOT NULL CHECK (legal_basis IN ('soft_opt_in', 'consent', 'none')),
  status TEXT NOT NULL CHECK (status IN ('open', 'closed', 'suspended')),
  paused INTEGER NOT NULL CHECK (paused IN (0, 1)),
  invite_on TEXT NOT NULL CHECK (invite_on IN ('created', 'paid', 'fulfilled', 'delivered')),
  invite_after TEXT NOT NULL,
  hour_from INTEGER CHECK (hour_from BETWEEN 0 AND 23),
  hour_to INTEGER CHECK (hour_to BETWEEN 1 AND 24),
  cap_days INTEGER NOT NULL CHECK (cap_days >= 0),
  min_total INTEGER CHECK (min_total >= 0),
  remind_after TEXT,
  settings_version INTEGER NOT NULL,
  public_version INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX shops_merchant ON shops (merchant_id);
-- What a shop signs its events with: HMAC secrets (sealed) and Ed25519 public keys (plain).
CREATE TABLE webhook_keys (
  shop_id BLOB NOT NULL REFERENCES shops (id),
  id BLOB NOT NULL,
  scheme TEXT NOT NULL CHECK (scheme IN ('v1', 'v1a')),
  material BLOB NOT NULL,
  hint TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  last_used_at INTEGER,
  PRIMARY KEY (shop_id, id)
) STRICT;
CREATE TABLE api_keys (
  digest BLOB PRIMARY KEY,
  shop_id BLOB NOT NULL REFERENCES shops (id),
  hint TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  last_used_at INTEGER
) STRICT;
CREATE INDEX api_keys_shop ON api_keys (shop_id);
-- The last 100 rejections per shop, without bodies.
CREATE TABLE rejected_webhooks (
  shop_id BLOB NOT NULL REFERENCES shops (id),
  id BLOB NOT NULL,
  at INTEGER NOT NULL,
  code TEXT NOT NULL,
  detail TEXT NOT NULL,
  webhook_id TEXT,
  skew_ms INTEGER,
  body_bytes INTEGER NOT NULL,
  body_sha256 TEXT NOT NULL,
  PRIMARY KEY (shop_id, id)
) STRICT;
