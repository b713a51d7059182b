//! Delivery: what the outbox holds is sent, apart from runs and apart from each other.
//!
//! Runs only queue. `serve` and `cron` look every second for what is due; `sync`, which may be all there is, sends once
//! before it ends. Each channel has a task of its own, so one that hangs keeps nobody waiting but
//! those behind it. Every message is claimed before and settled after: cut off in between, it is sent again when the
//! claim runs out, under the same id, so nothing is lost and the receiver can tell.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, timeout_at};

use super::engine::Engine;
use super::web_push::is_subscriber;
use crate::config::Channel;
use crate::model::Notification;
use crate::notify::{self, Failure};
use crate::store::{Claimed, Message, Settled};

/// How often the outbox is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The program is about to end, and somebody may be waiting for that.
const FAREWELL: Duration = Duration::from_secs(2);
/// Of a claim: longer than any attempt may take.
const LEASE_MS: i64 = 2 * 60_000;
/// Attempts in all. With the pauses between them they take a little over three hours: a night of the other side's is
/// longer, but by then the page has the alert, and the next one comes fresh.
const ATTEMPTS: u32 = 10;
/// Before the second attempt; doubled with each.
const PAUSE_MS: i64 = 30_000;
const PAUSE_MAX_MS: i64 = 60 * 60_000;
/// News of yesterday is none.
const AGE_MAX_MS: i64 = 24 * 3_600_000;
/// Messages of one channel sent in one go; the rest follows a second later.
const AT_ONCE: usize = 50;

/// What a test of a channel came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tested {
    Sent,
    /// Why it did not arrive.
    Failed(String),
    /// There is no such channel; these are there.
    Unknown(Vec<String>),
}

/// Sends what is due until the engine stops.
pub async fn keep_telling(engine: Arc<Engine>) {
    let mut stopping = engine.stopping();
    let mut busy: HashMap<String, JoinHandle<()>> = HashMap::new();
    loop {
        busy.retain(|_, task| !task.is_finished());
        if let Err(error) = engine.queue_digests().await {
            tracing::warn!(error = format!("{error:#}"), "no digest could be written: {error:#}");
        }
        match engine.store.due_channels(engine.clock.now().timestamp_millis()).await {
            Ok(due) => {
                for channel in due {
                    let send = || tokio::spawn(send_all_of(engine.clone(), channel.clone()));
                    busy.entry(channel.clone()).or_insert_with(send);
                }
            }
            Err(error) => tracing::warn!(error = format!("{error:#}"), "messages could not be sent: {error:#}"),
        }
        tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => break,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
    farewell(busy.into_values()).await;
}

/// Lets what is on its way arrive, for a moment; what is cut off is sent again when its claim runs out.
async fn farewell(tasks: impl Iterator<Item = JoinHandle<()>>) {
    let latest = Instant::now() + FAREWELL;
    for mut task in tasks {
        if timeout_at(latest, &mut task).await.is_err() {
            task.abort();
        }
    }
}

impl Engine {
    /// Sends what is due now, and waits until it is sent or has failed.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    pub async fn tell(self: &Arc<Self>) -> anyhow::Result<()> {
        self.queue_digests().await?;
        let mut tasks = JoinSet::new();
        for channel in self.store.due_channels(self.clock.now().timestamp_millis()).await? {
            tasks.spawn(send_all_of(self.clone(), channel));
        }
        while tasks.join_next().await.is_some() {}
        Ok(())
    }

    /// Sends a test to a channel, switched on or not, and notes it in the delivery log.
    ///
    /// # Errors
    /// When the delivery log cannot be written.
    pub async fn test_channel(&self, name: &str) -> anyhow::Result<Tested> {
        let (config, now) = (self.config.current(), self.clock.now());
        let (channel, browser) = (config.channels.of(name), is_subscriber(name));
        if channel.is_none() && browser.is_none() {
            return Ok(Tested::Unknown(config.channels.channels.iter().map(|channel| channel.name.clone()).collect()));
        }
        let notification = notify::test_notification(now);
        let message = Message {
            id: format!("test#{}#{name}", now.timestamp_millis()),
            channel: name.to_owned(),
            alert_key: notification.alert_key.clone(),
            payload: serde_json::to_string(&notification)?,
            queued_ms: now.timestamp_millis(),
        };
        let sent = match (channel, browser) {
            (Some(channel), _) => self.sender.send(&config.channels, channel, &message.id, &notification, now).await,
            (None, browser) => self.push(browser.unwrap_or_default(), &message.id, &notification, now).await?,
        };
        let (settled, tested) = match sent {
            Ok(()) => (Settled::Sent, Tested::Sent),
            Err(failure) => {
                let reason = failure.reason().to_owned();
                (Settled::Dead(reason.clone()), Tested::Failed(reason))
            }
        };
        self.store.log_delivery(&message, &settled).await?;
        self.tell_pages().await;
        Ok(tested)
    }

    /// Has pages read the delivery log again.
    pub(super) async fn tell_pages(&self) {
        let _publishing = self.publishing.lock().await;
        let mut snapshot = self.snapshot().as_ref().clone();
        snapshot.number += 1;
        self.show(snapshot);
    }
}

/// Sends what a channel has due, one after another, until one has to wait.
async fn send_all_of(engine: Arc<Engine>, channel: String) {
    let mut tried = false;
    for _ in 0..AT_ONCE {
        match send_next_of(&engine, &channel).await {
            Ok(Next::May) => tried = true,
            Ok(Next::Waits) => {
                tried = true;
                break;
            }
            Ok(Next::None) => break,
            Err(error) => {
                tracing::error!(channel, error = format!("{error:#}"), "messages to {channel} are stuck: {error:#}");
                break;
            }
        }
    }
    // Where nothing was tried the delivery log is as it was: every open page would read it again for nothing.
    if tried {
        engine.tell_pages().await;
    }
}

