//! The schedule at work: sleeps until the next run is due, and takes changed settings over at once.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};

use super::run::{Engine, Outcome};
use crate::model::Trigger;

/// The clock is looked at again at least this often, so that a clock that was set, a machine that slept or a setting
/// that changed is noticed soon.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Runs the schedule until the engine stops. `start_with_run` makes the first run come at once.
pub async fn keep_time(engine: Arc<Engine>, start_with_run: bool) {
    let mut stopping = engine.stopping();
    let mut last = engine.clock.now();
    let mut announced = None;
    let mut startup = start_with_run;
    loop {
        let now = engine.clock.now();
        announced = announce(&engine, last, announced);
        if startup || engine.next_run().is_some_and(|next| next <= now) {
            let trigger = if startup { Trigger::Startup } else { Trigger::Schedule };
            let before = std::mem::replace(&mut last, now);
            // Before the run, which publishes when the next one comes.
            announced = announce(&engine, last, announced);
            if run(&engine, trigger).await {
                startup = false;
                continue;
            }
            // Somebody else holds the lock: what is due stays due.
            last = before;
        }
        tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

/// Computes the numbers anew when the user's day has changed, or time has made a source late; for a dashboard whose
/// schedule is paused, rare, or absent.
pub async fn keep_today(engine: Arc<Engine>) {
    let mut stopping = engine.stopping();
    loop {
        tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(LOOK_EVERY * 10) => {}
        }
        let now = engine.clock.now();
        let snapshot = engine.snapshot();
        let stale = snapshot.today != engine.config.current().zone.date(now)
            || engine.freshness_changed(&snapshot.analytics.freshness, now).await.unwrap_or(false);
        if stale && let Err(error) = engine.recompute().await {
            tracing::warn!(error = format!("{error:#}"), "the numbers could not be computed anew: {error:#}");
        }
    }
}

/// Works out the next run and logs the interval when it is new.
fn announce(engine: &Engine, last: DateTime<Utc>, announced: Option<String>) -> Option<String> {
    let config = engine.config.current();
    if !config.sync.enabled {
        engine.set_next_run(None);
        let paused = "paused".to_owned();
        if announced.as_ref() != Some(&paused) {
            tracing::info!("Auto-sync is paused (\"enabled\" is false in data/config/sync.json)");
        }
        return Some(paused);
    }
    let schedule = &config.schedule;
    let next = schedule.next_after(last, engine.clock.now(), config.zone.tz());
    engine.set_next_run(Some(next));
    let words = schedule.to_string();
    if announced.as_ref() != Some(&words) {
        let at = next.to_rfc3339_opts(SecondsFormat::Secs, true);
        tracing::info!(
            interval_minutes = config.sync.interval_minutes,
            next_run = at,
            "Syncing {words}, next run {at}"
        );
    }
    Some(words)
}

/// Says whether the run was had; a lock that is held means no.
async fn run(engine: &Arc<Engine>, trigger: Trigger) -> bool {
    match engine.run(trigger, &[]).await {
        Ok(outcome) => matches!(outcome, Outcome::Finished(_)),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "the sync could not run: {error:#}");
            true
        }
    }
}
