ALTER TABLE reply_stats DROP COLUMN low;
DROP INDEX reviews_worded;
DROP TABLE search_todo;
DROP TABLE search_spots;
