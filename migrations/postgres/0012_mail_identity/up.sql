-- Under which name and address a shop wishes to write; null: its own name, the instance's address.
ALTER TABLE shops ADD COLUMN mail_name TEXT;
ALTER TABLE shops ADD COLUMN mail_from TEXT;
-- Domains that mail is to be signed for, with what was last found in the DNS. version moves with every change.
CREATE TABLE sending_domains (
  domain TEXT PRIMARY KEY,
  created_at BIGINT NOT NULL,
  checked_at BIGINT,
  report TEXT,
  version BIGINT NOT NULL
);
-- Their keys: published_at since when the right record was found, retired_at since when a newer one signs.
CREATE TABLE dkim_keys (
  selector TEXT PRIMARY KEY,
  domain TEXT NOT NULL REFERENCES sending_domains (domain),
  algorithm TEXT NOT NULL CHECK (algorithm IN ('rsa', 'ed25519')),
  public TEXT NOT NULL,
  sealed BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  published_at BIGINT,
  retired_at BIGINT
);
CREATE INDEX dkim_keys_domain ON dkim_keys (domain, created_at);
-- One more purpose: what seals the secret halves of those keys.
ALTER TABLE keyring DROP CONSTRAINT keyring_purpose_check;
ALTER TABLE keyring ADD CONSTRAINT keyring_purpose_check
  CHECK (purpose IN ('token', 'address', 'lookup', 'secret', 'certificate', 'dkim'));
