DROP TABLE dkim_keys;
DROP TABLE sending_domains;
ALTER TABLE shops DROP COLUMN mail_from;
ALTER TABLE shops DROP COLUMN mail_name;
