DROP TABLE suppressions;
DROP TABLE invitations;
