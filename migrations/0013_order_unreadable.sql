-- Orders that Toast has and that could not be read, by their id, or by a fingerprint of what came when they have none.
-- Nothing waits for them; their days are read again until they can be read, or are not there any more. `reader` is the
-- number of the parser that failed.
CREATE TABLE order_unreadable (
    org_id        TEXT   NOT NULL,
    client        TEXT   NOT NULL,
    guid          TEXT   NOT NULL,
    business_day  BIGINT,
    problem       TEXT   NOT NULL,
    reader        BIGINT NOT NULL,
    first_seen_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, client, guid)
) WITHOUT ROWID;

-- Why the last login failed; nothing once one has worked.
ALTER TABLE client_login ADD COLUMN refused TEXT;
