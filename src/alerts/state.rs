//! What is remembered of alerts: raised, acknowledged, resolved, and whether somebody has been told.
//!
//! An alert is remembered by its key, which holds its period: a new month is a new alert, and an old one is never told
//! twice. Told means given to the channels, together with the memory of it, in one transaction. The rules:
//!
//! - New, or judged by another amount than before: raised, and to be told.
//! - Over, and back in the same period: shown again, not told again: a sum that wavers about a threshold is one piece of
//!   news. A source, a client's orders and a model without a price are told again: what comes back after it had ended is
//!   another trouble, though not twice in an hour.
//! - Acknowledged or put off: nobody is told. When the time it was put off to has come and it still holds, it is told.
//! - In quiet hours what is to be told waits for their end, unless it is critical and the user lets that through.
//! - A warning that nobody acknowledges for long becomes critical and is told again, once.

use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;

use super::remembered;
use crate::model::{ActiveAlert, Alert, AlertLevel, AlertRecord, AlertState, AlertsFile};

const HOUR_MS: i64 = 3_600_000;

/// What a look at the alerts came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// What is to be told now.
    pub fired: Vec<Alert>,
    /// The memory that differs from before.
    pub changed: Vec<AlertRecord>,
}

/// Compares what holds with what is remembered. `now` is on the user's clock.
#[must_use]
pub fn newly_fired(active: &[Alert], state: &[AlertRecord], choices: &AlertsFile, now: DateTime<Tz>) -> Evaluation {
    let now_ms = now.timestamp_millis();
    let quiet = choices.quiet_hours.filter(|hours| hours.contains(now.time()));
    let mut evaluation = Evaluation::default();
    for alert in active {
        let before = remembered(state, &alert.alert_key);
        let mut record = before.map_or_else(|| raised(alert, now_ms), |before| held(before, alert, now_ms));
        escalate(&mut record, choices.escalate_after_hours, now_ms);
        let waits = quiet.is_some_and(|hours| !(hours.critical_passes && level(&record) == AlertLevel::Critical));
        if is_to_be_told(&record, now_ms) && !waits {
            // What it was put off to is over with this.
            (record.notified_ms, record.snoozed_until_ms) = (Some(now_ms), None);
            evaluation.fired.push(Alert { level: level(&record), ..alert.clone() });
        }
        if before != Some(&record) {
            evaluation.changed.push(record);
        }
    }
    let is_active = |key: &str| active.iter().any(|alert| alert.alert_key == key);
    let over =
        state.iter().filter(|record| record.state != AlertState::Resolved && !is_active(&record.alert.alert_key));
    evaluation.changed.extend(over.map(|record| AlertRecord {
        state: AlertState::Resolved,
        resolved_ms: Some(now_ms),
        snoozed_until_ms: None,
        ..record.clone()
    }));
    evaluation
}

fn raised(alert: &Alert, now_ms: i64) -> AlertRecord {
    AlertRecord { alert: alert.clone(), raised_ms: now_ms, ..AlertRecord::default() }
}

/// What becomes of an alert that is known and holds.
fn held(before: &AlertRecord, alert: &Alert, now_ms: i64) -> AlertRecord {
    let was_over = before.state == AlertState::Resolved;
    if before.alert.basis != alert.basis {
        // Who was told of it by the other amount hears of its end all the same.
        return AlertRecord { notified_ms: before.notified_ms.filter(|_| !was_over), ..raised(alert, now_ms) };
    }
    let mut record = AlertRecord { alert: alert.clone(), ..before.clone() };
    if was_over {
        record.state = AlertState::Raised;
        (record.resolved_ms, record.acknowledged_ms) = (None, None);
        if alert.kind.comes_back() {
            (record.raised_ms, record.escalated_ms) = (now_ms, None);
        }
    }
    record
}

/// Whether the channels have yet to hear of something: that it holds, that it holds by another amount, that it became
/// critical, or that the time is over to which it was put off.
fn is_to_be_told(record: &AlertRecord, now_ms: i64) -> bool {
    if record.state != AlertState::Raised || record.snoozed_until_ms.is_some_and(|until| until > now_ms) {
        return false;
    }
    let Some(told) = record.notified_ms else { return true };
    if told < record.raised_ms {
        return !record.alert.kind.comes_back() || now_ms - told >= HOUR_MS;
    }
    let since = [record.escalated_ms, record.snoozed_until_ms];
    since.into_iter().flatten().any(|since| told < since)
}

fn escalate(record: &mut AlertRecord, after_hours: Option<u32>, now_ms: i64) {
    let Some(hours) = after_hours else { return };
    // Counted from when somebody was told: what waited for the morning has not been ignored all night.
    let of_this = |told: &i64| *told >= record.raised_ms;
    let ignored = record.notified_ms.filter(of_this).is_some_and(|told| now_ms - told >= i64::from(hours) * HOUR_MS);
    let waits = record.state == AlertState::Raised && record.snoozed_until_ms.is_none();
    if ignored && waits && record.escalated_ms.is_none() && record.alert.level == AlertLevel::Warning {
        record.escalated_ms = Some(now_ms);
    }
}

fn level(record: &AlertRecord) -> AlertLevel {
    if record.escalated_ms.is_some() { AlertLevel::Critical } else { record.alert.level }
}

/// Returns what holds with what has become of it.
#[must_use]
pub fn shown(active: &[Alert], state: &[AlertRecord], now: DateTime<Utc>) -> Vec<ActiveAlert> {
    let now_ms = now.timestamp_millis();
    let one = |alert: &Alert| {
        // What was judged by another amount, or was over, is news that no run has noted yet.
        let record = remembered(state, &alert.alert_key)
            .filter(|record| record.alert.basis == alert.basis && record.state != AlertState::Resolved);
        let Some(record) = record else { return ActiveAlert { alert: alert.clone(), ..ActiveAlert::default() } };
        ActiveAlert {
            alert: Alert { level: level(record).max(alert.level), ..alert.clone() },
            state: record.state,
            raised_at: rfc3339(record.raised_ms),
            acknowledged_at: record.acknowledged_ms.and_then(rfc3339),
            snoozed_until: record.snoozed_until_ms.filter(|until| *until > now_ms).and_then(rfc3339),
        }
    };
    active.iter().map(one).collect()
}

/// Returns the memory of an alert that holds once somebody takes care of it.
#[must_use]
pub fn acknowledged(alert: &Alert, state: &[AlertRecord], now_ms: i64) -> AlertRecord {
    let record = current(alert, state, now_ms);
    AlertRecord { state: AlertState::Acknowledged, acknowledged_ms: Some(now_ms), snoozed_until_ms: None, ..record }
}

/// Returns the memory of an alert that holds once it is put off.
#[must_use]
pub fn snoozed(alert: &Alert, state: &[AlertRecord], until_ms: i64, now_ms: i64) -> AlertRecord {
    let record = current(alert, state, now_ms);
    AlertRecord { state: AlertState::Raised, acknowledged_ms: None, snoozed_until_ms: Some(until_ms), ..record }
}

fn current(alert: &Alert, state: &[AlertRecord], now_ms: i64) -> AlertRecord {
    remembered(state, &alert.alert_key).map_or_else(|| raised(alert, now_ms), |before| held(before, alert, now_ms))
}

fn rfc3339(ms: i64) -> Option<String> {
    DateTime::from_timestamp_millis(ms).map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true))
}
