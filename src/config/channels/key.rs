//! Where a channel's key is found: in the environment, in a file, or, for those who write it so, in the text itself.
//!
//! Never shows a key: not in `Debug`, not in JSON, not in a message. An error names the field and the variable.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize, Serializer};

use super::Channel;
use super::check::check_url;
use crate::config::{Secret, SecretError};

/// A key, or the place where it is.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "expected text, {\"env\": \"NAME\"} or {\"file\": \"/path\"}")]
pub enum Key {
    Plain(String),
    Env(EnvKey),
    File(FileKey),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvKey {
    env: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileKey {
    file: PathBuf,
}

impl Key {
    /// Says what is wrong with it before it is ever used.
    pub(super) fn check(&self) -> Result<(), String> {
        match self {
            Key::Plain(text) if text.trim().is_empty() => {
                Err("is empty; write it, or {\"env\": \"NAME\"}, or {\"file\": \"/path\"}".to_owned())
            }
            Key::Env(EnvKey { env }) if env.is_empty() || env.contains(['=', '\0']) => {
                Err("names no variable; write such as {\"env\": \"SLACK_URL\"}".to_owned())
            }
            Key::File(FileKey { file }) if !file.is_absolute() => {
                Err("names no full path; write such as {\"file\": \"/run/secrets/slack\"}".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// Looks the key up.
    fn find(&self, field: &str) -> Result<Secret, String> {
        let found = match self {
            Key::Plain(text) => return Secret::new(field, text).ok_or_else(|| format!("{field} is empty")),
            Key::Env(EnvKey { env }) => Secret::read(env).map(|found| found.ok_or(format!("{env} is not set"))),
            Key::File(FileKey { file }) => {
                Secret::in_file(field, file).map(|found| found.ok_or(format!("the file of {field} is empty")))
            }
        };
        match found {
            Ok(found) => found,
            Err(SecretError::Unreadable { reason, .. }) => Err(format!("the file of {field} cannot be read: {reason}")),
            Err(error) => Err(error.to_string()),
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Plain(_) => f.write_str("***"),
            Key::Env(env) => env.fmt(f),
            Key::File(file) => file.fmt(f),
        }
    }
}

/// What is shown of it; never written back to a file.
impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Key::Plain(_) => serializer.serialize_str("***"),
            Key::Env(env) => env.serialize(serializer),
            Key::File(file) => file.serialize(serializer),
        }
    }
}

/// The keys of one channel, looked up.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    pub url: Option<Secret>,
    pub secret: Option<Secret>,
    pub token: Option<Secret>,
    pub routing_key: Option<Secret>,
    pub password: Option<Secret>,
}

impl Channel {
    /// Looks up everything the channel needs.
    ///
    /// # Errors
    /// When one of them is not there: a sentence that names the field or the variable.
    pub fn keys(&self) -> Result<Keys, String> {
        let find = |field: &str, key: &Option<Key>| key.as_ref().map(|key| key.find(field)).transpose();
        let keys = Keys {
            url: find("url", &self.url)?,
            secret: find("secret", &self.secret)?,
            token: find("token", &self.token)?,
            routing_key: find("routingKey", &self.routing_key)?,
            password: find("password", &self.password)?,
        };
        if let Some(url) = &keys.url {
            check_url(url.expose(), self.allow_http).map_err(|message| format!("url {message}"))?;
        }
        Ok(keys)
    }
}

impl Keys {
    /// Returns text without any of these keys.
    #[must_use]
    pub fn hide_in(&self, text: &str) -> String {
        [&self.secret, &self.token, &self.routing_key, &self.password, &self.url]
            .into_iter()
            .flatten()
            .fold(text.to_owned(), |text, key| key.hide_in(&text))
    }
}
