//! How current each source is, in words and as a state. Pure: the clock is an argument.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::config::Config;
use crate::model::{Freshness, FreshnessState};
use crate::sources::Source;
use crate::store::SourceState;

/// A source is late when it came due this often without a success.
const TIMES_DUE_UNTIL_LATE: u32 = 3;

/// Judges every source that exists.
pub(super) fn freshness(states: &[SourceState], config: &Config, now: DateTime<Utc>) -> Vec<Freshness> {
    Source::ALL
        .into_iter()
        .map(|source| (source, states.iter().find(|state| state.source == source.name())))
        // A source nobody set up is not missing: nothing is said of it until it has been read once.
        .filter(|(source, state)| {
            !source.is_optional()
                || state.is_some_and(|state| state.status != "skipped" || state.last_success_ms.is_some())
        })
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
    let schedule = config.schedule_of(source);
    // From one time to the next, and not a multiple of one gap: a cron schedule rests at night.
    let next = |at: DateTime<Utc>| schedule.next_after(at, at, config.zone.tz());
    // What is sent to us comes when somebody works.
    let due_by = last_success.filter(|_| !source.is_received()).map(next);
    let late_after = last_success.map(|at| (0..TIMES_DUE_UNTIL_LATE).fold(at, |at, _| next(at)));
    let overdue = late_after.is_some_and(|late| now > late);
    // Who paused the schedule knows that nothing is read.
    let late = overdue && config.sync.enabled && !source.is_received();
    let status = match state.status.as_str() {
        "error" => FreshnessState::Failing,
        "unauthorised" => FreshnessState::Unauthorised,
        // A wish to be left alone is no excuse for ever.
        "rate-limited" if !late => FreshnessState::RateLimited,
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
        rows: state.rows,
        duration_ms: state.duration_ms,
    }
}

fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;
    use crate::config::{ConfigStore, Environment, Schedule, SourceConfig, Zone};

    #[test]
    fn a_source_is_late_after_three_intervals_without_success() {
        let folder = tempfile::tempdir().expect("a folder");
        let addr = "127.0.0.1:0".parse().expect("an address");
        let zone = Zone::parse("UTC");
        let environment = Environment {
            data_dir: folder.path().to_owned(),
            addr,
            allowed_hosts: Vec::new(),
            trusted_proxies: Vec::new(),
            zone,
            working_folder: None,
        };
        let mut config = Config::clone(&ConfigStore::load(environment).expect("loads").current());
        let now = DateTime::parse_from_rfc3339("2026-11-20T12:00:00Z").expect("a time").to_utc();
        let state = |status: &str, minutes_ago: i64| SourceState {
            source: "claude_code".to_owned(),
            last_attempt_ms: now.timestamp_millis(),
            last_success_ms: Some((now - Duration::minutes(minutes_ago)).timestamp_millis()),
            status: status.to_owned(),
            message: String::new(),
            rows: 0,
            duration_ms: 0,
        };
        let status = |state, config: &Config| freshness(&[state], config, now)[0].status;
        assert_eq!(status(state("success", 45), &config), FreshnessState::Current);
        assert_eq!(status(state("success", 46), &config), FreshnessState::Late);
        assert_eq!(status(state("error", 1), &config), FreshnessState::Failing);
        assert_eq!(status(state("rate-limited", 45), &config), FreshnessState::RateLimited);
        assert_eq!(status(state("rate-limited", 46), &config), FreshnessState::Late, "whatever the reason");
        assert_eq!(status(state("skipped", 1), &config), FreshnessState::Skipped);
        assert_eq!(freshness(&[], &config, now).len(), 1, "manual entries are mentioned only when there are any");
        config
            .sources
            .0
            .insert("claude_code".to_owned(), SourceConfig { interval_minutes: Some(60), ..SourceConfig::default() });
        assert_eq!(status(state("success", 180), &config), FreshnessState::Current, "it has an interval of its own");
        assert_eq!(status(state("success", 181), &config), FreshnessState::Late);
        config.sources.0.clear();
        // A Friday: due at 10, 11 and 12 since, and the night before counts as no time at all.
        config.schedule = Schedule::parse(15, Some("0 9-18 * * 1-5")).expect("a schedule");
        assert_eq!(status(state("success", 17 * 60), &config), FreshnessState::Late, "since 19:00 due at 9, 10 and 11");
        assert_eq!(
            status(state("success", 3 * 60 - 1), &config),
            FreshnessState::Current,
            "due at 10, 11 and just now"
        );
        config.schedule = Schedule::default();
        config.sync.enabled = false;
        assert_eq!(status(state("success", 46), &config), FreshnessState::Current, "paused is not late");
    }
}
