DROP TABLE dkim_keys;
DROP TABLE sending_domains;
ALTER TABLE shops DROP COLUMN mail_from;
ALTER TABLE shops DROP COLUMN mail_name;
DELETE FROM keyring WHERE purpose = 'dkim';
CREATE TABLE keyring_again (
  kid INTEGER PRIMARY KEY,
  purpose TEXT NOT NULL CHECK (purpose IN ('token', 'address', 'lookup', 'secret', 'certificate')),
  wrapped BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  retired_at INTEGER
) STRICT;
INSERT INTO keyring_again SELECT kid, purpose, wrapped, created_at, retired_at FROM keyring;
DROP TABLE keyring;
ALTER TABLE keyring_again RENAME TO keyring;
