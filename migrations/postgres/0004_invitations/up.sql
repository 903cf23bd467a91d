CREATE TABLE invitations (
  shop_id BYTEA NOT NULL REFERENCES shops (id),
  id BYTEA NOT NULL,
  order_id BYTEA NOT NULL,
  person BYTEA,
  trigger_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  submit_until BIGINT NOT NULL,
  token_kid BIGINT,
  token_expires_at BIGINT,
  sent_at BIGINT,
  reminded_at BIGINT,
  fresh_link_at BIGINT,
  postponed_ms BIGINT NOT NULL,
  postponements BIGINT NOT NULL,
  hastened_at BIGINT,
  cancelled_at BIGINT,
  dropped_at BIGINT,
  reviewed_at BIGINT,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (shop_id, id)
);
CREATE UNIQUE INDEX invitations_id ON invitations (id);
CREATE UNIQUE INDEX invitations_order ON invitations (shop_id, order_id);
CREATE INDEX invitations_person ON invitations (shop_id, person, sent_at) WHERE person IS NOT NULL;
-- What is still to be sent, so that an invitation whose job went missing is found without reading the rest.
CREATE INDEX invitations_pending ON invitations (due_at) WHERE sent_at IS NULL AND dropped_at IS NULL;
-- Where the shop's hand was in: few, and counted in public.
CREATE INDEX invitations_hands ON invitations (shop_id, cancelled_at, hastened_at, postponements)
  WHERE cancelled_at IS NOT NULL OR hastened_at IS NOT NULL OR postponements > 0;
-- The settings under which each shop's waiting orders were last planned.
CREATE TABLE replans (
  shop_id BYTEA PRIMARY KEY REFERENCES shops (id),
  settings_version BIGINT NOT NULL
);
-- shop_id is sixteen zero bytes where the reach is the whole instance.
CREATE TABLE suppressions (
  person BYTEA NOT NULL,
  shop_id BYTEA NOT NULL,
  reason TEXT NOT NULL CHECK (reason IN ('unsubscribed', 'hard_bounce', 'complaint', 'erased', 'operator')),
  at BIGINT NOT NULL,
  PRIMARY KEY (person, shop_id)
);
