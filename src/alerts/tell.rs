//! From alerts to messages: titles, several of one kind in one, and links.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::model::{Alert, AlertLevel, AlertType, Notification};

/// What stands for itself everywhere in an address (RFC 3986, 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// Sentences a message about several alerts holds; the page has them all.
const TOLD: usize = 5;

/// Makes messages of alerts: `group_from` of one type or more become one.
#[must_use]
pub fn notifications(fired: &[Alert], group_from: u32, now: DateTime<Utc>) -> Vec<Notification> {
    let fired_at = now.to_rfc3339_opts(SecondsFormat::Millis, true);
    let mut by_type: BTreeMap<AlertType, Vec<&Alert>> = BTreeMap::new();
    for alert in fired {
        by_type.entry(alert.kind).or_default().push(alert);
    }
    let mut messages = Vec::new();
    for (kind, alerts) in by_type {
        if alerts.len() >= group_from.max(2) as usize {
            messages.push(group(kind, &alerts, &fired_at));
        } else {
            messages.extend(alerts.into_iter().map(|alert| single(alert, &fired_at)));
        }
    }
    messages
}

/// Makes a message of each alert that is over.
#[must_use]
pub fn endings(over: &[Alert], now: DateTime<Utc>) -> Vec<Notification> {
    let at = now.to_rfc3339_opts(SecondsFormat::Millis, true);
    over.iter().map(|alert| Notification { resolved: true, ..single(alert, &at) }).collect()
}

fn single(alert: &Alert, fired_at: &str) -> Notification {
    let detail = if alert.detail.is_empty() { String::new() } else { format!(". {}", alert.detail) };
    Notification {
        alert_key: alert.alert_key.clone(),
        alert_keys: vec![alert.alert_key.clone()],
        kind: alert.kind,
        level: alert.level,
        title: title(alert.kind, alert.level).to_owned(),
        message: format!("{}{detail}", alert.message),
        href: alert.href.clone(),
        fired_at: fired_at.to_owned(),
        resolved: false,
    }
}

fn group(kind: AlertType, alerts: &[&Alert], fired_at: &str) -> Notification {
    let level = alerts.iter().map(|alert| alert.level).max().unwrap_or_default();
    let mut sentences: Vec<String> = alerts.iter().take(TOLD).map(|alert| alert.message.clone()).collect();
    if let more @ 1.. = alerts.len().saturating_sub(TOLD) {
        sentences.push(format!("and {more} more"));
    }
    Notification {
        alert_key: alerts.first().map(|alert| alert.alert_key.clone()).unwrap_or_default(),
        alert_keys: alerts.iter().map(|alert| alert.alert_key.clone()).collect(),
        kind,
        level,
        title: title(kind, level).to_owned(),
        message: format!("{} {}: {}", alerts.len(), kind.plural(), sentences.join("; ")),
        href: "/alerts".to_owned(),
        fired_at: fired_at.to_owned(),
        resolved: false,
    }
}

const fn title(kind: AlertType, level: AlertLevel) -> &'static str {
    match (kind.is_budget(), level) {
        (true, AlertLevel::Critical) => "Critical Budget Alert",
        (true, AlertLevel::Warning) => "Budget Warning",
        (false, AlertLevel::Critical) => "Critical Alert",
        (false, AlertLevel::Warning) => "Warning",
    }
}

/// The address of a project's page.
pub(super) fn project_page(id: &str) -> String {
    format!("/projects/{}", utf8_percent_encode(id, RESERVED))
}
