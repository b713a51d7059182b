-- How many tasks of a project were done, by day, as JSON: noted whenever the number changes, for its velocity.
ALTER TABLE project ADD COLUMN task_log TEXT NOT NULL DEFAULT '[]';
