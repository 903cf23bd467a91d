ALTER TABLE invitations DROP COLUMN deferred_at;
DROP INDEX contacts_hash_check;
ALTER TABLE contacts DROP COLUMN hash_check_at;
