//! One run: lock, steps, analytics, publication, alerts, sync log.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use anyhow::Context;
use chrono::{DateTime, SecondsFormat, Utc};
use tokio::sync::watch;

use super::compute::{RUNS_SHOWN, compute};
use super::engine::{Engine, blocking};
use super::lock::{self, Acquire};
use super::tokens;
use super::{alerts, orders, projects, publish, quality};
use crate::model::{LiveState, RunStatus, Running, StepStatus, SyncRun, SyncStep, Trigger};
use crate::sources::Source;

const ANALYTICS: &str = "analytics";

/// How a request for a run ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    Finished(SyncRun),
    /// Another run holds the lock: in this process, or in another one (its holder in words).
    Busy(String),
}

impl Engine {
    /// Reads the sources (all, or those named), computes the analytics and publishes.
    ///
    /// Steps that fail are in the result, not in the error. The run goes on to its end when the caller goes away: a
    /// browser that closes must not leave half a run behind.
    ///
    /// # Errors
    /// When the lock file cannot be used at all, or the run panicked.
    pub async fn run(self: &Arc<Self>, trigger: Trigger, only: &[Source]) -> anyhow::Result<Outcome> {
        let (engine, only) = (self.clone(), only.to_vec());
        tokio::spawn(async move { engine.run_here(trigger, &only).await }).await.context("the run ended abnormally")?
    }

    async fn run_here(&self, trigger: Trigger, only: &[Source]) -> anyhow::Result<Outcome> {
        // While an agent writes, its log is read every second: who asks for a whole run waits for such a read to end.
        let only_watching = |live: &LiveState| live.running.as_ref().is_none_or(|run| run.trigger == Trigger::Watch);
        let _running = if trigger != Trigger::Watch && only_watching(&self.live.borrow()) {
            Some(self.running.lock().await)
        } else {
            self.running.try_lock().ok()
        };
        if _running.is_none() {
            let since = self.live.borrow().running.as_ref().map(|run| run.started_at.clone()).unwrap_or_default();
            return Ok(Outcome::Busy(format!("since {since} in this process")));
        }
        let started = self.clock.now();
        let lock_file = self.lock_file();
        let _lock = match blocking(move || lock::acquire(&lock_file, started)).await? {
            Acquire::Held(lock) => lock,
            Acquire::Busy(holder) => {
                // A watched file is looked at again and again until the lock is free; that is no news.
                if trigger != Trigger::Watch {
                    tracing::info!(trigger = trigger.as_str(), %holder, "Sync already in progress (lock file exists) - skipping");
                }
                return Ok(Outcome::Busy(holder.to_string()));
            }
        };
        let _announced = Announced(&self.live);
        let config = self.config.clone();
        blocking(move || Ok(config.reload())).await?;
        Ok(Outcome::Finished(self.steps(trigger, only, started).await))
    }

