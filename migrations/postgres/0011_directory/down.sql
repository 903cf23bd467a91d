DROP TABLE directory;
