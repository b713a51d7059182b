//! The engine of one data folder: what is in force, what is going on, and who is told.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, Utc};
use tokio::sync::{Mutex, OnceCell, watch};

use super::clock::Clock;
use super::compute::compute;
use super::freshness::freshness;
use super::orders::{Orders, live_clients};
use super::probe::Probes;
use super::receive::Intake;
use super::snapshot::Snapshot;
use crate::config::ConfigStore;
use crate::model::{LiveState, RunStatus};
use crate::notify::{PushIdentity, Sender};
use crate::sources::Source;
use crate::sources::access::Access;
use crate::sources::http::{Http, Limits};
use crate::sources::toast;
use crate::store::Store;

/// A run waits so long for a provider that limits its callers; the next run asks again.
const PATIENCE: Duration = Duration::from_secs(60);
/// Half a second's work each; nobody waits for the others.
const OPENED: usize = 40_000;
const COMPARED: usize = 150_000;
const COUNTED: usize = 5_000;
/// In the data folder.
pub const LOCK_FILE: &str = ".sync-lock";

/// The engine of one data folder. Cheap to share; [`Engine::run`] excludes itself.
pub struct Engine {
    pub store: Store,
    pub config: Arc<ConfigStore>,
    pub clock: Clock,
    /// How the providers are reached.
    pub access: Access,
    /// The bounds of every request to a provider.
    pub limits: Limits,
    /// Files of large trees that one reading of the projects' quality opens.
    pub opened: usize,
    /// Files of large work trees that one reading of the projects compares with the last commit.
    pub compared: usize,
    /// Files of large projects whose lines one reading counts.
    pub counted: usize,
    /// Between two requests for the orders of one location.
    pub order_spacing: Duration,
    /// How channels are reached.
    pub sender: Sender,
    pub(super) probes: Probes,
    /// Opened when the first browser asks for it.
    pub(super) push_identity: OnceCell<PushIdentity>,
    /// Made when the first provider is asked: who asks none needs no certificates.
    http: OnceLock<Http>,
    snapshot: watch::Sender<Arc<Snapshot>>,
    pub(super) live: watch::Sender<LiveState>,
    /// When each source comes next; empty while there is no schedule.
    plan: watch::Sender<Vec<(Source, DateTime<Utc>)>>,
    pub(super) orders: Orders,
    pub(super) running: Mutex<()>,
    pub(super) publishing: Mutex<()>,
    /// Whether this engine keeps the schedule; else somebody else may, and what he planned stands.
    scheduled: AtomicBool,
    stopping: watch::Sender<bool>,
    pub(super) runs: AtomicU64,
    /// Source files in which open issues are still to be counted.
    pub(super) waiting_files: AtomicUsize,
    /// Large projects that are still to be read in full.
    pub(super) waiting_projects: AtomicUsize,
    /// What others send.
    pub(super) intake: Intake,
}