    async fn steps(&self, trigger: Trigger, only: &[Source], started: DateTime<Utc>) -> SyncRun {
        let clock = Instant::now();
        let number = self.runs.fetch_add(1, Ordering::Relaxed);
        let id = format!("{}-{}-{number}", started.format("%Y%m%dT%H%M%S%.3fZ"), std::process::id());
        let started_at = started.to_rfc3339_opts(SecondsFormat::Millis, true);
        let running = Running {
            id: id.clone(),
            trigger,
            started_at: started_at.clone(),
            step: "tokens".to_owned(),
            waiting: None,
            done: 0,
            total: 0,
        };
        // Reading a grown log takes milliseconds and comes every second: announcing it would make the header flicker.
        if trigger != Trigger::Watch {
            self.live.send_modify(|live| live.running = Some(running));
        }
        tracing::info!(trigger = trigger.as_str(), "Starting sync: tokens...");
        let mut steps = tokens::read_sources(self, only).await;
        // Folders are looked at by whole runs: not for a line in a log, and not for one source.
        if trigger != Trigger::Watch && only.is_empty() {
            self.live.send_modify(|live| set_step(live, projects::STEP));
            tracing::info!("Starting sync: projects...");
            let projects = projects::read_projects(self).await;
            self.live.send_modify(|live| set_step(live, quality::STEP));
            tracing::info!("Starting sync: quality...");
            // Read after the projects, so that a new one is measured at once; told in the order people know.
            steps.push(quality::read_projects(self).await);
            steps.push(projects);
            self.live.send_modify(|live| set_step(live, orders::STEP));
            tracing::info!("Starting sync: orders...");
            steps.extend(self.order_steps().await);
        }
        self.live.send_modify(|live| set_step(live, "analytics"));
        tracing::info!("Starting sync: analytics...");
        let mut run = finish(SyncRun {
            id,
            trigger,
            status: RunStatus::Success,
            started_at,
            duration_ms: 0,
            error: None,
            steps: std::mem::take(&mut steps),
        });
        let config = self.config.current();
        let shown = self.snapshot();
        let unchanged = shown.today == config.zone.date(started)
            && shown.choices == config.fingerprint()
            && shown.problems == self.config.problems()
            && shown.runs.first().is_some_and(|run| run.status == RunStatus::Success);
        if trigger == Trigger::Watch && run.status == RunStatus::Success && run.rows() == 0 && unchanged {
            // Most lines an agent writes carry no usage: the numbers stand.
            run.duration_ms = elapsed_ms(clock);
            return run;
        }
        self.analytics(&mut run, started, clock).await;
        let level_ok = run.status == RunStatus::Success;
        let sentence = format!("All syncs completed in {}ms", run.duration_ms);
        if level_ok {
            tracing::info!(duration_ms = run.duration_ms, rows = run.rows(), "{sentence}");
        } else {
            let error = run.error.clone().unwrap_or_default();
            tracing::warn!(duration_ms = run.duration_ms, error, "{sentence}, with failures: {error}");
        }
        run
    }

    /// Analytics run on what is stored, whatever the steps before did; then everything is published, alerts are judged and
    /// the run is written down with them.
    async fn analytics(&self, run: &mut SyncRun, started: DateTime<Utc>, clock: Instant) {
        let step_clock = Instant::now();
        run.duration_ms = elapsed_ms(clock);
        // A reader of the log sees the run as soon as the numbers of the run; a quiet look at changed logs is no entry.
        let record = run.trigger != Trigger::Watch || run.rows() > 0 || run.status != RunStatus::Success;
        let _publishing = self.publishing.lock().await;
        let computed = compute(&self.store, &self.config, self.clock.now(), 0).await;
        let (snapshot, outcome) = match computed {
            Ok(snapshot) => {
                let published = publish::publish(self, &snapshot, run.trigger, started).await;
                (Some(snapshot), published)
            }
            Err(error) => (None, Err(error)),
        };
        let duration_ms = elapsed_ms(step_clock);
        let (status, message) = match &outcome {
            Ok(()) => (StepStatus::Success, "Computed the 7, 30 and 90-day windows".to_owned()),
            Err(error) => (StepStatus::Error, format!("{error:#}")),
        };
        run.steps.push(SyncStep { name: ANALYTICS.to_owned(), source: None, status, message, duration_ms, rows: 0 });
        *run = finish(run.clone());
        run.duration_ms = elapsed_ms(clock);
        let before = self.snapshot();
        let continued = before.runs.first().filter(|before| continues(before, run));
        if let Some(before) = continued {
            join(before, run);
        }
        let holding = snapshot.as_ref().map(|snapshot| snapshot.holding.clone());
        let mut snapshot = snapshot.unwrap_or_else(|| self.snapshot().as_ref().clone());
        match self.conclude(run, record.then(|| started.timestamp_millis()), holding.as_deref()).await {
            Ok(concluded) => snapshot.take_over(&concluded, self.clock.now()),
            Err(error) => {
                tracing::error!(
                    error = format!("{error:#}"),
                    "the run could not be written to the sync log, nor its alerts: {error:#}"
                );
                *run = finish(run.clone());
            }
        }
        // Whatever failed, the run itself is known: in the header, in the status file, in the sync log.
        snapshot.number = self.snapshot().number + 1;
        if record {
            snapshot.runs = self.snapshot().runs.clone();
            snapshot.runs.retain(|before| before.id != run.id);
            snapshot.runs.insert(0, run.clone());
            snapshot.runs.truncate(RUNS_SHOWN as usize);
        }
        if run.status == RunStatus::Success {
            snapshot.last_success = Some(run.started_at.clone());
        }
        if let Err(error) = publish::write_status(self, run, snapshot.last_success.clone()).await {
            tracing::error!(error = format!("{error:#}"), "sync-status.json could not be written: {error:#}");
        }
        self.show(snapshot);
        if !record {
            self.live.send_modify(|live| live.last = Some(run.clone()));
        }
    }
}

