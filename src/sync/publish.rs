//! The files anyone may read, written from a snapshot: the published documents and the archive.

use std::path::Path;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::json;

use super::engine::{Engine, blocking};
use super::snapshot::Snapshot;
use crate::model::{RollupRow, SyncRun, SyncStatusFile, Trigger};
use crate::store::documents::{write_bytes, write_json};
use crate::store::history::History;

/// How far the archive has taken over the roll-ups.
const ARCHIVED: &str = "archived";

/// Writes `projects.json`. One that was there before any project was known waits to be taken over.
pub(super) async fn write_projects(engine: &Engine, snapshot: &Snapshot) -> anyhow::Result<()> {
    let (path, json) = (engine.config.environment.data_dir.join("projects.json"), snapshot.projects_json.clone());
    let none = snapshot.projects.is_empty();
    blocking(move || {
        if none && path.exists() {
            return Ok(());
        }
        write_bytes(&path, format!("{json}\n").as_bytes())
    })
    .await
}

/// Writes `analytics.json`, `projects.json` and, but for a quick look at changed logs, the archive.
pub(super) async fn publish(
    engine: &Engine,
    snapshot: &Snapshot,
    trigger: Trigger,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let (path, json) = (engine.config.environment.data_dir.join("analytics.json"), snapshot.analytics_json.clone());
    blocking(move || write_bytes(&path, format!("{json}\n").as_bytes())).await?;
    // A line in a log moves no project most of the time, and the file is large.
    if trigger != Trigger::Watch || snapshot.projects_json != engine.snapshot().projects_json {
        write_projects(engine, snapshot).await?;
    }
    if trigger != Trigger::Watch {
        append_history(engine, now).await?;
    }
    Ok(())
}

/// Appends one line per roll-up row that changed since the last time, and lets old months go.
async fn append_history(engine: &Engine, now: DateTime<Utc>) -> anyhow::Result<()> {
    let archived = engine.store.meta(ARCHIVED).await?.and_then(|text| text.parse().ok()).unwrap_or(i64::MIN);
    let (rows, newest) = engine.store.rollup_changes(archived).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let history = History::new(&engine.config.environment.data_dir);
    blocking(move || {
        history.append("tokens", now, rows.iter().map(history_line))?;
        history.prune(now)
    })
    .await?;
    engine.store.set_meta(ARCHIVED, &newest.to_string()).await?;
    engine.store.forget_empty_rollup(newest).await
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
pub(super) async fn write_status(engine: &Engine, run: &SyncRun, last_success: Option<String>) -> anyhow::Result<()> {
    let now = engine.clock.now();
    let scheduled = engine.is_scheduled();
    let mut status = SyncStatusFile {
        last_sync: now.to_rfc3339_opts(SecondsFormat::Millis, true),
        last_success,
        status: run.status,
        duration_ms: run.duration_ms,
        error: run.error.clone(),
        trigger: run.trigger,
        next_run: engine.next_run().map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)),
        steps: run.steps.clone(),
    };
    let path = engine.config.environment.data_dir.join("sync-status.json");
    blocking(move || {
        if !scheduled {
            status.next_run = planned_by_another(&path, now);
        }
        write_json(&path, &status)
    })
    .await
}

/// The next run as the process that keeps the schedule wrote it, while that lies ahead.
fn planned_by_another(path: &Path, now: DateTime<Utc>) -> Option<String> {
    let before: serde_json::Value = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
    let next = before.get("nextRun")?.as_str()?;
    DateTime::parse_from_rfc3339(next).is_ok_and(|at| at > now).then(|| next.to_owned())
}
