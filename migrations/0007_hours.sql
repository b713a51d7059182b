-- What was used in each quarter of an hour since 1970 UTC: no zone's hours begin anywhere else, so the hours of every
-- zone are made of these.
CREATE TABLE rollup_quarter (
    org_id            TEXT   NOT NULL,
    source            TEXT   NOT NULL,
    quarter           BIGINT NOT NULL,
    project           TEXT   NOT NULL,
    messages          BIGINT NOT NULL,
    tokens            BIGINT NOT NULL,
    cost_pico         BIGINT NOT NULL,
    unpriced_messages BIGINT NOT NULL,
    PRIMARY KEY (org_id, source, quarter, project)
) WITHOUT ROWID;

INSERT INTO rollup_quarter (org_id, source, quarter, project, messages, tokens, cost_pico, unpriced_messages)
SELECT org_id, source, at_ms / 900000, project, COUNT(*), SUM(input + cache_write_5m + cache_write_1h + cache_read + output),
    SUM(COALESCE(cost_pico, 0)), SUM(CASE WHEN cost_pico IS NULL THEN 1 ELSE 0 END)
FROM usage_event GROUP BY org_id, source, at_ms / 900000, project;
