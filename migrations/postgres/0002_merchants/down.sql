DROP TABLE rejected_webhooks;
DROP TABLE api_keys;
DROP TABLE webhook_keys;
DROP TABLE shops;
DROP TABLE merchants;
