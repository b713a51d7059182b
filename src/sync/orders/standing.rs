//! How the sync of each client stands: kept over restarts, and told to everybody who may see it.

use std::sync::PoisonError;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::login::LoginsUsedUp;
use super::pull::{LittleLeft, Pulled, http_error};
use crate::config::Zone;
use crate::model::{Client, ClientLive, ClientPhase, ClientProgress, ClientStanding, LiveState, StepStatus};
use crate::sources::http::HttpError;
use crate::store::{OrdersApplied, Store};
use crate::sync::engine::Engine;
use crate::sync::tokens::counted;

/// When Toast does not say when to come back, and the longest wish that is believed.
const USUAL_WAIT: TimeDelta = TimeDelta::seconds(32);
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(24);
/// Of orders that could not be read, so many are named.
const NAMED: usize = 3;

/// What `/events` says of the clients, from what is stored.
pub(in crate::sync) async fn live_clients(store: &Store, zone: Zone) -> anyhow::Result<Vec<ClientLive>> {
    let clients = store.clients().await?;
    Ok(clients.iter().filter(|client| !client.removed).map(|client| live_of(client, zone)).collect())
}

fn live_of(client: &Client, zone: Zone) -> ClientLive {
    let last = client.standing.last_success_ms.and_then(DateTime::from_timestamp_millis);
    ClientLive {
        id: client.id.clone(),
        name: client.name.clone(),
        phase: client.standing.phase,
        last_success: last.map(|at| zone.moment(&at.to_rfc3339())),
        error: client.standing.error.clone(),
        until_ms: client.standing.until_ms,
        progress: None,
    }
}

impl Engine {
    /// Tells everybody what is stored of the clients and their orders; what is being synced stays so.
    pub(in crate::sync) async fn show_clients(&self) -> anyhow::Result<()> {
        let clients = live_clients(&self.store, self.config.current().zone).await?;
        let orders = self.store.orders_generation().await?;
        self.live.send_if_modified(|live| {
            let busy = self.orders.busy.lock().unwrap_or_else(PoisonError::into_inner);
            let fresh: Vec<ClientLive> = clients
                .into_iter()
                .map(|fresh| {
                    let told = live.clients.iter().find(|old| old.id == fresh.id && busy.contains(&fresh.id));
                    told.cloned().unwrap_or(fresh)
                })
                .collect();
            let changed = live.clients != fresh || live.orders != orders;
            (live.clients, live.orders) = (fresh, orders);
            changed
        });
        Ok(())
    }

    pub(super) fn begin_sync(&self, client: &Client) {
        self.live.send_modify(|live| {
            let shown = shown(live, client);
            (shown.phase, shown.progress, shown.until_ms) = (ClientPhase::Syncing, None, None);
        });
    }

    /// Tells that reading waits: for a limit of Toast's, or because Toast does not answer.
    pub(super) fn order_waiting(&self, client: &Client, wait: Duration, is_limit: bool) {
        let until = self.clock.now() + TimeDelta::from_std(wait).unwrap_or(LONGEST_WAIT);
        self.live.send_modify(|live| {
            let shown = shown(live, client);
            shown.phase = if is_limit { ClientPhase::RateLimited } else { ClientPhase::Syncing };
            shown.until_ms = Some(until.timestamp_millis());
        });
    }

    pub(super) fn order_progress(&self, client: &Client, words: &str, done: u64, total: u64) {
        self.live.send_modify(|live| {
            let shown = shown(live, client);
            (shown.phase, shown.until_ms) = (ClientPhase::Syncing, None);
            shown.progress = Some(ClientProgress { words: words.to_owned(), done, total });
        });
    }

    /// Judges, keeps and tells how a sync ended.
    pub(super) async fn end_sync(
        &self,
        client: &Client,
        outcome: anyhow::Result<Pulled>,
        applied: OrdersApplied,
    ) -> anyhow::Result<(StepStatus, String)> {
        let now = self.clock.now();
        let (status, message, until) = match &outcome {
            Ok(pulled) => judged(pulled, applied),
            Err(error) => failed(error, now),
        };
        let phase = match status {
            StepStatus::Success => ClientPhase::Success,
            StepStatus::RateLimited => ClientPhase::RateLimited,
            StepStatus::Skipped => client.standing.phase,
            StepStatus::Error => ClientPhase::Error,
        };
        let now_ms = now.timestamp_millis();
        let standing = ClientStanding {
            phase,
            last_success_ms: (status == StepStatus::Success).then_some(now_ms),
            last_attempt_ms: (status != StepStatus::Skipped).then_some(now_ms),
            error: (status == StepStatus::Error).then(|| message.clone()),
            until_ms: until.map(|until| until.timestamp_millis()),
        };
        let noted = self.store.note_standing(&client.id, &standing).await;
        self.show_clients().await?;
        noted?;
        Ok((status, message))
    }
}

