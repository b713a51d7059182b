//! A browser's subscription to Web Push, as the browser gives it.

use serde::{Deserialize, Serialize};

/// Where a browser is sent to, and how to encrypt for it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushSubscription {
    /// At the browser's vendor. Who knows it can reach this browser.
    pub endpoint: String,
    pub p256dh: String,
    pub auth: String,
}

impl PushSubscription {
    /// Reads what a browser's `PushSubscription` becomes as JSON.
    #[must_use]
    pub fn parse(json: &str) -> Option<PushSubscription> {
        let read: serde_json::Value = serde_json::from_str(json).ok()?;
        let text = |path: &str| read.pointer(path).and_then(serde_json::Value::as_str).map(str::to_owned);
        Some(PushSubscription {
            endpoint: text("/endpoint")?,
            p256dh: text("/keys/p256dh")?,
            auth: text("/keys/auth")?,
        })
    }
}

/// Shows nothing of it: all of it opens a door.
impl std::fmt::Debug for PushSubscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PushSubscription(***)")
    }
}
