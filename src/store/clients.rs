//! Clients: who they are, their sealed keys, and how their sync stands.
//!
//! Keys arrive sealed and leave sealed: what seals them is not the store's affair. Removing a client removes its keys and
//! keeps its row and its orders.

mod login;

pub use login::ClientLogin;

use anyhow::Context;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, Sqlite, Transaction};

use super::meta::next_orders;
use super::orders::forget_customers;
use super::{LOCAL_ORG, Store};
use crate::model::{Client, ClientDraft, ClientPhase, ClientStanding};

const COLUMNS: &str = "id, name, restaurant, api_url, api_client, secret IS NOT NULL, enabled, keeps_personal, currency, \
                       time_zone, location, removed_ms IS NOT NULL, created_ms, phase, last_success_ms, \
                       last_attempt_ms, error, until_ms";

/// A client's keys, sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientKeys {
    pub secret: Option<String>,
    pub webhook_secret: Option<String>,
}

impl Store {
    /// Returns all clients by name, the removed ones too: their orders are still there.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn clients(&self) -> anyhow::Result<Vec<Client>> {
        let sql = format!("SELECT {COLUMNS} FROM client WHERE org_id = $1 ORDER BY name, id");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(LOCAL_ORG).fetch_all(&self.reader).await;
        rows.context("reading the clients")?.iter().map(client_of).collect()
    }

    /// Returns a client; `None` when there is none of this id, or it was removed.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn client(&self, id: &str) -> anyhow::Result<Option<Client>> {
        let sql = format!("SELECT {COLUMNS} FROM client WHERE org_id = $1 AND id = $2 AND removed_ms IS NULL");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(LOCAL_ORG).bind(id).fetch_optional(&self.writer).await;
        row.context("reading a client")?.as_ref().map(client_of).transpose()
    }

    /// Makes a client, or changes it; a removed one comes back. Keys that are not given stay as they are. Of another
    /// restaurant nothing was read yet: how far the reading had come is forgotten.
    ///
    /// # Errors
    /// When the draft cannot be meant or the database cannot be written; nothing has changed then.
    pub async fn save_client(&self, draft: &ClientDraft, keys: &ClientKeys, now_ms: i64) -> anyhow::Result<()> {
        if let Some(problem) = draft.problems().into_iter().next() {
            anyhow::bail!(problem);
        }
        let restaurant = draft.restaurant.to_lowercase();
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        forget_other_restaurant(&mut tx, &draft.id, &restaurant).await?;
        sqlx::query(
            "INSERT INTO client (org_id, id, name, restaurant, api_url, api_client, secret, webhook_secret, enabled, \
             keeps_personal, currency, time_zone, location, created_ms, phase) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'USD', '', '', $11, 'idle') \
             ON CONFLICT (org_id, id) DO UPDATE SET name = excluded.name, restaurant = excluded.restaurant, \
             api_url = excluded.api_url, api_client = excluded.api_client, \
             secret = COALESCE(excluded.secret, client.secret), \
             webhook_secret = COALESCE(excluded.webhook_secret, client.webhook_secret), \
             until_ms = CASE WHEN excluded.secret IS NULL THEN client.until_ms END, \
             enabled = excluded.enabled, keeps_personal = excluded.keeps_personal, removed_ms = NULL",
        )
        .bind(LOCAL_ORG)
        .bind(&draft.id)
        .bind(draft.name.trim())
        .bind(&restaurant)
        .bind(draft.api_url.trim_end_matches('/'))
        .bind(draft.api_client.trim())
        .bind(&keys.secret)
        .bind(&keys.webhook_secret)
        .bind(i64::from(draft.enabled))
        .bind(i64::from(draft.keeps_personal))
        .bind(now_ms)
        .execute(&mut *tx)
        .await
        .with_context(|| format!("writing the client {}", draft.id))?;
        if !draft.keeps_personal {
            forget_customers(&mut tx, &draft.id).await?;
        }
        next_orders(&mut tx).await?;
        tx.commit().await.with_context(|| format!("committing the client {}", draft.id))
    }

    /// Removes a client and its keys; its orders are kept. False when there is none.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn remove_client(&self, id: &str, now_ms: i64) -> anyhow::Result<bool> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let done = sqlx::query(
            "UPDATE client SET removed_ms = $3, secret = NULL, webhook_secret = NULL, enabled = 0, phase = 'idle', \
             error = NULL, until_ms = NULL WHERE org_id = $1 AND id = $2 AND removed_ms IS NULL",
        )
        .bind(LOCAL_ORG)
        .bind(id)
        .bind(now_ms)
        .execute(&mut *tx)
        .await
        .with_context(|| format!("removing the client {id}"))?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        forget_reading(&mut tx, id).await?;
        next_orders(&mut tx).await?;
        tx.commit().await.with_context(|| format!("removing the client {id}"))?;
        Ok(true)
    }

    /// Returns a client's keys, sealed.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn client_keys(&self, id: &str) -> anyhow::Result<ClientKeys> {
        let row = sqlx::query("SELECT secret, webhook_secret FROM client WHERE org_id = $1 AND id = $2")
            .bind(LOCAL_ORG)
            .bind(id)
            .fetch_optional(&self.writer)
            .await?;
        let Some(row) = row else { return Ok(ClientKeys::default()) };
        Ok(ClientKeys { secret: row.try_get(0)?, webhook_secret: row.try_get(1)? })
    }

    /// Notes what a restaurant's settings say of it; nothing when it is not the client's any more.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn note_restaurant(
        &self,
        id: &str,
        restaurant: &str,
        location: &str,
        time_zone: &str,
        currency: &str,
    ) -> anyhow::Result<()> {
        sqlx::query(
            "UPDATE client SET location = $4, time_zone = $5, currency = $6 \
             WHERE org_id = $1 AND id = $2 AND restaurant = $3",
        )
        .bind(LOCAL_ORG)
        .bind(id)
        .bind(restaurant)
        .bind(location)
        .bind(time_zone)
        .bind(currency)
        .execute(&self.writer)
        .await
        .context("noting what the restaurant's settings say")?;
        Ok(())
    }

    /// Notes how a client's sync stands; of the times, those that are not given stay.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn note_standing(&self, id: &str, standing: &ClientStanding) -> anyhow::Result<()> {
        sqlx::query(
            "UPDATE client SET phase = $3, last_success_ms = COALESCE($4, last_success_ms), \
             last_attempt_ms = COALESCE($5, last_attempt_ms), error = $6, until_ms = $7 WHERE org_id = $1 AND id = $2",
        )
        .bind(LOCAL_ORG)
        .bind(id)
        .bind(standing.phase.as_str())
        .bind(standing.last_success_ms)
        .bind(standing.last_attempt_ms)
        .bind(&standing.error)
        .bind(standing.until_ms)
        .execute(&self.writer)
        .await
        .with_context(|| format!("noting how the sync of {id} stands"))?;
        Ok(())
    }
}

