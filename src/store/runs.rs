//! The sync log and the state of each source.

use anyhow::Context;
use chrono::{DateTime, SecondsFormat, Utc};
use sqlx::{Row, Sqlite, Transaction};

use super::{LOCAL_ORG, Store};
use crate::model::{RunStatus, SyncRun, Trigger};

/// Runs kept in the sync log: about a month at the default interval.
const RUNS_KEPT: i64 = 3_000;

/// When a source was last tried, and last succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceState {
    pub source: String,
    pub last_attempt_ms: i64,
    pub last_success_ms: Option<i64>,
    /// `success`, `skipped`, `rate-limited`, `unauthorised` or `error`.
    pub status: String,
    pub message: String,
    /// Facts the attempt added or changed.
    pub rows: u64,
    pub duration_ms: u64,
}

/// Writes a run to the sync log, in the place of the one with its id if there is one, and lets the oldest go.
pub(super) async fn write_run(tx: &mut Transaction<'_, Sqlite>, run: &SyncRun, started_ms: i64) -> anyhow::Result<()> {
    sqlx::query(
        "INSERT INTO sync_run (org_id, run_id, triggered_by, status, started_ms, duration_ms, error, steps) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (org_id, run_id) DO UPDATE SET \
         status = excluded.status, started_ms = excluded.started_ms, duration_ms = excluded.duration_ms, \
         error = excluded.error, steps = excluded.steps",
    )
    .bind(LOCAL_ORG)
    .bind(&run.id)
    .bind(run.trigger.as_str())
    .bind(run.status.as_str())
    .bind(started_ms)
    .bind(i64::try_from(run.duration_ms).unwrap_or(i64::MAX))
    .bind(&run.error)
    .bind(serde_json::to_string(&run.steps)?)
    .execute(&mut **tx)
    .await
    .context("writing the sync log")?;
    sqlx::query(
        "DELETE FROM sync_run WHERE org_id = $1 AND started_ms < \
         (SELECT MIN(started_ms) FROM (SELECT started_ms FROM sync_run WHERE org_id = $1 \
         ORDER BY started_ms DESC LIMIT $2) AS kept)",
    )
    .bind(LOCAL_ORG)
    .bind(RUNS_KEPT)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

impl Store {
    /// Returns when a run last succeeded as a whole: its start, RFC 3339.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn last_success(&self) -> anyhow::Result<Option<String>> {
        let started: Option<i64> =
            sqlx::query_scalar("SELECT MAX(started_ms) FROM sync_run WHERE org_id = $1 AND status = 'success'")
                .bind(LOCAL_ORG)
                .fetch_one(&self.writer)
                .await?;
        Ok(started.map(rfc3339))
    }

    /// Returns the last `limit` runs, latest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn runs(&self, limit: u32) -> anyhow::Result<Vec<SyncRun>> {
        let rows = sqlx::query(
            "SELECT run_id, triggered_by, status, started_ms, duration_ms, error, steps FROM sync_run \
             WHERE org_id = $1 ORDER BY started_ms DESC, run_id DESC LIMIT $2",
        )
        .bind(LOCAL_ORG)
        .bind(i64::from(limit))
        .fetch_all(&self.writer)
        .await
        .context("reading the sync log")?;
        rows.iter()
            .map(|row| {
                let (trigger, status): (String, String) = (row.try_get(1)?, row.try_get(2)?);
                Ok(SyncRun {
                    id: row.try_get(0)?,
                    trigger: Trigger::parse(&trigger)
                        .with_context(|| format!("unknown trigger \"{trigger}\" in the sync log"))?,
                    status: RunStatus::parse(&status)
                        .with_context(|| format!("unknown status \"{status}\" in the sync log"))?,
                    started_at: rfc3339(row.try_get(3)?),
                    duration_ms: u64::try_from(row.try_get::<i64, _>(4)?).unwrap_or(0),
                    error: row.try_get(5)?,
                    steps: serde_json::from_str(row.try_get(6)?).context("reading the steps of a run")?,
                })
            })
            .collect()
    }

    /// Notes how an attempt to read a source ended. A failure keeps the time of the last success.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn note_source(&self, state: &SourceState) -> anyhow::Result<()> {
        sqlx::query(
            "INSERT INTO source_state (org_id, source, last_attempt_ms, last_success_ms, status, message, changed_rows, duration_ms) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (org_id, source) DO UPDATE SET \
             last_attempt_ms = excluded.last_attempt_ms, status = excluded.status, message = excluded.message, \
             changed_rows = excluded.changed_rows, duration_ms = excluded.duration_ms, \
             last_success_ms = COALESCE(excluded.last_success_ms, source_state.last_success_ms)",
        )
        .bind(LOCAL_ORG)
        .bind(&state.source)
        .bind(state.last_attempt_ms)
        .bind(state.last_success_ms)
        .bind(&state.status)
        .bind(&state.message)
        .bind(i64::try_from(state.rows).unwrap_or(i64::MAX))
        .bind(i64::try_from(state.duration_ms).unwrap_or(i64::MAX))
        .execute(&self.writer)
        .await
        .context("noting the state of the source")?;
        Ok(())
    }

    /// Returns the state of every source that was ever tried.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn source_states(&self) -> anyhow::Result<Vec<SourceState>> {
        let rows = sqlx::query(
            "SELECT source, last_attempt_ms, last_success_ms, status, message, changed_rows, duration_ms \
             FROM source_state WHERE org_id = $1 ORDER BY source",
        )
        .bind(LOCAL_ORG)
        .fetch_all(&self.writer)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(SourceState {
                    source: row.try_get(0)?,
                    last_attempt_ms: row.try_get(1)?,
                    last_success_ms: row.try_get(2)?,
                    status: row.try_get(3)?,
                    message: row.try_get(4)?,
                    rows: u64::try_from(row.try_get::<i64, _>(5)?).unwrap_or(0),
                    duration_ms: u64::try_from(row.try_get::<i64, _>(6)?).unwrap_or(0),
                })
            })
            .collect()
    }
}

fn rfc3339(ms: i64) -> String {
    DateTime::<Utc>::from_timestamp_millis(ms).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Millis, true)
}
