//! Who may sign in. Keeps what it is given: hashes and sealed texts, never a password or a key.

use anyhow::Context;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Row, Sqlite, Transaction};

use super::{LOCAL_ORG, Store};
use crate::model::{Role, Who};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT name, role, client, email, password, totp, totp_step, recovery, oidc_issuer, oidc_subject, disabled, \
             created_ms FROM user_account WHERE org_id = $1",
            $rest
        )
    };
}

/// Somebody who may sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// In small letters; what one signs in with.
    pub name: String,
    pub role: Role,
    /// The one client a [`Role::Client`] sees.
    pub client: Option<String>,
    pub email: Option<String>,
    /// An Argon2id hash; `None` for who signs in elsewhere, or has not chosen one yet.
    pub password: Option<String>,
    /// The sealed secret of the authenticator app.
    pub totp: Option<String>,
    /// The step of the last code that was used.
    pub totp_step: i64,
    /// Hashes of the recovery codes that are left.
    pub recovery: Vec<String>,
    /// Issuer and subject at an identity provider.
    pub identity: Option<(String, String)>,
    pub disabled: bool,
    pub created_ms: i64,
}

impl User {
    /// Takes the second factor away, and the recovery codes that belong to it.
    pub fn without_totp(&mut self) {
        self.totp = None;
        self.recovery.clear();
    }
}

/// What became of a change of the users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserChange {
    Done,
    /// There is one of that name already, or of that identity.
    Exists,
    Missing,
    /// Nobody would be left who may change anything.
    NoAdmin,
}

impl Store {
    /// Whether anybody may sign in.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn has_users(&self) -> anyhow::Result<bool> {
        let any: Option<i64> = sqlx::query_scalar("SELECT 1 FROM user_account WHERE org_id = $1 LIMIT 1")
            .bind(LOCAL_ORG)
            .fetch_optional(&self.reader)
            .await
            .context("looking for users")?;
        Ok(any.is_some())
    }

    /// Returns all users, by name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn users(&self) -> anyhow::Result<Vec<User>> {
        let rows = sqlx::query(select!(" ORDER BY name")).bind(LOCAL_ORG).fetch_all(&self.reader).await;
        rows.context("reading the users")?.iter().map(user).collect()
    }

    /// Returns the user of a name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn user(&self, name: &str) -> anyhow::Result<Option<User>> {
        let query = sqlx::query(select!(" AND name = $2")).bind(LOCAL_ORG).bind(name);
        query.fetch_optional(&self.reader).await.context("reading a user")?.as_ref().map(user).transpose()
    }

    /// Returns the user whom an identity provider knows as `subject`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn user_of_identity(&self, issuer: &str, subject: &str) -> anyhow::Result<Option<User>> {
        let query = sqlx::query(select!(" AND oidc_issuer = $2 AND oidc_subject = $3"))
            .bind(LOCAL_ORG)
            .bind(issuer)
            .bind(subject);
        query.fetch_optional(&self.reader).await.context("reading a user")?.as_ref().map(user).transpose()
    }

    /// Adds a user. The first one has to be an admin.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn add_user(&self, user: &User) -> anyhow::Result<UserChange> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await.context("adding a user")?;
        let added = with_columns(
            "INSERT INTO user_account (org_id, name, role, client, email, password, totp, totp_step, recovery, \
             oidc_issuer, oidc_subject, disabled, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, \
             $13) ON CONFLICT DO NOTHING",
            user,
        )?
        .bind(user.created_ms)
        .execute(&mut *tx)
        .await
        .context("adding a user")?;
        if added.rows_affected() == 0 {
            return Ok(UserChange::Exists);
        }
        // The first user is who had the open dashboard for themselves: their browsers go on being told.
        let moved = "UPDATE push_subscription SET owner = $2 WHERE org_id = $1 AND owner = $3 AND NOT EXISTS (SELECT 1 \
                     FROM user_account WHERE org_id = $1 AND name <> $2)";
        let moved = sqlx::query(moved).bind(LOCAL_ORG).bind(&user.name).bind(Who::owner().name);
        moved.execute(&mut *tx).await.context("adding a user")?;
        with_an_admin(tx).await
    }

    /// Changes a user: role, client, password, second factor, identity, whether disabled. What is changed is the user as
    /// stored now, so that of two changes at once neither takes the other back.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn change_user(&self, name: &str, change: impl FnOnce(&mut User) + Send) -> anyhow::Result<UserChange> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await.context("changing a user")?;
        let query = sqlx::query(select!(" AND name = $2")).bind(LOCAL_ORG).bind(name);
        let Some(row) = query.fetch_optional(&mut *tx).await.context("reading a user")? else {
            return Ok(UserChange::Missing);
        };
        let mut user = user(&row)?;
        change(&mut user);
        with_columns(
            "UPDATE user_account SET role = $3, client = $4, email = $5, password = $6, totp = $7, totp_step = $8, \
             recovery = $9, oidc_issuer = $10, oidc_subject = $11, disabled = $12 WHERE org_id = $1 AND name = $2",
            &user,
        )?
        .execute(&mut *tx)
        .await
        .context("changing a user")?;
        with_an_admin(tx).await
    }

    /// Removes a user, and with it its sessions, keys, links and browsers that are told of alerts.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn remove_user(&self, name: &str) -> anyhow::Result<UserChange> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await.context("removing a user")?;
        for (table, text) in [
            ("user_session", "DELETE FROM user_session WHERE org_id = $1 AND user_name = $2"),
            ("api_token", "DELETE FROM api_token WHERE org_id = $1 AND user_name = $2"),
            ("one_time_link", "DELETE FROM one_time_link WHERE org_id = $1 AND user_name = $2"),
            ("push_subscription", "DELETE FROM push_subscription WHERE org_id = $1 AND owner = $2"),
        ] {
            let removed = sqlx::query(text).bind(LOCAL_ORG).bind(name).execute(&mut *tx).await;
            removed.with_context(|| format!("removing a user from {table}"))?;
        }
        let removed = sqlx::query("DELETE FROM user_account WHERE org_id = $1 AND name = $2")
            .bind(LOCAL_ORG)
            .bind(name)
            .execute(&mut *tx)
            .await
            .context("removing a user")?;
        if removed.rows_affected() == 0 { Ok(UserChange::Missing) } else { with_an_admin(tx).await }
    }

    /// Uses up the code of a step; `false` when it, or a later one, was used before.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn use_totp_step(&self, name: &str, step: i64) -> anyhow::Result<bool> {
        let used =
            sqlx::query("UPDATE user_account SET totp_step = $3 WHERE org_id = $1 AND name = $2 AND totp_step < $3")
                .bind(LOCAL_ORG)
                .bind(name)
                .bind(step)
                .execute(&self.writer)
                .await
                .context("using up a code")?;
        Ok(used.rows_affected() == 1)
    }

    /// Uses up a recovery code; `false` when there is none of that hash left.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn use_recovery_code(&self, name: &str, hash: &str) -> anyhow::Result<bool> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await.context("using up a recovery code")?;
        let codes: Option<String> =
            sqlx::query_scalar("SELECT recovery FROM user_account WHERE org_id = $1 AND name = $2")
                .bind(LOCAL_ORG)
                .bind(name)
                .fetch_optional(&mut *tx)
                .await?;
        let codes: Vec<String> = codes.map(|codes| serde_json::from_str(&codes)).transpose()?.unwrap_or_default();
        let left: Vec<&String> = codes.iter().filter(|code| *code != hash).collect();
        if left.len() == codes.len() {
            return Ok(false);
        }
        sqlx::query("UPDATE user_account SET recovery = $3 WHERE org_id = $1 AND name = $2")
            .bind(LOCAL_ORG)
            .bind(name)
            .bind(serde_json::to_string(&left)?)
            .execute(&mut *tx)
            .await?;
        tx.commit().await.context("using up a recovery code")?;
        Ok(true)
    }
}

