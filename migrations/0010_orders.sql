-- A client: whose orders are synced, from where, and how that stands. The secrets are sealed. A removed client keeps its
-- row, so that its orders keep a name.
CREATE TABLE client (
    org_id          TEXT   NOT NULL,
    id              TEXT   NOT NULL,
    name            TEXT   NOT NULL,
    restaurant      TEXT   NOT NULL,
    api_url         TEXT   NOT NULL,
    api_client      TEXT   NOT NULL,
    secret          TEXT,
    webhook_secret  TEXT,
    enabled         BIGINT NOT NULL,
    keeps_personal  BIGINT NOT NULL,
    currency        TEXT   NOT NULL,
    time_zone       TEXT   NOT NULL,
    location        TEXT   NOT NULL,
    removed_ms      BIGINT,
    created_ms      BIGINT NOT NULL,
    phase           TEXT   NOT NULL,
    last_success_ms BIGINT,
    last_attempt_ms BIGINT,
    error           TEXT,
    until_ms        BIGINT,
    PRIMARY KEY (org_id, id)
) WITHOUT ROWID;

-- The login of an account at Toast, sealed: two logins an hour are all there may be, over restarts and over clients that
-- share an account. `logins` holds when the last ones were, in milliseconds, newest first.
CREATE TABLE client_login (
    org_id     TEXT   NOT NULL,
    account    TEXT   NOT NULL,
    token      TEXT,
    expires_ms BIGINT NOT NULL,
    logins     TEXT   NOT NULL,
    PRIMARY KEY (org_id, account)
) WITHOUT ROWID;

-- How far each kind of reading has come, by client: the watermark of changes (milliseconds), the day the first reading
-- or a full resync has come back to, the day of the last nightly comparison. Moves with the orders or not at all.
CREATE TABLE order_cursor (
    org_id TEXT   NOT NULL,
    client TEXT   NOT NULL,
    kind   TEXT   NOT NULL,
    value  BIGINT NOT NULL,
    aim    BIGINT,
    PRIMARY KEY (org_id, client, kind)
) WITHOUT ROWID;

-- One order. Amounts are hundredths of the client's currency. `words` is what a search looks in. `matched` repeats
-- whether order_match names a contact, so that sums need no join. The fingerprint tells what is as it was.
CREATE TABLE customer_order (
    org_id          TEXT   NOT NULL,
    client          TEXT   NOT NULL,
    guid            TEXT   NOT NULL,
    business_day    BIGINT NOT NULL,
    opened_ms       BIGINT NOT NULL,
    modified_ms     BIGINT NOT NULL,
    closed_ms       BIGINT,
    paid_ms         BIGINT,
    hour            BIGINT,
    number          TEXT   NOT NULL,
    source          TEXT   NOT NULL,
    state           TEXT   NOT NULL,
    counts          BIGINT NOT NULL,
    matched         BIGINT NOT NULL,
    guests          BIGINT NOT NULL,
    net             BIGINT NOT NULL,
    gross           BIGINT NOT NULL,
    discounts       BIGINT NOT NULL,
    service_charges BIGINT NOT NULL,
    tax             BIGINT NOT NULL,
    tips            BIGINT NOT NULL,
    refunds         BIGINT NOT NULL,
    gift_cards      BIGINT NOT NULL,
    total           BIGINT NOT NULL,
    customer_name   TEXT   NOT NULL,
    customer_email  TEXT   NOT NULL,
    customer_phone  TEXT   NOT NULL,
    adjustments     TEXT   NOT NULL,
    words           TEXT   NOT NULL,
    fingerprint     BIGINT NOT NULL,
    PRIMARY KEY (org_id, client, guid)
) WITHOUT ROWID;

-- The list of one client, and of all, by any column it can be sorted by and any but a search it can be filtered by,
-- without touching the rows that are not shown.
CREATE INDEX customer_order_of_client ON customer_order
    (org_id, client, business_day, opened_ms, guid, counts, source, matched, number, total, tips);
CREATE INDEX customer_order_by_day ON customer_order
    (org_id, business_day, opened_ms, client, guid, counts, source, matched, number, total, tips);

-- What was ordered, in the order it stands on the check; a modifier is deeper than what it belongs to, which precedes it.
CREATE TABLE order_item (
    org_id         TEXT   NOT NULL,
    client         TEXT   NOT NULL,
    guid           TEXT   NOT NULL,
    position       BIGINT NOT NULL,
    depth          BIGINT NOT NULL,
    name           TEXT   NOT NULL,
    quantity_milli BIGINT NOT NULL,
    gross          BIGINT NOT NULL,
    discount       BIGINT NOT NULL,
    price          BIGINT NOT NULL,
    tax            BIGINT NOT NULL,
    voided         BIGINT NOT NULL,
    deferred       BIGINT NOT NULL,
    refunded       BIGINT NOT NULL,
    PRIMARY KEY (org_id, client, guid, position)
) WITHOUT ROWID;

