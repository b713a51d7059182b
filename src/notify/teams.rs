//! Microsoft Teams by a workflow ("When a Teams webhook request is received"), which takes an adaptive card:
//! <https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using>

use serde_json::json;

use super::Message;
use super::http::Post;
use crate::config::Keys;

pub(super) fn post(keys: &Keys, message: &Message<'_>) -> Option<Post> {
    let alert = message.notification;
    let color = if alert.resolved {
        "Good"
    } else if message.is_critical() {
        "Attention"
    } else {
        "Warning"
    };
    let mut card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
        "body": [
            {"type": "TextBlock", "text": escaped(&message.title()), "weight": "Bolder", "size": "Medium", "color": color, "wrap": true},
            {"type": "TextBlock", "text": escaped(&alert.message), "wrap": true},
        ],
    });
    if let Some(link) = message.link {
        card["actions"] = json!([{"type": "Action.OpenUrl", "title": "Open the dashboard", "url": link}]);
    }
    let body = json!({"type": "message", "attachments": [
        {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": null, "content": card},
    ]});
    Some(Post::json(keys.url.as_ref()?.expose(), &body))
}

/// A card's text is Markdown: a name from outside is no link.
fn escaped(text: &str) -> String {
    text.replace('[', "\\[").replace(']', "\\]")
}
