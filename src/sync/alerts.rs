//! The end of every run: what holds is compared with what is remembered, and run, memory and messages are written
//! together. Also what people do about alerts: acknowledge, put off, change the rules.

mod budgets;
mod messages;

use std::time::Instant;

use chrono::{DateTime, SecondsFormat, Utc};

use super::compute::compute;
use super::engine::{Engine, blocking};
use super::publish;
use super::run::elapsed_ms;
use super::snapshot::Snapshot;
use crate::alerts;
use crate::model::{Alert, AlertRecord, AlertState, StepStatus, SyncRun, SyncStep, Trigger};
use crate::store::{Concluded, Conclusion};
pub(super) use budgets::{named, unknown_projects};
pub(super) use messages::message;
use messages::messages;

pub(super) const STEP: &str = "alerts";

impl Engine {
    /// Judges the alerts of a run and writes both, with the messages they call for. `recorded` is when the run began, if
    /// it goes to the sync log; the run gets its last step.
    ///
    /// # Errors
    /// When the database cannot be written; nothing was told then, and the next run tells it.
    pub(super) async fn conclude(
        &self,
        run: &mut SyncRun,
        recorded: Option<i64>,
        active: Option<&[Alert]>,
    ) -> anyhow::Result<Concluded> {
        let (clock, now) = (Instant::now(), self.clock.now());
        let step = |status, message| SyncStep {
            name: STEP.to_owned(),
            source: None,
            status,
            message,
            duration_ms: elapsed_ms(clock),
            rows: 0,
        };
        let before = run.steps.len();
        let browsers = self.store.subscribers().await?;
        let judge = |known: &[AlertRecord]| {
            let (conclusion, step) = match active {
                Some(active) => {
                    let (conclusion, fired) = self.judged(active, known, &browsers, now);
                    (conclusion, step(StepStatus::Success, words(active.len(), fired)))
                }
                None => {
                    (Conclusion::default(), step(StepStatus::Skipped, "There are no numbers to judge by".to_owned()))
                }
            };
            run.steps.push(step);
            Conclusion { run: recorded.map(|at| (run.clone(), at)), ..conclusion }
        };
        let concluded = self.store.conclude(judge).await;
        match &concluded {
            Ok(concluded) => log(concluded, now),
            Err(error) => {
                run.steps.truncate(before);
                run.steps.push(step(StepStatus::Error, format!("{error:#}")));
            }
        }
        concluded
    }

    /// What is to be written, and how many alerts are told.
    fn judged(
        &self,
        active: &[Alert],
        known: &[AlertRecord],
        browsers: &[String],
        now: DateTime<Utc>,
    ) -> (Conclusion, usize) {
        let config = self.config.current();
        let found = alerts::newly_fired(active, known, &config.alerts, now.with_timezone(&config.zone.tz()));
        let messages = messages(&found, &config, browsers, now);
        (Conclusion { run: None, records: found.changed, messages }, found.fired.len())
    }

    /// Notes that somebody takes care of an alert; false when it does not hold.
    ///
    /// # Errors
    /// When it cannot be written; nothing has changed then.
    pub async fn acknowledge(&self, alert_key: &str) -> anyhow::Result<bool> {
        self.note(alert_key, alerts::acknowledged).await
    }

    /// Puts an alert off; false when it does not hold.
    ///
    /// # Errors
    /// When it cannot be written; nothing has changed then.
    pub async fn snooze(&self, alert_key: &str, until: DateTime<Utc>) -> anyhow::Result<bool> {
        let until_ms = until.timestamp_millis();
        self.note(alert_key, |alert, known, now_ms| alerts::snoozed(alert, known, until_ms, now_ms)).await
    }

    async fn note(
        &self,
        alert_key: &str,
        change: impl FnOnce(&Alert, &[AlertRecord], i64) -> AlertRecord + Send,
    ) -> anyhow::Result<bool> {
        let _publishing = self.publishing.lock().await;
        let mut snapshot = self.snapshot().as_ref().clone();
        let Some(alert) = snapshot.holding.iter().find(|alert| alert.alert_key == alert_key).cloned() else {
            return Ok(false);
        };
        let now_ms = self.clock.now().timestamp_millis();
        let record = |known: &[AlertRecord]| Conclusion {
            records: vec![change(&alert, known, now_ms)],
            ..Conclusion::default()
        };
        let concluded = self.store.conclude(record).await?;
        snapshot.take_over(&concluded, self.clock.now());
        snapshot.number += 1;
        self.show(snapshot);
        Ok(true)
    }

