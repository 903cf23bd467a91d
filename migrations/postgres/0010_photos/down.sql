DROP INDEX shops_short;
DROP TABLE photos;
