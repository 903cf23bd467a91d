-- When one of its mails first came back for good: invitation, reminder or fresh link. Few, and counted by order.
ALTER TABLE invitations ADD COLUMN bounced_at INTEGER;
UPDATE invitations SET bounced_at = (
  SELECT MIN(r.at) FROM messages m JOIN message_returns r ON r.message_id = m.id
  WHERE m.kind IN ('invitation', 'reminder', 'fresh_link') AND m.subject = invitations.id AND r.kind = 'hard_bounce'
) WHERE id IN (SELECT m.subject FROM messages m JOIN message_returns r ON r.message_id = m.id WHERE r.kind = 'hard_bounce');
CREATE INDEX invitations_bounced ON invitations (shop_id, order_id) WHERE bounced_at IS NOT NULL;
-- The days of these shops are counted once more.
INSERT OR IGNORE INTO orders_dirty (shop_id, day) SELECT shop_id, day FROM cohorts
WHERE shop_id IN (SELECT shop_id FROM invitations WHERE bounced_at IS NOT NULL);
