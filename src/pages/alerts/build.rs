//! From the snapshot and the history to the finished page; and the answers people give.

use chrono::TimeDelta;

use super::{ActiveLine, AlertsPage, ChannelLine, DeliveryLine, TestResult};
use crate::config::{Channel, ChannelKind, Zone};
use crate::error::AppError;
use crate::model::{ActiveAlert, AlertLevel, AlertRecord, AlertState, Delivery, Moment, PastAlert};
use crate::notify::has_desktop;
use crate::sync::{Engine, Tested, is_subscriber, subscriber};

/// Lines of the history; what is older is in the database.
const HISTORY: u32 = 100;
/// Lines of the delivery log.
const DELIVERIES: u32 = 30;
/// Enough to tell one's browsers apart.
const BROWSER_CHARS: usize = 6;

pub(super) async fn load(engine: &Engine) -> anyhow::Result<AlertsPage> {
    let past = engine.store.past_alerts(HISTORY).await?;
    let config = engine.config.current();
    let sent = engine.store.deliveries(DELIVERIES).await?;
    let browsers = engine.store.subscribers().await?;
    Ok(AlertsPage {
        channels: config
            .channels
            .channels
            .iter()
            .map(channel_line)
            .chain(browsers.iter().map(|id| browser_line(id)))
            .collect(),
        deliveries: sent.into_iter().map(|delivery| delivery_line(delivery, config.zone)).collect(),
        ..page(&engine.snapshot().alerts, &past, config.zone)
    })
}

/// Does what was pressed.
pub(super) async fn answer(engine: &Engine, alert_key: &str, answer: &str) -> Result<String, AppError> {
    let until = |ahead: TimeDelta| engine.clock.now() + ahead;
    let (holds, said) = match answer {
        "acknowledge" => (engine.acknowledge(alert_key).await?, "Acknowledged"),
        "hour" => (engine.snooze(alert_key, until(TimeDelta::hours(1))).await?, "Snoozed for an hour"),
        "day" => (engine.snooze(alert_key, until(TimeDelta::days(1))).await?, "Snoozed for a day"),
        other => {
            return Err(AppError::BadRequest(format!("\"{other}\" is no answer; choose acknowledge, hour or day")));
        }
    };
    Ok(if holds { said } else { "This is over already" }.to_owned())
}

/// Tries a channel.
pub(super) async fn test(engine: &Engine, channel: &str) -> anyhow::Result<TestResult> {
    Ok(match engine.test_channel(channel).await? {
        Tested::Sent => TestResult { sent: true, said: format!("A test was sent to {}", label_of(channel)) },
        Tested::Failed(reason) => TestResult { sent: false, said: format!("{}: {reason}", label_of(channel)) },
        Tested::Unknown(_) => TestResult { sent: false, said: format!("There is no channel \"{channel}\" any more") },
    })
}

/// Where it leads is not told: the address may be the key.
fn channel_line(channel: &Channel) -> ChannelLine {
    let levels: Vec<&str> = channel.levels.iter().map(|level| level.word()).collect();
    let gets = match levels.as_slice() {
        _ if !channel.enabled => "Switched off".to_owned(),
        _ if channel.kind == ChannelKind::Desktop && !has_desktop() => "Nothing: no desktop session here".to_owned(),
        [one] => format!("{one} only"),
        _ => "Everything".to_owned(),
    };
    let digests: Vec<String> = channel.digests.iter().map(|every| format!("{every} digest")).collect();
    let gets = if digests.is_empty() { gets } else { format!("{gets}, {}", digests.join(", ")) };
    let name = channel.name.clone();
    ChannelLine { label: name.clone(), name, kind: channel.kind.label().to_owned(), gets }
}

/// Which browser it is only that browser knows.
fn browser_line(id: &str) -> ChannelLine {
    let name = subscriber(id);
    ChannelLine { label: label_of(&name), name, kind: "Web Push".to_owned(), gets: "Everything".to_owned() }
}

/// What people call a channel.
fn label_of(channel: &str) -> String {
    match is_subscriber(channel) {
        Some(id) => format!("Browser {}", id.chars().take(BROWSER_CHARS).collect::<String>()),
        None => channel.to_owned(),
    }
}

