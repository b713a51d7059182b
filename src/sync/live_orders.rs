//! Live sync: while somebody looks at a client, its orders are read every minute.
//!
//! A tab says that it looks, and says so again while it does; who falls silent, or leaves, looks no more. It does not
//! matter how many look: a client is asked about once. It begins at once when the first one looks. A limit of Toast's is
//! kept to, whoever looks; the pause of the schedule pauses this too.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::engine::Engine;
use super::orders::waits;
use crate::model::Client;

/// A tab says that it still looks at least this often; it is believed for two and a half times as long.
pub const HEARTBEAT: Duration = Duration::from_secs(30);
const BELIEVED: TimeDelta = TimeDelta::seconds(75);
/// How often it is looked whether a client is due.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// More tabs than anybody has; one that makes up names is not remembered.
const TABS_MAX: usize = 10_000;

/// Who looks at what.
#[derive(Default)]
pub(super) struct Watched {
    tabs: Mutex<HashMap<String, Look>>,
    changed: Notify,
}

struct Look {
    client: String,
    until: DateTime<Utc>,
}

impl Watched {
    fn tabs(&self) -> MutexGuard<'_, HashMap<String, Look>> {
        self.tabs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The clients somebody looks at now.
    fn clients(&self, now: DateTime<Utc>) -> Vec<String> {
        let mut tabs = self.tabs();
        tabs.retain(|_, look| look.until > now);
        let mut clients: Vec<String> = tabs.values().map(|look| look.client.clone()).collect();
        clients.sort_unstable();
        clients.dedup();
        clients
    }
}

impl Engine {
    /// A tab looks at a client, from now on or still; `tab` is a name it gave itself. Who may look is the caller's to
    /// judge.
    pub fn watch_orders(&self, client: &str, tab: &str) {
        let watched = &self.orders.live;
        let until = self.clock.now() + BELIEVED;
        let mut tabs = watched.tabs();
        if tabs.len() >= TABS_MAX && !tabs.contains_key(tab) {
            return;
        }
        tabs.insert(tab.to_owned(), Look { client: client.to_owned(), until });
        drop(tabs);
        watched.changed.notify_one();
    }

    /// A tab looks no more: it was hidden, closed, or has gone elsewhere.
    pub fn leave_orders(&self, tab: &str) {
        self.orders.live.tabs().remove(tab);
    }
}

/// When a client that is looked at was last read because of it.
type Last = HashMap<String, DateTime<Utc>>;

/// Reads the orders of clients that are looked at, until the engine stops.
pub async fn keep_orders_live(engine: Arc<Engine>) {
    let mut stopping = engine.stopping();
    let mut live = LiveOrders::new(engine.clone());
    loop {
        live.look().await;
        tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => return,
            () = engine.orders.live.changed.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

/// What is read because somebody looks at it.
pub(crate) struct LiveOrders {
    engine: Arc<Engine>,
    last: Last,
}

impl LiveOrders {
    pub(crate) fn new(engine: Arc<Engine>) -> LiveOrders {
        LiveOrders { engine, last: Last::new() }
    }

    /// Begins to read what is due; nobody has to wait for the readings, which are returned.
    pub(crate) async fn look(&mut self) -> Vec<JoinHandle<()>> {
        let due = due(&self.engine, &mut self.last).await;
        let begin = |client: String| {
            let engine = self.engine.clone();
            tokio::spawn(async move {
                if let Err(error) = engine.sync_orders(&client).await {
                    tracing::warn!(client, error = format!("{error:#}"), "the live sync could not run: {error:#}");
                }
            })
        };
        due.into_iter().map(begin).collect()
    }
}

/// The clients to be read now; they count as read.
async fn due(engine: &Engine, last: &mut Last) -> Vec<String> {
    let config = engine.config.current();
    let now = engine.clock.now();
    let looked_at = engine.orders.live.clients(now);
    last.retain(|client, _| looked_at.contains(client));
    if looked_at.is_empty() || !config.sync.enabled {
        return Vec::new();
    }
    let clients = match engine.store.clients().await {
        Ok(clients) => clients,
        Err(error) => {
            tracing::warn!(error = format!("{error:#}"), "the clients cannot be read: {error:#}");
            return Vec::new();
        }
    };
    let every = TimeDelta::seconds(i64::from(config.sync.live_orders_seconds));
    let due = |client: &&Client| {
        let is_due = last.get(&client.id).is_none_or(|at| now - *at >= every || *at > now);
        looked_at.contains(&client.id) && !client.removed && client.enabled && waits(client, now).is_none() && is_due
    };
    let due: Vec<String> = clients.iter().filter(due).map(|client| client.id.clone()).collect();
    last.extend(due.iter().map(|client| (client.clone(), now)));
    due
}
