-- The last digits of the card a payment came from: kept like the names of guests, and forgotten with them.
ALTER TABLE order_payment ADD COLUMN last_digits TEXT NOT NULL DEFAULT '';

-- The list can be sorted by who ordered too: the indexes that answer for it hold that as well.
DROP INDEX customer_order_of_client;
DROP INDEX customer_order_by_day;
CREATE INDEX customer_order_of_client ON customer_order
    (org_id, client, business_day, opened_ms, guid, counts, source, matched, number, total, tips, customer_name);
CREATE INDEX customer_order_by_day ON customer_order
    (org_id, business_day, opened_ms, client, guid, counts, source, matched, number, total, tips, customer_name);
