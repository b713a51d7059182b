//! PagerDuty's Events API v2: an alert opens an incident, its end closes it.
//! <https://developer.pagerduty.com/docs/send-alert-event>

use serde_json::json;

use super::Message;
use super::http::Post;
use super::text::cut;
use crate::config::Keys;
use crate::model::fingerprint;

const USUAL: &str = "https://events.pagerduty.com";
const SUMMARY_MAX: usize = 1_024;
/// In bytes, to be on the safe side.
const KEY_MAX: usize = 255;

pub(super) fn post(keys: &Keys, message: &Message<'_>) -> Option<Post> {
    let alert = message.notification;
    let dedup_key = dedup_key(&alert.alert_key);
    let routing_key = keys.routing_key.as_ref()?.expose();
    let body = if alert.resolved {
        json!({"routing_key": routing_key, "event_action": "resolve", "dedup_key": dedup_key})
    } else {
        let severity = if message.is_critical() { "critical" } else { "warning" };
        let links: Vec<_> =
            message.link.iter().map(|link| json!({"href": link, "text": "Open the dashboard"})).collect();
        json!({
            "routing_key": routing_key, "event_action": "trigger", "dedup_key": dedup_key, "client": "Allclear",
            "payload": {
                "summary": cut(&format!("{}: {}", alert.title, alert.message), SUMMARY_MAX), "source": "allclear",
                "severity": severity, "timestamp": alert.fired_at, "class": alert.kind,
            },
            "links": links,
        })
    };
    Some(Post::below(keys.url.as_ref(), USUAL, "/v2/enqueue", &body))
}

/// The alert's key; one that is too long by its fingerprint.
fn dedup_key(alert_key: &str) -> String {
    if alert_key.len() <= KEY_MAX {
        alert_key.to_owned()
    } else {
        format!("{:016x}", fingerprint(alert_key.as_bytes()))
    }
}
