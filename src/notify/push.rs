//! Web Push: to a browser that has subscribed, also while no tab of it is open.
//!
//! The browser's vendor carries the message (RFC 8030) and cannot read it: it is encrypted for the browser alone
//! (RFC 8291). Who sends is signed (VAPID, RFC 8292), with a key pair of this dashboard's own.

use std::fmt;
use std::time::Duration;

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Url;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::json;
use web_push_native::{Auth, p256::PublicKey};

use super::guard::Guard;
use super::http::{self, Post};
use super::text::cut;
use super::{Failure, Message};
use crate::model::PushSubscription;

/// What a push service must take is 4,096 bytes, encrypted.
const TEXT_MAX: usize = 600;
/// How long a push service keeps it for a browser that is switched off; later it is no news.
const KEPT: TimeDelta = TimeDelta::hours(24);
/// How long a signature is good for; services refuse more than a day.
const SIGNED_FOR: TimeDelta = TimeDelta::hours(12);
/// What a service shortens to 32 characters it has too many of.
const TOPIC: usize = 32;
const AUTH_BYTES: usize = 16;
/// Endpoints are a few hundred characters.
const ENDPOINT_MAX: usize = 2_000;
/// Services want an address of somebody who sends; who has told us none has this.
const NOBODY: &str = "mailto:allclear@example.com";

/// The key pair by which push services and browsers know this dashboard.
pub struct PushIdentity {
    keys: EcdsaKeyPair,
    random: SystemRandom,
}

/// Shows nothing of it.
impl fmt::Debug for PushIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PushIdentity(***)")
    }
}

impl PushIdentity {
    /// Makes a new key pair, as text to be sealed; `None` when the system gives no random numbers.
    #[must_use]
    pub fn generate() -> Option<String> {
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).ok()?;
        Some(BASE64.encode(made.as_ref()))
    }

    /// Reads a key pair that [`PushIdentity::generate`] made.
    #[must_use]
    pub fn read(text: &str) -> Option<PushIdentity> {
        let (pkcs8, random) = (BASE64.decode(text).ok()?, SystemRandom::new());
        let keys = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8, &random).ok()?;
        Some(PushIdentity { keys, random })
    }

    /// What a browser is given when it subscribes.
    #[must_use]
    pub fn public_key(&self) -> String {
        BASE64.encode(self.keys.public_key().as_ref())
    }

    /// Signs for one push service; `contact` is where its people would write to.
    fn authorization(&self, service: &str, contact: &str, now: DateTime<Utc>) -> Option<String> {
        let head = BASE64.encode(json!({"typ": "JWT", "alg": "ES256"}).to_string());
        let claims = json!({"aud": service, "exp": (now + SIGNED_FOR).timestamp(), "sub": contact});
        let signed = format!("{head}.{}", BASE64.encode(claims.to_string()));
        let signature = self.keys.sign(&self.random, signed.as_bytes()).ok()?;
        Some(format!("vapid t={signed}.{}, k={}", BASE64.encode(signature.as_ref()), self.public_key()))
    }
}

/// Says what is wrong with what a browser gave.
///
/// # Errors
/// When nothing could ever be sent there; the sentence does not say the address, which opens a door.
pub fn check_subscription(subscription: &PushSubscription) -> Result<(), String> {
    keys_of(subscription).ok_or("The browser's keys cannot be read; subscribe again.")?;
    endpoint_of(subscription).ok_or("The browser's push service has no usable address; it must begin with https.")?;
    Ok(())
}

fn endpoint_of(subscription: &PushSubscription) -> Option<Url> {
    let url = Url::parse(&subscription.endpoint).ok().filter(|_| subscription.endpoint.len() <= ENDPOINT_MAX)?;
    // Between this machine and itself there is nobody; whether it may be sent to, the guard says.
    let loopback = matches!(url.host_str(), Some("127.0.0.1" | "[::1]"));
    (url.scheme() == "https" || url.scheme() == "http" && loopback).then_some(url)
}

fn keys_of(subscription: &PushSubscription) -> Option<(PublicKey, Auth)> {
    let bytes = |text: &str| BASE64.decode(text.trim_end_matches('=')).ok();
    let public = PublicKey::from_sec1_bytes(&bytes(&subscription.p256dh)?).ok()?;
    let auth = bytes(&subscription.auth).filter(|auth| auth.len() == AUTH_BYTES)?;
    Some((public, Auth::clone_from_slice(&auth)))
}

pub(super) fn post(
    identity: &PushIdentity,
    subscription: &PushSubscription,
    message: &Message<'_>,
    dashboard: Option<&str>,
) -> Result<Post<Vec<u8>>, Failure> {
    let unusable = || Failure::Gone("the subscription cannot be used".to_owned());
    let (public, auth) = keys_of(subscription).ok_or_else(unusable)?;
    let url = endpoint_of(subscription).ok_or_else(unusable)?;
    let alert = message.notification;
    let said = json!({
        "title": message.title(), "body": cut(&alert.message, TEXT_MAX), "href": alert.href, "tag": alert.alert_key,
    });
    let failed = |what: &str| Failure::passing(format!("the message could not be {what}"));
    let body = web_push_native::encrypt(said.to_string().into_bytes(), &public, &auth);
    let contact = dashboard.filter(|url| url.starts_with("https://")).unwrap_or(NOBODY);
    let authorization = identity.authorization(&url.origin().ascii_serialization(), contact, message.now);
    // The same for every attempt: a service that still holds the first puts the second in its place.
    let mut topic = BASE64.encode(digest(&SHA256, message.id.as_bytes()));
    topic.truncate(TOPIC);
    Ok(Post {
        url: url.into(),
        headers: vec![
            ("authorization", authorization.ok_or_else(|| failed("signed"))?),
            ("content-encoding", "aes128gcm".to_owned()),
            ("content-type", "application/octet-stream".to_owned()),
            ("ttl", KEPT.num_seconds().to_string()),
            ("topic", topic),
            ("urgency", if message.is_critical() { "high" } else { "normal" }.to_owned()),
        ],
        body: body.map_err(|_| failed("encrypted"))?,
    })
}

pub(super) async fn send(
    post: Post<Vec<u8>>,
    guard: Guard,
    patience: Duration,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let answer = http::exchange(post, guard, patience, now).await?;
    match answer.status {
        StatusCode::NOT_FOUND | StatusCode::GONE => Err(Failure::Gone("the browser has unsubscribed".to_owned())),
        _ => answer.judge(),
    }
}
