//! Sessions that several sources tell of: which of them counts.

use std::collections::HashSet;

use crate::analytics::Covered;
use crate::sources::Source;
use crate::store::Store;

/// Looks for the sessions that telemetry tells of and something better does too: a log before an event, an event before
/// a metric. Of all days, so that it does not matter which are asked for.
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
    Ok(covered)
}
