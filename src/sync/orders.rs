//! Orders of clients: read from Toast, stored, and how that stands told to everybody.
//!
//! However a sync is asked for (the schedule, a person, somebody who watches, the command line), it is this one, and of
//! one client never two at once in this process. What is read is stored page by page; a cursor moves with the last page
//! of what it follows and never before. The watermark is the end of the window that was asked for, and by Toast's clock:
//! what changes while we read is in the next window.

mod diagnose;
mod events;
mod login;
mod manage;
mod plan;
mod pull;
mod standing;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use tokio::sync::Mutex;

use super::engine::Engine;
use super::run::elapsed_ms;
use crate::model::{Client, ClientPhase, StepStatus, SyncStep};
use crate::store::OrdersApplied;

pub use diagnose::{TestBy, TestedClient};
pub use events::OrderPushed;
pub use plan::RESYNC_DAYS;
pub(super) use standing::live_clients;

pub(super) const STEP: &str = "orders";
/// A run ends some time, because it keeps others from starting; a first reading that is longer goes on in the next.
const LONGEST_READING: Duration = Duration::from_secs(150);
/// A day that is being read when the time is over may be read to its end.
const SLACK: Duration = Duration::from_secs(30);

/// What of the sync of orders lives in memory.
#[derive(Default)]
pub(super) struct Orders {
    /// One for each client: who holds it syncs that client.
    turns: StdMutex<HashMap<String, Arc<Mutex<()>>>>,
    /// The clients that are being synced: what is told of them is not what is stored.
    busy: StdMutex<HashSet<String>>,
    /// One for each account: who holds it logs in.
    logins: StdMutex<HashMap<String, Arc<Mutex<()>>>>,
    /// Who holds it works off what was pushed.
    events: Mutex<()>,
    pub(super) live: super::live_orders::Watched,
}

impl Orders {
    fn turn(&self, client: &str) -> Arc<Mutex<()>> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner).entry(client.to_owned()).or_default().clone()
    }

    fn login_turn(&self, account: &str) -> Arc<Mutex<()>> {
        self.logins.lock().unwrap_or_else(PoisonError::into_inner).entry(account.to_owned()).or_default().clone()
    }
}

/// A client is busy as long as this lives.
struct Busy<'a>(&'a Orders, &'a str);

impl<'a> Busy<'a> {
    fn new(orders: &'a Orders, client: &'a str) -> Busy<'a> {
        orders.busy.lock().unwrap_or_else(PoisonError::into_inner).insert(client.to_owned());
        Busy(orders, client)
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(self.1);
    }
}

/// How the sync of one client ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientSynced {
    pub status: StepStatus,
    /// A sentence for people: what was read, what was wrong, what to do.
    pub message: String,
    pub applied: OrdersApplied,
    pub duration_ms: u64,
}

/// How a request for one ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientOutcome {
    Finished(ClientSynced),
    /// This client is being synced at this moment.
    Busy,
}

impl Engine {
    /// Syncs one client now: what changed, what is left of a first reading or a resync.
    ///
    /// What went wrong is in the result. It goes on to its end when the caller goes away.
    ///
    /// # Errors
    /// When there is no such client, or the database cannot be used.
    pub async fn sync_orders(self: &Arc<Self>, client: &str) -> anyhow::Result<ClientOutcome> {
        let (engine, id) = (self.clone(), client.to_owned());
        tokio::spawn(async move { engine.sync_orders_here(&id, None).await })
            .await
            .context("the sync ended abnormally")?
    }

    /// The same within a time; a reading that takes longer goes on the next time.
    pub(crate) async fn sync_orders_here(&self, id: &str, budget: Option<Duration>) -> anyhow::Result<ClientOutcome> {
        let turn = self.orders.turn(id);
        let Ok(_turn) = turn.try_lock() else { return Ok(ClientOutcome::Busy) };
        let client = self.store.client(id).await?.with_context(|| format!("there is no client “{id}”"))?;
        Ok(ClientOutcome::Finished(self.synced(&client, budget).await?))
    }

    async fn synced(&self, client: &Client, budget: Option<Duration>) -> anyhow::Result<ClientSynced> {
        let clock = Instant::now();
        let mut applied = OrdersApplied::default();
        let outcome = {
            let _busy = Busy::new(&self.orders, &client.id);
            self.begin_sync(client);
            let pull = pull::pull(self, client, budget, &mut applied);
            match budget {
                Some(budget) => tokio::time::timeout(budget + SLACK, pull)
                    .await
                    .unwrap_or_else(|_| bail!("Toast answers slowly: what came is stored, and the next sync goes on")),
                None => pull.await,
            }
        };
        let (status, message) = self.end_sync(client, outcome, applied).await?;
        let duration_ms = elapsed_ms(clock);
        match status {
            StepStatus::Error => {
                tracing::warn!(
                    client = client.id,
                    duration_ms,
                    "Syncing the orders of {} failed: {message}",
                    client.name
                );
            }
            _ => tracing::info!(client = client.id, duration_ms, rows = applied.rows(), "{}: {message}", client.name),
        }
        Ok(ClientSynced { status, message, applied, duration_ms })
    }

    /// Where a client is asked for, unless the program was told otherwise.
    fn base_of(&self, api_url: &str) -> String {
        self.access.toast_base().unwrap_or_else(|| api_url.trim_end_matches('/').to_owned())
    }

    /// The step of an ordinary run: every client that is switched on, side by side.
    pub(super) async fn order_steps(&self) -> Vec<SyncStep> {
        // What could not be stored when it was pushed.
        self.work_off_events().await;
        let clients = match self.store.clients().await {
            Ok(clients) => clients,
            Err(error) => return vec![step("", StepStatus::Error, format!("{error:#}"), 0, 0)],
        };
        let synced = clients.iter().filter(|client| client.enabled && !client.removed);
        futures::future::join_all(synced.map(|client| self.order_step(client))).await
    }

    async fn order_step(&self, client: &Client) -> SyncStep {
        if let Some(until) = waits(client, self.clock.now()) {
            if let (ClientPhase::Error, Some(error)) = (client.standing.phase, &client.standing.error) {
                return step(&client.id, StepStatus::Error, error.clone(), 0, 0);
            }
            let message = format!("Toast asks to be left alone until {}", until.format("%H:%M:%S UTC"));
            return step(&client.id, StepStatus::RateLimited, message, 0, 0);
        }
        match self.sync_orders_here(&client.id, Some(LONGEST_READING)).await {
            Ok(ClientOutcome::Finished(synced)) => {
                step(&client.id, synced.status, synced.message, synced.duration_ms, synced.applied.rows())
            }
            Ok(ClientOutcome::Busy) => {
                step(&client.id, StepStatus::Skipped, "Being synced at this moment".to_owned(), 0, 0)
            }
            Err(error) => step(&client.id, StepStatus::Error, format!("{error:#}"), 0, 0),
        }
    }
}

/// Until when a client's account wants to be left alone.
pub(super) fn waits(client: &Client, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    client.standing.until_ms.and_then(DateTime::from_timestamp_millis).filter(|until| *until > now)
}

fn step(client: &str, status: StepStatus, message: String, duration_ms: u64, rows: u64) -> SyncStep {
    let source = (!client.is_empty()).then(|| client.to_owned());
    SyncStep { name: STEP.to_owned(), source, status, message, duration_ms, rows }
}