    /// Takes changed rules and budgets over at once: numbers, alerts and who is told. No source is read.
    ///
    /// # Errors
    /// When the database or the published file cannot be written; the next run tries again.
    pub async fn take_over_choices(&self) -> anyhow::Result<()> {
        let config = self.config.clone();
        blocking(move || Ok(config.reload())).await?;
        let _publishing = self.publishing.lock().await;
        let now = self.clock.now();
        let number = self.snapshot().number + 1;
        let mut snapshot = compute(&self.store, &self.config, now, number).await?;
        publish::publish(self, &snapshot, Trigger::Watch, now).await?;
        self.judge_alerts(&mut snapshot, now).await?;
        self.show(snapshot);
        Ok(())
    }

    /// Judges what holds, remembers what has changed and queues what is to be told, in one transaction.
    ///
    /// # Errors
    /// When the database cannot be written; nothing was told then.
    pub(super) async fn judge_alerts(&self, snapshot: &mut Snapshot, now: DateTime<Utc>) -> anyhow::Result<()> {
        let browsers = self.store.subscribers().await?;
        let judge = |known: &[AlertRecord]| self.judged(&snapshot.holding, known, &browsers, now).0;
        let concluded = self.store.conclude(judge).await?;
        log(&concluded, now);
        snapshot.take_over(&concluded, now);
        Ok(())
    }

    /// Whether the alerts of a snapshot call for a judgement: something holds, is over or is to be told that was not
    /// noted yet. Reads nothing. While a run is due it is left to the run, which is about to know better: after a night
    /// asleep every source is late for a moment.
    pub(super) fn has_news(&self, snapshot: &Snapshot, now: DateTime<Utc>) -> bool {
        if self.is_running() || self.next_run().is_some_and(|next| next <= now) {
            return false;
        }
        let config = self.config.current();
        let found = alerts::newly_fired(
            &snapshot.holding,
            &snapshot.remembered,
            &config.alerts,
            now.with_timezone(&config.zone.tz()),
        );
        let is_known = |key: &str| snapshot.remembered.iter().any(|known| known.alert.alert_key == key);
        let is_noted = |record: &AlertRecord| record.state != AlertState::Resolved && is_known(&record.alert.alert_key);
        !found.fired.is_empty() || !found.changed.iter().all(is_noted)
    }

    /// Tells what became news by the clock alone: quiet hours or a time off have ended, or nobody has taken care for long.
    ///
    /// # Errors
    /// When the database cannot be written; it is tried again.
    pub(super) async fn tell_news(&self) -> anyhow::Result<()> {
        let now = self.clock.now();
        if !self.has_news(&self.snapshot(), now) {
            return Ok(());
        }
        let _publishing = self.publishing.lock().await;
        let mut snapshot = self.snapshot().as_ref().clone();
        self.judge_alerts(&mut snapshot, now).await?;
        snapshot.number += 1;
        self.show(snapshot);
        Ok(())
    }
}

impl Snapshot {
    /// Shows the alerts as they are remembered now.
    pub(super) fn take_over(&mut self, concluded: &Concluded, now: DateTime<Utc>) {
        // Unless somebody else wrote in between, what is shown is what is stored.
        if concluded.generation == Some(self.generation + 1) {
            self.generation += 1;
        }
        self.alerts = alerts::shown(&self.holding, &concluded.records, now).into();
        self.remembered = concluded.records.clone().into();
    }

    /// Whether an alert that was put off has to be shown again.
    pub(super) fn has_slept_in(&self, now: DateTime<Utc>) -> bool {
        let now = now.to_rfc3339_opts(SecondsFormat::Secs, true);
        self.alerts.iter().filter_map(|alert| alert.snoozed_until.as_ref()).any(|until| *until <= now)
    }
}

/// Notes what was told; after it is written, for before it may come to nothing.
fn log(concluded: &Concluded, now: DateTime<Utc>) {
    let told = concluded.records.iter().filter(|record| record.notified_ms == Some(now.timestamp_millis()));
    for AlertRecord { alert, .. } in told {
        tracing::info!(alert_key = alert.alert_key, "Alert: {}", alert.message);
    }
}

/// `2 alerts hold, 1 of them is told now`
fn words(active: usize, fired: usize) -> String {
    let hold = match active {
        0 => return "Nothing to say".to_owned(),
        1 => "1 alert holds".to_owned(),
        more => format!("{more} alerts hold"),
    };
    match fired {
        0 => hold,
        fired => format!("{hold}, {fired} new"),
    }
}
