DROP TABLE return_tokens;
DROP TABLE message_returns;
