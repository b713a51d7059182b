//! What is remembered of alerts, and the end of a run: the run's row, what its alerts came to and the messages they call
//! for are one transaction. Whatever is cut off, either all of it is there or none, and the next run judges again.

use anyhow::Context;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, Sqlite, SqlitePool, Transaction};

use super::meta::next_generation;
use super::outbox::{Message, queue};
use super::runs::write_run;
use super::{LOCAL_ORG, Store};
use crate::model::{AlertRecord, AlertState, SyncRun};

/// Alerts that are over and still listed; a year of a few a day.
const RESOLVED_KEPT: i64 = 1_000;
const COLUMNS: &str =
    "alert, state, raised_ms, acknowledged_ms, resolved_ms, snoozed_until_ms, escalated_ms, notified_ms";

/// What is to be written together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conclusion {
    /// The run, and when it began; none when no run is to be recorded.
    pub run: Option<(SyncRun, i64)>,
    /// The memory of alerts that has changed.
    pub records: Vec<AlertRecord>,
    pub messages: Vec<Message>,
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Concluded {
    /// The generation it made; `None` when there was nothing to write.
    pub generation: Option<i64>,
    /// All that is remembered of alerts now.
    pub records: Vec<AlertRecord>,
}

impl Store {
    /// Ends a run: `judge` is given what is remembered of alerts and says what to write. Between its look and the write
    /// nobody else writes.
    ///
    /// # Errors
    /// When the database cannot be read or written; nothing has changed then.
    pub async fn conclude(&self, judge: impl FnOnce(&[AlertRecord]) -> Conclusion + Send) -> anyhow::Result<Concluded> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await.context("starting to conclude the run")?;
        let mut records = records_of(&mut tx).await?;
        let Conclusion { run, records: changed, messages } = judge(&records);
        if run.is_none() && changed.is_empty() && messages.is_empty() {
            return Ok(Concluded { generation: None, records });
        }
        if let Some((run, started_ms)) = &run {
            write_run(&mut tx, run, *started_ms).await?;
        }
        for record in &changed {
            write_record(&mut tx, record).await?;
        }
        for message in &messages {
            queue(&mut tx, message).await?;
        }
        forget_old(&mut tx).await?;
        let generation = Some(next_generation(&mut tx).await?);
        tx.commit().await.context("committing the run and its alerts")?;
        records.retain(|record| changed.iter().all(|new| new.alert.alert_key != record.alert.alert_key));
        records.extend(changed);
        Ok(Concluded { generation, records })
    }

    /// Returns everything that is remembered of alerts.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn alert_records(&self) -> anyhow::Result<Vec<AlertRecord>> {
        let mut tx = self.writer.begin().await?;
        records_of(&mut tx).await
    }

    /// Returns the alerts that were raised last, latest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn past_alerts(&self, limit: u32) -> anyhow::Result<Vec<AlertRecord>> {
        let sql =
            format!("SELECT {COLUMNS} FROM alert_state WHERE org_id = $1 ORDER BY raised_ms DESC, alert_key LIMIT $2");
        let reader: &SqlitePool = &self.reader;
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(LOCAL_ORG)
            .bind(i64::from(limit))
            .fetch_all(reader)
            .await
            .context("reading the history of alerts")?;
        rows.iter().map(record_of).collect()
    }
}

async fn records_of(tx: &mut Transaction<'_, Sqlite>) -> anyhow::Result<Vec<AlertRecord>> {
    let sql = format!("SELECT {COLUMNS} FROM alert_state WHERE org_id = $1 ORDER BY raised_ms, alert_key");
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(LOCAL_ORG)
        .fetch_all(&mut **tx)
        .await
        .context("reading what is remembered of alerts")?;
    rows.iter().map(record_of).collect()
}

fn record_of(row: &SqliteRow) -> anyhow::Result<AlertRecord> {
    let state: String = row.try_get(1)?;
    Ok(AlertRecord {
        alert: serde_json::from_str(row.try_get(0)?).context("reading an alert")?,
        state: AlertState::parse(&state).with_context(|| format!("unknown state \"{state}\" of an alert"))?,
        raised_ms: row.try_get(2)?,
        acknowledged_ms: row.try_get(3)?,
        resolved_ms: row.try_get(4)?,
        snoozed_until_ms: row.try_get(5)?,
        escalated_ms: row.try_get(6)?,
        notified_ms: row.try_get(7)?,
    })
}

async fn write_record(tx: &mut Transaction<'_, Sqlite>, record: &AlertRecord) -> anyhow::Result<()> {
    sqlx::query(
        "INSERT INTO alert_state (org_id, alert_key, alert, state, raised_ms, acknowledged_ms, resolved_ms, \
         snoozed_until_ms, escalated_ms, notified_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (org_id, alert_key) DO UPDATE SET alert = excluded.alert, state = excluded.state, \
         raised_ms = excluded.raised_ms, acknowledged_ms = excluded.acknowledged_ms, \
         resolved_ms = excluded.resolved_ms, snoozed_until_ms = excluded.snoozed_until_ms, \
         escalated_ms = excluded.escalated_ms, notified_ms = excluded.notified_ms",
    )
    .bind(LOCAL_ORG)
    .bind(&record.alert.alert_key)
    .bind(serde_json::to_string(&record.alert)?)
    .bind(record.state.as_str())
    .bind(record.raised_ms)
    .bind(record.acknowledged_ms)
    .bind(record.resolved_ms)
    .bind(record.snoozed_until_ms)
    .bind(record.escalated_ms)
    .bind(record.notified_ms)
    .execute(&mut **tx)
    .await
    .context("remembering an alert")?;
    Ok(())
}

async fn forget_old(tx: &mut Transaction<'_, Sqlite>) -> anyhow::Result<()> {
    sqlx::query(
        "DELETE FROM alert_state WHERE org_id = $1 AND state = 'resolved' AND resolved_ms < \
         (SELECT MIN(resolved_ms) FROM (SELECT resolved_ms FROM alert_state WHERE org_id = $1 AND state = 'resolved' \
         ORDER BY resolved_ms DESC LIMIT $2) AS kept)",
    )
    .bind(LOCAL_ORG)
    .bind(RESOLVED_KEPT)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests;
