-- What was counted, in the order of time: what comes in is written side by side, however much there is, and what is old is
-- let go of from one end.

ALTER TABLE telemetry_point RENAME TO telemetry_point_by_series;

CREATE TABLE telemetry_point (
    org_id   TEXT   NOT NULL,
    time_ns  BIGINT NOT NULL,
    series   BIGINT NOT NULL,
    start_ns BIGINT NOT NULL,
    PRIMARY KEY (org_id, time_ns, series, start_ns)
) WITHOUT ROWID;

INSERT INTO telemetry_point (org_id, time_ns, series, start_ns)
SELECT org_id, time_ns, series, start_ns FROM telemetry_point_by_series;

DROP TABLE telemetry_point_by_series;
