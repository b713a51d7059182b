//! A Gotify server: <https://gotify.net/docs/pushmsg>

use serde_json::json;

use super::Message;
use super::http::Post;
use crate::config::Keys;

pub(super) fn post(keys: &Keys, message: &Message<'_>) -> Option<Post> {
    let alert = message.notification;
    let priority = if alert.resolved {
        2
    } else if message.is_critical() {
        8
    } else {
        5
    };
    let mut body = json!({"title": message.title(), "message": alert.message, "priority": priority});
    if let Some(link) = message.link {
        body["extras"] = json!({"client::notification": {"click": {"url": link}}});
    }
    let post = Post::below(Some(keys.url.as_ref()?), "", "/message", &body);
    Some(post.header("x-gotify-key", keys.token.as_ref()?.expose()))
}
