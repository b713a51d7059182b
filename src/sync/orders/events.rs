//! What Toast pushes: kept before it is answered, worked off afterwards. It is read before it is kept, so that nothing of
//! a guest is written that the client's setting does not keep.

use std::sync::Arc;

use chrono_tz::Tz;

use super::login::{open_vault, webhook_place};
use crate::model::Client;
use crate::sources::toast::webhook::{Event, Refused, claimed_restaurant, open};
use crate::sources::toast::{Reading, parse_order};
use crate::store::{OrderBatch, OrderEvent};
use crate::sync::engine::Engine;

/// Worked off in one go; more are left for the next.
const AT_ONCE: u32 = 200;
/// What errors call the secret.
const NAME: &str = "the webhook secret";

/// What became of something that was pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderPushed {
    /// It is kept, and will be worked off.
    Kept,
    /// It was here before: nothing is done twice.
    Known,
    Refused(Refused),
    /// No client with a webhook secret is at this location.
    Nobody,
}

impl Engine {
    /// Checks and keeps an event; the working off begins when this has returned. `location` is the restaurant the
    /// request names beside the event, for one that does not name it itself; only the signature is believed.
    ///
    /// # Errors
    /// When it could not be kept: the sender has to send it again.
    pub async fn push_order(
        self: &Arc<Self>,
        signature: &str,
        location: Option<&str>,
        raw: &[u8],
    ) -> anyhow::Result<OrderPushed> {
        let claimed = claimed_restaurant(raw).or_else(|| location.map(|guid| guid.trim().to_lowercase()));
        let Some(restaurant) = claimed else { return Ok(OrderPushed::Refused(Refused::NotAnEvent)) };
        let now = self.clock.now();
        let clients = self.store.clients().await?;
        let mut pushed = OrderPushed::Nobody;
        for client in clients.iter().filter(|client| !client.removed && client.restaurant == restaurant) {
            let Some(sealed) = self.store.client_keys(&client.id).await?.webhook_secret else { continue };
            let secret = open_vault(self).await?.unseal(&webhook_place(&client.id), NAME, &sealed)?;
            match open(&secret, &client.restaurant, signature, raw, now) {
                Ok(event) => {
                    let kept = self.keep(client, event).await?;
                    pushed = if kept { OrderPushed::Kept } else { OrderPushed::Known };
                }
                Err(refused) if pushed == OrderPushed::Nobody => pushed = OrderPushed::Refused(refused),
                Err(_) => {}
            }
        }
        if pushed == OrderPushed::Kept {
            let engine = self.clone();
            tokio::spawn(async move { engine.work_off_events().await });
        }
        Ok(pushed)
    }

    /// Stores the orders of all events that wait; an event that cannot be read is put aside with the reason, and the
    /// next sync brings its order.
    pub async fn work_off_events(&self) {
        let _one = self.orders.events.lock().await;
        loop {
            match self.work_off_some().await {
                Ok(0) => return,
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(error = format!("{error:#}"), "what Toast pushed could not be stored: {error:#}");
                    return;
                }
            }
        }
    }

    async fn work_off_some(&self) -> anyhow::Result<usize> {
        let events = self.store.waiting_order_events(AT_ONCE).await?;
        let clients = self.store.clients().await?;
        for event in &events {
            let client = clients.iter().find(|client| client.id == event.client && !client.removed);
            let error = match client {
                Some(client) => self.take(client, event).await?,
                None => Some("the client was removed".to_owned()),
            };
            self.store.settle_order_event(event, error.as_deref()).await?;
        }
        if !events.is_empty() {
            self.show_clients().await?;
        }
        Ok(events.len())
    }

    /// Keeps the order of an event as it is stored later; of one that cannot be read only why, and the next sync brings
    /// its order. False when the event is known already.
    async fn keep(&self, client: &Client, event: Event) -> anyhow::Result<bool> {
        let zone: Tz = client.time_zone.parse().unwrap_or_else(|_| self.config.current().zone.tz());
        let reading = Reading { client: &client.id, zone, keeps_personal: client.keeps_personal };
        let (body, problem) = match parse_order(event.order.as_bytes(), reading) {
            Ok(order) => (serde_json::to_string(&order)?, None),
            Err(error) => {
                let client = client.id.as_str();
                tracing::warn!(client, event = event.id, "an order that was pushed cannot be read: {error}");
                (String::new(), Some(error.to_string()))
            }
        };
        let event = OrderEvent { client: client.id.clone(), id: event.id, body, attempts: 0 };
        self.store.keep_order_event(&event, problem.as_deref(), self.clock.now().timestamp_millis()).await
    }

    /// Stores the order of an event, or says why not.
    async fn take(&self, client: &Client, event: &OrderEvent) -> anyhow::Result<Option<String>> {
        let order = match serde_json::from_str(&event.body) {
            Ok(order) => order,
            Err(error) => {
                let client = client.id.as_str();
                tracing::warn!(client, event = event.id, "an order that was kept cannot be read: {error}");
                return Ok(Some(error.to_string()));
            }
        };
        let restaurant = Some(client.restaurant.clone());
        let batch = OrderBatch { client: client.id.clone(), restaurant, orders: vec![order], ..OrderBatch::default() };
        self.store.apply_orders(&batch, self.clock.now().timestamp_millis()).await?;
        Ok(None)
    }
}
