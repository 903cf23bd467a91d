DROP TABLE dkim_keys;
DROP TABLE sending_domains;
ALTER TABLE shops DROP COLUMN mail_from;
ALTER TABLE shops DROP COLUMN mail_name;
DELETE FROM keyring WHERE purpose = 'dkim';
ALTER TABLE keyring DROP CONSTRAINT keyring_purpose_check;
ALTER TABLE keyring ADD CONSTRAINT keyring_purpose_check
  CHECK (purpose IN ('token', 'address', 'lookup', 'secret', 'certificate'));