-- Payments. `refund_day` is when the money was given back, which may be weeks after the order.
CREATE TABLE order_payment (
    org_id       TEXT   NOT NULL,
    client       TEXT   NOT NULL,
    guid         TEXT   NOT NULL,
    position     BIGINT NOT NULL,
    kind         TEXT   NOT NULL,
    card         TEXT   NOT NULL,
    amount       BIGINT NOT NULL,
    tip          BIGINT NOT NULL,
    refunded     BIGINT NOT NULL,
    tip_refunded BIGINT NOT NULL,
    refund_day   BIGINT,
    status       TEXT   NOT NULL,
    counts       BIGINT NOT NULL,
    paid_ms      BIGINT,
    PRIMARY KEY (org_id, client, guid, position)
) WITHOUT ROWID;

CREATE INDEX order_payment_refund ON order_payment (org_id, client, refund_day) WHERE refund_day IS NOT NULL;

-- Sums by business day, computed anew for each day an order of which changes, in the transaction of the change.
CREATE TABLE order_day (
    org_id          TEXT   NOT NULL,
    client          TEXT   NOT NULL,
    day             BIGINT NOT NULL,
    source          TEXT   NOT NULL,
    matched         BIGINT NOT NULL,
    orders          BIGINT NOT NULL,
    uncounted       BIGINT NOT NULL,
    guests          BIGINT NOT NULL,
    net             BIGINT NOT NULL,
    gross           BIGINT NOT NULL,
    discounts       BIGINT NOT NULL,
    service_charges BIGINT NOT NULL,
    tax             BIGINT NOT NULL,
    tips            BIGINT NOT NULL,
    refunds         BIGINT NOT NULL,
    total           BIGINT NOT NULL,
    PRIMARY KEY (org_id, client, day, source, matched)
) WITHOUT ROWID;

CREATE TABLE order_hour (
    org_id  TEXT   NOT NULL,
    client  TEXT   NOT NULL,
    day     BIGINT NOT NULL,
    hour    BIGINT NOT NULL,
    invoice BIGINT NOT NULL,
    orders  BIGINT NOT NULL,
    net     BIGINT NOT NULL,
    PRIMARY KEY (org_id, client, day, hour, invoice)
) WITHOUT ROWID;

CREATE TABLE order_kind (
    org_id   TEXT   NOT NULL,
    client   TEXT   NOT NULL,
    day      BIGINT NOT NULL,
    kind     TEXT   NOT NULL,
    invoice  BIGINT NOT NULL,
    payments BIGINT NOT NULL,
    amount   BIGINT NOT NULL,
    tips     BIGINT NOT NULL,
    PRIMARY KEY (org_id, client, day, kind, invoice)
) WITHOUT ROWID;

CREATE TABLE order_menu (
    org_id         TEXT   NOT NULL,
    client         TEXT   NOT NULL,
    day            BIGINT NOT NULL,
    name           TEXT   NOT NULL,
    invoice        BIGINT NOT NULL,
    quantity_milli BIGINT NOT NULL,
    net            BIGINT NOT NULL,
    PRIMARY KEY (org_id, client, day, name, invoice)
) WITHOUT ROWID;

CREATE TABLE contact (
    org_id     TEXT   NOT NULL,
    client     TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    email      TEXT   NOT NULL,
    phone      TEXT   NOT NULL,
    created_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, client, id)
) WITHOUT ROWID;

CREATE INDEX contact_email ON contact (org_id, client, email);
CREATE INDEX contact_phone ON contact (org_id, client, phone);

-- Whose order it is. A row that somebody decided (`manual`) is touched by no sync, also one that says "nobody's"; that
-- is why it does not stand in customer_order, which syncs write over.
CREATE TABLE order_match (
    org_id     TEXT   NOT NULL,
    client     TEXT   NOT NULL,
    guid       TEXT   NOT NULL,
    contact    TEXT,
    manual     BIGINT NOT NULL,
    matched_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, client, guid)
) WITHOUT ROWID;

-- Events that were pushed here, by their own id: one that comes again is known. Kept while it waits, and some days on.
CREATE TABLE order_event (
    org_id      TEXT   NOT NULL,
    client      TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    received_ms BIGINT NOT NULL,
    body        TEXT,
    attempts    BIGINT NOT NULL,
    error       TEXT,
    PRIMARY KEY (org_id, client, id)
) WITHOUT ROWID;
