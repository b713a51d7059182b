-- Browsers that are sent to while no tab is open, one row each. The id is a digest of the
-- endpoint; the owner is whoever was signed in.
CREATE TABLE push_subscription (
    org_id     TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    owner      TEXT   NOT NULL,
    endpoint   TEXT   NOT NULL,
    p256dh     TEXT   NOT NULL,
    auth       TEXT   NOT NULL,
    created_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, id)
) WITHOUT ROWID;
