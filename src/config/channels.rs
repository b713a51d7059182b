//! `channels.json`: where alerts are sent, and to which addresses anything may be sent at all.
//!
//! A channel is one flat entry whatever its kind, so that a mistake is named by its field. What opens a door (a token, a
//! webhook's address) is kept as where to find it, or hidden; it is looked up for every message, so that a rotated one
//! counts at once.

mod check;
mod digest;
mod key;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::model::AlertLevel;
pub use digest::{DigestTimes, Due, Every};
pub use key::{Key, Keys};

pub const CHANNELS_FILE: &str = "channels.json";
/// Where the web answers.
pub const WEB_PORTS: [u16; 2] = [80, 443];
/// Where mail servers take mail; only mail is sent there.
pub const MAIL_PORTS: [u16; 3] = [25, 465, 587];

/// Every choice about channels.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ChannelsFile {
    /// Address blocks beside the public ones that may be sent to, such as `"192.168.1.0/24"`. Default none.
    pub allow: Vec<IpNet>,
    /// Ports beside 80 and 443 (of mail: 25, 465 and 587) that may be sent to. Default none.
    pub ports: Vec<u16>,
    /// Where people reach this dashboard, for the links in messages: `"https://allclear.example.com"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dashboard_url: Option<String>,
    /// When digests are sent.
    pub digest: DigestTimes,
    pub channels: Vec<Channel>,
}

/// One place alerts are sent to. Which fields belong to which kind, `docs/notifications.md` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Channel {
    /// Names it in the delivery log; letters, digits, `-`, `_` and `.`.
    pub name: String,
    pub kind: ChannelKind,
    /// Whether anything is sent. Default true.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// How bad an alert must be. Default both.
    #[serde(default = "both")]
    pub levels: Vec<AlertLevel>,
    /// Whether the end of an alert is told too; PagerDuty is always told. Default false.
    #[serde(default)]
    pub resolved: bool,
    /// Which digests it gets: `["weekly"]`, `["daily"]` or both. Default none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub digests: Vec<Every>,
    /// Whether `http://` will do. Default false.
    #[serde(default)]
    pub allow_http: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Key>,
    /// Signs what a webhook is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<Key>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Key>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routing_key: Option<Key>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// The mail server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    #[serde(default)]
    pub tls: MailTls,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Key>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
    /// The program and its arguments; no shell is between.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
}

const fn yes() -> bool {
    true
}

fn both() -> Vec<AlertLevel> {
    vec![AlertLevel::Warning, AlertLevel::Critical]
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChannelKind {
    Webhook,
    Slack,
    Discord,
    Teams,
    Telegram,
    Ntfy,
    Gotify,
    PagerDuty,
    Email,
    Command,
    /// The desktop of the machine this program runs on.
    Desktop,
}

/// How a mail server is talked to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// From the first byte, usually on port 465.
    #[default]
    Implicit,
    /// After a plain greeting, usually on port 587; without it nothing is sent.
    StartTls,
    /// Not at all: needs `allowHttp`.
    None,
}

impl ChannelKind {
    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            ChannelKind::Webhook => "Webhook",
            ChannelKind::Slack => "Slack",
            ChannelKind::Discord => "Discord",
            ChannelKind::Teams => "Microsoft Teams",
            ChannelKind::Telegram => "Telegram",
            ChannelKind::Ntfy => "ntfy",
            ChannelKind::Gotify => "Gotify",
            ChannelKind::PagerDuty => "PagerDuty",
            ChannelKind::Email => "E-mail",
            ChannelKind::Command => "Command",
            ChannelKind::Desktop => "Desktop",
        }
    }
}

impl ChannelsFile {
    /// Returns the channel of a name.
    #[must_use]
    pub fn of(&self, name: &str) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.name == name)
    }
}

impl Channel {
    /// Whether it is told of an alert so bad.
    #[must_use]
    pub fn wants(&self, level: AlertLevel) -> bool {
        self.enabled && self.levels.contains(&level)
    }

    /// Whether it is told that an alert is over. It then gets each alert by itself: what was told together does not end
    /// together.
    #[must_use]
    pub fn wants_end(&self) -> bool {
        self.resolved || self.kind == ChannelKind::PagerDuty
    }
}

#[cfg(test)]
mod tests;
