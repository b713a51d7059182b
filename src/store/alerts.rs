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
mod tests {
    use super::*;
    use crate::model::{Alert, DeliveryState, RunStatus, Trigger};

    fn record(key: &str, raised_ms: i64) -> AlertRecord {
        let alert = Alert { alert_key: key.to_owned(), message: "Global spend".to_owned(), ..Alert::default() };
        AlertRecord { alert, raised_ms, notified_ms: Some(raised_ms), ..AlertRecord::default() }
    }

    fn message(key: &str) -> Message {
        Message {
            id: format!("{key}#1#hook"),
            channel: "hook".to_owned(),
            alert_key: key.to_owned(),
            payload: "{}".to_owned(),
            queued_ms: 5,
        }
    }

    fn run(id: &str) -> SyncRun {
        SyncRun {
            id: id.to_owned(),
            trigger: Trigger::Manual,
            status: RunStatus::Success,
            started_at: "1970-01-01T00:00:00.005Z".to_owned(),
            duration_ms: 1,
            error: None,
            steps: Vec::new(),
        }
    }

    #[tokio::test]
    async fn a_run_its_alerts_and_their_messages_are_there_together() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).await.expect("opens");
        let conclusion = Conclusion {
            run: Some((run("r"), 5)),
            records: vec![record("global-90@2026-11", 5)],
            messages: vec![message("global-90@2026-11")],
        };
        let generation = store.generation().await.expect("reads");
        let written = store.conclude(|_| conclusion.clone()).await.expect("writes");
        assert_eq!((written.generation, written.records.clone()), (Some(generation + 1), conclusion.records.clone()));
        // The same again, as after a crash that hid the success: one run, one alert, one message.
        store.conclude(|known| Conclusion { records: known.to_vec(), ..conclusion.clone() }).await.expect("writes");
        store.close().await;
        let store = Store::open(folder.path()).await.expect("opens");
        assert_eq!(store.alert_records().await.expect("reads"), conclusion.records);
        assert_eq!(store.past_alerts(9).await.expect("reads"), conclusion.records);
        assert_eq!(store.runs(9).await.expect("reads").len(), 1);
        let deliveries = store.deliveries(9).await.expect("reads");
        assert_eq!((deliveries.len(), deliveries[0].state), (1, DeliveryState::Queued));
    }

    #[tokio::test]
    async fn what_is_cut_off_has_left_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).await.expect("opens");
        // The second table's row cannot be written: the first one's must not stay.
        sqlx::query("DROP TABLE outbox").execute(&store.writer).await.expect("drops");
        let conclusion =
            Conclusion { run: Some((run("r"), 5)), records: vec![record("a@1", 5)], messages: vec![message("a@1")] };
        let generation = store.generation().await.expect("reads");
        store.conclude(|_| conclusion).await.expect_err("fails");
        assert_eq!(store.alert_records().await.expect("reads"), Vec::new());
        assert_eq!(
            (store.runs(9).await.expect("reads").len(), store.generation().await.expect("reads")),
            (0, generation)
        );
    }

    #[tokio::test]
    async fn nothing_to_write_makes_no_generation_and_old_alerts_leave() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).await.expect("opens");
        assert_eq!(store.conclude(|_| Conclusion::default()).await.expect("is fine").generation, None);
        let over = |number: i64| AlertRecord {
            state: AlertState::Resolved,
            resolved_ms: Some(number),
            ..record(&format!("spike@{number}"), number)
        };
        let mut records: Vec<AlertRecord> = (0..=RESOLVED_KEPT).map(over).collect();
        records.push(record("global-75@2026-11", -1));
        store.conclude(|_| Conclusion { records, ..Conclusion::default() }).await.expect("writes");
        let kept = store.alert_records().await.expect("reads");
        assert_eq!(kept.len() as i64, RESOLVED_KEPT + 1, "the one that holds is the oldest, and stays");
        assert!(kept.iter().all(|record| record.alert.alert_key != "spike@0"));
    }
}