fn delivery_line(delivery: Delivery, zone: Zone) -> DeliveryLine {
    let moment = |at: &Option<String>| at.as_deref().map(|at| zone.moment(at));
    DeliveryLine {
        alert_key: delivery.alert_key,
        channel: label_of(&delivery.channel),
        queued: zone.moment(&delivery.queued_at),
        state: delivery.state,
        at: moment(&delivery.done_at).or_else(|| moment(&delivery.next_at)),
        attempts: delivery.attempts,
        error: delivery.error,
    }
}

fn page(active: &[ActiveAlert], past: &[AlertRecord], zone: Zone) -> AlertsPage {
    let waiting = ActiveAlert::waiting(active).count();
    let headline = match (waiting, active.len()) {
        (_, 0) => "No alerts.".to_owned(),
        (0, _) => "Nothing new needs you.".to_owned(),
        (1, _) => "1 alert needs you.".to_owned(),
        (more, _) => format!("{more} alerts need you."),
    };
    let snoozed = |record: &AlertRecord| {
        let of = active.iter().find(|active| active.alert.alert_key == record.alert.alert_key)?;
        of.snoozed_until.as_deref().filter(|_| record.state == AlertState::Raised).map(|at| zone.moment(at))
    };
    let history = past.iter().map(|record| past_alert(record, snoozed(record), zone)).collect();
    let mut active: Vec<ActiveLine> = active.iter().map(|alert| line(alert, zone)).collect();
    // Stable: the worst stay first among those that wait.
    active.sort_by_key(|line| !line.state.is_empty());
    AlertsPage { headline, active, history, ..AlertsPage::default() }
}

fn line(active: &ActiveAlert, zone: Zone) -> ActiveLine {
    let alert = &active.alert;
    let acknowledged = active.state == AlertState::Acknowledged;
    let state = match &active.snoozed_until {
        Some(until) => format!("Snoozed until {}", zone.moment(until).text),
        None if acknowledged => "Acknowledged".to_owned(),
        None => String::new(),
    };
    ActiveLine {
        alert_key: alert.alert_key.clone(),
        level: alert.level,
        message: alert.message.clone(),
        detail: alert.detail.clone(),
        href: alert.href.clone(),
        since: active.raised_at.as_deref().map(|at| zone.moment(at)),
        state,
        acknowledged,
    }
}

fn past_alert(record: &AlertRecord, snoozed: Option<Moment>, zone: Zone) -> PastAlert {
    let moment = |ms: i64| {
        let at = chrono::DateTime::from_timestamp_millis(ms).unwrap_or_default();
        zone.moment(&at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
    };
    let escalated = record.escalated_ms.is_some();
    PastAlert {
        message: record.alert.message.clone(),
        level: if escalated { AlertLevel::Critical } else { record.alert.level },
        state: record.state,
        raised: moment(record.raised_ms),
        snoozed,
        acknowledged: record.acknowledged_ms.map(moment),
        resolved: record.resolved_ms.map(moment),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Alert;

    #[test]
    fn what_waits_comes_first_and_is_counted() {
        let alert =
            |message: &str| Alert { message: message.to_owned(), period: message.to_owned(), ..Alert::default() };
        let active = [
            ActiveAlert { alert: alert("a"), state: AlertState::Acknowledged, ..ActiveAlert::default() },
            ActiveAlert {
                alert: alert("b"),
                snoozed_until: Some("2026-11-21T14:00:00Z".to_owned()),
                ..ActiveAlert::default()
            },
            ActiveAlert {
                alert: alert("c"),
                raised_at: Some("2026-11-21T13:00:00Z".to_owned()),
                ..ActiveAlert::default()
            },
        ];
        let zone = Zone::parse("Europe/Berlin").expect("a zone");
        let page = page(&active, &[], zone);
        assert_eq!(page.headline, "1 alert needs you.");
        let lines: Vec<_> = page.active.iter().map(|line| (line.message.as_str(), line.state.as_str())).collect();
        assert_eq!(lines, [("c", ""), ("a", "Acknowledged"), ("b", "Snoozed until 21 Nov 2026, 15:00:00")]);
        assert_eq!(super::page(&active[..2], &[], zone).headline, "Nothing new needs you.");
        assert_eq!(super::page(&[], &[], zone).headline, "No alerts.");
    }
}
