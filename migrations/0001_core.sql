-- Facts, their daily roll-up, and what the sync engine remembers. Portable rules: BIGINT and TEXT only, org_id first in
-- every key, ids made by the program, time in milliseconds since 1970 UTC, days since 1970-01-01, money in pico-USD.
-- WITHOUT ROWID stores each row once, in its key's order: the facts are half the size, and no second index is written.

CREATE TABLE usage_event (
    org_id         TEXT   NOT NULL,
    source         TEXT   NOT NULL,
    dedupe_key     TEXT   NOT NULL,
    at_ms          BIGINT NOT NULL,
    day            BIGINT NOT NULL,
    session        TEXT   NOT NULL,
    project        TEXT   NOT NULL,
    model          TEXT   NOT NULL,
    input          BIGINT NOT NULL,
    cache_write_5m BIGINT NOT NULL,
    cache_write_1h BIGINT NOT NULL,
    cache_read     BIGINT NOT NULL,
    output         BIGINT NOT NULL,
    web_searches   BIGINT NOT NULL,
    modifiers      TEXT   NOT NULL,
    cost_pico      BIGINT,
    basis          TEXT   NOT NULL,
    PRIMARY KEY (org_id, source, dedupe_key)
) WITHOUT ROWID;

CREATE TABLE rollup_day (
    org_id            TEXT   NOT NULL,
    source            TEXT   NOT NULL,
    day               BIGINT NOT NULL,
    session           TEXT   NOT NULL,
    project           TEXT   NOT NULL,
    model             TEXT   NOT NULL,
    messages          BIGINT NOT NULL,
    input             BIGINT NOT NULL,
    cache_write_5m    BIGINT NOT NULL,
    cache_write_1h    BIGINT NOT NULL,
    cache_read        BIGINT NOT NULL,
    output            BIGINT NOT NULL,
    billed_pico       BIGINT NOT NULL,
    reported_pico     BIGINT NOT NULL,
    estimated_pico    BIGINT NOT NULL,
    unpriced_messages BIGINT NOT NULL,
    unpriced_in       BIGINT NOT NULL,
    unpriced_out      BIGINT NOT NULL,
    changed_ms        BIGINT NOT NULL,
    PRIMARY KEY (org_id, source, day, session, project, model)
) WITHOUT ROWID;

-- How far each file of a source has been read. `stamp` is what the file looked like then.
CREATE TABLE sync_cursor (
    org_id   TEXT   NOT NULL,
    source   TEXT   NOT NULL,
    item     TEXT   NOT NULL,
    position BIGINT NOT NULL,
    stamp    TEXT   NOT NULL,
    PRIMARY KEY (org_id, source, item)
) WITHOUT ROWID;

CREATE TABLE sync_run (
    org_id       TEXT   NOT NULL,
    run_id       TEXT   NOT NULL,
    triggered_by TEXT   NOT NULL,
    status       TEXT   NOT NULL,
    started_ms   BIGINT NOT NULL,
    duration_ms  BIGINT NOT NULL,
    error        TEXT,
    steps        TEXT   NOT NULL,
    PRIMARY KEY (org_id, run_id)
) WITHOUT ROWID;

-- When each source was last tried, and last succeeded.
CREATE TABLE source_state (
    org_id          TEXT   NOT NULL,
    source          TEXT   NOT NULL,
    last_attempt_ms BIGINT NOT NULL,
    last_success_ms BIGINT,
    status          TEXT   NOT NULL,
    message         TEXT   NOT NULL,
    PRIMARY KEY (org_id, source)
) WITHOUT ROWID;

-- What the roll-ups were computed with (time zone, prices): when it changes, they are computed again.
CREATE TABLE store_meta (
    org_id TEXT NOT NULL,
    name   TEXT NOT NULL,
    value  TEXT NOT NULL,
    PRIMARY KEY (org_id, name)
) WITHOUT ROWID;
