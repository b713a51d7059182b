//! Browsers that are signed in, and links that work once. Keys arrive here as hashes.

use anyhow::Context;
use sqlx::Row;

use super::{LOCAL_ORG, Store};

/// A browser that is signed in, or about to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredSession {
    pub id_hash: String,
    /// Empty until somebody is signed in.
    pub user_name: String,
    /// What is remembered of it, as JSON.
    pub data: String,
    pub created_ms: i64,
    pub seen_ms: i64,
}

/// Since when a session counts: begun after the one, seen after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    pub begun_after_ms: i64,
    pub seen_after_ms: i64,
}

impl Store {
    /// Returns a session that still counts.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn session(&self, id_hash: &str, lifetime: Lifetime) -> anyhow::Result<Option<StoredSession>> {
        let row = sqlx::query(
            "SELECT id_hash, user_name, data, created_ms, seen_ms FROM user_session \
             WHERE org_id = $1 AND id_hash = $2 AND created_ms > $3 AND seen_ms > $4",
        )
        .bind(LOCAL_ORG)
        .bind(id_hash)
        .bind(lifetime.begun_after_ms)
        .bind(lifetime.seen_after_ms)
        .fetch_optional(&self.reader)
        .await
        .context("reading a session")?;
        row.as_ref().map(session).transpose()
    }

    /// Returns the sessions of a user that still count, the latest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn sessions_of(&self, user_name: &str, lifetime: Lifetime) -> anyhow::Result<Vec<StoredSession>> {
        let rows = sqlx::query(
            "SELECT id_hash, user_name, data, created_ms, seen_ms FROM user_session \
             WHERE org_id = $1 AND user_name = $2 AND created_ms > $3 AND seen_ms > $4 ORDER BY seen_ms DESC, id_hash",
        )
        .bind(LOCAL_ORG)
        .bind(user_name)
        .bind(lifetime.begun_after_ms)
        .bind(lifetime.seen_after_ms)
        .fetch_all(&self.reader)
        .await
        .context("reading the sessions")?;
        rows.iter().map(session).collect()
    }

    /// Begins a session, and forgets those that no longer count. `false` when there is one of that id.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn begin_session(&self, session: &StoredSession, lifetime: Lifetime) -> anyhow::Result<bool> {
        sqlx::query("DELETE FROM user_session WHERE org_id = $1 AND (created_ms <= $2 OR seen_ms <= $3)")
            .bind(LOCAL_ORG)
            .bind(lifetime.begun_after_ms)
            .bind(lifetime.seen_after_ms)
            .execute(&self.writer)
            .await
            .context("forgetting old sessions")?;
        let begun = sqlx::query(
            "INSERT INTO user_session (org_id, id_hash, user_name, data, created_ms, seen_ms) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (org_id, id_hash) DO NOTHING",
        )
        .bind(LOCAL_ORG)
        .bind(&session.id_hash)
        .bind(&session.user_name)
        .bind(&session.data)
        .bind(session.created_ms)
        .bind(session.seen_ms)
        .execute(&self.writer)
        .await
        .context("beginning a session")?;
        Ok(begun.rows_affected() == 1)
    }

    /// Writes what is remembered of a session; one that was ended meanwhile stays ended.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn keep_session(&self, id_hash: &str, user_name: &str, data: &str, now_ms: i64) -> anyhow::Result<()> {
        sqlx::query(
            "UPDATE user_session SET user_name = $3, data = $4, seen_ms = $5 WHERE org_id = $1 AND id_hash = $2",
        )
        .bind(LOCAL_ORG)
        .bind(id_hash)
        .bind(user_name)
        .bind(data)
        .bind(now_ms)
        .execute(&self.writer)
        .await
        .context("keeping a session")?;
        Ok(())
    }

    /// Notes that a session was used.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn touch_session(&self, id_hash: &str, now_ms: i64) -> anyhow::Result<()> {
        sqlx::query("UPDATE user_session SET seen_ms = $3 WHERE org_id = $1 AND id_hash = $2")
            .bind(LOCAL_ORG)
            .bind(id_hash)
            .bind(now_ms)
            .execute(&self.writer)
            .await
            .context("noting that a session was used")?;
        Ok(())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn end_session(&self, id_hash: &str) -> anyhow::Result<()> {
        sqlx::query("DELETE FROM user_session WHERE org_id = $1 AND id_hash = $2")
            .bind(LOCAL_ORG)
            .bind(id_hash)
            .execute(&self.writer)
            .await
            .context("ending a session")?;
        Ok(())
    }

    /// Ends the sessions of a user whose id begins with `prefix`; all of them when it is empty. One may be kept. Returns
    /// how many were ended.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn end_sessions_of(&self, user_name: &str, prefix: &str, kept: Option<&str>) -> anyhow::Result<u64> {
        let ended = sqlx::query(
            "DELETE FROM user_session WHERE org_id = $1 AND user_name = $2 AND SUBSTR(id_hash, 1, LENGTH($3)) = $3 \
             AND id_hash <> $4",
        )
        .bind(LOCAL_ORG)
        .bind(user_name)
        .bind(prefix)
        .bind(kept.unwrap_or_default())
        .execute(&self.writer)
        .await
        .context("ending sessions")?;
        Ok(ended.rows_affected())
    }

    /// Puts a link that works once; `user_name` is empty for the one that makes the first user. Earlier ones of the same
    /// user stop to work.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn put_link(&self, key_hash: &str, user_name: &str, expires_ms: i64) -> anyhow::Result<()> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await.context("putting a link")?;
        sqlx::query("DELETE FROM one_time_link WHERE org_id = $1 AND user_name = $2")
            .bind(LOCAL_ORG)
            .bind(user_name)
            .execute(&mut *tx)
            .await?;
        sqlx::query("INSERT INTO one_time_link (org_id, key_hash, user_name, expires_ms) VALUES ($1, $2, $3, $4)")
            .bind(LOCAL_ORG)
            .bind(key_hash)
            .bind(user_name)
            .bind(expires_ms)
            .execute(&mut *tx)
            .await?;
        tx.commit().await.context("putting a link")
    }

    /// Returns whom a link that still works is for.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn link(&self, key_hash: &str, now_ms: i64) -> anyhow::Result<Option<String>> {
        Ok(sqlx::query_scalar(
            "SELECT user_name FROM one_time_link WHERE org_id = $1 AND key_hash = $2 AND expires_ms > $3",
        )
        .bind(LOCAL_ORG)
        .bind(key_hash)
        .bind(now_ms)
        .fetch_optional(&self.reader)
        .await?)
    }

    /// Uses a link up; `false` when it works no longer.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn use_link(&self, key_hash: &str, now_ms: i64) -> anyhow::Result<bool> {
        let used = sqlx::query("DELETE FROM one_time_link WHERE org_id = $1 AND key_hash = $2 AND expires_ms > $3")
            .bind(LOCAL_ORG)
            .bind(key_hash)
            .bind(now_ms)
            .execute(&self.writer)
            .await?;
        Ok(used.rows_affected() == 1)
    }
}

fn session(row: &sqlx::sqlite::SqliteRow) -> anyhow::Result<StoredSession> {
    Ok(StoredSession {
        id_hash: row.try_get(0)?,
        user_name: row.try_get(1)?,
        data: row.try_get(2)?,
        created_ms: row.try_get(3)?,
        seen_ms: row.try_get(4)?,
    })
}
