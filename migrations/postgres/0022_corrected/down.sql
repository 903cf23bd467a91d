ALTER TABLE invitations DROP COLUMN links_after;
ALTER TABLE invitations DROP COLUMN edition;
