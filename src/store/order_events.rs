//! Events that were pushed here: kept before they are answered, worked off afterwards, known when they come again.

use anyhow::Context;
use sqlx::Row;

use super::{LOCAL_ORG, Store};

/// An event is known for so long; what is pushed again comes within minutes, and older ones are refused by their time.
const KNOWN_MS: i64 = 3 * 24 * 60 * 60 * 1_000;

/// An event that waits to be worked off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderEvent {
    pub client: String,
    /// The event's own id.
    pub id: String,
    /// The order in it, as it is kept: a `model::Order` as JSON, without what is not to be kept of guests.
    pub body: String,
    pub attempts: u32,
}

impl Store {
    /// Keeps an event; false when it is known already. One with a `problem` is settled at once, and its body not kept.
    ///
    /// # Errors
    /// When the database cannot be written: the sender has to send it again.
    pub async fn keep_order_event(
        &self,
        event: &OrderEvent,
        problem: Option<&str>,
        now_ms: i64,
    ) -> anyhow::Result<bool> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("DELETE FROM order_event WHERE org_id = $1 AND received_ms < $2 AND body IS NULL")
            .bind(LOCAL_ORG)
            .bind(now_ms - KNOWN_MS)
            .execute(&mut *tx)
            .await?;
        let done = sqlx::query(
            "INSERT INTO order_event (org_id, client, id, received_ms, body, attempts, error) \
             VALUES ($1, $2, $3, $4, $5, 0, $6) ON CONFLICT (org_id, client, id) DO NOTHING",
        )
        .bind(LOCAL_ORG)
        .bind(&event.client)
        .bind(&event.id)
        .bind(now_ms)
        .bind(problem.is_none().then_some(&event.body))
        .bind(problem)
        .execute(&mut *tx)
        .await
        .context("keeping an event")?;
        tx.commit().await.context("keeping an event")?;
        Ok(done.rows_affected() == 1)
    }

    /// Returns the events that wait, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn waiting_order_events(&self, limit: u32) -> anyhow::Result<Vec<OrderEvent>> {
        let rows = sqlx::query(
            "SELECT client, id, body, attempts FROM order_event WHERE org_id = $1 AND body IS NOT NULL \
             ORDER BY received_ms, client, id LIMIT $2",
        )
        .bind(LOCAL_ORG)
        .bind(i64::from(limit))
        .fetch_all(&self.writer)
        .await
        .context("looking for events")?;
        rows.iter()
            .map(|row| {
                Ok(OrderEvent {
                    client: row.try_get(0)?,
                    id: row.try_get(1)?,
                    body: row.try_get(2)?,
                    attempts: u32::try_from(row.try_get::<i64, _>(3)?).unwrap_or(0),
                })
            })
            .collect()
    }

    /// Notes that an event is done with; its body goes, its id stays known. `error` says what was wrong with it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn settle_order_event(&self, event: &OrderEvent, error: Option<&str>) -> anyhow::Result<()> {
        sqlx::query("UPDATE order_event SET body = NULL, error = $4 WHERE org_id = $1 AND client = $2 AND id = $3")
            .bind(LOCAL_ORG)
            .bind(&event.client)
            .bind(&event.id)
            .bind(error)
            .execute(&self.writer)
            .await
            .context("settling an event")?;
        Ok(())
    }
}
