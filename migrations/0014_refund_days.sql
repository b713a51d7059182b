-- With what was given back in it, the index answers for the refunds of a day; without, SQLite reads all payments of the
-- client instead.
DROP INDEX order_payment_refund;
CREATE INDEX order_payment_refund ON order_payment (org_id, client, refund_day, refunded) WHERE refund_day IS NOT NULL;
