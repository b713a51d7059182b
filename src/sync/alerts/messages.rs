//! From what was found to what is sent: one message for each channel and piece of news.

use chrono::{DateTime, Utc};

use crate::alerts::{self, Evaluation};
use crate::config::{Channel, ChannelKind, Config};
use crate::model::{Alert, AlertLevel, AlertRecord, AlertState, Notification};
use crate::notify;
use crate::store::Message;
use crate::sync::web_push::subscriber;

/// One message for each channel and piece of news. Its id is the alert's and the moment's, so that it is queued once.
pub(super) fn messages(found: &Evaluation, config: &Config, browsers: &[String], now: DateTime<Utc>) -> Vec<Message> {
    let mut messages = Vec::new();
    // A browser is told of everything, and of no ends: what is over has left the page.
    let told = alerts::notifications(&found.fired, config.alerts.group_from, now);
    for browser in browsers {
        messages.extend(told.iter().map(|notification| message(notification, &subscriber(browser), now)));
    }
    let has_desktop = notify::has_desktop();
    let is_there = |channel: &&Channel| channel.enabled && (channel.kind != ChannelKind::Desktop || has_desktop);
    for channel in config.channels.channels.iter().filter(is_there) {
        let wanted = |alert: &Alert| channel.wants(alert.level);
        let fired: Vec<Alert> = found.fired.iter().filter(|alert| wanted(alert)).cloned().collect();
        let group_from = if channel.wants_end() { u32::MAX } else { config.alerts.group_from };
        let mut told = alerts::notifications(&fired, group_from, now);
        if channel.wants_end() {
            let over: Vec<Alert> = found.changed.iter().filter_map(told_and_over).filter(wanted).collect();
            told.extend(alerts::endings(&over, now));
        }
        messages.extend(told.iter().map(|notification| message(notification, &channel.name, now)));
    }
    messages
}

/// An alert that ended, and of which somebody was told.
fn told_and_over(record: &AlertRecord) -> Option<Alert> {
    let over = record.state == AlertState::Resolved && record.was_told();
    let level = if record.escalated_ms.is_some() { AlertLevel::Critical } else { record.alert.level };
    over.then(|| Alert { level, ..record.alert.clone() })
}

pub(in crate::sync) fn message(notification: &Notification, channel: &str, now: DateTime<Utc>) -> Message {
    let event = if notification.resolved { "#resolved" } else { "" };
    Message {
        id: format!("{}#{}{event}#{channel}", notification.alert_key, now.timestamp_millis()),
        channel: channel.to_owned(),
        alert_key: notification.alert_key.clone(),
        payload: serde_json::to_string(notification).unwrap_or_default(),
        queued_ms: now.timestamp_millis(),
    }
}
