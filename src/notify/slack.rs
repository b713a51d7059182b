//! Slack's incoming webhooks: <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/>

use serde_json::json;

use super::Message;
use super::http::Post;
use super::text::cut;
use crate::config::Keys;

/// Slack refuses a longer section.
const TEXT_MAX: usize = 2_900;

pub(super) fn post(keys: &Keys, message: &Message<'_>) -> Option<Post> {
    let title = escaped(&message.title());
    let mark = if message.notification.resolved {
        ":white_check_mark:"
    } else if message.is_digest() {
        ":bar_chart:"
    } else if message.is_critical() {
        ":red_circle:"
    } else {
        ":warning:"
    };
    let link = message.link.map_or_else(String::new, |link| format!("\n<{}|Open the dashboard>", escaped(link)));
    let text = cut(&escaped(&message.notification.message), TEXT_MAX - link.len().min(TEXT_MAX / 2));
    let body = json!({
        "text": format!("{title}: {text}"),
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": format!("{mark} *{title}*\n{text}{link}")}}],
        "unfurl_links": false,
    });
    Some(Post::json(keys.url.as_ref()?.expose(), &body))
}

/// The three characters that mean something to Slack.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
