-- When to look whether the hash of a person is still needed, once name and address are gone.
ALTER TABLE contacts ADD COLUMN hash_check_at BIGINT;
UPDATE contacts SET hash_check_at = 0 WHERE sealed IS NULL AND person IS NOT NULL;
CREATE INDEX contacts_hash_check ON contacts (hash_check_at) WHERE hash_check_at IS NOT NULL;
-- When the customer asked to be asked later: once.
ALTER TABLE invitations ADD COLUMN deferred_at BIGINT;