/// The statement with the twelve columns that both adding and changing write.
fn with_columns(statement: &'static str, user: &User) -> anyhow::Result<Query<'static, Sqlite, SqliteArguments>> {
    let (issuer, subject) = user.identity.clone().unzip();
    let query = sqlx::query(statement)
        .bind(LOCAL_ORG)
        .bind(user.name.clone())
        .bind(user.role.name())
        .bind(user.client.clone())
        .bind(user.email.clone())
        .bind(user.password.clone())
        .bind(user.totp.clone())
        .bind(user.totp_step)
        .bind(serde_json::to_string(&user.recovery)?)
        .bind(issuer)
        .bind(subject)
        .bind(i64::from(user.disabled));
    Ok(query)
}

/// Commits when somebody is left who may change things, and else takes everything back.
async fn with_an_admin(mut tx: Transaction<'_, Sqlite>) -> anyhow::Result<UserChange> {
    let admin: Option<i64> =
        sqlx::query_scalar("SELECT 1 FROM user_account WHERE org_id = $1 AND role = 'admin' AND disabled = 0 LIMIT 1")
            .bind(LOCAL_ORG)
            .fetch_optional(&mut *tx)
            .await
            .context("looking for an admin")?;
    if admin.is_none() {
        return Ok(UserChange::NoAdmin);
    }
    tx.commit().await.context("changing the users")?;
    Ok(UserChange::Done)
}

fn user(row: &SqliteRow) -> anyhow::Result<User> {
    let role: String = row.try_get(1)?;
    let recovery: String = row.try_get(7)?;
    let issuer: Option<String> = row.try_get(8)?;
    Ok(User {
        name: row.try_get(0)?,
        role: Role::parse(&role).with_context(|| format!("unknown role \"{role}\""))?,
        client: row.try_get(2)?,
        email: row.try_get(3)?,
        password: row.try_get(4)?,
        totp: row.try_get(5)?,
        totp_step: row.try_get(6)?,
        recovery: serde_json::from_str(&recovery).context("reading the recovery codes")?,
        identity: issuer.zip(row.try_get(9)?),
        disabled: row.try_get::<i64, _>(10)? != 0,
        created_ms: row.try_get(11)?,
    })
}
