//! Digests on their way to channels: written when their time has come, once for each span of days, by the outbox.
//!
//! That one was queued is remembered in the transaction that queues it, so neither a restart nor a second process sends
//! it twice. One whose time passed while nothing ran is sent afterwards.

use std::sync::Arc;

use chrono::{DateTime, Days as Span, SecondsFormat, TimeDelta, Utc};

use super::alerts::message;
use super::compute::compute;
use super::counted::Counted;
use super::engine::Engine;
use crate::analytics::{Facts, unusual_days, window_stats};
use crate::config::{Channel, Config, ConfigStore, Due, Every};
use crate::digest::Digest;
use crate::export::{Days, Request};
use crate::model::{AlertLevel, AlertType, DateRange, Notification};
use crate::store::{Message, Store};

/// For so long days are recent enough that the budget of today belongs to them.
const RECENT: Span = Span::new(7);
/// A digest waits so long for a run that has seen all of its days.
const WAITS: TimeDelta = TimeDelta::hours(1);

/// Writes the digest of a span of days from what is stored.
///
/// # Errors
/// When the database cannot be read.
pub(crate) async fn digest(
    store: &Store,
    config: &ConfigStore,
    span: DateRange,
    now: DateTime<Utc>,
) -> anyhow::Result<String> {
    let current = config.current();
    let days = Days::Between(Some(span.previous().from), Some(span.to));
    let request = Request { days, ..Request::default() };
    let counted = Counted::open(store, current.clone(), request, now).await?;
    let Some(counted) = counted else { anyhow::bail!("every project was asked for, and none is known") };
    let rows = counted.all_rows().await?;
    let snapshot = compute(store, config, now, 0).await?;
    // Of any days, however long ago; what is not in the roll-up is that of the snapshot.
    let names = Arc::new(counted.labels.names.clone());
    let facts = Facts { rows: rows.into(), names, ..snapshot.facts.clone() };
    let stats = window_stats(&facts, span, span.previous());
    let anomalies = unusual_days(&snapshot.facts, span, snapshot.today);
    let recent = span.to.checked_add_days(RECENT).is_none_or(|last| snapshot.today <= last);
    let zone = current.zone.to_string();
    let digest = Digest {
        stats: &stats,
        budget: recent.then_some(&snapshot.analytics.budget),
        anomalies: &anomalies,
        projects: &snapshot.projects,
        sources: &snapshot.analytics.freshness,
        timezone: &zone,
        today: snapshot.today,
    };
    Ok(digest.markdown())
}

impl Engine {
    /// Queues every digest whose time has come and that was not queued yet.
    ///
    /// # Errors
    /// When it cannot be written or queued; it is tried again.
    pub(super) async fn queue_digests(&self) -> anyhow::Result<()> {
        let (config, now) = (self.config.current(), self.clock.now());
        for every in Every::ALL {
            let wants = |channel: &&Channel| channel.enabled && channel.digests.contains(&every);
            let channels: Vec<&Channel> = config.channels.channels.iter().filter(wants).collect();
            if channels.is_empty() || self.is_running() {
                continue;
            }
            let due = config.channels.digest.latest(every, now.with_timezone(&config.zone.tz()).naive_local());
            let (name, period) = (format!("digest_{every}"), due.days.from.to_string());
            // Also when the clock was set back: dates in text are in their order.
            let queued = self.store.meta(&name).await?.is_some_and(|queued| queued >= period);
            if queued || !self.knows(due, &config, now) {
                continue;
            }
            let text = digest(&self.store, &self.config, due.days, now).await?;
            let notification = notification(due, text, now);
            let messages: Vec<Message> =
                channels.iter().map(|channel| message(&notification, &channel.name, now)).collect();
            self.store.queue_once(&name, &period, &messages).await?;
            tracing::info!(period, channels = messages.len(), "The {every} digest from {period} on is on its way");
        }
        Ok(())
    }

    /// Whether a run has read the sources since those days ended, or none came for long.
    fn knows(&self, due: Due, config: &Config, now: DateTime<Utc>) -> bool {
        let read = self.snapshot().last_success.as_deref().and_then(|at| DateTime::parse_from_rfc3339(at).ok());
        let since = now.with_timezone(&config.zone.tz()).naive_local() - due.at;
        since >= WAITS || read.is_some_and(|at| config.zone.date(at.to_utc()) > due.days.to)
    }
}

fn notification(due: Due, text: String, now: DateTime<Utc>) -> Notification {
    let key = format!("digest-{}@{}", due.every, due.days.from);
    Notification {
        alert_key: key.clone(),
        alert_keys: vec![key],
        kind: AlertType::Digest,
        level: AlertLevel::Warning,
        title: match due.every {
            Every::Daily => "Daily digest",
            Every::Weekly => "Weekly digest",
        }
        .to_owned(),
        message: text,
        href: "/".to_owned(),
        fired_at: now.to_rfc3339_opts(SecondsFormat::Millis, true),
        resolved: false,
    }
}
