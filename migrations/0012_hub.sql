-- Machines that push to this hub, each known by the hash of its token; what telemetry has told already; and whose a
-- session is.

CREATE TABLE machine (
    org_id       TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    -- Who works on it; empty when nobody said.
    person       TEXT   NOT NULL,
    -- SHA-256 of the token, in hexadecimal digits: the token itself is shown once and kept nowhere.
    token_hash   TEXT   NOT NULL,
    created_ms   BIGINT NOT NULL,
    last_seen_ms BIGINT,
    revoked_ms   BIGINT,
    -- The installation that uses the token, what it calls itself, and when it pushed last.
    instance     TEXT   NOT NULL,
    host         TEXT   NOT NULL,
    pushed_ms    BIGINT,
    PRIMARY KEY (org_id, id)
) WITHOUT ROWID;

CREATE UNIQUE INDEX machine_token ON machine (org_id, token_hash);

-- Pushes that were stored, so that one that is sent again is answered and nothing else. Let go of after a month.
CREATE TABLE push_batch (
    org_id  TEXT   NOT NULL,
    machine TEXT   NOT NULL,
    batch   TEXT   NOT NULL,
    at_ms   BIGINT NOT NULL,
    facts   BIGINT NOT NULL,
    PRIMARY KEY (org_id, machine, batch)
) WITHOUT ROWID;

-- The machine and the person of a session, where somebody told; the machine's id, or the host's name when it has none.
CREATE TABLE session_tag (
    org_id  TEXT NOT NULL,
    source  TEXT NOT NULL,
    session TEXT NOT NULL,
    machine TEXT NOT NULL,
    host    TEXT NOT NULL,
    person  TEXT NOT NULL,
    PRIMARY KEY (org_id, source, session)
) WITHOUT ROWID;

-- Readings of a metric that were counted (delta temporality): one that is sent again is not counted again. A series is
-- the fingerprint of a metric and everything that tells it from others.
CREATE TABLE telemetry_point (
    org_id   TEXT   NOT NULL,
    series   BIGINT NOT NULL,
    time_ns  BIGINT NOT NULL,
    start_ns BIGINT NOT NULL,
    PRIMARY KEY (org_id, series, time_ns, start_ns)
) WITHOUT ROWID;

-- How far a running total has been counted (cumulative temporality), for each start of its counter.
CREATE TABLE telemetry_total (
    org_id   TEXT   NOT NULL,
    series   BIGINT NOT NULL,
    start_ns BIGINT NOT NULL,
    time_ns  BIGINT NOT NULL,
    total    BIGINT NOT NULL,
    PRIMARY KEY (org_id, series, start_ns)
) WITHOUT ROWID;
