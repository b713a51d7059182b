//! How an alert reaches people: one file for each kind of channel, and one sender.
//!
//! A channel's file is pure: message and keys → the request to make. [`Sender`] makes it, bounded in time and size, and
//! only to addresses that [`Guard`] lets pass. Knows nothing of when, how often and in what order: that is the outbox.
//! Never shows a key or the words of whoever answered.

mod command;
mod desktop;
mod discord;
mod email;
mod gotify;
mod guard;
mod http;
mod ntfy;
mod pagerduty;
mod push;
mod slack;
mod teams;
mod telegram;
mod text;
mod webhook;

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::config::{Channel, ChannelKind, ChannelsFile, Keys};
use crate::model::{AlertLevel, AlertType, Notification, PushSubscription};
pub use desktop::is_there as has_desktop;
pub use guard::Guard;
use http::Post;
pub use push::{PushIdentity, check_subscription};

/// How long one attempt may take, whatever the other side does.
const PATIENCE: Duration = Duration::from_secs(10);

/// What one channel is sent.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// The same for every attempt: whoever gets it twice knows it by this.
    pub id: &'a str,
    pub notification: &'a Notification,
    /// The page that shows more, when people can reach the dashboard by an address.
    pub link: Option<&'a str>,
    pub now: DateTime<Utc>,
}

/// Why a message did not arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It may pass; the other side may have said after how long.
    Passing { reason: String, retry_after: Option<Duration> },
    /// Trying again would end the same.
    Lasting(String),
    /// Whoever was to get it has left, and is to be forgotten.
    Gone(String),
}

impl Failure {
    fn passing(reason: impl Into<String>) -> Failure {
        Failure::Passing { reason: reason.into(), retry_after: None }
    }

    #[must_use]
    pub fn reason(&self) -> &str {
        match self {
            Failure::Passing { reason, .. } | Failure::Lasting(reason) | Failure::Gone(reason) => reason,
        }
    }
}

/// Makes the attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sender {
    pub patience: Duration,
}

impl Default for Sender {
    fn default() -> Sender {
        Sender { patience: PATIENCE }
    }
}

impl Sender {
    /// Makes one attempt to send a message.
    ///
    /// # Errors
    /// When it was not taken; the reason is fit to be shown.
    pub async fn send(
        self,
        file: &ChannelsFile,
        channel: &Channel,
        id: &str,
        notification: &Notification,
        now: DateTime<Utc>,
    ) -> Result<(), Failure> {
        // What is not set yet may be set before the last attempt.
        let keys = channel.keys().map_err(Failure::passing)?;
        let link =
            file.dashboard_url.as_ref().map(|base| format!("{}{}", base.trim_end_matches('/'), notification.href));
        let message = Message { id, notification, link: link.as_deref(), now };
        let guard = Guard::new(&file.allow, &file.ports);
        let attempt = async {
            match channel.kind {
                ChannelKind::Email => email::send(channel, &keys, &message, &guard).await,
                ChannelKind::Command => command::run(&channel.command, &message).await,
                ChannelKind::Desktop => desktop::show(&message).await,
                _ => http::send(post(channel, &keys, &message)?, guard, self.patience, now).await,
            }
        };
        self.in_time(attempt).await.map_err(|failure| match failure {
            Failure::Passing { reason, retry_after } => Failure::Passing { reason: keys.hide_in(&reason), retry_after },
            Failure::Lasting(reason) => Failure::Lasting(keys.hide_in(&reason)),
            Failure::Gone(reason) => Failure::Gone(keys.hide_in(&reason)),
        })
    }

    /// Makes one attempt to reach a browser.
    ///
    /// # Errors
    /// When its push service did not take it; [`Failure::Gone`] when the browser has unsubscribed.
    pub async fn push(
        self,
        file: &ChannelsFile,
        identity: &PushIdentity,
        subscription: &PushSubscription,
        id: &str,
        notification: &Notification,
        now: DateTime<Utc>,
    ) -> Result<(), Failure> {
        let message = Message { id, notification, link: None, now };
        let guard = Guard::new(&file.allow, &file.ports);
        let post = push::post(identity, subscription, &message, file.dashboard_url.as_deref())?;
        self.in_time(push::send(post, guard, self.patience, now)).await
    }

    async fn in_time(self, attempt: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
        match tokio::time::timeout(self.patience, attempt).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Failure::passing(format!("no answer within {} s", self.patience.as_secs_f32()))),
        }
    }
}

/// The request a channel of the web is sent.
fn post(channel: &Channel, keys: &Keys, message: &Message<'_>) -> Result<Post, Failure> {
    let post = match channel.kind {
        ChannelKind::Webhook => webhook::post(keys, message),
        ChannelKind::Slack => slack::post(keys, message),
        ChannelKind::Discord => discord::post(keys, message),
        ChannelKind::Teams => teams::post(keys, message),
        ChannelKind::Telegram => telegram::post(channel, keys, message),
        ChannelKind::Ntfy => ntfy::post(channel, keys, message),
        ChannelKind::Gotify => gotify::post(keys, message),
        ChannelKind::PagerDuty => pagerduty::post(keys, message),
        ChannelKind::Email | ChannelKind::Command | ChannelKind::Desktop => None,
    };
    post.ok_or_else(|| Failure::Lasting(format!("{} is not set up completely", channel.kind.label())))
}

/// What a test of a channel sends.
#[must_use]
pub fn test_notification(now: DateTime<Utc>) -> Notification {
    Notification {
        alert_key: "test".to_owned(),
        alert_keys: vec!["test".to_owned()],
        kind: AlertType::Global,
        level: AlertLevel::Warning,
        title: "Test".to_owned(),
        message: "This is a test from Allclear. Nothing is wrong.".to_owned(),
        href: "/alerts".to_owned(),
        fired_at: now.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        resolved: false,
    }
}

#[cfg(test)]
mod tests;