/// While an agent writes, its log is read every second: consecutive such reads are one entry of the sync log.
fn continues(before: &SyncRun, run: &SyncRun) -> bool {
    let watched = [before, run].iter().all(|run| run.trigger == Trigger::Watch);
    watched && before.status == run.status && before.error == run.error
}

/// Gives `run` the id and adds the rows of the read it continues.
fn join(before: &SyncRun, run: &mut SyncRun) {
    run.id.clone_from(&before.id);
    for step in &mut run.steps {
        let same = before.steps.iter().find(|other| (&other.name, &other.source) == (&step.name, &step.source));
        step.rows += same.map_or(0, |same| same.rows);
    }
}

/// Takes the announcement of a run back when it is over, however it ended.
struct Announced<'a>(&'a watch::Sender<LiveState>);

impl Drop for Announced<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|live| live.running = None);
    }
}

fn set_step(live: &mut LiveState, step: &str) {
    if let Some(running) = &mut live.running {
        (running.step, running.waiting, running.done, running.total) = (step.to_owned(), None, 0, 0);
    }
}

pub(super) fn elapsed_ms(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// Gives the run its status and its error from its steps.
fn finish(mut run: SyncRun) -> SyncRun {
    let failed: Vec<String> = run
        .steps
        .iter()
        .filter(|step| step.status == StepStatus::Error)
        .map(|step| format!("{}: {}", step.source.as_deref().unwrap_or(&step.name), step.message))
        .collect();
    // Analytics always have something to compute; what counts is whether anything was read.
    let read = run
        .steps
        .iter()
        .any(|step| ![ANALYTICS, alerts::STEP].contains(&step.name.as_str()) && step.status == StepStatus::Success);
    run.status = match failed.len() {
        0 => RunStatus::Success,
        _ if read => RunStatus::Partial,
        _ => RunStatus::Error,
    };
    run.error = (!failed.is_empty()).then(|| failed.join("; "));
    run
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failing_step_makes_a_run_partial_and_is_named() {
        let step = |name: &str, status| SyncStep {
            name: name.to_owned(),
            source: None,
            status,
            message: "why".to_owned(),
            duration_ms: 1,
            rows: 0,
        };
        let run = |steps| SyncRun {
            id: String::new(),
            trigger: Trigger::Cli,
            status: RunStatus::Success,
            started_at: String::new(),
            duration_ms: 0,
            error: None,
            steps,
        };
        let steps = [
            step("tokens", StepStatus::Error),
            step("tokens", StepStatus::Success),
            step("analytics", StepStatus::Success),
        ];
        let partial = finish(run(steps.to_vec()));
        assert_eq!((partial.status, partial.error.as_deref()), (RunStatus::Partial, Some("tokens: why")));
        let failed = finish(run(vec![step("tokens", StepStatus::Error), step("analytics", StepStatus::Success)]));
        assert_eq!(failed.status, RunStatus::Error, "nothing was read");
        let fine = finish(run(vec![step("tokens", StepStatus::Skipped), step("analytics", StepStatus::Success)]));
        assert_eq!((fine.status, fine.error), (RunStatus::Success, None));
    }
}
