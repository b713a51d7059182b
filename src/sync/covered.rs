//! Sessions and days that several sources tell of: which of them counts.

use std::collections::{BTreeSet, HashSet};

use chrono::NaiveDate;

use crate::analytics::Covered;
use crate::sources::Source;
use crate::store::Store;

/// Looks for the sessions that telemetry tells of and something better does too: a log before an event, an event before
/// a metric. And for the days of imported files that a log or telemetry tells of, but for those that were asked for all the
/// same. Of all days, so that it does not matter which are asked for.
///
/// # Errors
/// When the database cannot be read.
pub async fn covered(store: &Store) -> anyhow::Result<Covered> {
    let logs: Vec<&str> = Source::ALL.into_iter().filter(|source| source.is_log()).map(Source::name).collect();
    let (events, metrics) = (Source::TelemetryEvents.name(), Source::TelemetryMetrics.name());
    let better: Vec<&str> = logs.iter().copied().chain([events]).collect();
    let mut covered = Covered::default();
    for (source, by) in [(events, &logs), (metrics, &better)] {
        let sessions: HashSet<String> = store.shared_sessions(&[source], by).await?.into_iter().collect();
        covered.insert(source, sessions);
    }
    let import = Source::Import.name();
    let imported = store.days_of(&[import]).await?;
    if !imported.is_empty() {
        let known = known_days(store).await?;
        let asked_for = store.kept_days().await?;
        covered.insert_days(import, known.into_iter().filter(|day| !asked_for.contains(day)).collect());
    }
    Ok(covered)
}

/// The days that logs or telemetry tell of, here or on a machine that pushes.
///
/// # Errors
/// When the database cannot be read.
pub async fn known_days(store: &Store) -> anyhow::Result<BTreeSet<NaiveDate>> {
    let told = Source::ALL.into_iter().filter(|source| source.has_instants()).map(Source::name);
    store.days_of(&told.collect::<Vec<_>>()).await
}