/// A client's entry in what everybody is told; made when it is not there yet.
fn shown<'a>(live: &'a mut LiveState, client: &Client) -> &'a mut ClientLive {
    let place = live.clients.iter().position(|shown| shown.id == client.id).unwrap_or_else(|| {
        live.clients.push(ClientLive { id: client.id.clone(), name: client.name.clone(), ..ClientLive::default() });
        live.clients.len() - 1
    });
    &mut live.clients[place]
}

fn judged(pulled: &Pulled, applied: OrdersApplied) -> (StepStatus, String, Option<DateTime<Utc>>) {
    if !pulled.unreadable.is_empty() {
        let named = pulled.unreadable.iter().take(NAMED).map(|order| format!("{} ({})", order.guid, order.problem));
        let count = counted(pulled.unreadable.len() as u64, "order", "orders");
        let message = format!(
            "{count} could not be read: {}; the others are stored. If this lasts, Toast's format has changed: update Allclear",
            named.collect::<Vec<_>>().join(", ")
        );
        return (StepStatus::Error, message, None);
    }
    let mut message = match applied.rows() {
        0 => "No new orders".to_owned(),
        _ => format!("{}, {} changed", counted(applied.added, "new order", "new orders"), applied.changed),
    };
    if pulled.nightly > 0 {
        message += &format!("; the nightly comparison found {} of them", pulled.nightly);
    }
    if pulled.days_left > 0 {
        message += &format!("; {} still to be read", counted(pulled.days_left, "day", "days"));
    }
    (StepStatus::Success, message, None)
}

fn failed(error: &anyhow::Error, now: DateTime<Utc>) -> (StepStatus, String, Option<DateTime<Utc>>) {
    if let Some(LoginsUsedUp { until, refused, .. }) = error.downcast_ref() {
        // A key that does not work is no limit: it is what is wrong, also while it cannot be tried again.
        let status = if refused.is_some() { StepStatus::Error } else { StepStatus::RateLimited };
        return (status, format!("{error:#}"), Some(*until));
    }
    if let Some(LittleLeft { wait }) = error.downcast_ref() {
        let wait = TimeDelta::from_std(*wait).unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT);
        return (StepStatus::RateLimited, format!("{error:#}"), Some(now + wait));
    }
    match http_error(error) {
        Some(HttpError::RateLimited { retry_after, .. }) => {
            let wish = retry_after.map(|wish| TimeDelta::from_std(wish).unwrap_or(LONGEST_WAIT));
            let wait = wish.unwrap_or(USUAL_WAIT).min(LONGEST_WAIT);
            (StepStatus::RateLimited, format!("{error:#}"), Some(now + wait))
        }
        Some(HttpError::Stopped) => (StepStatus::Skipped, format!("{error:#}"), None),
        Some(HttpError::Forbidden { .. }) => {
            let message = format!("{error:#}. The keys may be for another location than this restaurant GUID");
            (StepStatus::Error, message, None)
        }
        _ => (StepStatus::Error, format!("{error:#}"), None),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::store::UnreadableOrder;

    #[test]
    fn a_limit_is_no_failure_and_says_until_when() {
        let now = Utc::now();
        let limited = |retry_after| {
            let error = HttpError::RateLimited { service: "Toast (a)".into(), retry_after };
            failed(&anyhow::Error::from(error).context("reading"), now)
        };
        for (wish, wait) in [(None, USUAL_WAIT), (Some(12), TimeDelta::seconds(12)), (Some(u64::MAX), LONGEST_WAIT)] {
            let (status, _, until) = limited(wish.map(Duration::from_secs));
            assert_eq!((status, until), (StepStatus::RateLimited, Some(now + wait)), "{wish:?}");
        }
        let used_up = |refused| failed(&LoginsUsedUp { until: now, refused, outage: false }.into(), now);
        let (status, message, until) = used_up(None);
        assert_eq!((status, until), (StepStatus::RateLimited, Some(now)));
        assert!(message.contains("two logins an hour"), "{message}");
        let (status, message, until) = used_up(Some("Toast refused the key".to_owned()));
        assert_eq!((status, until), (StepStatus::Error, Some(now)));
        assert!(message.starts_with("Toast refused the key. Toast allows two logins an hour"), "{message}");
        let (status, _, until) = failed(&LittleLeft { wait: Duration::from_secs(90) }.into(), now);
        assert_eq!((status, until), (StepStatus::RateLimited, Some(now + TimeDelta::seconds(90))));
    }

    #[test]
    fn a_sync_that_left_something_unread_is_no_success() {
        let problem = "checks[0].amount: not money".into();
        let unreadable = vec![UnreadableOrder { guid: "abc".into(), day: None, problem, reader: 1 }];
        let (status, message, _) = judged(&Pulled { unreadable, ..Pulled::default() }, OrdersApplied::default());
        assert_eq!(status, StepStatus::Error);
        assert!(message.contains("1 order could not be read: abc (checks[0].amount"), "{message}");
        let pulled = Pulled { days_left: 3, ..Pulled::default() };
        let (status, message, _) = judged(&pulled, OrdersApplied { added: 1, changed: 0 });
        assert_eq!(
            (status, message.as_str()),
            (StepStatus::Success, "1 new order, 0 changed; 3 days still to be read")
        );
    }
}
