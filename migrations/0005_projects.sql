-- Projects: what the user decided about each, and what its folder said when it was read last.

CREATE TABLE project (
    org_id      TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    client      TEXT   NOT NULL,
    status      TEXT   NOT NULL,
    progress    BIGINT NOT NULL,
    start_day   BIGINT NOT NULL,
    deadline    BIGINT,
    tasks_total BIGINT NOT NULL,
    tasks_done  BIGINT NOT NULL,
    -- NULL: it has none, or it is gone. `last_folder` remembers where it was.
    folder      TEXT,
    last_folder TEXT,
    -- What the folder said, as JSON, and what it looked like then.
    facts       TEXT,
    stamp       TEXT   NOT NULL,
    PRIMARY KEY (org_id, id)
) WITHOUT ROWID;
