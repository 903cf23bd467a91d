DROP INDEX invitations_bounced;
ALTER TABLE invitations DROP COLUMN bounced_at;
