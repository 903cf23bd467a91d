-- Each version has its own salt, beside its words, and loses it with them.
ALTER TABLE review_versions ADD COLUMN salt BYTEA;