/// What belongs to the restaurant a client had before goes when it gets another; a client that comes back with another
/// one may also have other money.
async fn forget_other_restaurant(tx: &mut Transaction<'_, Sqlite>, id: &str, restaurant: &str) -> anyhow::Result<()> {
    let before: Option<i64> = sqlx::query_scalar(
        "SELECT removed_ms IS NOT NULL FROM client WHERE org_id = $1 AND id = $2 AND restaurant <> $3",
    )
    .bind(LOCAL_ORG)
    .bind(id)
    .bind(restaurant)
    .fetch_optional(&mut **tx)
    .await
    .context("reading what a client was")?;
    let Some(was_removed) = before else { return Ok(()) };
    forget_reading(tx, id).await?;
    sqlx::query(
        "UPDATE client SET location = '', time_zone = '', currency = CASE WHEN $3 = 1 THEN 'USD' ELSE currency END \
         WHERE org_id = $1 AND id = $2",
    )
    .bind(LOCAL_ORG)
    .bind(id)
    .bind(was_removed)
    .execute(&mut **tx)
    .await
    .context("forgetting the client's other restaurant")?;
    Ok(())
}

/// Forgets how far a client's orders were read, and what waits to be read or stored.
async fn forget_reading(tx: &mut Transaction<'_, Sqlite>, id: &str) -> anyhow::Result<()> {
    for sql in [
        "DELETE FROM order_cursor WHERE org_id = $1 AND client = $2",
        "DELETE FROM order_unreadable WHERE org_id = $1 AND client = $2",
        "UPDATE order_event SET body = NULL, error = 'the client was removed, or has another restaurant' \
         WHERE org_id = $1 AND client = $2 AND body IS NOT NULL",
    ] {
        sqlx::query(sql)
            .bind(LOCAL_ORG)
            .bind(id)
            .execute(&mut **tx)
            .await
            .context("forgetting how far a client's orders were read")?;
    }
    Ok(())
}

fn client_of(row: &SqliteRow) -> anyhow::Result<Client> {
    let flag = |at: usize| -> anyhow::Result<bool> { Ok(row.try_get::<i64, _>(at)? != 0) };
    let phase: String = row.try_get(13)?;
    Ok(Client {
        id: row.try_get(0)?,
        name: row.try_get(1)?,
        restaurant: row.try_get(2)?,
        api_url: row.try_get(3)?,
        api_client: row.try_get(4)?,
        has_secret: flag(5)?,
        enabled: flag(6)?,
        keeps_personal: flag(7)?,
        currency: row.try_get(8)?,
        time_zone: row.try_get(9)?,
        location: row.try_get(10)?,
        removed: flag(11)?,
        created_ms: row.try_get(12)?,
        standing: ClientStanding {
            phase: ClientPhase::parse(&phase).unwrap_or_default(),
            last_success_ms: row.try_get(14)?,
            last_attempt_ms: row.try_get(15)?,
            error: row.try_get(16)?,
            until_ms: row.try_get(17)?,
        },
    })
}
