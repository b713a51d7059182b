-- What is known of a project's code on a day, as one JSON document: measures come and go, and none is ever queried by.
-- The generation is the one it changed in, which is how the archive finds what it has not seen.
CREATE TABLE quality_day (
    org_id     TEXT   NOT NULL,
    project    TEXT   NOT NULL,
    day        BIGINT NOT NULL,
    entry      TEXT   NOT NULL,
    generation BIGINT NOT NULL,
    PRIMARY KEY (org_id, project, day)
) WITHOUT ROWID;

-- What was seen of a project's folder, to tell what has changed since. May be lost: everything is then read anew.
CREATE TABLE quality_stamp (
    org_id  TEXT NOT NULL,
    project TEXT NOT NULL,
    stamp   BLOB NOT NULL,
    PRIMARY KEY (org_id, project)
);
