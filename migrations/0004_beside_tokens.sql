-- What providers count in other units than tokens: images, seconds, searches. For showing beside the bill, which alone
-- knows what it cost; never part of the spend.

CREATE TABLE beside_day (
    org_id TEXT   NOT NULL,
    source TEXT   NOT NULL,
    day    BIGINT NOT NULL,
    unit   TEXT   NOT NULL,
    count  BIGINT NOT NULL,
    PRIMARY KEY (org_id, source, day, unit)
) WITHOUT ROWID;
