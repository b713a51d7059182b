//! Small things remembered beside the facts: what they were judged with, how far the archive is, the generation.
//!
//! The generation counts the transactions that changed facts or the sync log. It names a state of the database, so
//! that the archive knows what it has not seen and a page server what another process has written.

use sqlx::{Sqlite, Transaction};

use super::{LOCAL_ORG, Store};

const GENERATION: &str = "generation";
/// Counts the transactions that changed orders or clients: no number of the snapshot depends on them.
const ORDERS: &str = "orders_generation";

impl Store {
    /// Returns a remembered value.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn meta(&self, name: &str) -> anyhow::Result<Option<String>> {
        Ok(sqlx::query_scalar("SELECT value FROM store_meta WHERE org_id = $1 AND name = $2")
            .bind(LOCAL_ORG)
            .bind(name)
            .fetch_optional(&self.writer)
            .await?)
    }

    /// Remembers a value.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn set_meta(&self, name: &str, value: &str) -> anyhow::Result<()> {
        sqlx::query(
            "INSERT INTO store_meta (org_id, name, value) VALUES ($1, $2, $3) \
             ON CONFLICT (org_id, name) DO UPDATE SET value = excluded.value",
        )
        .bind(LOCAL_ORG)
        .bind(name)
        .bind(value)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Remembers a value unless there is one, and returns the one there is: of two that ask at once, both get the same.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn keep_meta(&self, name: &str, value: &str) -> anyhow::Result<String> {
        Ok(sqlx::query_scalar(
            "INSERT INTO store_meta (org_id, name, value) VALUES ($1, $2, $3) \
             ON CONFLICT (org_id, name) DO UPDATE SET value = store_meta.value RETURNING value",
        )
        .bind(LOCAL_ORG)
        .bind(name)
        .bind(value)
        .fetch_one(&self.writer)
        .await?)
    }

    /// Returns the generation the database is in; 0 before anything was written.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn generation(&self) -> anyhow::Result<i64> {
        Ok(self.meta(GENERATION).await?.and_then(|value| value.parse().ok()).unwrap_or(0))
    }

    /// Returns the generation of orders and clients; 0 before anything was written.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn orders_generation(&self) -> anyhow::Result<i64> {
        Ok(self.meta(ORDERS).await?.and_then(|value| value.parse().ok()).unwrap_or(0))
    }
}

/// Starts the next generation inside a transaction that changes something, and returns its number.
pub(super) async fn next_generation(tx: &mut Transaction<'_, Sqlite>) -> anyhow::Result<i64> {
    next(tx, GENERATION).await
}

/// The same for a transaction that changes orders or clients.
pub(super) async fn next_orders(tx: &mut Transaction<'_, Sqlite>) -> anyhow::Result<i64> {
    next(tx, ORDERS).await
}

async fn next(tx: &mut Transaction<'_, Sqlite>, name: &str) -> anyhow::Result<i64> {
    let value: String = sqlx::query_scalar(
        "INSERT INTO store_meta (org_id, name, value) VALUES ($1, $2, '1') ON CONFLICT (org_id, name) DO UPDATE SET \
         value = CAST(CAST(store_meta.value AS BIGINT) + 1 AS TEXT) RETURNING value",
    )
    .bind(LOCAL_ORG)
    .bind(name)
    .fetch_one(&mut **tx)
    .await?;
    Ok(value.parse()?)
}
