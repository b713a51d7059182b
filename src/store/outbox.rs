//! Messages on their way to the channels: written with the run that wants them sent, kept until they are.
//!
//! A row is one message on one channel. It names its channel as text: what channels there are is not the store's affair.
//!
//! Who wants to send a row claims it first: for the time of a lease it is not due for anybody else, in this process or
//! another. Who claims it and dies has sent it or not; when the lease is over it is sent again, under the same id. A
//! channel's rows go out in the order they were queued: while the first has to wait, those behind it do, so that the end
//! of an alert never overtakes the alert, and a server that wants to be left alone is.

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
                let state = state_of(row.try_get(3)?)?;
                let waits = matches!(state, DeliveryState::Queued | DeliveryState::Failed);
                Ok(Delivery {
                    id: row.try_get(0)?,
                    channel: row.try_get(1)?,
                    alert_key: row.try_get(2)?,
                    state,
                    attempts: u32::try_from(row.try_get::<i64, _>(4)?).unwrap_or(0),
                    queued_at: rfc3339(row.try_get(5)?),
                    next_at: waits.then_some(rfc3339(row.try_get(6)?)),
                    done_at: (!waits).then_some(rfc3339(row.try_get(6)?)),
                    error: row.try_get(7)?,
                })
            })
            .collect()
    }
}

/// A message that was claimed: to be sent, and then settled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claimed {
    pub message: Message,
    /// This one included.
    pub attempt: u32,
}

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    Sent,
    /// It is tried again at this time, and why.
    Failed(i64, String),
    /// It is given up, and why.
    Dead(String),
}

impl Store {
    /// Returns the channels whose first open message may be sent now: those behind it wait for it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn due_channels(&self, now_ms: i64) -> anyhow::Result<Vec<String>> {
        let due = sqlx::query(
            "SELECT channel FROM (SELECT channel, next_ms, ROW_NUMBER() OVER (PARTITION BY channel ORDER BY queued_ms, id) \
             AS place FROM outbox WHERE org_id = $1 AND state IN ('queued', 'failed')) AS open \
             WHERE place = 1 AND next_ms <= $2 ORDER BY channel",
        )
        .bind(LOCAL_ORG)
        .bind(now_ms)
        .fetch_all(&self.reader)
        .await
        .context("looking for messages to send")?;
        due.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// Claims a channel's next message until `until_ms`; `None` when there is none, or it has to wait.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn claim(&self, channel: &str, now_ms: i64, until_ms: i64) -> anyhow::Result<Option<Claimed>> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await.context("starting to claim a message")?;
        let first = sqlx::query(
            "SELECT id, alert_key, payload, attempts, next_ms, queued_ms FROM outbox \
             WHERE org_id = $1 AND channel = $2 AND state IN ('queued', 'failed') ORDER BY queued_ms, id LIMIT 1",
        )
        .bind(LOCAL_ORG)
        .bind(channel)
        .fetch_optional(&mut *tx)
        .await
        .context("reading the next message")?;
        let Some(row) = first else { return Ok(None) };
        if row.try_get::<i64, _>(4)? > now_ms {
            return Ok(None);
        }
        let message = Message {
            id: row.try_get(0)?,
            channel: channel.to_owned(),
            alert_key: row.try_get(1)?,
            payload: row.try_get(2)?,
            queued_ms: row.try_get(5)?,
        };
        let attempt = u32::try_from(row.try_get::<i64, _>(3)?).unwrap_or(0).saturating_add(1);
        sqlx::query("UPDATE outbox SET attempts = $3, next_ms = $4 WHERE org_id = $1 AND id = $2")
            .bind(LOCAL_ORG)
            .bind(&message.id)
            .bind(i64::from(attempt))
            .bind(until_ms)
            .execute(&mut *tx)
            .await
            .context("claiming a message")?;
        tx.commit().await.context("claiming a message")?;
        Ok(Some(Claimed { message, attempt }))
    }

    /// Notes what became of a claimed message; nothing when somebody else has claimed it since.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn settle(&self, claimed: &Claimed, settled: &Settled, now_ms: i64) -> anyhow::Result<()> {
        let (state, next_ms, error) = match settled {
            Settled::Sent => (DeliveryState::Sent, now_ms, None),
            Settled::Failed(next_ms, reason) => (DeliveryState::Failed, *next_ms, Some(reason)),
            Settled::Dead(reason) => (DeliveryState::Dead, now_ms, Some(reason)),
        };
        sqlx::query(
            "UPDATE outbox SET state = $4, next_ms = $5, error = $6 WHERE org_id = $1 AND id = $2 AND attempts = $3 \
             AND state IN ('queued', 'failed')",
        )
        .bind(LOCAL_ORG)
        .bind(&claimed.message.id)
        .bind(i64::from(claimed.attempt))
        .bind(state.as_str())
        .bind(next_ms)
        .bind(error)
        .execute(&self.writer)
        .await
        .context("noting what became of a message")?;
        Ok(())
    }

    /// Puts a message that was sent without waiting, such as a test, into the delivery log.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn log_delivery(&self, message: &Message, settled: &Settled) -> anyhow::Result<()> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let (state, error) = match settled {
            Settled::Sent => (DeliveryState::Sent, None),
            Settled::Failed(_, reason) | Settled::Dead(reason) => (DeliveryState::Dead, Some(reason)),
        };
        queue(&mut tx, message).await?;
        // In the same transaction: nobody sees it waiting.
        sqlx::query("UPDATE outbox SET state = $3, attempts = 1, error = $4 WHERE org_id = $1 AND id = $2")
            .bind(LOCAL_ORG)
            .bind(&message.id)
            .bind(state.as_str())
            .bind(error)
            .execute(&mut *tx)
            .await?;
        tx.commit().await.context("noting a test in the delivery log")
    }
}

impl Store {
    /// Queues what is said once in a period, unless it was queued: by whom and when does not matter.
    ///
    /// # Errors
    /// When the database cannot be written; nothing is queued then.
    pub async fn queue_once(&self, name: &str, period: &str, messages: &[Message]) -> anyhow::Result<()> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await.context("starting to queue a digest")?;
        let newer = sqlx::query(
            "INSERT INTO store_meta (org_id, name, value) VALUES ($1, $2, $3) \
             ON CONFLICT (org_id, name) DO UPDATE SET value = excluded.value WHERE store_meta.value < excluded.value",
        )
        .bind(LOCAL_ORG)
        .bind(name)
        .bind(period)
        .execute(&mut *tx)
        .await
        .context("noting a digest")?;
        if newer.rows_affected() == 0 {
            return Ok(());
        }
        for message in messages {
            queue(&mut tx, message).await?;
        }
        tx.commit().await.context("queueing a digest")
    }
}

fn state_of(text: &str) -> anyhow::Result<DeliveryState> {
    DeliveryState::parse(text).with_context(|| format!("unknown state \"{text}\" in the delivery log"))
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

#[cfg(test)]
mod tests;
