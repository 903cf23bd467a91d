DROP TABLE transport_holds;
DROP TABLE message_attempts;
DROP TABLE messages;
