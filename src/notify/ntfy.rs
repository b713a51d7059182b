//! ntfy, the public one or one's own: <https://docs.ntfy.sh/publish/#publish-as-json>

use serde_json::json;

use super::Message;
use super::http::Post;
use super::text::cut;
use crate::config::{Channel, Keys};

const USUAL: &str = "https://ntfy.sh";
/// Beyond 4,096 bytes ntfy makes a file of a message.
const TEXT_MAX: usize = 1_000;

pub(super) fn post(channel: &Channel, keys: &Keys, message: &Message<'_>) -> Option<Post> {
    let alert = message.notification;
    let (priority, tag) = match (alert.resolved, message.is_critical()) {
        (true, _) => (3, "white_check_mark"),
        (false, true) => (5, "rotating_light"),
        (false, false) => (4, "warning"),
    };
    let mut body = json!({
        "topic": channel.topic.as_ref()?, "title": message.title(), "message": cut(&alert.message, TEXT_MAX),
        "priority": priority, "tags": [tag],
    });
    if message.is_digest() {
        (body["priority"], body["tags"], body["markdown"]) = (json!(3), json!(["bar_chart"]), json!(true));
    }
    if let Some(link) = message.link {
        body["click"] = json!(link);
    }
    let post = Post::below(keys.url.as_ref(), USUAL, "/", &body);
    Some(match &keys.token {
        Some(token) => post.header("authorization", format!("Bearer {}", token.expose())),
        None => post,
    })
}
