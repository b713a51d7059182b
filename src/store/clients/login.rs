//! The login of an account: its sealed token, when logins were, and why the last one failed.

use anyhow::Context;
use sqlx::Row;

use crate::store::{LOCAL_ORG, Store};

/// The login of an account, its token sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientLogin {
    pub token: Option<String>,
    pub expires_ms: i64,
    /// When the last logins were, newest first.
    pub logins: Vec<i64>,
    /// Why the last login failed; `None` once one has worked.
    pub refused: Option<String>,
    /// When one was left unanswered, and none was answered since; else 0.
    pub unanswered_ms: i64,
}

impl Store {
    /// Returns the login of an account (address and API client); an empty one when it never logged in.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn client_login(&self, account: &str) -> anyhow::Result<ClientLogin> {
        let sql = "SELECT token, expires_ms, logins, refused, unanswered_ms FROM client_login WHERE org_id = $1 AND account = $2";
        let row = sqlx::query(sql).bind(LOCAL_ORG).bind(account).fetch_optional(&self.writer).await?;
        let Some(row) = row else { return Ok(ClientLogin::default()) };
        let logins = serde_json::from_str(row.try_get(2)?).unwrap_or_default();
        let (token, expires_ms) = (row.try_get(0)?, row.try_get(1)?);
        Ok(ClientLogin { token, expires_ms, logins, refused: row.try_get(3)?, unanswered_ms: row.try_get(4)? })
    }

    /// Notes the login of an account.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn note_login(&self, account: &str, login: &ClientLogin) -> anyhow::Result<()> {
        sqlx::query(
            "INSERT INTO client_login (org_id, account, token, expires_ms, logins, refused, unanswered_ms) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (org_id, account) DO UPDATE SET token = excluded.token, expires_ms = excluded.expires_ms, \
             logins = excluded.logins, refused = excluded.refused, unanswered_ms = excluded.unanswered_ms",
        )
        .bind(LOCAL_ORG)
        .bind(account)
        .bind(&login.token)
        .bind(login.expires_ms)
        .bind(serde_json::to_string(&login.logins)?)
        .bind(&login.refused)
        .bind(login.unanswered_ms)
        .execute(&self.writer)
        .await
        .context("noting the login")?;
        Ok(())
    }

    /// Forgets why the last login of an account failed: another secret was entered.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn forget_refusal(&self, account: &str) -> anyhow::Result<()> {
        sqlx::query("UPDATE client_login SET refused = NULL, unanswered_ms = 0 WHERE org_id = $1 AND account = $2")
            .bind(LOCAL_ORG)
            .bind(account)
            .execute(&self.writer)
            .await
            .context("noting that there is another secret")?;
        Ok(())
    }
}
