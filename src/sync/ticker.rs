//! The schedule at work: sleeps until the next run is due, and takes changed settings over at once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};

use super::engine::Engine;
use super::run::Outcome;
use crate::config::Config;
use crate::model::Trigger;
use crate::sources::Source;

/// The clock is looked at again at least this often, so that a clock that was set, a machine that slept or a setting
/// that changed is noticed soon.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// When each source last came due.
type Last = BTreeMap<Source, DateTime<Utc>>;

/// Runs the schedule until the engine stops. `start_with_run` makes the first run come at once.
pub async fn keep_time(engine: Arc<Engine>, start_with_run: bool) {
    let mut stopping = engine.stopping();
    let start = engine.clock.now();
    let mut last: Last = Source::ALL.into_iter().map(|source| (source, start)).collect();
    let mut announced = None;
    let mut startup = start_with_run;
    loop {
        let now = engine.clock.now();
        announced = announce(&engine, &last, announced);
        let config = engine.config.current();
        let due = if startup { Some(Vec::new()) } else { due(&config, &last, now) };
        if let Some(only) = due {
            let trigger = if startup { Trigger::Startup } else { Trigger::Schedule };
            let before = last.clone();
            last.iter_mut()
                .filter(|(source, _)| only.is_empty() || only.contains(source))
                .for_each(|(_, at)| *at = now);
            // Before the run, which publishes when the next one comes.
            announced = announce(&engine, &last, announced);
            if run(&engine, trigger, &only).await {
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

/// When each source that is switched on comes next.
fn plan(config: &Config, last: &Last, now: DateTime<Utc>) -> Vec<(Source, DateTime<Utc>)> {
    let next = |source: Source| {
        let last = last.get(&source).copied().unwrap_or(now);
        (source, config.schedule_of(source).next_after(last, now, config.zone.tz()))
    };
    let asked = Source::ALL.into_iter().filter(|source| !source.is_received());
    let on: Vec<_> = asked.clone().filter(|source| config.sources.of(*source).enabled).map(next).collect();
    // With every source switched off, the analytics still follow the day.
    if on.is_empty() { asked.map(next).collect() } else { on }
}

/// The sources to be read now: none named means all of them, `None` that nothing is due.
fn due(config: &Config, last: &Last, now: DateTime<Utc>) -> Option<Vec<Source>> {
    if !config.sync.enabled {
        return None;
    }
    let plan = plan(config, last, now);
    let due: Vec<Source> = plan.iter().filter(|(_, next)| *next <= now).map(|(source, _)| *source).collect();
    if due.len() == plan.len() {
        return Some(Vec::new());
    }
    (!due.is_empty()).then_some(due)
}

/// Computes the numbers anew when the user's day has changed, time has made a source late, or another process (the
/// command line, `allclear cron`) has written; tells of alerts whose time has come; and goes on with what a run left to be counted.
pub async fn keep_current(engine: Arc<Engine>) {
    let mut stopping = engine.stopping();
    loop {
        tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        // A run of our own publishes when it ends.
        if engine.is_running() {
            continue;
        }
        if let Err(error) = engine.read_on().await {
            tracing::warn!(error = format!("{error:#}"), "large projects could not be read on: {error:#}");
        }
        let outcome = match engine.is_outdated().await {
            Ok(true) => engine.recompute().await,
            // Orders are in no snapshot: who shows them is told that there are others.
            Ok(false) => match engine.tell_news().await {
                Ok(()) => engine.show_clients().await,
                told => told,
            },
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            tracing::warn!(error = format!("{error:#}"), "the numbers could not be computed anew: {error:#}");
        }
    }
}

/// Works out the next run and logs the intervals when they are new.
fn announce(engine: &Engine, last: &Last, announced: Option<String>) -> Option<String> {
    let config = engine.config.current();
    if !config.sync.enabled {
        engine.set_plan(Vec::new());
        let paused = "paused".to_owned();
        if announced.as_ref() != Some(&paused) {
            tracing::info!("Auto-sync is paused (\"enabled\" is false in data/config/sync.json)");
        }
        return Some(paused);
    }
    engine.set_plan(plan(&config, last, engine.clock.now()));
    let next = engine.next_run();
    let words = words(&config);
    if announced.as_ref() != Some(&words) {
        let at = next.map(|next| next.to_rfc3339_opts(SecondsFormat::Secs, true)).unwrap_or_default();
        tracing::info!(
            interval_minutes = config.sync.interval_minutes,
            next_run = at,
            "Syncing {words}, next run {at}"
        );
    }
    Some(words)
}

/// `every 15 min, claude_code every 5 min`.
fn words(config: &Config) -> String {
    let mut words = config.schedule.to_string();
    for source in Source::ALL.into_iter().filter(|source| config.sources.of(*source).interval_minutes.is_some()) {
        words += &format!(", {} {}", source.name(), config.schedule_of(source));
    }
    words
}

/// Says whether the run was had; a lock that is held means no.
async fn run(engine: &Arc<Engine>, trigger: Trigger, only: &[Source]) -> bool {
    match engine.run(trigger, only).await {
        Ok(outcome) => matches!(outcome, Outcome::Finished(_)),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "the sync could not run: {error:#}");
            true
        }
    }
}
