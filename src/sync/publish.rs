//! From what is stored to what is shown: the snapshot requests read, and the files anyone may read.

use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::json;

use super::freshness::freshness;
use super::run::Engine;
use crate::analytics::{self, ProjectNames};
use crate::config::{ConfigProblem, ConfigStore};
use crate::model::{Analytics, DateRange, RollupRow, RunStatus, SyncRun, SyncStatusFile, Trigger};
use crate::store::Store;
use crate::store::documents::write_json;
use crate::store::history::History;

/// Runs the sync log shows.
pub(super) const RUNS_SHOWN: u32 = 50;
/// How far the archive has taken over the roll-ups.
const ARCHIVED: &str = "archived_ms";

/// Everything requests are answered from: computed once, shared, never changed.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Grows by one with every publication.
    pub number: u64,
    pub analytics: Analytics,
    /// `analytics` as published, so that a request serialises nothing.
    pub analytics_json: Arc<str>,
    /// The last runs, latest first.
    pub runs: Vec<SyncRun>,
    pub names: ProjectNames,
    pub problems: Vec<ConfigProblem>,
    /// Names the choices the numbers were computed with.
    pub choices: String,
    /// Whether anything was ever read.
    pub has_data: bool,
    pub today: chrono::NaiveDate,
}

/// Computes a snapshot from what is stored.
///
/// # Errors
/// When the database cannot be read.
pub async fn compute(store: &Store, config: &ConfigStore, now: DateTime<Utc>, number: u64) -> anyhow::Result<Snapshot> {
    let current = config.current();
    let today = current.zone.date(now);
    let rows = store.rollup(Some(DateRange::ending(today, analytics::DAYS_NEEDED))).await?;
    let has_data = !rows.is_empty() || store.has_usage().await?;
    let states = store.source_states().await?;
    let runs = store.runs(RUNS_SHOWN).await?;
    let freshness = freshness(&states, &current, now);
    let zone = current.zone.to_string();
    let (names, analytics) =
        tokio::task::spawn_blocking(move || summarise(&rows, today, &zone, freshness, now)).await?;
    let analytics_json = serde_json::to_string_pretty(&analytics)?.into();
    Ok(Snapshot {
        number,
        analytics,
        analytics_json,
        runs,
        names,
        problems: config.problems(),
        choices: current.fingerprint(),
        has_data,
        today,
    })
}

/// The pure part of [`compute`].
#[must_use]
pub fn summarise(
    rows: &[RollupRow],
    today: chrono::NaiveDate,
    zone: &str,
    freshness: Vec<crate::model::Freshness>,
    now: DateTime<Utc>,
) -> (ProjectNames, Analytics) {
    let names = ProjectNames::new(rows.iter().map(|row| row.project.as_ref()));
    let analytics = analytics::generate(rows, &names, today, zone, freshness, now);
    (names, analytics)
}

/// Writes `analytics.json` and, but for a quick look at changed logs, the archive.
pub(super) async fn publish(
    engine: &Engine,
    snapshot: &Snapshot,
    trigger: Trigger,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    write_json(&engine.config.environment.data_dir.join("analytics.json"), &snapshot.analytics)?;
    if trigger != Trigger::Watch {
        append_history(engine, now).await?;
    }
    Ok(())
}

/// Appends one line per roll-up row that changed since the last time, and lets old months go.
async fn append_history(engine: &Engine, now: DateTime<Utc>) -> anyhow::Result<()> {
    let since = engine.store.meta(ARCHIVED).await?.and_then(|text| text.parse().ok()).unwrap_or(i64::MIN);
    let (rows, newest) = engine.store.rollup_changes(since).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let history = History::new(&engine.config.environment.data_dir);
    history.append("tokens", now, rows.iter().map(history_line))?;
    history.prune(now)?;
    engine.store.set_meta(ARCHIVED, &newest.to_string()).await
}

/// The earlier system's token entry, with the kinds of tokens and the basis added.
fn history_line(row: &RollupRow) -> serde_json::Value {
    json!({
        "date": row.date, "source": row.source, "project": row.project, "session": row.session, "model": row.model,
        "tokensIn": row.spend.tokens.tokens_in(), "tokensOut": row.spend.tokens.output, "tokens": row.spend.tokens,
        "cost": row.spend.cost(), "costBasis": row.spend.by_basis, "messages": row.spend.messages,
    })
}

/// Writes `sync-status.json`: how the last run ended, when the next one comes.
pub(super) fn write_status(engine: &Engine, run: &SyncRun, runs: &[SyncRun]) -> anyhow::Result<()> {
    let status = SyncStatusFile {
        last_sync: engine.clock.now().to_rfc3339_opts(SecondsFormat::Millis, true),
        last_success: last_success(runs),
        status: run.status,
        duration_ms: run.duration_ms,
        error: run.error.clone(),
        trigger: run.trigger,
        next_run: engine.next_run().map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)),
        steps: run.steps.clone(),
    };
    write_json(&engine.config.environment.data_dir.join("sync-status.json"), &status)
}

/// When a run last succeeded as a whole: its start, RFC 3339.
pub(super) fn last_success(runs: &[SyncRun]) -> Option<String> {
    runs.iter().find(|run| run.status == RunStatus::Success).map(|run| run.started_at.clone())
}
