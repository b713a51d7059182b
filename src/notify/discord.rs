//! Discord's webhooks: <https://discord.com/developers/docs/resources/webhook#execute-webhook>

use serde_json::json;

use super::Message;
use super::http::Post;
use super::text::cut;
use crate::config::Keys;

/// Discord refuses a longer description.
const TEXT_MAX: usize = 4_096;
const GREEN: u32 = 0x1a_7f_37;
const RED: u32 = 0xcf_22_2e;
const AMBER: u32 = 0xbf_87_00;

pub(super) fn post(keys: &Keys, message: &Message<'_>) -> Option<Post> {
    let alert = message.notification;
    let color = if alert.resolved || message.is_digest() {
        GREEN
    } else if message.is_critical() {
        RED
    } else {
        AMBER
    };
    let mut embed = json!({
        "title": message.title(), "description": cut(&alert.message, TEXT_MAX), "color": color, "timestamp": alert.fired_at,
    });
    if let Some(link) = message.link {
        embed["url"] = json!(link);
    }
    // A project may be called @everyone.
    let body = json!({"embeds": [embed], "allowed_mentions": {"parse": []}});
    Some(Post::json(keys.url.as_ref()?.expose(), &body))
}
