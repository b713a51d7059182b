-- Who may sign in. `password` is an Argon2id hash, `totp` is sealed, `recovery` a JSON list of hashes; a code of one
-- thirty-second step counts once, so the last one used is remembered.
CREATE TABLE user_account (
    org_id       TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    role         TEXT   NOT NULL,
    client       TEXT,
    email        TEXT,
    password     TEXT,
    totp         TEXT,
    totp_step    BIGINT NOT NULL,
    recovery     TEXT   NOT NULL,
    oidc_issuer  TEXT,
    oidc_subject TEXT,
    disabled     BIGINT NOT NULL,
    created_ms   BIGINT NOT NULL,
    PRIMARY KEY (org_id, name)
) WITHOUT ROWID;

CREATE UNIQUE INDEX user_account_identity ON user_account (org_id, oidc_issuer, oidc_subject);

-- Browsers that are signed in, or about to be. The id itself is only in the browser's cookie.
CREATE TABLE user_session (
    org_id     TEXT   NOT NULL,
    id_hash    TEXT   NOT NULL,
    user_name  TEXT   NOT NULL,
    data       TEXT   NOT NULL,
    created_ms BIGINT NOT NULL,
    seen_ms    BIGINT NOT NULL,
    PRIMARY KEY (org_id, id_hash)
) WITHOUT ROWID;

CREATE INDEX user_session_of ON user_session (org_id, user_name);

-- Keys for scripts; only their hash.
CREATE TABLE api_token (
    org_id     TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    key_hash   TEXT   NOT NULL,
    user_name  TEXT   NOT NULL,
    label      TEXT   NOT NULL,
    scope      TEXT   NOT NULL,
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    used_ms    BIGINT,
    PRIMARY KEY (org_id, id)
) WITHOUT ROWID;

-- Links that work once: to make the first user, or to choose a new password. Only their hash.
CREATE TABLE one_time_link (
    org_id     TEXT   NOT NULL,
    key_hash   TEXT   NOT NULL,
    user_name  TEXT   NOT NULL,
    expires_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, key_hash)
) WITHOUT ROWID;

-- What was done about signing in, roles, keys and settings. Each row's hash covers the row before it.
CREATE TABLE audit_entry (
    org_id    TEXT   NOT NULL,
    seq       BIGINT NOT NULL,
    at_ms     BIGINT NOT NULL,
    actor     TEXT   NOT NULL,
    ip        TEXT   NOT NULL,
    action    TEXT   NOT NULL,
    target    TEXT   NOT NULL,
    outcome   TEXT   NOT NULL,
    row_hash  TEXT   NOT NULL,
    PRIMARY KEY (org_id, seq)
) WITHOUT ROWID;
