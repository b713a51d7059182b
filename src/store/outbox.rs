//! Messages on their way to the channels: written with the run that wants them sent, kept until they are.
//!
//! A row is one message on one channel. It names its channel as text: what channels there are is not the store's affair.

use anyhow::Context;
use chrono::{DateTime, SecondsFormat, Utc};
use sqlx::{Row, Sqlite, Transaction};

use super::{LOCAL_ORG, Store};
use crate::model::{Delivery, DeliveryState};

/// Messages that are done with and still in the delivery log.
const DONE_KEPT: i64 = 2_000;

/// A message for one channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// The same message has the same id, however often it is queued.
    pub id: String,
    pub channel: String,
    pub alert_key: String,
    /// What is sent, as JSON.
    pub payload: String,
    pub queued_ms: i64,
}

impl Store {
    /// Returns the delivery log: what became of the last messages, latest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn deliveries(&self, limit: u32) -> anyhow::Result<Vec<Delivery>> {
        let rows = sqlx::query(
            "SELECT id, channel, alert_key, state, attempts, queued_ms, next_ms, error FROM outbox \
             WHERE org_id = $1 ORDER BY queued_ms DESC, id LIMIT $2",
        )
        .bind(LOCAL_ORG)
        .bind(i64::from(limit))
        .fetch_all(&self.reader)
        .await
        .context("reading the delivery log")?;
        rows.iter()
            .map(|row| {
                let state: String = row.try_get(3)?;
                let state = DeliveryState::parse(&state)
                    .with_context(|| format!("unknown state \"{state}\" in the delivery log"))?;
                let waits = matches!(state, DeliveryState::Queued | DeliveryState::Failed);
                Ok(Delivery {
                    id: row.try_get(0)?,
                    channel: row.try_get(1)?,
                    alert_key: row.try_get(2)?,
                    state,
                    attempts: u32::try_from(row.try_get::<i64, _>(4)?).unwrap_or(0),
                    queued_at: rfc3339(row.try_get(5)?),
                    next_at: waits.then_some(rfc3339(row.try_get(6)?)),
                    error: row.try_get(7)?,
                })
            })
            .collect()
    }
}

/// Queues a message inside the transaction of its run; one that is queued already stays as it is.
pub(super) async fn queue(tx: &mut Transaction<'_, Sqlite>, message: &Message) -> anyhow::Result<()> {
    sqlx::query(
        "INSERT INTO outbox (org_id, id, channel, alert_key, payload, attempts, next_ms, state, error, queued_ms) \
         VALUES ($1, $2, $3, $4, $5, 0, $6, 'queued', NULL, $6) ON CONFLICT (org_id, id) DO NOTHING",
    )
    .bind(LOCAL_ORG)
    .bind(&message.id)
    .bind(&message.channel)
    .bind(&message.alert_key)
    .bind(&message.payload)
    .bind(message.queued_ms)
    .execute(&mut **tx)
    .await
    .context("queueing a message")?;
    sqlx::query(
        "DELETE FROM outbox WHERE org_id = $1 AND state IN ('sent', 'dead') AND queued_ms < \
         (SELECT MIN(queued_ms) FROM (SELECT queued_ms FROM outbox WHERE org_id = $1 AND state IN ('sent', 'dead') \
         ORDER BY queued_ms DESC LIMIT $2) AS kept)",
    )
    .bind(LOCAL_ORG)
    .bind(DONE_KEPT)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn rfc3339(ms: i64) -> String {
    DateTime::<Utc>::from_timestamp_millis(ms).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Millis, true)
}
