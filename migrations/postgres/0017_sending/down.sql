DROP INDEX messages_waiting;
DROP INDEX message_attempts_hard;
DROP INDEX messages_left_at;
DROP INDEX messages_left;
DROP TABLE sending_pause;
DROP TABLE shop_sending;
DROP TABLE slow_domains;
DROP TABLE send_windows;
