//! How current each source is, in words and as a state. Pure: the clock is an argument.

use chrono::{DateTime, Duration, SecondsFormat, Utc};

use crate::model::{Freshness, FreshnessState};
use crate::sources::Source;
use crate::store::SourceState;

/// A source is late when nothing succeeded for this many intervals.
const INTERVALS_UNTIL_LATE: i32 = 3;

/// Judges every source that exists.
pub(super) fn freshness(states: &[SourceState], interval_minutes: u32, now: DateTime<Utc>) -> Vec<Freshness> {
    Source::ALL
        .into_iter()
        .map(|source| (source, states.iter().find(|state| state.source == source.name())))
        // Typing entries by hand is optional: without a file there is nothing to be said.
        .filter(|(source, state)| *source != Source::Manual || state.is_some())
        .map(|(source, state)| one(source, state, interval_minutes, now))
        .collect()
}

fn one(source: Source, state: Option<&SourceState>, interval_minutes: u32, now: DateTime<Utc>) -> Freshness {
    let interval = Duration::minutes(i64::from(interval_minutes));
    let Some(state) = state else {
        return Freshness {
            source: source.name().to_owned(),
            label: source.label().to_owned(),
            message: "Not read yet".to_owned(),
            ..Freshness::default()
        };
    };
    let last_success = state.last_success_ms.and_then(DateTime::from_timestamp_millis);
    let due_by = last_success.map(|at| at + interval);
    let late = last_success.is_some_and(|at| now - at > interval * INTERVALS_UNTIL_LATE);
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
    use super::*;

    #[test]
    fn a_source_is_late_after_three_intervals_without_success() {
        let now = DateTime::parse_from_rfc3339("2026-11-20T12:00:00Z").expect("a time").to_utc();
        let state = |status: &str, minutes_ago: i64| SourceState {
            source: "claude_code".to_owned(),
            last_attempt_ms: now.timestamp_millis(),
            last_success_ms: Some((now - Duration::minutes(minutes_ago)).timestamp_millis()),
            status: status.to_owned(),
            message: String::new(),
        };
        let status = |state| freshness(&[state], 15, now)[0].status;
        assert_eq!(status(state("success", 45)), FreshnessState::Current);
        assert_eq!(status(state("success", 46)), FreshnessState::Late);
        assert_eq!(status(state("error", 1)), FreshnessState::Failing);
        assert_eq!(status(state("skipped", 1)), FreshnessState::Skipped);
        assert_eq!(freshness(&[], 15, now).len(), 1, "manual entries are mentioned only when there are any");
    }
}
