//! Keys for scripts. Only their hash is here.

use anyhow::Context;
use sqlx::Row;

use super::{LOCAL_ORG, Store};
use crate::model::TokenScope;

/// A key of a user, for scripts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    pub id: String,
    pub key_hash: String,
    pub user_name: String,
    /// What its owner calls it.
    pub label: String,
    pub scope: TokenScope,
    pub created_ms: i64,
    pub expires_ms: i64,
    pub used_ms: Option<i64>,
}

impl Store {
    /// Adds a key.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn add_token(&self, token: &ApiToken) -> anyhow::Result<()> {
        sqlx::query(
            "INSERT INTO api_token (org_id, id, key_hash, user_name, label, scope, created_ms, expires_ms, used_ms) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL)",
        )
        .bind(LOCAL_ORG)
        .bind(&token.id)
        .bind(&token.key_hash)
        .bind(&token.user_name)
        .bind(&token.label)
        .bind(token.scope.name())
        .bind(token.created_ms)
        .bind(token.expires_ms)
        .execute(&self.writer)
        .await
        .context("adding a token")?;
        Ok(())
    }

    /// Returns the key of an id.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn token(&self, id: &str) -> anyhow::Result<Option<ApiToken>> {
        let row = sqlx::query(
            "SELECT id, key_hash, user_name, label, scope, created_ms, expires_ms, used_ms FROM api_token \
             WHERE org_id = $1 AND id = $2",
        )
        .bind(LOCAL_ORG)
        .bind(id)
        .fetch_optional(&self.reader)
        .await
        .context("reading a token")?;
        row.as_ref().map(token).transpose()
    }

    /// Returns all keys, of everybody, the latest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn tokens(&self) -> anyhow::Result<Vec<ApiToken>> {
        let rows = sqlx::query(
            "SELECT id, key_hash, user_name, label, scope, created_ms, expires_ms, used_ms FROM api_token \
             WHERE org_id = $1 ORDER BY created_ms DESC, id",
        )
        .bind(LOCAL_ORG)
        .fetch_all(&self.reader)
        .await
        .context("reading the tokens")?;
        rows.iter().map(token).collect()
    }

    /// Removes a key; of that user only when one is named. `false` when there is none.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn remove_token(&self, id: &str, user_name: Option<&str>) -> anyhow::Result<bool> {
        let removed =
            sqlx::query("DELETE FROM api_token WHERE org_id = $1 AND id = $2 AND ($3 = '' OR user_name = $3)")
                .bind(LOCAL_ORG)
                .bind(id)
                .bind(user_name.unwrap_or_default())
                .execute(&self.writer)
                .await
                .context("removing a token")?;
        Ok(removed.rows_affected() == 1)
    }

    /// Notes that a key was used.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn touch_token(&self, id: &str, now_ms: i64) -> anyhow::Result<()> {
        sqlx::query("UPDATE api_token SET used_ms = $3 WHERE org_id = $1 AND id = $2")
            .bind(LOCAL_ORG)
            .bind(id)
            .bind(now_ms)
            .execute(&self.writer)
            .await
            .context("noting that a token was used")?;
        Ok(())
    }
}

fn token(row: &sqlx::sqlite::SqliteRow) -> anyhow::Result<ApiToken> {
    let scope: String = row.try_get(4)?;
    Ok(ApiToken {
        id: row.try_get(0)?,
        key_hash: row.try_get(1)?,
        user_name: row.try_get(2)?,
        label: row.try_get(3)?,
        scope: TokenScope::parse(&scope).with_context(|| format!("unknown scope \"{scope}\""))?,
        created_ms: row.try_get(5)?,
        expires_ms: row.try_get(6)?,
        used_ms: row.try_get(7)?,
    })
}