/// What follows the message that was looked at.
enum Next {
    /// It was sent or given up: the next one may go.
    May,
    /// It failed for now, and all behind it wait.
    Waits,
    /// There was none that could be sent now.
    None,
}

/// Claims, sends and settles one message.
async fn send_next_of(engine: &Engine, name: &str) -> anyhow::Result<Next> {
    let now = engine.clock.now();
    let now_ms = now.timestamp_millis();
    let Some(claimed) = engine.store.claim(name, now_ms, now_ms + LEASE_MS).await? else { return Ok(Next::None) };
    let settled = match attempt(engine, &claimed, now).await? {
        Attempt::Made(sent) => settled(sent, claimed.attempt, engine.clock.now()),
        Attempt::Hopeless(reason) => Settled::Dead(reason),
    };
    log(&claimed, &settled);
    engine.store.settle(&claimed, &settled, engine.clock.now().timestamp_millis()).await?;
    Ok(if matches!(settled, Settled::Failed(..)) { Next::Waits } else { Next::May })
}

enum Attempt {
    /// What it came to. Pauses count from its end: it may have taken its time.
    Made(Result<(), Failure>),
    /// Nothing was tried, and why.
    Hopeless(String),
}

async fn attempt(engine: &Engine, claimed: &Claimed, now: DateTime<Utc>) -> anyhow::Result<Attempt> {
    let hopeless_for = |reason: &str| Ok(Attempt::Hopeless(reason.to_owned()));
    let (config, Message { id, channel: name, payload, .. }) = (engine.config.current(), &claimed.message);
    let (channel, browser) = (config.channels.of(name), is_subscriber(name));
    match channel {
        None if browser.is_none() => return hopeless_for("there is no such channel any more"),
        Some(Channel { enabled: false, .. }) => return hopeless_for("the channel is switched off"),
        _ => {}
    }
    if let Some(reason) = hopeless(claimed, now.timestamp_millis()) {
        return Ok(Attempt::Hopeless(reason));
    }
    let Ok(notification) = serde_json::from_str::<Notification>(payload) else {
        return hopeless_for("the message is of another version and cannot be read");
    };
    Ok(Attempt::Made(match (channel, browser) {
        (Some(channel), _) => engine.sender.send(&config.channels, channel, id, &notification, now).await,
        (None, browser) => engine.push(browser.unwrap_or_default(), id, &notification, now).await?,
    }))
}

/// Says why nothing is tried any more. A claim counts as an attempt: one that brings the process down every time ends too.
fn hopeless(claimed: &Claimed, now_ms: i64) -> Option<String> {
    if claimed.attempt > ATTEMPTS {
        return Some(format!("given up after {ATTEMPTS} attempts"));
    }
    (now_ms - claimed.message.queued_ms > AGE_MAX_MS).then(|| "given up: it is older than a day".to_owned())
}

fn settled(sent: Result<(), Failure>, attempt: u32, now: DateTime<Utc>) -> Settled {
    match sent {
        Ok(()) => Settled::Sent,
        Err(Failure::Lasting(reason) | Failure::Gone(reason)) => Settled::Dead(reason),
        Err(Failure::Passing { reason, .. }) if attempt >= ATTEMPTS => {
            Settled::Dead(format!("given up after {ATTEMPTS} attempts: {reason}"))
        }
        Err(Failure::Passing { reason, retry_after }) => {
            let wish = retry_after.and_then(|wish| i64::try_from(wish.as_millis()).ok()).unwrap_or(0);
            Settled::Failed(now.timestamp_millis() + pause_ms(attempt).max(wish), reason)
        }
    }
}

/// The pause after an attempt: half a minute, doubled each time, an hour at most.
fn pause_ms(attempt: u32) -> i64 {
    PAUSE_MS.saturating_mul(1 << attempt.saturating_sub(1).min(20)).min(PAUSE_MAX_MS)
}

fn log(claimed: &Claimed, settled: &Settled) {
    let (channel, alert_key, attempt) = (&claimed.message.channel, &claimed.message.alert_key, claimed.attempt);
    match settled {
        Settled::Sent => tracing::info!(channel, alert_key, attempt, "Sent {alert_key} to {channel}"),
        Settled::Failed(_, reason) => {
            tracing::warn!(channel, alert_key, attempt, reason, "{channel} did not take {alert_key}: {reason}");
        }
        Settled::Dead(reason) => {
            tracing::error!(channel, alert_key, attempt, reason, "{alert_key} is not sent to {channel}: {reason}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_an_hour_and_a_wish_makes_them_longer_only() {
        let minutes: Vec<i64> = (1..ATTEMPTS).map(|attempt| pause_ms(attempt) / 30_000).collect();
        assert_eq!(minutes, [1, 2, 4, 8, 16, 32, 64, 120, 120]);
        let now = DateTime::<Utc>::from_timestamp_millis(1_000_000).unwrap_or_default();
        let passing = |seconds: Option<u64>| {
            Err(Failure::Passing { reason: "x".to_owned(), retry_after: seconds.map(Duration::from_secs) })
        };
        assert_eq!(settled(passing(None), 1, now), Settled::Failed(1_030_000, "x".to_owned()));
        assert_eq!(settled(passing(Some(3)), 1, now), Settled::Failed(1_030_000, "x".to_owned()));
        assert_eq!(settled(passing(Some(300)), 1, now), Settled::Failed(1_300_000, "x".to_owned()));
        assert_eq!(settled(passing(Some(3)), ATTEMPTS, now), Settled::Dead("given up after 10 attempts: x".to_owned()));
    }
}
