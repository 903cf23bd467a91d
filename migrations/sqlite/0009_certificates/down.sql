ALTER TABLE review_versions DROP COLUMN salt;
