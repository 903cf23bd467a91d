DROP TABLE suppressions;
DROP TABLE replans;
DROP TABLE invitations;
