-- Changes are numbered instead of dated: a clock that is set back must not hide a change from the archive, and another
-- process sees at one glance whether anything is new.

ALTER TABLE rollup_day RENAME COLUMN changed_ms TO generation;

INSERT INTO store_meta (org_id, name, value)
SELECT org_id, 'generation', CAST(MAX(generation) AS TEXT) FROM rollup_day GROUP BY org_id;

UPDATE store_meta SET name = 'archived' WHERE name = 'archived_ms';
