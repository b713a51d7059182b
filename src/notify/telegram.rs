//! A bot's message: <https://core.telegram.org/bots/api#sendmessage>

use serde_json::json;

use super::Message;
use super::http::Post;
use super::text::cut;
use crate::config::{Channel, Keys};

const USUAL: &str = "https://api.telegram.org";
/// Telegram refuses a longer text.
const TEXT_MAX: usize = 4_096;

pub(super) fn post(channel: &Channel, keys: &Keys, message: &Message<'_>) -> Option<Post> {
    // Plain text: nothing in it means anything.
    let text = cut(&format!("{}\n{}", message.title(), message.text()), TEXT_MAX);
    let body =
        json!({"chat_id": channel.chat_id.as_ref()?, "text": text, "link_preview_options": {"is_disabled": true}});
    let path = format!("/bot{}/sendMessage", keys.token.as_ref()?.expose());
    Some(Post::below(keys.url.as_ref(), USUAL, &path, &body))
}
