-- Under which name and address a shop wishes to write; null: its own name, the instance's address.
ALTER TABLE shops ADD COLUMN mail_name TEXT;
ALTER TABLE shops ADD COLUMN mail_from TEXT;
-- Domains that mail is to be signed for, with what was last found in the DNS. version moves with every change.
CREATE TABLE sending_domains (
  domain TEXT PRIMARY KEY,
  created_at INTEGER NOT NULL,
  checked_at INTEGER,
  report TEXT,
  version INTEGER NOT NULL
) STRICT;
-- Their keys: published_at since when the right record was found, retired_at since when a newer one signs.
CREATE TABLE dkim_keys (
  selector TEXT PRIMARY KEY,
  domain TEXT NOT NULL REFERENCES sending_domains (domain),
  algorithm TEXT NOT NULL CHECK (algorithm IN ('rsa', 'ed25519')),
  public TEXT NOT NULL,
  sealed BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  published_at INTEGER,
  retired_at INTEGER
) STRICT;
CREATE INDEX dkim_keys_domain ON dkim_keys (domain, created_at);
-- One more purpose: what seals the secret halves of those keys.
CREATE TABLE keyring_again (
  kid INTEGER PRIMARY KEY,
  purpose TEXT NOT NULL CHECK (purpose IN ('token', 'address', 'lookup', 'secret', 'certificate', 'dkim')),
  wrapped BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  retired_at INTEGER
) STRICT;
INSERT INTO keyring_again SELECT kid, purpose, wrapped, created_at, retired_at FROM keyring;
DROP TABLE keyring;
ALTER TABLE keyring_again RENAME TO keyring;
