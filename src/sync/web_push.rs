//! Browsers as channels: each that has subscribed has a line of its own in the outbox, with its own attempts.
//!
//! The key pair of this dashboard is made when somebody first asks for it, sealed, and kept: with another one every
//! browser would have to subscribe again.

use anyhow::Context;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, Utc};
use ring::digest::{SHA256, digest};

use super::engine::{Engine, blocking};
use crate::config::Vault;
use crate::model::{Notification, PushSubscription};
use crate::notify::{Failure, PushIdentity, check_subscription};

/// No name of a channel holds a colon.
const PREFIX: &str = "push:";
/// What the key pair is sealed for.
const PLACE: &str = "push/identity";
const META: &str = "push_identity";
/// Enough of a digest to tell browsers apart.
const ID_CHARS: usize = 16;

/// What came of a wish to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subscribed {
    /// Under this name in the delivery log.
    Yes(String),
    /// Why not, in a sentence.
    No(String),
}

/// Returns the name under which a browser stands in the outbox.
#[must_use]
pub fn subscriber(id: &str) -> String {
    format!("{PREFIX}{id}")
}

/// Returns the id of a browser by its name in the outbox; `None` for a channel of the file.
#[must_use]
pub fn is_subscriber(channel: &str) -> Option<&str> {
    channel.strip_prefix(PREFIX)
}

/// Names a browser by its endpoint, and does not say it.
fn id_of(endpoint: &str) -> String {
    let mut id = BASE64.encode(digest(&SHA256, endpoint.as_bytes()));
    id.truncate(ID_CHARS);
    id
}

impl Engine {
    /// Returns what browsers are given to subscribe by.
    ///
    /// # Errors
    /// When the key pair cannot be made or opened.
    pub async fn push_key(&self) -> anyhow::Result<String> {
        Ok(self.push_identity().await?.public_key())
    }

    async fn push_identity(&self) -> anyhow::Result<&PushIdentity> {
        self.push_identity.get_or_try_init(|| self.open_push_identity()).await
    }

    async fn open_push_identity(&self) -> anyhow::Result<PushIdentity> {
        let data_dir = self.config.environment.data_dir.clone();
        let vault = blocking(move || Vault::open(&data_dir)).await?;
        let sealed = match self.store.meta(META).await? {
            Some(sealed) => sealed,
            None => {
                let made = PushIdentity::generate().context("the system gives no random numbers")?;
                self.store.keep_meta(META, &vault.seal(PLACE, &made)?).await?
            }
        };
        let opened = vault.unseal(PLACE, "the key pair for Web Push", &sealed)?;
        PushIdentity::read(opened.expose()).context("the key pair for Web Push cannot be read")
    }

    /// Has a browser of somebody's told from now on.
    ///
    /// # Errors
    /// When it cannot be remembered.
    pub async fn subscribe(&self, owner: &str, browser: &PushSubscription) -> anyhow::Result<Subscribed> {
        if let Err(sentence) = check_subscription(browser) {
            return Ok(Subscribed::No(sentence));
        }
        let (id, now_ms) = (id_of(&browser.endpoint), self.clock.now().timestamp_millis());
        if !self.store.add_subscription(&id, owner, browser, now_ms).await? {
            return Ok(Subscribed::No("Too many browsers have subscribed; unsubscribe one first.".to_owned()));
        }
        tracing::info!(browser = id, "A browser has subscribed");
        self.tell_pages().await;
        Ok(Subscribed::Yes(subscriber(&id)))
    }

    /// Has a browser told no more.
    ///
    /// # Errors
    /// When it cannot be forgotten.
    pub async fn unsubscribe(&self, endpoint: &str) -> anyhow::Result<()> {
        let id = id_of(endpoint);
        self.store.remove_subscription(&id).await?;
        tracing::info!(browser = id, "A browser has unsubscribed");
        self.tell_pages().await;
        Ok(())
    }

    /// Returns the name of a browser in the delivery log, while it is subscribed.
    ///
    /// # Errors
    /// When that cannot be read.
    pub async fn subscribed(&self, endpoint: &str) -> anyhow::Result<Option<String>> {
        let id = id_of(endpoint);
        Ok(self.store.subscription(&id).await?.map(|_| subscriber(&id)))
    }

    /// Makes one attempt to reach a browser; forgets it when it has left.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub(super) async fn push(
        &self,
        browser: &str,
        message_id: &str,
        notification: &Notification,
        now: DateTime<Utc>,
    ) -> anyhow::Result<Result<(), Failure>> {
        let Some(subscription) = self.store.subscription(browser).await? else {
            return Ok(Err(Failure::Gone("the browser has unsubscribed".to_owned())));
        };
        let identity = self.push_identity().await?;
        let config = self.config.current();
        let sent = self.sender.push(&config.channels, identity, &subscription, message_id, notification, now).await;
        if let Err(Failure::Gone(_)) = sent {
            self.store.remove_subscription(browser).await?;
        }
        Ok(sent)
    }
}