impl Engine {
    /// Makes the engine and computes the first snapshot from what is stored.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn new(store: Store, config: Arc<ConfigStore>, clock: Clock, access: Access) -> anyhow::Result<Engine> {
        let snapshot = compute(&store, &config, clock.now(), first_number(clock.now())).await?;
        let live = LiveState {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            snapshot: snapshot.number,
            running: None,
            last: snapshot.runs.iter().find(|run| run.status != RunStatus::Skipped).cloned(),
            last_success: snapshot.last_success.as_ref().map(|at| config.current().zone.moment(at)),
            clients: live_clients(&store, config.current().zone).await?,
            orders: store.orders_generation().await?,
        };
        Ok(Engine {
            store,
            config,
            clock,
            access,
            limits: Limits { patience: PATIENCE, ..Limits::default() },
            opened: OPENED,
            compared: COMPARED,
            counted: COUNTED,
            order_spacing: toast::feed::SPACING,
            sender: Sender::default(),
            probes: Probes::default(),
            push_identity: OnceCell::new(),
            http: OnceLock::new(),
            snapshot: watch::Sender::new(Arc::new(snapshot)),
            live: watch::Sender::new(live),
            plan: watch::Sender::new(Vec::new()),
            orders: Orders::default(),
            running: Mutex::new(()),
            publishing: Mutex::new(()),
            scheduled: AtomicBool::new(false),
            stopping: watch::Sender::new(false),
            runs: AtomicU64::new(0),
            waiting_files: AtomicUsize::new(0),
            waiting_projects: AtomicUsize::new(0),
            intake: Intake::default(),
        })
    }

    /// The numbers in force. Requests read this and nothing else.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.borrow().clone()
    }

    /// What `/events` streams.
    #[must_use]
    pub fn live(&self) -> watch::Receiver<LiveState> {
        self.live.subscribe()
    }

    #[must_use]
    pub fn next_run(&self) -> Option<DateTime<Utc>> {
        self.plan.borrow().iter().map(|(_, at)| *at).min()
    }

    /// When the schedule reads a source next; sources may have intervals of their own.
    #[must_use]
    pub fn next_run_of(&self, source: Source) -> Option<DateTime<Utc>> {
        self.plan.borrow().iter().find(|(planned, _)| *planned == source).map(|(_, at)| *at)
    }

    pub(super) fn set_plan(&self, plan: Vec<(Source, DateTime<Utc>)>) {
        self.scheduled.store(true, Ordering::Relaxed);
        self.plan.send_replace(plan);
    }

    pub(super) fn is_scheduled(&self) -> bool {
        self.scheduled.load(Ordering::Relaxed)
    }

    /// Asks everything that belongs to the engine to end: a run stops before its next group of files.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    #[must_use]
    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.subscribe()
    }

    pub(super) fn is_running(&self) -> bool {
        self.running.try_lock().is_err()
    }

    /// Waits until no run is in progress.
    pub async fn idle(&self) {
        drop(self.running.lock().await);
    }

    /// Computes the numbers anew without reading any source: the day has changed, a source became late, or another
    /// process has written. What became true by that is told.
    ///
    /// # Errors
    /// When the database cannot be read; the numbers before stay. When it cannot be written; the new ones are shown then,
    /// and nobody was told.
    pub async fn recompute(&self) -> anyhow::Result<()> {
        let _publishing = self.publishing.lock().await;
        let (number, now) = (self.snapshot().number + 1, self.clock.now());
        let mut snapshot = compute(&self.store, &self.config, now, number).await?;
        // Usage comes in all the time: the database is written only when there is something to be noted.
        let judged = if self.has_news(&snapshot, now) { self.judge_alerts(&mut snapshot, now).await } else { Ok(()) };
        self.show(snapshot);
        judged
    }

    /// Makes a snapshot the one in force and tells everybody.
    pub(super) fn show(&self, snapshot: Snapshot) {
        let zone = self.config.current().zone;
        let number = snapshot.number;
        let last = snapshot.runs.first().cloned();
        let last_success = snapshot.last_success.as_ref().map(|at| zone.moment(at));
        self.snapshot.send_replace(Arc::new(snapshot));
        self.live.send_modify(|live| {
            live.snapshot = number;
            live.last = last.or_else(|| live.last.take());
            live.last_success = last_success;
        });
    }

    /// Whether the numbers in force are no longer what they would be now.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(super) async fn is_outdated(&self) -> anyhow::Result<bool> {
        let (now, shown, config) = (self.clock.now(), self.snapshot(), self.config.current());
        if shown.today != config.zone.date(now)
            || shown.has_slept_in(now)
            || shown.generation != self.store.generation().await?
        {
            return Ok(true);
        }
        let present = freshness(&self.store.source_states().await?, &config, now);
        Ok(present.iter().map(|source| source.status).ne(shown.analytics.freshness.iter().map(|source| source.status)))
    }

    /// The one HTTP client of the program.
    pub(super) fn http(&self) -> anyhow::Result<&Http> {
        if let Some(http) = self.http.get() {
            return Ok(http);
        }
        let http = Http::new(self.limits, self.stopping())?;
        Ok(self.http.get_or_init(|| http))
    }

    /// Tells what a source waits for.
    pub(super) fn waiting(&self, words: &str) {
        self.live.send_if_modified(|live| {
            let Some(running) = &mut live.running else { return false };
            running.waiting = Some(words.to_owned());
            true
        });
    }

    pub(super) fn progress(&self, done: u64, total: u64) {
        self.live.send_if_modified(|live| {
            let Some(running) = &mut live.running else { return false };
            let percent = |done: u64| done.saturating_mul(100).checked_div(running.total.max(total)).unwrap_or(0);
            let moved = percent(running.done) != percent(done) || running.total != total;
            if moved {
                (running.done, running.total) = (done, total);
            }
            moved
        });
    }

    #[must_use]
    pub fn lock_file(&self) -> PathBuf {
        self.config.environment.data_dir.join(LOCK_FILE)
    }
}

/// Does file work away from the threads that answer requests.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    tokio::task::spawn_blocking(work).await.context("a file operation ended abnormally")?
}

/// Numbers go on from the time of the start: a tab that outlived a restart must not take a new snapshot for its own.
fn first_number(now: DateTime<Utc>) -> u64 {
    u64::try_from(now.timestamp_millis()).unwrap_or(1)
}
