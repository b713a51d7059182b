-- What providers billed, what their ids are called, and what they took back.

ALTER TABLE source_state ADD COLUMN changed_rows BIGINT NOT NULL DEFAULT 0;
ALTER TABLE source_state ADD COLUMN duration_ms BIGINT NOT NULL DEFAULT 0;

-- Amounts of invoice-grade reports, per UTC day of the provider. Replaced as a set for each (source, feed, day).
CREATE TABLE billed_day (
    org_id      TEXT   NOT NULL,
    source      TEXT   NOT NULL,
    day         BIGINT NOT NULL,
    origin      TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    model       TEXT   NOT NULL,
    amount_pico BIGINT NOT NULL,
    PRIMARY KEY (org_id, source, day, origin, kind, model)
) WITHOUT ROWID;

-- What people call the ids of workspaces, projects and keys.
CREATE TABLE origin_name (
    org_id TEXT NOT NULL,
    source TEXT NOT NULL,
    id     TEXT NOT NULL,
    name   TEXT NOT NULL,
    PRIMARY KEY (org_id, source, id)
) WITHOUT ROWID;

-- A day that was complete and became smaller when it was read again: never silent.
CREATE TABLE revision (
    org_id        TEXT   NOT NULL,
    source        TEXT   NOT NULL,
    day           BIGINT NOT NULL,
    noted_ms      BIGINT NOT NULL,
    tokens_before BIGINT NOT NULL,
    tokens_after  BIGINT NOT NULL,
    pico_before   BIGINT NOT NULL,
    pico_after    BIGINT NOT NULL,
    PRIMARY KEY (org_id, source, day, noted_ms)
) WITHOUT ROWID;

-- Who did what with an agent on a day, as the provider reports it. For comparing; never part of the spend.
CREATE TABLE person_day (
    org_id         TEXT   NOT NULL,
    source         TEXT   NOT NULL,
    day            BIGINT NOT NULL,
    actor          TEXT   NOT NULL,
    is_key         BIGINT NOT NULL,
    customer_type  TEXT   NOT NULL,
    terminal       TEXT   NOT NULL,
    model          TEXT   NOT NULL,
    tokens_in      BIGINT NOT NULL,
    tokens_out     BIGINT NOT NULL,
    cost_pico      BIGINT NOT NULL,
    sessions       BIGINT NOT NULL,
    lines_added    BIGINT NOT NULL,
    lines_removed  BIGINT NOT NULL,
    commits        BIGINT NOT NULL,
    pull_requests  BIGINT NOT NULL,
    PRIMARY KEY (org_id, source, day, actor, customer_type, terminal, model)
) WITHOUT ROWID;
