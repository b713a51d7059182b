-- When Toast last left a login unanswered: such a one is none of the two an hour, and is not repeated at once.
ALTER TABLE client_login ADD COLUMN unanswered_ms BIGINT NOT NULL DEFAULT 0;
