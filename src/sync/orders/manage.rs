//! Clients made, changed and removed; a full resync begun.

use std::sync::Arc;

use anyhow::{Context, bail};

use super::login::{account, open_vault, secret_place, webhook_place};
use super::plan::{self, RESYNC_DAYS};
use crate::config::Secret;
use crate::model::{ClientDraft, Resync};
use crate::store::{ClientKeys, OrderCursorKind};
use crate::sync::engine::Engine;

impl Engine {
    /// Makes a client or changes it. Keys that are not given stay; those that are given are sealed first.
    ///
    /// # Errors
    /// When the draft cannot be meant (a sentence names the field), another client is at that restaurant, the account
    /// changed and the secret did not, or nothing can be written.
    pub async fn save_client(
        &self,
        draft: &ClientDraft,
        secret: Option<&Secret>,
        webhook_secret: Option<&Secret>,
    ) -> anyhow::Result<()> {
        let problems = draft.conflicts(&self.store.clients().await?, secret.is_some());
        if !problems.is_empty() {
            bail!(problems.join(" "));
        }
        let vault = open_vault(self).await?;
        let seal = |place: String, secret: &Secret| vault.seal(&place, secret.expose());
        let keys = ClientKeys {
            secret: secret.map(|secret| seal(secret_place(&draft.id), secret)).transpose()?,
            webhook_secret: webhook_secret.map(|secret| seal(webhook_place(&draft.id), secret)).transpose()?,
        };
        self.store.save_client(draft, &keys, self.clock.now().timestamp_millis()).await?;
        if secret.is_some() {
            self.store.forget_refusal(&account(&self.base_of(&draft.api_url), draft.api_client.trim())).await?;
        }
        self.show_clients().await
    }

    /// Removes a client and its keys; its orders are kept. False when there is none.
    ///
    /// # Errors
    /// When nothing can be written.
    pub async fn remove_client(&self, id: &str) -> anyhow::Result<bool> {
        let turn = self.orders.turn(id);
        let _turn = turn.lock().await;
        let removed = self.store.remove_client(id, self.clock.now().timestamp_millis()).await?;
        self.show_clients().await?;
        Ok(removed)
    }

    /// Notes that the last `days` business days are to be read again; the next sync of the client begins, and each goes
    /// on where the one before was cut off. What somebody decided about whose orders they are stays. One that is under
    /// way goes on unless this one reaches further back.
    ///
    /// # Errors
    /// When there is no such client, or the number of days is not 7 to 365.
    pub async fn plan_resync(&self, id: &str, days: u32) -> anyhow::Result<()> {
        if !RESYNC_DAYS.contains(&days) {
            bail!("{days} days cannot be read again; choose {} to {}", RESYNC_DAYS.start(), RESYNC_DAYS.end());
        }
        let client = self.store.client(id).await?.with_context(|| format!("there is no client “{id}”"))?;
        let zone = client.time_zone.parse().unwrap_or_else(|_| self.config.current().zone.tz());
        let today = self.clock.now().with_timezone(&zone).date_naive();
        let walk = plan::walk(OrderCursorKind::Resync, today, u64::from(days));
        self.store.plan_order_walk(id, walk).await
    }

    /// Begins a full resync and returns at once; `/events` tells how far it is.
    ///
    /// # Errors
    /// As [`Engine::plan_resync`].
    pub async fn start_resync(self: &Arc<Self>, id: &str, days: u32) -> anyhow::Result<()> {
        self.plan_resync(id, days).await?;
        let (engine, id) = (self.clone(), id.to_owned());
        tokio::spawn(async move {
            if let Err(error) = engine.sync_orders(&id).await {
                tracing::warn!(client = id, error = format!("{error:#}"), "the resync could not begin: {error:#}");
            }
        });
        Ok(())
    }

    /// Returns how far a full resync is; `None` when none is under way.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn resync_of(&self, id: &str) -> anyhow::Result<Option<Resync>> {
        let cursors = self.store.order_cursors(id).await?;
        let today = self.config.current().zone.date(self.clock.now());
        let walk = cursors.iter().find(|cursor| cursor.kind == OrderCursorKind::Resync);
        Ok(walk.map(|walk| {
            let (done, total) = plan::progress(walk, today);
            let days = |count: u64| u32::try_from(count).unwrap_or(0);
            Resync { days: days(total), days_done: days(done) }
        }))
    }
}
