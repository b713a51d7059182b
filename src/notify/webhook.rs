//! Any address of the user's: the alert as JSON, signed.
//!
//! `X-Allclear-Signature` is `v1=` and, in hexadecimal, the HMAC-SHA256 of the timestamp, a dot and the body, with the
//! channel's `secret`. Who checks it should also refuse a timestamp that is minutes old, so that nothing can be replayed.

use ring::hmac;
use serde_json::json;

use super::Message;
use super::http::Post;
use crate::config::Keys;

pub(super) const TIMESTAMP: &str = "x-allclear-timestamp";
pub(super) const SIGNATURE: &str = "x-allclear-signature";
pub(super) const IDEMPOTENCY: &str = "idempotency-key";

pub(super) fn post(keys: &Keys, message: &Message<'_>) -> Option<Post> {
    let url = keys.url.as_ref()?.expose();
    let timestamp = message.now.timestamp().to_string();
    let post = Post::json(url, &body(message))
        .header(IDEMPOTENCY, idempotency_key(message.id))
        .header(TIMESTAMP, timestamp.clone());
    let Some(secret) = &keys.secret else { return Some(post) };
    let signature = sign(secret.expose().as_bytes(), &timestamp, &post.body);
    Some(post.header(SIGNATURE, signature))
}

/// What a webhook and a command are told.
pub(super) fn body(message: &Message<'_>) -> serde_json::Value {
    let alert = message.notification;
    let event = match alert.resolved {
        _ if message.is_digest() => "digest",
        true => "resolved",
        false => "raised",
    };
    json!({
        "id": message.id, "event": event,
        "alertKey": alert.alert_key, "alertKeys": alert.alert_keys, "type": alert.kind, "level": alert.level,
        "title": alert.title, "message": alert.message, "firedAt": alert.fired_at, "href": alert.href, "url": message.link,
    })
}

/// A key may hold a project's name; a header holds ASCII only.
pub(super) fn idempotency_key(id: &str) -> String {
    percent_encoding::utf8_percent_encode(id, percent_encoding::CONTROLS).to_string()
}

fn sign(secret: &[u8], timestamp: &str, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let tag = hmac::sign(&key, format!("{timestamp}.{body}").as_bytes());
    tag.as_ref().iter().fold("v1=".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}
