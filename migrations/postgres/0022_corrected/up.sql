-- How often an order was asked about anew, at another address, after its invitation had left and came back for good: the edition of its
-- mails.
ALTER TABLE invitations ADD COLUMN edition BIGINT NOT NULL DEFAULT 0;
-- Links that expire no later than this stood in mails of an earlier edition: they open nothing.
ALTER TABLE invitations ADD COLUMN links_after BIGINT;
