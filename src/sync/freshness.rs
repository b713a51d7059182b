//! How current each source is, in words and as a state. Pure: the clock is an argument.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::config::Config;
use crate::model::{Freshness, FreshnessState};
use crate::sources::Source;
use crate::store::SourceState;

/// A source is late when nothing succeeded for this many intervals.
const INTERVALS_UNTIL_LATE: i32 = 3;

/// Judges every source that exists.
pub(super) fn freshness(states: &[SourceState], config: &Config, now: DateTime<Utc>) -> Vec<Freshness> {
    Source::ALL
        .into_iter()
        .map(|source| (source, states.iter().find(|state| state.source == source.name())))
        // Typing entries by hand is optional: without a file there is nothing to be said.
        .filter(|(source, state)| *source != Source::Manual || state.is_some())
        .map(|(source, state)| one(source, state, config, now))
        .collect()
}

fn one(source: Source, state: Option<&SourceState>, config: &Config, now: DateTime<Utc>) -> Freshness {
    let Some(state) = state else {
        return Freshness {
            source: source.name().to_owned(),
            label: source.label().to_owned(),
            message: "Not read yet".to_owned(),
            ..Freshness::default()
        };
    };
    let last_success = state.last_success_ms.and_then(DateTime::from_timestamp_millis);
    let due_by = last_success.map(|at| config.schedule.next_after(at, at, config.zone.tz()));
    let overdue = last_success.zip(due_by).is_some_and(|(at, due)| now - at > (due - at) * INTERVALS_UNTIL_LATE);
    // Who paused the schedule knows that nothing is read.
    let late = overdue && config.sync.enabled;
    let status = match state.status.as_str() {
        "error" => FreshnessState::Failing,
        "skipped" => FreshnessState::Skipped,
        _ if late => FreshnessState::Late,
        _ => FreshnessState::Current,
    };
    Freshness {
        source: source.name().to_owned(),
        label: source.label().to_owned(),
        last_success: last_success.map(rfc3339),
        last_attempt: DateTime::from_timestamp_millis(state.last_attempt_ms).map(rfc3339),
        status,
        message: state.message.clone(),
        due_by: due_by.map(rfc3339),
    }
}

fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;
    use crate::config::{ConfigStore, Environment, Zone};

    #[test]
    fn a_source_is_late_after_three_intervals_without_success() {
        let folder = tempfile::tempdir().expect("a folder");
        let addr = "127.0.0.1:0".parse().expect("an address");
        let zone = Zone::parse("UTC");
        let environment = Environment { data_dir: folder.path().to_owned(), addr, allowed_hosts: Vec::new(), zone };
        let mut config = Config::clone(&ConfigStore::load(environment).expect("loads").current());
        let now = DateTime::parse_from_rfc3339("2026-11-20T12:00:00Z").expect("a time").to_utc();
        let state = |status: &str, minutes_ago: i64| SourceState {
            source: "claude_code".to_owned(),
            last_attempt_ms: now.timestamp_millis(),
            last_success_ms: Some((now - Duration::minutes(minutes_ago)).timestamp_millis()),
            status: status.to_owned(),
            message: String::new(),
        };
        let status = |state, config: &Config| freshness(&[state], config, now)[0].status;
        assert_eq!(status(state("success", 45), &config), FreshnessState::Current);
        assert_eq!(status(state("success", 46), &config), FreshnessState::Late);
        assert_eq!(status(state("error", 1), &config), FreshnessState::Failing);
        assert_eq!(status(state("skipped", 1), &config), FreshnessState::Skipped);
        assert_eq!(freshness(&[], &config, now).len(), 1, "manual entries are mentioned only when there are any");
        config.sync.enabled = false;
        assert_eq!(status(state("success", 46), &config), FreshnessState::Current, "paused is not late");
    }
}
