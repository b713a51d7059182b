//! What Toast pushes: whether it is from Toast, whether it is fresh, and what it says.
//!
//! The signature is over the raw bytes of the body followed by the text of `timestamp` in it, and is compared in constant
//! time. Nothing of a body is believed before that.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use ring::hmac;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::fields::moment_ms;
use crate::config::Secret;

pub const SIGNATURE_HEADER: &str = "toast-signature";
/// An event may be this old or this much ahead of our clock; what is pushed again carries a new time.
pub const FRESH: Duration = Duration::from_secs(10 * 60);
const ID_MAX: usize = 100;

/// An event whose signature is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its own id: one that comes again is the same event.
    pub id: String,
    /// The location it is about.
    pub restaurant: String,
    /// The order in it, as it came.
    pub order: String,
}

/// Why an event is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("the signature does not fit: check the webhook secret of the client")]
    Forged,
    #[error("the event is too old, or from the future: check the clocks")]
    Stale,
    #[error("the body is no event of an order")]
    NotAnEvent,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    timestamp: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    guid: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    details: &'a RawValue,
}

/// The order stands in `order`, or `details` is the order itself.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details<'a> {
    #[serde(borrow, default)]
    restaurant_guid: Option<std::borrow::Cow<'a, str>>,
    #[serde(borrow, default)]
    order: Option<&'a RawValue>,
}

/// Which location an event says it is about; believed only once the signature was checked with that client's secret.
#[must_use]
pub fn claimed_restaurant(body: &[u8]) -> Option<String> {
    let body: Body<'_> = serde_json::from_slice(body).ok()?;
    let details: Details<'_> = serde_json::from_str(body.details.get()).ok()?;
    details.restaurant_guid.map(|guid| guid.to_lowercase())
}

/// Checks and reads an event. `restaurant` is the location whose secret this is.
///
/// # Errors
/// See [`Refused`].
pub fn open(
    secret: &Secret,
    restaurant: &str,
    signature: &str,
    raw: &[u8],
    now: DateTime<Utc>,
) -> Result<Event, Refused> {
    let body: Body<'_> = serde_json::from_slice(raw).map_err(|_| Refused::NotAnEvent)?;
    let signature = STANDARD.decode(signature.trim()).map_err(|_| Refused::Forged)?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
    let signed = [raw, body.timestamp.as_bytes()].concat();
    hmac::verify(&key, &signed, &signature).map_err(|_| Refused::Forged)?;
    let at = moment_ms(&body.timestamp).and_then(DateTime::from_timestamp_millis).ok_or(Refused::Stale)?;
    if (now - at).abs().to_std().map_or(true, |age| age > FRESH) {
        return Err(Refused::Stale);
    }
    let details: Details<'_> = serde_json::from_str(body.details.get()).map_err(|_| Refused::NotAnEvent)?;
    let about = details.restaurant_guid.map_or_else(|| restaurant.to_owned(), |guid| guid.to_lowercase());
    if about != restaurant || body.guid.is_empty() || body.guid.len() > ID_MAX {
        return Err(Refused::NotAnEvent);
    }
    let order = details.order.unwrap_or(body.details).get().to_owned();
    Ok(Event { id: body.guid.into_owned(), restaurant: about, order })
}

/// Signs a body as Toast does, for those who stand in for it.
#[must_use]
pub fn sign(secret: &str, raw: &[u8], timestamp: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    STANDARD.encode(hmac::sign(&key, &[raw, timestamp.as_bytes()].concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: &str = "2026-11-18T17:40:01.000Z";

    fn now(offset_s: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(moment_ms(AT).expect("a moment")).expect("a time")
            + chrono::TimeDelta::seconds(offset_s)
    }

    fn body(details: &str) -> String {
        format!(r#"{{"timestamp":"{AT}","eventCategory":"order_updated","guid":"e1","details":{details}}}"#)
    }

    fn opened(body: &str, signed_with: &str, offset_s: i64) -> Result<Event, Refused> {
        let secret = Secret::new("the webhook secret", "s3cret").expect("is one");
        open(&secret, "r1", &sign(signed_with, body.as_bytes(), AT), body.as_bytes(), now(offset_s))
    }

    #[test]
    fn the_order_stands_in_the_details_or_is_them() {
        let nested = opened(&body(r#"{"restaurantGuid":"R1","order":{"guid":"o1"}}"#), "s3cret", 5).expect("opens");
        assert_eq!(nested, Event { id: "e1".into(), restaurant: "r1".into(), order: r#"{"guid":"o1"}"#.into() });
        let bare = opened(&body(r#"{"guid":"o2"}"#), "s3cret", 5).expect("opens");
        assert_eq!(bare.order, r#"{"guid":"o2"}"#);
        assert_eq!(claimed_restaurant(body(r#"{"restaurantGuid":"R1"}"#).as_bytes()).as_deref(), Some("r1"));
    }

    #[test]
    fn forged_old_foreign_and_senseless_events_are_refused() {
        let good = body(r#"{"restaurantGuid":"r1","order":{}}"#);
        assert_eq!(opened(&good, "other", 0), Err(Refused::Forged));
        assert_eq!(opened(&good, "s3cret", 601), Err(Refused::Stale));
        assert_eq!(opened(&good, "s3cret", -601), Err(Refused::Stale));
        assert_eq!(opened(&body(r#"{"restaurantGuid":"r2"}"#), "s3cret", 0), Err(Refused::NotAnEvent));
        assert_eq!(opened("[]", "s3cret", 0), Err(Refused::NotAnEvent));
        let secret = Secret::new("the webhook secret", "s3cret").expect("is one");
        for signature in ["", "!!", "AAAA"] {
            assert_eq!(open(&secret, "r1", signature, good.as_bytes(), now(0)), Err(Refused::Forged));
        }
        let signature = sign("s3cret", good.as_bytes(), AT);
        let changed = good.replace("order_updated", "order_deleted");
        assert_eq!(open(&secret, "r1", &signature, changed.as_bytes(), now(0)), Err(Refused::Forged));
    }
}
