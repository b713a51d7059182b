-- What is remembered of alerts, one row for each key; the key holds the period. Committed together with the run that
-- judged them, and with the messages that run wants sent.
CREATE TABLE alert_state (
    org_id           TEXT   NOT NULL,
    alert_key        TEXT   NOT NULL,
    alert            TEXT   NOT NULL,
    state            TEXT   NOT NULL,
    raised_ms        BIGINT NOT NULL,
    acknowledged_ms  BIGINT,
    resolved_ms      BIGINT,
    snoozed_until_ms BIGINT,
    escalated_ms     BIGINT,
    notified_ms      BIGINT,
    PRIMARY KEY (org_id, alert_key)
) WITHOUT ROWID;

-- One row for each message and channel: queued, sent, failed (tried again at next_ms) or dead.
CREATE TABLE outbox (
    org_id    TEXT   NOT NULL,
    id        TEXT   NOT NULL,
    channel   TEXT   NOT NULL,
    alert_key TEXT   NOT NULL,
    payload   TEXT   NOT NULL,
    attempts  BIGINT NOT NULL,
    next_ms   BIGINT NOT NULL,
    state     TEXT   NOT NULL,
    error     TEXT,
    queued_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, id)
) WITHOUT ROWID;

CREATE INDEX outbox_due ON outbox (org_id, state, next_ms);
