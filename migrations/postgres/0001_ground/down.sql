DROP TABLE jobs;
DROP TABLE keyring;
DROP TABLE instance;
