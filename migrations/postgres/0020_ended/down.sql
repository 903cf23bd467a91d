DROP TABLE closed_shops;
ALTER TABLE weekly_mails DROP COLUMN person_since;
ALTER TABLE weekly_mails DROP COLUMN person;
ALTER TABLE shops DROP COLUMN weekly_stop_at;
ALTER TABLE shops DROP COLUMN weekly_stop;
