//! What credit is left at OpenRouter: of the account, and of the key, when the key has a limit. Read anew every time and
//! told, never stored: it is no usage.

use serde::Deserialize;

use crate::model::Usd;
use crate::sources::provider::{Dollars, FeedError, Name, Request, SpentDollars, read};

pub const FEED_CREDITS: &str = "OpenRouter credits";
pub const FEED_KEY: &str = "OpenRouter key";

#[derive(Deserialize)]
struct Answer<T> {
    data: T,
}

#[derive(Deserialize)]
struct Credits {
    total_credits: SpentDollars,
    total_usage: SpentDollars,
}

#[derive(Deserialize)]
struct Key<'a> {
    limit_remaining: Option<Dollars>,
    #[serde(borrow)]
    limit_reset: Option<Name<'a>>,
}

/// What a key may still spend, and when that is filled up: `monthly`; empty for never.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyLimit {
    pub left: Usd,
    pub reset: String,
}

#[must_use]
pub const fn request_credits() -> Request {
    Request::new("/api/v1/credits", Vec::new())
}

#[must_use]
pub const fn request_key() -> Request {
    Request::new("/api/v1/key", Vec::new())
}

/// Returns what was bought and not yet used.
///
/// # Errors
/// When it is not the documented answer: the field is named.
pub fn parse_credits(bytes: &[u8]) -> Result<Usd, FeedError> {
    let Answer { data } = read::<Answer<Credits>>(FEED_CREDITS, bytes)?;
    Ok(data.total_credits.0 - data.total_usage.0)
}

/// Returns the limit of the key that asks; `None` when it has none.
///
/// # Errors
/// When it is not the documented answer: the field is named.
pub fn parse_key(bytes: &[u8]) -> Result<Option<KeyLimit>, FeedError> {
    let Answer { data } = read::<Answer<Key<'_>>>(FEED_KEY, bytes)?;
    let reset = data.limit_reset.map(|reset| reset.to_string()).unwrap_or_default();
    Ok(data.limit_remaining.map(|left| KeyLimit { left: left.0, reset }))
}

/// Says it in a sentence without its full stop.
#[must_use]
pub fn told(left: Usd, limit: Option<KeyLimit>) -> String {
    let account = if left > Usd::ZERO { format!("{left} of credit left") } else { format!("No credit left ({left})") };
    let key = limit.map(|KeyLimit { left, reset }| {
        let reset = if reset.is_empty() { String::new() } else { format!(", reset {reset}") };
        format!("; {left} left of the key's limit{reset}")
    });
    account + &key.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::provider::testing::refused;

    fn usd(cents: i128) -> Usd {
        Usd::from_pico(cents * 10_000_000_000)
    }

    #[test]
    fn what_is_left_is_what_was_bought_less_what_was_used() {
        let left = |json: &str| parse_credits(json.as_bytes());
        assert_eq!(left(r#"{"data": {"total_credits": 100.5, "total_usage": 25.75}}"#), Ok(usd(7_475)));
        assert_eq!(left(r#"{"data": {"total_credits": 0, "total_usage": 0.02}}"#), Ok(usd(-2)));
        refused(left(r#"{"data": {"total_credits": 1}}"#), FEED_CREDITS, "data: missing field `total_usage`");
        refused(left(r#"{"data": {"total_credits": -1, "total_usage": 0}}"#), FEED_CREDITS, "the spend is negative");
    }

    #[test]
    fn a_key_without_a_limit_has_none() {
        let limit = |json: &str| parse_key(json.as_bytes());
        let monthly = KeyLimit { left: usd(7_450), reset: "monthly".to_owned() };
        assert_eq!(
            limit(r#"{"data": {"limit": 100, "limit_remaining": 74.5, "limit_reset": "monthly"}}"#),
            Ok(Some(monthly))
        );
        assert_eq!(limit(r#"{"data": {"limit": null, "limit_remaining": null, "limit_reset": null}}"#), Ok(None));
        refused(limit(r#"{"error": {"code": 403}}"#), FEED_KEY, "missing field `data`");
    }

    #[test]
    fn it_is_told_in_a_sentence() {
        let limit = |reset: &str| Some(KeyLimit { left: usd(150), reset: reset.to_owned() });
        assert_eq!(told(usd(7_475), None), "$74.75 of credit left");
        assert_eq!(told(usd(7_475), limit("")), "$74.75 of credit left; $1.50 left of the key's limit");
        assert_eq!(
            told(usd(-2), limit("monthly")),
            "No credit left (−$0.02); $1.50 left of the key's limit, reset monthly"
        );
    }
}
