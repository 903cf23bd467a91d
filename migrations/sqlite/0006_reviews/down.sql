DROP TABLE reply_stats;
DROP TABLE tally;
DROP TABLE answers;
DROP TABLE reply_versions;
DROP TABLE replies;
DROP TABLE review_versions;
DROP TABLE reviews;
DROP TABLE restrictions;
